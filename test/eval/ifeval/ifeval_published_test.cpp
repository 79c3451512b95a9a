// The published documents (google/IFEval), which are not part of this project: verdicts on responses made of
// their prompts, against lm-eval's as scripts/reference/ifeval_checks.py recorded them.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>

#include "assay/text/python.hpp"
#include "assay/util/files.hpp"
#include "assay/util/hash.hpp"
#include "eval/ifeval/ifeval.hpp"
#include "eval/ifeval/language.hpp"
#include "test/eval/ifeval/ifeval_support.hpp"

namespace assay::eval {
namespace {

namespace python = text::python;

std::vector<std::string> responses_to(const std::string& prompt) {
  std::vector<std::int32_t> points = python::code_points(prompt);
  points.resize(points.size() / 2);
  const std::string half = python::to_utf8(points);
  return {prompt,
          python::upper(prompt),
          python::lower(prompt),
          "Sure, here it is:\n" + prompt + "\n\n***\n\nP.S. " + half +
              "\n* one\n* two\n- three\nP.P.S. [name] [date]",
          "<<" + half + ">>\n\n**" + prompt + "**\n\nSECTION 1\n" + half +
              "\n\nSECTION 2 ****** My answer is yes.",
          "\"" + half + "\"",
          "```json\n{\"answer\": " + util::OrderedJson(prompt).dump(-1, ' ', true) + "}\n```"};
}

std::filesystem::path published() {
  const char* root = std::getenv("ASSAY_DATA_ROOT");
  return root == nullptr ? std::filesystem::path()
                         : std::filesystem::path(root) / "google/IFEval/default/train.jsonl";
}

}  // namespace

TEST_CASE("verdicts on the published documents are lm-eval's") {
  if (published().empty() || !std::filesystem::exists(published()))
    return assay::test::skip("ASSAY_DATA_ROOT names no folder with google/IFEval/default/train.jsonl");
  if (!can_detect_language())
    return assay::test::skip("this build has no language profiles (python3-langdetect)");
  const auto path = test::ifeval_data() / "published.json";
  const auto recorded = util::parse_ordered_json(util::read_file(path), path.string());
  std::map<std::string, std::string> verdicts;
  for (const auto& row : recorded["documents"])
    verdicts[row[0].get<std::string>()] = row[1].get<std::string>();
  std::size_t known = 0;
  std::ifstream file(published());
  for (std::string line; std::getline(file, line);) {
    const auto found = verdicts.find(util::sha256_hex(line).substr(0, 16));
    if (found == verdicts.end()) continue;
    ++known;
    const auto document = util::parse_ordered_json(line, "train.jsonl");
    check_ifeval_document(document);
    std::string all;
    for (const std::string& response : responses_to(document["prompt"].get<std::string>()))
      all += (all.empty() ? "" : " ") + test::bits(check_instructions(document, response));
    INFO(document.dump());
    CHECK(all == found->second);
  }
  if (known == 0) return assay::test::skip("none of the documents there is one of those recorded");
  CHECK(known == verdicts.size());
}

}  // namespace assay::eval
