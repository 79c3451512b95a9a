// Verdicts and pass@k against the `code_eval` metric (scripts/reference/eval_code.py), and HumanEval's own
// solutions.
#include <zlib.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "assay/eval/sandbox.hpp"
#include "assay/util/clock.hpp"
#include "assay/util/json.hpp"
#include "eval/sandbox/pass_at_k.hpp"
#include "eval/sandbox/sandboxes.hpp"
#include "support/skip.hpp"

namespace assay::eval {
namespace {

namespace fs = std::filesystem;

util::Json reference(const std::string& name) {
  return util::read_json_file(fs::path(ASSAY_TEST_DATA) / "eval/code_eval" / name);
}

std::vector<util::Json> read_gzip_lines(const fs::path& path) {
  const gzFile file = ::gzopen(path.c_str(), "rb");
  REQUIRE(file != nullptr);
  std::vector<util::Json> lines;
  std::string line(1 << 20, '\0');
  while (::gzgets(file, line.data(), static_cast<int>(line.size())) != nullptr)
    lines.push_back(util::parse_json(std::string_view(line.c_str()), path.string()));
  ::gzclose(file);
  return lines;
}

// How many programs passed; the processor time of all.
std::pair<int, double> passed_of(ExecutionPool& pool, const std::vector<std::string>& programs) {
  std::vector<std::future<Execution>> results;
  for (const std::string& program : programs) results.push_back(pool.submit({.source = program}));
  int passed = 0;
  double cpu_seconds = 0;
  for (auto& result : results) {
    const Execution execution = result.get();
    CHECK(execution.verdict != Verdict::sandbox_error);
    passed += execution.verdict == Verdict::passed ? 1 : 0;
    cpu_seconds += execution.cpu_seconds;
  }
  return {passed, cpu_seconds};
}

}  // namespace

TEST_CASE("Verdicts are those of code_eval", "[sandbox]") {
  const auto sandbox = test::sandbox_or_skip({.cpu_seconds = 1});
  if (!sandbox) return;
  ExecutionPool pool(*sandbox, 2);
  const util::Json verdicts = reference("verdicts.json").at("verdicts");
  std::vector<std::future<Execution>> results;
  for (const auto& verdict : verdicts)
    results.push_back(pool.submit({.source = verdict.at("program").get<std::string>()}));
  REQUIRE(results.size() > 80);
  for (std::size_t i = 0; i < results.size(); ++i) {
    const Execution execution = results[i].get();
    INFO(verdicts[i].at("program").get<std::string>()
         << "\nthere: " << verdicts[i].at("result").get<std::string>()
         << "\nhere: " << name_of(execution.verdict) << " " << execution.message);
    CHECK((execution.verdict == Verdict::passed) == verdicts[i].at("passed").get<bool>());
  }
}

TEST_CASE("pass@k is that of code_eval", "[pass_at_k]") {
  const util::Json cases = reference("pass_at_k.json").at("n_c_k_estimate");
  REQUIRE(cases.size() > 50);
  for (const auto& one : cases) {
    INFO(one.dump());
    CHECK(pass_at_k(one[0].get<int>(), one[1].get<int>(), one[2].get<int>()) ==
          Approx(one[3].get<double>()).epsilon(1e-12).margin(1e-15));
  }
}

TEST_CASE("HumanEval's own solutions pass, and none does without its body", "[sandbox]") {
  const char* shared = std::getenv("ASSAY_SHARED_DATA");
  const fs::path path = fs::path(shared == nullptr ? "" : shared) / "datasets/humaneval/HumanEval.jsonl.gz";
  if (shared == nullptr || !fs::exists(path))
    return test::skip(
        "HumanEval is not run (ASSAY_SHARED_DATA names no folder with datasets/humaneval in it)");
  const auto sandbox = test::sandbox_or_skip();
  if (!sandbox) return;
  std::vector<std::string> solutions;
  std::vector<std::string> empty;
  for (const util::Json& document : read_gzip_lines(path)) {
    const std::string prompt = document.at("prompt").get<std::string>();
    const std::string check = "\n" + document.at("test").get<std::string>() + "\ncheck(" +
                              document.at("entry_point").get<std::string>() + ")";
    solutions.push_back(prompt + document.at("canonical_solution").get<std::string>() + check);
    empty.push_back(prompt + "    return None\n" + check);
  }
  ExecutionPool pool(*sandbox, 2);
  const util::Stopwatch watch;
  const auto [passed, cpu_seconds] = passed_of(pool, solutions);
  std::cout << solutions.size() << " programs, 2 workers: " << watch.seconds() << " s of wall-clock time, "
            << cpu_seconds << " s of processor time\n";
  CHECK(passed == 164);
  CHECK(passed_of(pool, empty).first == 0);
}

}  // namespace assay::eval
