// json.dumps, against values printed by Python 3.11.
#include "results/json_text.hpp"

#include <catch2/catch.hpp>
#include <limits>
#include <nlohmann/json.hpp>

using assay::results::python_json;
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
