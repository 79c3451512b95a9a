// Real kills: whatever dies and whenever, the same command afterwards ends with the same bytes.
#include <signal.h>  // NOLINT: kill is POSIX

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <random>
#include <span>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include "assay/ops/linear.hpp"
#include "assay/util/files.hpp"
#include "cli/assay_program.hpp"
#include "results/journal_format.hpp"
#include "support/skip.hpp"
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

using Key = std::tuple<std::string, std::int64_t, std::int32_t>;

// The complete records of a journal, each in its bytes; no key twice.
std::map<Key, std::vector<std::byte>> records_of(const std::string& journal) {
  const auto bytes = std::as_bytes(std::span(journal));
  const auto header = assay::results::journal::decode_header(bytes, "journal");
  REQUIRE(header.has_value());
  std::map<Key, std::vector<std::byte>> records;
  for (const auto& record : assay::results::journal::scan_records(bytes, header->size).records) {
    const Key key{record.key.task, record.key.doc_id, record.key.request_index};
    // Encoded again at one place, as the bytes of a record depend on where it lies.
    CHECK(records.emplace(key, assay::results::journal::encode_record(record, 0)).second);
  }
  return records;
}

// Until no rank of a killed run holds the journal of `output` any more, at most a minute.
void wait_for_release(const std::filesystem::path& output) {
  for (int i = 0; i < 6000 && !assay::util::try_lock(journal_of(output)).valid(); ++i) sleep_seconds(0.01);
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
  {
    // In small steps, so that much is left to do when the first records are there.
    Program program(under_mpirun(4, run_words(output, {"--tp", "2", "--pp", "2", "--limit", "40",
                                                       "--max-sequences", "1", "--batch-tokens", "8"})),
                    mpi_options());
    wait_for_journal(output, 4000);
    // The ranks themselves: they notice the end of mpirun a second late, and could finish meanwhile.
    for (const pid_t rank : ranks_of(program.pid())) ::kill(rank, SIGKILL);
    program.kill_group(SIGKILL);
    (void)program.wait();
  }
  wait_for_release(output);
  const std::string first = read_bytes(journal_of(output));
  const auto resumed = assay_run(2, output, {"--dp", "2", "--limit", "40"});
  INFO(resumed.err);
  REQUIRE(resumed.exit_code == 0);

  // Every record that was complete is still there, byte for byte, as one of those that counted as finished;
  // no question is answered twice.
  const auto before = records_of(first);
  const auto after = records_of(read_bytes(journal_of(output)));
  REQUIRE(!before.empty());
  CHECK(before.size() < after.size());
  for (const auto& [key, bytes] : before) {
    const auto found = after.find(key);
    REQUIRE(found != after.end());
    CHECK(found->second == bytes);
  }
  CHECK_THAT(resumed.err,
             Catch::Contains(", " + std::to_string(before.size()) + " of them finished earlier"));
}

TEST_CASE("a journal of other instructions is not continued, and says how it can be") {
  if (std::string(assay::ops::cpu_isa_name()) == "baseline") {
    return assay::test::skip("this CPU has none but the baseline instructions");
  }
  const TempDir folder;
  const auto output = folder / "out.h5";
  const std::vector<std::string> extra{"--limit", "3", "--dtype", "float32"};
  const ProgramOptions baseline{.environment = {{"ASSAY_CPU_ISA", "baseline"}}};
  REQUIRE(assay_run(1, output, extra, baseline).exit_code == 0);
  const std::string journal = read_bytes(journal_of(output));

  const auto refused = assay_run(1, output, extra);
  INFO(refused.err);
  CHECK(refused.exit_code == 2);
  CHECK_THAT(refused.err, Catch::Contains("recorded with baseline instructions") &&
                              Catch::Contains(std::string("compute with ") + assay::ops::cpu_isa_name()) &&
                              Catch::Contains("ASSAY_CPU_ISA=baseline") && Catch::Contains("--overwrite"));
  CHECK(read_bytes(journal_of(output)) == journal);
  CHECK(assay_run(1, output, extra, baseline).exit_code == 0);
  auto overwrite = extra;
  overwrite.emplace_back("--overwrite");
  CHECK(assay_run(1, output, overwrite).exit_code == 0);
}

