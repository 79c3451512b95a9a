#include "text/text_pattern.hpp"

#include <catch2/catch.hpp>

using namespace assay::text;
using assay::util::InputError;
using assay::util::Json;

namespace {

std::vector<std::string> cut(const std::string& text, SplitBehavior behavior, bool invert = false) {
  const Json json = {{"String", "-"}};
  const TextPattern pattern(JsonNode(json, "p"));
  std::vector<std::string> out;
  for (const ByteRange& range : split(pattern.find_all(text), text.size(), behavior, invert)) {
    out.push_back(text.substr(range.begin, range.end - range.begin));
  }
  return out;
}

using List = std::vector<std::string>;

}  // namespace

TEST_CASE("the five split behaviours") {
  const std::string text = "the-final--countdown";  // the reference documentation's own example
  CHECK(cut(text, SplitBehavior::removed) == List{"the", "final", "countdown"});
  CHECK(cut(text, SplitBehavior::isolated) == List{"the", "-", "final", "-", "-", "countdown"});
  CHECK(cut(text, SplitBehavior::merged_with_previous) == List{"the-", "final-", "-", "countdown"});
  CHECK(cut(text, SplitBehavior::merged_with_next) == List{"the", "-final", "-", "-countdown"});
  CHECK(cut(text, SplitBehavior::contiguous) == List{"the", "-", "final", "--", "countdown"});
}

TEST_CASE("splits at the ends, and inverted") {
  CHECK(cut("-a-", SplitBehavior::merged_with_previous) == List{"-", "a-"});
  CHECK(cut("-a-", SplitBehavior::merged_with_next) == List{"-a", "-"});
  CHECK(cut("-a-", SplitBehavior::removed) == List{"a"});
  CHECK(cut("-a-", SplitBehavior::removed, true) == List{"-", "-"});
  CHECK(cut("--", SplitBehavior::removed).empty());
  CHECK(cut("", SplitBehavior::isolated).empty());
}

TEST_CASE("replacement") {
  const Json literal = {{"String", "ab"}};
  CHECK(TextPattern(JsonNode(literal, "p")).replace_all("ababxab", "-") == "--x-");
  const Json regex = {{"Regex", "[0-9]+"}};
  CHECK(TextPattern(JsonNode(regex, "p")).replace_all("a12b3", "\\0#") == "a\\0#b\\0#");  // no groups
}

TEST_CASE("bad patterns name the key") {
  const Json empty = {{"String", ""}};
  const Json unknown = {{"Glob", "*"}};
  const Json both = {{"String", "a"}, {"Regex", "a"}};
  const Json wrong = {{"String", 3}};
  for (const Json& json : {empty, unknown, both, wrong, Json(4)}) {
    INFO(json.dump());
    CHECK_THROWS_WITH(TextPattern(JsonNode(json, "tokenizer.json", "normalizer.pattern")),
                      Catch::StartsWith("tokenizer.json: normalizer.pattern"));
  }
}
