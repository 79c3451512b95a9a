#include "assay/util/json.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "assay/util/error.hpp"

using assay::util::InputError;
using assay::util::parse_json;
using assay::util::parse_ordered_json;

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

TEST_CASE("depth counts the arrays and objects around a value") {
  const auto nested = [](int depth) {
    return std::string(static_cast<std::size_t>(depth), '[') + "1" +
           std::string(static_cast<std::size_t>(depth), ']');
  };
  CHECK_NOTHROW(parse_json(nested(8), "t", {.max_depth = 8}));
  CHECK_THROWS_AS(parse_json(nested(9), "t", {.max_depth = 8}), InputError);
  CHECK(parse_json("7", "t", {.max_depth = 0}) == 7);
}

TEST_CASE("both kinds of object are built and checked alike") {
  const std::string text =
      R"({"z":{"b":[{},[],{"c":-1}],"a":18446744073709551615},"":1e300,"y":[true,null,"x"]})";
  CHECK(parse_ordered_json(text, "t").dump() ==
        R"({"z":{"b":[{},[],{"c":-1}],"a":18446744073709551615},"":1e+300,"y":[true,null,"x"]})");
  CHECK(parse_json(text, "t") == nlohmann::json::parse(text));
  for (const std::string twice : {R"({"":1,"":2})", R"([{"a":{"k":1,"b":2,"\u006b":3}}])"}) {
    CHECK_THROWS_WITH(parse_json(twice, "t"), Catch::Contains("twice"));
    CHECK_THROWS_WITH(parse_ordered_json(twice, "t"), Catch::Contains("twice"));
  }
}

// Looking each key up among those before it would take minutes here.
TEST_CASE("an ordered object of very many members is read in one pass") {
  std::string text = "{";
  for (int i = 0; i < 400'000; ++i) text += "\"k" + std::to_string(i) + "\":0,";
  CHECK(parse_ordered_json(text + "\"last\":1}", "t").size() == 400'001);
  CHECK_THROWS_WITH(parse_ordered_json(text + "\"k7\":1}", "t"), Catch::Contains("\"k7\" twice"));
}
