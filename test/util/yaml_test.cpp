#include "assay/util/yaml.hpp"

#include <catch2/catch.hpp>
#include <limits>
#include <nlohmann/json.hpp>

#include "assay/util/error.hpp"

using namespace assay::util;

namespace {
std::string message(const std::string& text) {
  try {
    (void)parse_yaml(text, "t.yaml");
  } catch (const InputError& error) {
    return error.what();
  }
  return "accepted";
}
}  // namespace

TEST_CASE("scalars are typed as PyYAML types them") {
  const auto value = to_json(parse_yaml(
      "a: yes\nb: 'yes'\nc: 010\nd: 1e5\ne: 1.5\nf: ~\ng: \"1\"\nh: |\n  text\ni: -3\nj: 0x1F\nk: .inf\n",
      "t"));
  CHECK(value["a"] == true);
  CHECK(value["b"] == "yes");
  CHECK(value["c"] == 8);
  CHECK(value["d"] == "1e5");
  CHECK(value["e"] == 1.5);
  CHECK(value["f"].is_null());
  CHECK(value["g"] == "1");
  CHECK(value["h"] == "text\n");
  CHECK(value["i"] == -3);
  CHECK(value["j"] == 31);
  CHECK(value["k"].is_number_float());
}

TEST_CASE("numbers take one sign, at their beginning") {
  const auto typed = [](const std::string& text) {
    return to_json(parse_yaml("v: " + text + "\n", "t"))["v"];
  };
  for (const std::string text : {"-0x-8000000000000000", "0x-5", "0b-1", "--5", "+-5", "--1.5", "-+.5",
                                 "-inf.0", "_1", "-_1.5", "9223372036854775808", "-9223372036854775809"}) {
    CAPTURE(text);
    CHECK(typed(text) == text);
  }
  CHECK(typed("-9223372036854775808") == std::numeric_limits<std::int64_t>::min());
  CHECK(typed("-0x8000000000000000") == std::numeric_limits<std::int64_t>::min());
  CHECK(typed("0x7FFF_FFFF_FFFF_FFFF") == std::numeric_limits<std::int64_t>::max());
  CHECK(typed("+1_000") == 1000);
  CHECK(typed("-1_0.5e+1") == -105.0);
  CHECK(typed(".5") == 0.5);
}

TEST_CASE("tags and lines are kept") {
  const auto node = parse_yaml("a: 1\nprocess_docs: !function utils.process\n", "t");
  REQUIRE(node.find("process_docs") != nullptr);
  CHECK(node.find("process_docs")->tag == "!function");
  CHECK(node.find("process_docs")->text == "utils.process");
  CHECK(node.find("process_docs")->line == 2);
}

TEST_CASE("hostile YAML is refused with file and line") {
  CHECK_THAT(message("a: &x [*x]\n"), Catch::Contains("t.yaml:"));
  CHECK_THAT(message("a: [1\nb: 2\n"), Catch::Contains("t.yaml:") && Catch::Contains("not valid YAML"));
  CHECK_THAT(message("a: 1\na: 2\n"), Catch::Contains("t.yaml:2") && Catch::Contains("twice"));
  CHECK_THAT(message(std::string(100000, '[')), Catch::Contains("nested deeper"));
  std::string bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n";
  for (int i = 1; i < 9; ++i) {
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int j = 0; j < 10; ++j) bomb += (j ? ",*a" : "*a") + std::to_string(i - 1);
    bomb += "]\n";
  }
  CHECK_THAT(message(bomb), Catch::Contains("expands to more than"));
  // Few nodes, much text: the limit on nodes alone would let these take 100 GB.
  const std::string long_value = "a: &a '" + std::string(100'000, 'x') + "'\nb: [";
  std::string copies;
  for (int i = 0; i < 1000; ++i) copies += "*a,";
  CHECK_THAT(message(long_value + copies + "]\n"),
             Catch::Contains("t.yaml:") && Catch::Contains("bytes of text"));
  CHECK(message(long_value + copies.substr(0, 300) + "]\n") == "accepted");
  std::string keys = "a: &a {? '" + std::string(100'000, 'x') + "' : 1}\nb: [";
  CHECK_THAT(message(keys + copies + "]\n"), Catch::Contains("bytes of text"));
  std::string blocks;
  for (int i = 0; i < 3000; ++i) blocks += std::string(static_cast<std::size_t>(i), ' ') + "a:\n";
  CHECK_THAT(message(blocks),
             Catch::Contains("t.yaml:") && !Catch::Equals("accepted"));
}
