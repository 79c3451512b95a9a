#include "campaign/output.hpp"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "support/temp_dir.hpp"

using namespace assay;
using campaign::Output;

namespace {

campaign::CampaignConfig config_for(const std::filesystem::path& output, bool overwrite = false) {
  campaign::CampaignConfig config;
  config.output = output;
  config.overwrite = overwrite;
  return config;
}

void write(const std::filesystem::path& path, const std::string& text) {
  std::ofstream(path) << text;
}

std::string read(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

TEST_CASE("an output that another run holds is refused by name, and nothing of it is touched") {
  const test::TempDir folder;
  const auto path = folder / "out.h5";
  const auto journal = results::journal_path(path);
  const auto config = config_for(path);
  {
    Output first(config, 0);
    const auto held = first.open_journal("{}");
    write(path, "results");
    const std::string before = read(journal);
    REQUIRE(!before.empty());
    for (const bool overwrite : {false, true}) {
      const auto second = config_for(path, overwrite);
      CHECK_THROWS_WITH(Output(second, 0), Catch::Contains("in use by another run (process " +
                                                           std::to_string(::getpid()) + " on "));
    }
    CHECK(read(journal) == before);
    CHECK(read(path) == "results");
  }
  CHECK_FALSE(std::filesystem::exists(journal.string() + ".holder"));
}

TEST_CASE("two runs that begin on a new output: the later one is refused before it removes anything") {
  const test::TempDir folder;
  const auto path = folder / "out.h5";
  const auto config = config_for(path);
  const auto overwriting = config_for(path, true);
  Output late(overwriting, 0);
  Output first(config, 0);
  const auto held = first.open_journal("{}");
  write(path, "results");
  CHECK_THROWS_WITH(late.open_journal("{}"), Catch::Contains("in use by another run"));
  CHECK(read(path) == "results");
}

TEST_CASE("overwriting empties the journal under the lock and removes the output") {
  const test::TempDir folder;
  const auto path = folder / "out.h5";
  const auto config = config_for(path);
  {
    Output output(config, 0);
    output.open_journal(R"({"model":"a"})")->append({{"t", 1, 0, 7}, {}});
  }
  write(path, "results");
  const auto over = config_for(path, true);
  Output output(over, 0);
  CHECK(read(path) == "results");  // nothing is removed before the journal is opened
  const auto journal = output.open_journal(R"({"model":"b"})");
  CHECK_FALSE(std::filesystem::exists(path));
  CHECK(journal->take_records().empty());
  journal->append({{"t", 2, 0, 7}, {}});
  CHECK_THROWS_WITH(Output(config, 0), Catch::Contains("in use"));  // still held
}

TEST_CASE("a job that was started again waits longer for the lock") {
  ::unsetenv("SLURM_RESTART_COUNT");
  const double usual = campaign::lock_patience_seconds();
  ::setenv("SLURM_RESTART_COUNT", "1", 1);
  const double restarted = campaign::lock_patience_seconds();
  ::unsetenv("SLURM_RESTART_COUNT");
  CHECK(usual < 10);
  CHECK(restarted > 90);  // the lease of NFS
}
