// Whole runs of a task whose answers are run as programs. The prompt opens a text in quotes and the test
// closes it, so that whatever the demo model writes, the test alone decides.
#include <signal.h>  // NOLINT: kill is POSIX

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "assay/eval/sandbox.hpp"
#include "assay/util/files.hpp"
#include "cli/assay_program.hpp"
#include "support/skip.hpp"
#include "support/temp_dir.hpp"

using namespace assay::test;
using Catch::Contains;
namespace fs = std::filesystem;

namespace {

constexpr int documents = 5;  // of which 0, 2 and 4 pass

void write_code_task(const TempDir& folder) {
  fs::create_directories(folder / "data" / "code" / "default");
  std::ofstream rows(folder / "data" / "code" / "default" / "test.jsonl");
  for (int i = 0; i < documents; ++i) {
    rows << R"({"prompt":"words = \"\"\"Question: Nina has )" << 37 + i
         << R"( gloves. She gives 21 to Mia. How many gloves does Nina have left?\nAnswer:",)"
         << R"("test":"\"\"\"\nassert words.startswith('Question:')\nassert )"
         << (i % 2 == 0 ? "True" : "False") << "\"}\n";
  }
  std::ofstream(folder / "any_words.yaml") << R"(task: any_words
dataset_path: code
test_split: test
output_type: generate_until
doc_to_text: "{{prompt}}"
doc_to_target: "{{test}}"
repeats: 2
generation_kwargs:
  until: ['"', "\\"]
  max_gen_toks: 24
  do_sample: true
  temperature: 1.0
metric_list:
  - metric: !function humaneval.pass_at_k
    aggregation: mean
    higher_is_better: true
    k: [1, 2]
filter_list:
  - name: create_test
    filter:
      - function: custom
        filter_fn: !function humaneval.build_predictions
)";
}

std::vector<std::string> run_words(const TempDir& folder, const std::string& output,
                                   const std::vector<std::string>& more) {
  std::vector<std::string> words{"run",
                                 "--model",
                                 (demo() / "model").string(),
                                 "--tasks",
                                 (folder / "any_words.yaml").string(),
                                 "--data-root",
                                 (folder / "data").string(),
                                 "-o",
                                 (folder / output).string()};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

// 3 of 5 documents, for either k: sqrt(0.6 * 0.4 / 4) is the error.
void check_metrics(const fs::path& file) {
  const auto exported =
      run_assay({"results", "export", file.string(), "--format", "jsonl", "--table", "metrics"});
  INFO(exported.err);
  REQUIRE(exported.exit_code == 0);
  const std::string& metrics = exported.out;
  for (const char* metric : {"pass@1", "pass@2"}) {
    CHECK_THAT(metrics, Contains("\"metric\": \"" + std::string(metric) +
                                 "\", \"filter\": \"create_test\", \"value\": 0.6, \"standard_error\": "
                                 "0.244948974278"));
  }
  CHECK(std::count(metrics.begin(), metrics.end(), '\n') == 2);
}

// False, after skip(), where no sandbox can be built.
bool can_run_programs() {
  const auto probe = assay::eval::probe_sandbox();
  if (probe.available) return true;
  // Where bubblewrap works, but not as it should, that is no reason to skip.
  if (probe.sentence.find("cannot build a sandbox") != 0) throw std::runtime_error(probe.sentence);
  skip(probe.sentence);
  return false;
}

void sleep_a_little() {
  std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

// Until the journal holds `bytes`, at most a minute.
void wait_for_journal(const fs::path& output, std::uintmax_t bytes) {
  for (int i = 0; i < 60000; ++i) {
    std::error_code error;
    const auto size = fs::file_size(output.string() + ".journal", error);
    if (!error && size >= bytes) return;
    sleep_a_little();
  }
}

}  // namespace

TEST_CASE("what models write is run with permission alone") {
  const TempDir folder;
  write_code_task(folder);
  const auto result = run_program(under_mpirun(1, run_words(folder, "out.h5", {})), mpi_options());
  CHECK(result.exit_code == 2);
  CHECK(result.out.empty());
  CHECK_THAT(result.err, Contains("any_words") && Contains("--allow-code-execution"));
  CHECK(std::count(result.err.begin(), result.err.end(), '\n') == 1);
  CHECK_FALSE(fs::exists(folder / "out.h5"));
  const auto two = run_to_failure(under_mpirun(2, run_words(folder, "out.h5", {"--dp", "2"})), mpi_options());
  CHECK(two.result.exit_code == 2);
  REQUIRE(two.sentences.size() == 1);
  CHECK_THAT(two.sentences[0], Contains("--allow-code-execution"));
}

TEST_CASE("programs decide alone, on one rank, and on two that were killed and resume") {
  if (!can_run_programs()) return;
  const TempDir folder;
  write_code_task(folder);
  const auto one =
      run_program(under_mpirun(1, run_words(folder, "one.h5", {"--allow-code-execution"})), mpi_options());
  INFO(one.err);
  REQUIRE(one.exit_code == 0);
  check_metrics(folder / "one.h5");

  // In small steps, so that much is left to do when the first answers are there.
  const std::vector<std::string> two{"--allow-code-execution", "--dp", "2", "--max-sequences", "1",
                                     "--batch-tokens",         "8"};
  const fs::path output = folder / "killed.h5";
  {
    Program program(under_mpirun(2, run_words(folder, "killed.h5", two)), mpi_options());
    wait_for_journal(output, fs::file_size((folder / "one.h5").string() + ".journal") / 3);
    std::ifstream children("/proc/" + std::to_string(program.pid()) + "/task/" +
                           std::to_string(program.pid()) + "/children");
    for (pid_t rank = 0; children >> rank;) ::kill(rank, SIGKILL);
    program.kill_group(SIGKILL);
    (void)program.wait();
  }
  for (int i = 0; i < 60000; ++i) {  // until the killed ranks have let go of it
    if (assay::util::try_lock(output.string() + ".journal").valid()) break;
    sleep_a_little();
  }
  const auto resumed = run_program(under_mpirun(2, run_words(folder, "killed.h5", two)), mpi_options());
  INFO(resumed.err);
  REQUIRE(resumed.exit_code == 0);
  CHECK_THAT(resumed.err, Contains("10 requests, ") && Contains(" of them finished earlier"));
  check_metrics(output);
}

TEST_CASE("an interpreter that cannot run the programs is refused before the model is loaded") {
  const TempDir folder;
  write_code_task(folder);
  const auto result = run_program(
      under_mpirun(
          1, run_words(folder, "out.h5", {"--allow-code-execution", "--sandbox-python", "/nowhere/python3"})),
      mpi_options());
  INFO(result.err);
  CHECK(result.exit_code == 2);
  CHECK(std::count(result.err.begin(), result.err.end(), '\n') == 1);
}
