// The solutions of MATH and answers of models to GSM8K against recorded verdicts. The texts are not in the
// repository: ASSAY_DATA_ROOT holds EleutherAI/hendrycks_math, ASSAY_SHARED_DATA the GSM8K model solutions.
#include <zlib.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <numeric>
#include <string>
#include <vector>

#include "assay/text/python.hpp"
#include "eval/math/hendrycks.hpp"
#include "eval/math/math_verify.hpp"
#include "eval/math/minerva.hpp"
#include "eval/math/recorded_rows.hpp"
#include "support/skip.hpp"

namespace assay::eval::math {
namespace {

namespace fs = std::filesystem;
namespace python = text::python;
using util::OrderedJson;

OrderedJson record() {
  return read_rows({eval::test::data_folder() / "math" / "real.jsonl.gz"}).documents.at(0).fields;
}

// Below the folder that a variable names; empty, after saying so, if there is none.
fs::path real_data(const char* variable, const fs::path& path) {
  const char* root = std::getenv(variable);
  if (root != nullptr && fs::exists(fs::path(root) / path)) return fs::path(root) / path;
  assay::test::skip(std::string(variable) + " names no folder with " + path.string());
  return {};
}

long check_sum(const std::string& solution) {
  const std::string answer = boxed_answer(solution).value();
  const std::string text = answer + "\n" + strip_string(answer).value_or(std::string("\0raised", 7)) + "\n" +
                           normalize_final_answer(answer).value() + "\n" +
                           normalize_final_answer(answer, MinervaRules::leaderboard).value() + "\n" +
                           agieval_answer(solution).value_or(std::string("\0none", 5));
  return static_cast<long>(
      crc32(0, reinterpret_cast<const Bytef*>(text.data()), static_cast<uInt>(text.size())));
}

// As math_real.py does it.
std::string rewritten(std::string answer) {
  if (python::length(answer) % 7 == 3) return "\\displaystyle " + answer;
  for (const auto& [from, to] : {std::pair{"\\frac", "\\dfrac"}, std::pair{"(", "\\left("},
                                 std::pair{")", "\\right)"}, std::pair{"+", " + "}}) {
    answer = python::replace_all(answer, from, to);
  }
  return answer;
}

struct Tally {
  int pairs = 0;
  int text = 0;
  int algebra = 0;
  int verify = 0;
};

void compare(const std::string& solution, const std::string& answer, const OrderedJson& verdicts,
             std::size_t at, Tally& tally) {
  const std::string gold = boxed_answer(solution).value();
  const std::string response =
      "We find this.\nFinal Answer: The final answer is $" + answer + "$. I hope it is correct.";
  const auto recorded = [&](std::size_t kind) {
    return verdicts[kind].get_ref<const std::string&>()[at] == '1';
  };
  const bool text = is_equiv(answer, gold);
  const bool algebra =
      minerva_is_equiv(normalize_final_answer(answer).value(), normalize_final_answer(gold).value());
  const bool verify = math_verify(solution, response);
  ++tally.pairs;
  tally.text += text != recorded(0) ? 1 : 0;
  tally.algebra += algebra != recorded(1) ? 1 : 0;
  tally.verify += verify != recorded(2) ? 1 : 0;
  if (algebra != recorded(1)) std::cout << "algebra " << algebra << ": " << gold << "   " << answer << "\n";
  if (verify != recorded(2)) std::cout << "math_verify " << verify << ": " << gold << "   " << answer << "\n";
}

void compare_subject(const OrderedJson& subject, std::size_t every, const std::vector<std::string>& solutions,
                     Tally& tally) {
  std::vector<std::string> answers;
  for (std::size_t i = 0; i < solutions.size(); ++i) {
    answers.push_back(boxed_answer(solutions[i]).value());
    CHECK(check_sum(solutions[i]) == subject["sums"][i].get<long>());
  }
  std::vector<std::size_t> order(answers.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const auto key = [&](std::size_t i) {
      return std::tuple(python::length(answers[i]), std::string_view(answers[i]), i);
    };
    return key(a) < key(b);
  });
  std::size_t at = 0;
  for (std::size_t rank = 0; rank + 1 < order.size(); rank += every) {
    const std::size_t gold = order[rank];
    compare(solutions[gold], rewritten(answers[gold]), subject["verdicts"], at++, tally);
    compare(solutions[gold], answers[order[rank + 1]], subject["verdicts"], at++, tally);
  }
}

TEST_CASE("answers of MATH have the harness's normal forms and verdicts") {
  const fs::path folder = real_data("ASSAY_DATA_ROOT", "EleutherAI/hendrycks_math");
  if (folder.empty()) return;
  const OrderedJson recorded = record();
  Tally tally;
  for (const OrderedJson& subject : recorded["math"]) {
    std::vector<std::string> solutions;
    for (const Document& row :
         read_rows({folder / subject["subject"].get<std::string>() / "test.jsonl"}).documents) {
      solutions.push_back(row.fields["solution"].get<std::string>());
    }
    REQUIRE(solutions.size() == subject["sums"].size());
    compare_subject(subject, recorded["every"].get<std::size_t>(), solutions, tally);
  }
  std::cout << tally.pairs << " pairs differ: " << tally.text << " as text, " << tally.algebra
            << " by algebra, " << tally.verify << " by math_verify\n";
  CHECK(tally.text == 0);
  CHECK(tally.algebra * 200 <= tally.pairs);
  CHECK(tally.verify * 100 <= tally.pairs);
}

TEST_CASE("models' answers to GSM8K have math-verify's verdicts") {
  const fs::path file = real_data("ASSAY_SHARED_DATA", "datasets/gsm8k/example_model_solutions.jsonl.gz");
  if (file.empty()) return;
  const OrderedJson recorded = record();
  const auto verdicts = recorded["gsm8k"]["verdicts"].get<std::string>();
  const std::vector<Document> rows = read_rows({file}).documents;
  int differing = 0;
  std::size_t at = 0;
  for (std::size_t i = 0; i < rows.size(); i += recorded["every"].get<std::size_t>()) {
    const auto gold = math_verify_parse(rows[i].fields["ground_truth"].get<std::string>());
    for (const char* model : {"6b_finetuning", "175b_verification"}) {
      const auto response = rows[i].fields[model]["solution"].get<std::string>();
      if (math_verify_equal(gold, math_verify_parse(response)) == (verdicts.at(at++) == '1')) continue;
      ++differing;
      std::cout << "differs: " << OrderedJson(rows[i].fields["ground_truth"]).dump() << "   "
                << OrderedJson(response).dump() << "\n";
    }
  }
  std::cout << differing << " of " << at << " differ\n";
  CHECK(at == verdicts.size());
  CHECK(differing * 100 <= static_cast<int>(at));
}

}  // namespace
}  // namespace assay::eval::math
