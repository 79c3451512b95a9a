// json.dumps and UTF-8 repair, against values printed by Python 3.11.
#include "results/json_text.hpp"

#include <catch2/catch.hpp>
#include <limits>
#include <nlohmann/json.hpp>

using assay::results::is_valid_utf8;
using assay::results::python_json;
using assay::results::valid_utf8;
using assay::util::OrderedJson;

TEST_CASE("json.dumps on one line and indented") {
  const OrderedJson value = OrderedJson::parse(
      R"({"b": [1, -2.5, 1e-05, 1e16, 100000000000000000000, true, null], "a": {}, "c": [], "d": {"x": "caf\u00e9 \u007f\u0001\"\\\n\t/"}})");
  CHECK(python_json(value) ==
        "{\"b\": [1, -2.5, 1e-05, 1e+16, 1e+20, true, null], \"a\": {}, \"c\": [], "
        "\"d\": {\"x\": \"caf\xC3\xA9 \x7F\\u0001\\\"\\\\\\n\\t/\"}}");
  CHECK(python_json(OrderedJson::parse(R"({"a":[1,{"b":[]}],"c":{}})"), 2) ==
        "{\n  \"a\": [\n    1,\n    {\n      \"b\": []\n    }\n  ],\n  \"c\": {}\n}");
  CHECK(python_json(OrderedJson::array({std::nan(""), std::numeric_limits<double>::infinity(),
                                        -std::numeric_limits<double>::infinity(), 1e15, 0.1, -0.0})) ==
        "[NaN, Infinity, -Infinity, 1000000000000000.0, 0.1, -0.0]");
}

TEST_CASE("UTF-8 is checked as RFC 3629 has it") {
  for (const char* good : {"", "a", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80",
                           "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
    CHECK(is_valid_utf8(good));
  }
  for (const char* bad : {"\x80", "\xC0\x80", "\xC1\xBF", "\xC2", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xE2\x82",
                          "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF"}) {
    CHECK_FALSE(is_valid_utf8(bad));
    CHECK(is_valid_utf8(valid_utf8(bad)));
  }
  CHECK(valid_utf8("a\xE2\x82z") == "a\xEF\xBF\xBD\xEF\xBF\xBDz");
}
