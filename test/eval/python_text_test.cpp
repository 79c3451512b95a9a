#include "eval/python_text.hpp"

#include "assay/eval/python_value.hpp"
#include "eval/support.hpp"

namespace assay::eval {
namespace {

TEST_CASE("text methods are Python's") {
  const auto data = test::recorded("python.json");
  for (const auto& record : data["strings"]) {
    const auto text = record["text"].get<std::string>();
    CAPTURE(record["repr"]);
    CHECK(lower(text) == record["lower"].get<std::string>());
    CHECK(upper(text) == record["upper"].get<std::string>());
    CHECK(capitalize(text) == record["capitalize"].get<std::string>());
    CHECK(strip(text) == record["strip"].get<std::string>());
    CHECK(lstrip(text) == record["lstrip"].get<std::string>());
    CHECK(rstrip(text) == record["rstrip"].get<std::string>());
    CHECK(split(text, "") == record["split"].get<std::vector<std::string>>());
    CHECK(split(text, " ") == record["split_space"].get<std::vector<std::string>>());
    CHECK(length(text) == record["length"].get<std::size_t>());
    CHECK(count_words(text) == record["words"].get<std::int64_t>());
    CHECK(python_repr(text) == record["repr"].get<std::string>());
  }
}

TEST_CASE("values are written as Python writes them") {
  const auto data = test::recorded("python.json");
  for (const auto& record : data["floats"]) {
    CHECK(python_float(record[0].get<double>()) == record[1].get<std::string>());
  }
  for (const auto& record : data["repr"]) {
    const auto value = util::OrderedJson::parse(record[0].get<std::string>());
    CHECK(python_repr(value) == record[1].get<std::string>());
    CHECK(python_str(value) == record[2].get<std::string>());
  }
  CHECK(python_float(std::numeric_limits<double>::infinity()) == "inf");
  CHECK(python_float(std::numeric_limits<double>::quiet_NaN()) == "nan");
}

TEST_CASE("literals are read as ast.literal_eval reads them") {
  const auto data = test::recorded("python.json");
  for (const auto& record : data["literals"]) {
    const auto text = record[0].get<std::string>();
    CAPTURE(text);
    const auto value = python_literal(text);
    // Adjacent strings and underscores in numbers are legal but not read: a target of that shape stays text.
    if (text == "['a' 'b']" || text == "1_000" || text == "['\\N{DASH}']") {
      CHECK_FALSE(value.has_value());
    } else if (record[1].is_null()) {
      CHECK_FALSE(value.has_value());
    } else {
      REQUIRE(value.has_value());
      CHECK(*value == util::OrderedJson::parse(record[1].get<std::string>()));
    }
  }
  CHECK_FALSE(python_literal(std::string(100'000, '[')).has_value());
}

TEST_CASE("text that is not UTF-8 is handled without reading past it") {
  for (const std::string text : {"\xff", "a\xe2\x82", "\xf0\x9f\x99", "\x80\x80 ", " \xc3"}) {
    CHECK(length(text) >= 1);
    CHECK_FALSE(lower(text).empty());
    CHECK(strip(text).size() <= text.size());
  }
}

}  // namespace
}  // namespace assay::eval
