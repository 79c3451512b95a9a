#include "campaign/shared_config.hpp"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "assay/comm/agreement.hpp"
#include "assay/results/journal.hpp"
#include "support/mpi_world.hpp"
#include "support/temp_dir.hpp"

using namespace assay;
using test::world;

namespace {

// Every setting other than its default.
campaign::CampaignConfig full_config(const std::filesystem::path& folder) {
  campaign::CampaignConfig config;
  for (const campaign::Setting& setting : campaign::settings()) {
    const std::string name = setting.name;
    std::string value = "3";
    if (name == "model" || name == "data_root" || name == "include_path") value = folder.string();
    if (name == "output") value = (folder / "out.h5").string();
    if (name == "tasks") value = "a,b";
    if (name == "layers_per_stage") value = "4,5,6";
    if (name == "dtype") value = "bfloat16";
    if (name == "fewshot_as_multiturn") value = "false";
    if (name == "add_bos_token") value = "true";
    if (name == "profile") value = "lm-eval-0.4.9.1";
    if (name == "gen_kwargs") value = "top_k=2";
    if (*setting.placeholder == '\0') value = "true";
    setting.set(config, value);
  }
  return config;
}

}  // namespace

TEST_CASE("every rank gets rank 0's configuration, whatever it had itself") {
  ::unsetenv("SLURM_RESTART_COUNT");
  const test::TempDir folder;
  campaign::CampaignConfig given;
  if (world().rank() == 0) given = full_config(folder.path());
  const auto config = campaign::share_config(given, world());
  const auto text = campaign::to_json(config).dump();
  const auto bytes = std::as_bytes(std::span(text));
  const auto first = world().broadcast_message({bytes.begin(), bytes.end()}, 0);
  CHECK(text == std::string(reinterpret_cast<const char*>(first.data()), first.size()));
  CHECK(config.overwrite);
  CHECK(config.fail_fast);
  const auto json = campaign::to_json(config);
  const auto defaults = campaign::to_json({});
  for (const auto& [key, value] : json.items()) {
    CAPTURE(key);
    CHECK(value != defaults[key]);  // or this test would not see it
  }
}

TEST_CASE("what is missing on rank 0 is refused on every rank") {
  const test::TempDir folder;
  auto given = full_config(folder.path());
  if (world().rank() == 0) given.data_root = folder / "nothing";
  CHECK_THROWS_WITH(campaign::share_config(given, world()), Catch::Contains("data root"));
}

TEST_CASE("a job that SLURM started again does not overwrite what it has overwritten itself") {
  const test::TempDir folder;
  auto given = full_config(folder.path());
  if (world().rank() == 0) ::setenv("SLURM_JOB_ID", "7", 1);
  for (const char* emptied_by : {"6", "7"}) {
    std::ofstream(results::journal_path(given.output).string() + ".job") << emptied_by << "\n";
    for (const char* count : {"0", "2", "x"}) {
      CAPTURE(emptied_by, count);
      if (world().rank() == 0) ::setenv("SLURM_RESTART_COUNT", count, 1);
      const bool resumes = std::string(count) == "2" && std::string(emptied_by) == "7";
      CHECK(campaign::share_config(given, world()).overwrite == !resumes);
    }
  }
  ::unsetenv("SLURM_RESTART_COUNT");
  ::unsetenv("SLURM_JOB_ID");
}
