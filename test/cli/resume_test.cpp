// Real kills: whatever dies and whenever, the same command afterwards ends with the same bytes.
#include <signal.h>  // NOLINT: kill is POSIX

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <set>
#include <span>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include "assay/util/files.hpp"
#include "cli/assay_program.hpp"
#include "results/journal_format.hpp"
#include "support/temp_dir.hpp"

using namespace assay::test;

namespace {

std::string read_bytes(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// The sample records of a results file, as text.
std::string samples(const std::filesystem::path& file) {
  const auto result =
      assay::test::run_assay({"results", "export", file.string(), "--format", "jsonl", "--table", "samples"});
  INFO(result.err);
  REQUIRE(result.exit_code == 0);
  REQUIRE(result.out.size() > 1000);
  return result.out;
}

std::filesystem::path journal_of(const std::filesystem::path& output) {
  return output.string() + ".journal";
}

// Ranks of a running mpirun, as /proc shows its children.
std::vector<pid_t> ranks_of(pid_t mpirun) {
  std::vector<pid_t> ranks;
  std::ifstream in("/proc/" + std::to_string(mpirun) + "/task/" + std::to_string(mpirun) + "/children");
  for (pid_t pid = 0; in >> pid;) ranks.push_back(pid);
  return ranks;
}

void sleep_seconds(double seconds) {
  std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
}

// Until the journal of `output` holds `bytes`, at most a minute.
void wait_for_journal(const std::filesystem::path& output, std::size_t bytes) {
  for (int i = 0; i < 60000; ++i) {
    std::error_code error;
    const auto size = std::filesystem::file_size(journal_of(output), error);
    if (!error && size >= bytes) return;
    sleep_seconds(0.001);
  }
}

const std::vector<std::string> mesh_tp2{"--tp",           "2",  "--limit",         "12",
                                        "--batch-tokens", "64", "--max-sequences", "4"};

}  // namespace

TEST_CASE("killed at 20 random moments, the same command ends with the same sample records") {
  const TempDir folder;
  const auto clean = assay_run(2, folder / "clean.h5", mesh_tp2);
  INFO(clean.err);
  REQUIRE(clean.exit_code == 0);
  const std::string expected = samples(folder / "clean.h5");

  // Moments are chosen by how much has been recorded, so that a fast or a loaded machine is hit as well.
  const std::size_t whole = read_bytes(journal_of(folder / "clean.h5")).size();
  std::mt19937 random(20240607);
  int interrupted = 0;
  for (int round = 0; round < 20; ++round) {
    INFO("round " << round);
    const auto output = folder / ("killed" + std::to_string(round) + ".h5");
    {
      Program program(under_mpirun(2, run_words(output, mesh_tp2)), mpi_options());
      const std::size_t moment = random() % (whole * 8 / 10);
      wait_for_journal(output, moment);
      const auto ranks = ranks_of(program.pid());
      const std::size_t victim = random() % (ranks.size() + 1);
      if (victim < ranks.size()) {
        ::kill(ranks[victim], SIGKILL);
      } else {
        program.kill(SIGKILL);  // mpirun itself
      }
      const auto result = program.wait();
      if (result.exit_code != 0) ++interrupted;
    }
    const auto again = assay_run(2, output, mesh_tp2);
    INFO(again.err);
    REQUIRE(again.exit_code == 0);
    REQUIRE(samples(output) == expected);
  }
  CHECK(interrupted >= 10);  // the kills did hit running programs
}

TEST_CASE("resumed on another mesh, nothing finished runs twice") {
  const TempDir folder;
  const auto output = folder / "out.h5";
  std::string first;
  {
    Program program(under_mpirun(4, run_words(output, {"--tp", "2", "--pp", "2", "--limit", "40",
                                                       "--max-sequences", "4"})),
                    mpi_options());
    // Some records, but not all.
    wait_for_journal(output, 4000);
    program.kill_group(SIGKILL);
    (void)program.wait();
    first = read_bytes(journal_of(output));
    REQUIRE(first.size() >= 4000);
  }
  const auto resumed = assay_run(2, output, {"--dp", "2", "--limit", "40"});
  INFO(resumed.err);
  REQUIRE(resumed.exit_code == 0);
  CHECK_THAT(resumed.err, Catch::Contains("finished earlier"));

  // What was recorded is still there, untouched (but for a torn last record), and no question is answered
  // twice.
  const std::string second = read_bytes(journal_of(output));
  const std::size_t common = static_cast<std::size_t>(
      std::mismatch(first.begin(), first.end(), second.begin(), second.end()).first - first.begin());
  CHECK(first.size() - common < 4000);
  std::set<std::tuple<std::string, std::int64_t, std::int32_t>> seen;
  const auto bytes = std::as_bytes(std::span(second));
  const auto header = assay::results::journal::decode_header(bytes, "journal");
  REQUIRE(header.has_value());
  const auto records = assay::results::journal::scan_records(bytes, header->size).records;
  for (const auto& record : records) {
    CHECK(seen.emplace(record.key.task, record.key.doc_id, record.key.request_index).second);
  }
  CHECK(records.size() > 100);
}

TEST_CASE("a finished campaign run again computes nothing and keeps its records") {
  const TempDir folder;
  const auto output = folder / "out.h5";
  REQUIRE(assay_run(1, output, {"--limit", "5"}).exit_code == 0);
  const std::string before = samples(output);
  const std::string journal = read_bytes(journal_of(output));
  const auto again = assay_run(1, output, {"--limit", "5"});
  CHECK(again.exit_code == 0);
  CHECK(samples(output) == before);
  CHECK(read_bytes(journal_of(output)) == journal);
}

TEST_CASE("stopped on request it leaves with 75 and resumes") {
  const TempDir folder;
  const auto output = folder / "out.h5";
  Program program(under_mpirun(2, run_words(output, {"--dp", "2", "--max-sequences", "2"})), mpi_options());
  wait_for_journal(output, 2000);
  program.kill(SIGUSR1);  // mpirun forwards it to all ranks
  const auto stopped = program.wait();
  INFO(stopped.err);
  CHECK(stopped.exit_code == 75);
  CHECK_THAT(stopped.err, Catch::Contains("resumes"));
  const auto rest = assay_run(2, output, {"--dp", "2"});
  CHECK(rest.exit_code == 0);
}

TEST_CASE("two runs cannot hold one output") {
  const TempDir folder;
  const auto output = folder / "out.h5";
  const auto lock = assay::util::try_lock(journal_of(output));  // this test is the other run
  REQUIRE(lock.valid());
  for (const std::vector<std::string>& extra : {std::vector<std::string>{}, {"--overwrite"}}) {
    const auto second = assay_run(1, output, extra);
    CHECK(second.exit_code == 2);
    CHECK_THAT(second.err, Catch::Contains("in use by another"));
    CHECK(second.seconds < 10);
  }
}
