#include "assay/text/python.hpp"

#include <catch2/catch.hpp>
#include <limits>
#include <nlohmann/json.hpp>

#include "assay/util/files.hpp"
#include "assay/util/json.hpp"

namespace assay::text::python {
namespace {

util::OrderedJson recorded() {
  const std::string path = ASSAY_TEST_DATA "/text/python.json";
  return util::parse_ordered_json(util::read_file(path), path);
}

TEST_CASE("text methods are Python's") {
  const auto data = recorded();
  for (const auto& record : data["strings"]) {
    const auto text = record["text"].get<std::string>();
    CAPTURE(record["repr"]);
    CHECK(lower(text) == record["lower"].get<std::string>());
    CHECK(upper(text) == record["upper"].get<std::string>());
    CHECK(capitalize(text) == record["capitalize"].get<std::string>());
    CHECK(title(text) == record["title"].get<std::string>());
    CHECK(casefold(text) == record["casefold"].get<std::string>());
    CHECK(strip(text) == record["strip"].get<std::string>());
    CHECK(lstrip(text) == record["lstrip"].get<std::string>());
    CHECK(rstrip(text) == record["rstrip"].get<std::string>());
    CHECK(split(text, "") == record["split"].get<std::vector<std::string>>());
    CHECK(split(text, " ") == record["split_space"].get<std::vector<std::string>>());
    CHECK(length(text) == record["length"].get<std::size_t>());
    CHECK(count_words(text) == record["words"].get<std::int64_t>());
    CHECK(repr(text) == record["repr"].get<std::string>());
  }
}

TEST_CASE("floats are written as Python writes them") {
  const auto data = recorded();
  for (const auto& record : data["floats"]) {
    CHECK(repr(record[0].get<double>()) == record[1].get<std::string>());
  }
  CHECK(repr(std::numeric_limits<double>::infinity()) == "inf");
  CHECK(repr(std::numeric_limits<double>::quiet_NaN()) == "nan");
}

TEST_CASE("text that is not UTF-8 is handled without reading past it") {
  for (const std::string text : {"\xff", "a\xe2\x82", "\xf0\x9f\x99", "\x80\x80 ", " \xc3"}) {
    CHECK(length(text) >= 1);
    CHECK_FALSE(lower(text).empty());
    CHECK(strip(text).size() <= text.size());
    CHECK(repr(text).size() >= 3);
  }
}

}  // namespace
}  // namespace assay::text::python