TEST_CASE("a damaged results file is moved aside and written anew from the journal") {
  const TempDir folder;
  const auto output = folder / "out.h5";
  const std::vector<std::string> extra{"--limit", "3"};
  REQUIRE(assay_run(1, output, extra).exit_code == 0);
  const std::string expected = samples(output);
  std::string bytes = read_bytes(output);
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  std::ofstream(output, std::ios::binary | std::ios::trunc) << bytes;

  const auto shown = run_assay({"results", "show", output.string()});
  CHECK(shown.exit_code == 2);
  CHECK_THAT(shown.err, Catch::Contains("out.h5.journal holds the answers") && Catch::Contains("assay run"));

  const auto again = assay_run(1, output, extra);
  INFO(again.err);
  CHECK(again.exit_code == 0);
  CHECK_THAT(again.err, Catch::Contains("out.h5.damaged"));
  CHECK(again.err.find("warning") == again.err.rfind("warning"));
  CHECK(samples(output) == expected);
  CHECK(read_bytes(output.string() + ".damaged") == bytes);
}

TEST_CASE("ranks of other instructions do not compute together") {
  if (std::string(assay::ops::cpu_isa_name()) == "baseline") {
    return assay::test::skip("this CPU has none but the baseline instructions");
  }
  const TempDir folder;
  auto line = under_mpirun(1, run_words(folder / "out.h5", {"--limit", "3"}));
  auto all = line;
  all.insert(all.begin(), {"mpirun", "-np", "1"});
  all.insert(all.end(), {":", "-np", "1", "env", "ASSAY_CPU_ISA=baseline"});
  all.insert(all.end(), line.begin(), line.end());
  const auto failure = run_to_failure(all, mpi_options());
  INFO(failure.result.err);
  CHECK(failure.result.exit_code == 2);
  REQUIRE(failure.sentences.size() == 1);
  CHECK_THAT(failure.sentences[0],
             Catch::Contains("baseline instructions here") && Catch::Contains("(rank 1 on "));
}

TEST_CASE("a rank with instructions that there are not is named, and all leave") {
  const TempDir folder;
  const auto line = under_mpirun(1, run_words(folder / "out.h5", {"--limit", "3"}));
  auto all = line;
  all.insert(all.begin(), {"mpirun", "-np", "1"});
  all.insert(all.end(), {":", "-np", "1", "env", "ASSAY_CPU_ISA=nonsense"});
  all.insert(all.end(), line.begin(), line.end());
  const auto failure = run_to_failure(all, mpi_options());
  INFO(failure.result.err);
  CHECK(failure.result.exit_code == 2);
  REQUIRE(failure.sentences.size() == 1);
  CHECK_THAT(failure.sentences[0], Catch::Contains("ASSAY_CPU_ISA") && Catch::Contains("(rank 1 on "));
  CHECK(failure.seconds_after_error < most_seconds_after_error);
}

// As on nodes that see neither the campaign's folder nor the data.
TEST_CASE("only the first rank needs the campaign file and the data") {
  const TempDir folder;
  auto all = under_mpirun(1, run_words(folder / "out.h5", {"--limit", "3"}));
  auto blind = all;
  blind[2] = (folder / "nothing.yaml").string();
  all.insert(all.begin(), {"mpirun", "-np", "1"});
  all.insert(all.end(), {":", "-np", "1"});
  all.insert(all.end(), blind.begin(), blind.end());
  const auto result = run_program(all, mpi_options());
  INFO(result.err);
  CHECK(result.exit_code == 0);
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

TEST_CASE("a job that SLURM started again resumes, though its command says --overwrite") {
  const TempDir folder;
  const auto output = folder / "out.h5";
  const std::vector<std::string> overwrite{"--limit", "5", "--overwrite"};
  REQUIRE(assay_run(1, output, overwrite, {.environment = {{"SLURM_JOB_ID", "7"}}}).exit_code == 0);
  // Another job's journal is not this one's to keep, restarted or not.
  const auto other =
      assay_run(1, output, overwrite, {.environment = {{"SLURM_JOB_ID", "8"}, {"SLURM_RESTART_COUNT", "1"}}});
  CHECK(other.exit_code == 0);
  CHECK_THAT(other.err, !Catch::Contains("finished earlier"));
  const auto again =
      assay_run(1, output, overwrite, {.environment = {{"SLURM_JOB_ID", "8"}, {"SLURM_RESTART_COUNT", "1"}}});
  INFO(again.err);
  CHECK(again.exit_code == 0);
  CHECK_THAT(again.err, Catch::Contains("--overwrite is ignored") && Catch::Contains("finished earlier"));
  const auto over = assay_run(1, output, overwrite);
  CHECK(over.exit_code == 0);
  CHECK_THAT(over.err, !Catch::Contains("finished earlier"));
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
