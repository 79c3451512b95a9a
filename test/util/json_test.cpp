#include "assay/util/json.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "assay/util/error.hpp"

using assay::util::InputError;
using assay::util::parse_json;

TEST_CASE("valid JSON is read") {
  const auto value = parse_json(R"({"a": [1, 2.5, "x\u00e9"], "b": null})", "t");
  CHECK(value["a"][0] == 1);
  CHECK(value["a"][2] == "xé");
  CHECK(value["b"].is_null());
}

TEST_CASE("member order survives in OrderedJson") {
  CHECK(assay::util::parse_ordered_json(R"({"z":1,"a":2})", "t").dump() == R"({"z":1,"a":2})");
}

TEST_CASE("hostile JSON is refused with the source's name") {
  const auto message = [](const std::string& text) -> std::string {
    try {
      (void)parse_json(text, "doc.json", {.max_bytes = 10000, .max_depth = 8});
    } catch (const InputError& error) {
      return error.what();
    }
    return "accepted";
  };
  CHECK_THAT(message("{\"a\":1,\"a\":2}"), Catch::Contains("doc.json") && Catch::Contains("\"a\" twice"));
  CHECK_THAT(message("{\"o\":{\"a\":1},\"a\":2}"), Catch::Equals("accepted"));
  CHECK_THAT(message(std::string(4000, '[')), Catch::Contains("deeper than 8"));
  CHECK_THAT(message(std::string(20000, ' ')), Catch::Contains("too large"));
  CHECK_THAT(message("{\"a\": tru}"), Catch::Contains("not valid JSON"));
  CHECK_THAT(message("\"\xff\xfe\""), Catch::Contains("not valid JSON"));
  CHECK_THAT(message("[1] x"), Catch::Contains("not valid JSON"));
  CHECK_THAT(message(std::string("{}\0junk", 7)), Catch::Contains("NUL"));
  CHECK_THAT(message("\xef\xbb\xbf{}"), Catch::Contains("byte order mark"));
  CHECK_THAT(message(""), Catch::Contains("not valid JSON"));
}
