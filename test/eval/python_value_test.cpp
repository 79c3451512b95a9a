#include "assay/eval/python_value.hpp"

#include "eval/support.hpp"

namespace assay::eval {
namespace {

TEST_CASE("values are written as Python writes them") {
  const auto data = test::recorded("python.json");
  for (const auto& record : data["repr"]) {
    const auto value = util::OrderedJson::parse(record[0].get<std::string>());
    CHECK(python_repr(value) == record[1].get<std::string>());
    CHECK(python_str(value) == record[2].get<std::string>());
  }
}

TEST_CASE("literals are read as ast.literal_eval reads them") {
  const auto data = test::recorded("python.json");
  for (const auto& record : data["literals"]) {
    const auto text = record[0].get<std::string>();
    CAPTURE(text);
    const auto value = python_literal(text);
    // Underscores in numbers and named characters are legal but not read: a target of that shape stays text.
    if (text == "1_000" || text == "['\\N{DASH}']") {
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

}  // namespace
}  // namespace assay::eval
