#include "campaign/output.hpp"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <thread>

#include "assay/results/results_reader.hpp"
#include "assay/util/clock.hpp"
#include "assay/util/error.hpp"
#include "assay/util/files.hpp"
#include "assay/util/json.hpp"

namespace assay::campaign {
namespace {

// When a launcher is killed, its ranks take about a second to notice and leave: the next launch waits for
// them rather than being refused.
void wait_for_last_run(const std::filesystem::path& journal) {
  constexpr double patience_seconds = 3;
  const util::Stopwatch watch;
  std::error_code error;
  while (std::filesystem::exists(journal, error) && !util::try_lock(journal).valid()) {
    util::check_input(watch.seconds() < patience_seconds,
                      "{} is in use by another run; wait for it, stop it, or choose another output",
                      journal.string());
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
}

// A journal of other kernels is not continued: its answers differ in their last bits, and nothing in the
// results would say which came from where. The other differences are the journal's own to name.
void check_same_instructions(const std::filesystem::path& journal, const std::string& identity) {
  const auto recorded = results::recorded_identity(journal);
  if (!recorded) return;
  const auto cpu_isa = [](const std::string& text) {
    const util::Json json = util::parse_json(text, "run identity");
    return json.is_object() ? json.value("cpu_isa", std::string()) : std::string();
  };
  const std::string there = cpu_isa(*recorded);
  const std::string here = cpu_isa(identity);
  util::check_input(
      there == here || there.empty(),
      "{} was recorded with {} instructions and this run would compute with {}, which give other "
      "last bits; resume with ASSAY_CPU_ISA={} on machines that have it, choose another output, or "
      "start over with --overwrite",
      journal.string(), there, here, there);
}

}  // namespace

void check_output(const CampaignConfig& config) {
  const auto folder =
      config.output.has_parent_path() ? config.output.parent_path() : std::filesystem::path(".");
  const auto journal = results::journal_path(config.output);
  std::error_code error;
  util::check_input(std::filesystem::is_directory(folder, error), "the output's folder {} does not exist",
                    folder.string());
  util::check_input(!std::filesystem::is_directory(config.output, error),
                    "the output {} is a folder; name a file", config.output.string());
  util::check_input(::access(folder.c_str(), W_OK) == 0, "the output's folder {} is not writable",
                    folder.string());
  wait_for_last_run(journal);
  util::check_input(config.overwrite || std::filesystem::exists(journal, error) ||
                        !std::filesystem::exists(config.output, error),
                    "{} exists but its journal {} does not, so it cannot be resumed; choose another output "
                    "or give --overwrite",
                    config.output.string(), journal.string());
}

void check_tasks_kept(const CampaignConfig& config, const Preparation& preparation) {
  std::error_code error;
  if (config.overwrite || !std::filesystem::exists(config.output, error)) return;
  const results::ResultsReader reader(config.output);
  for (const auto& there : reader.tasks()) {
    const auto asked =
        std::any_of(preparation.tasks.begin(), preparation.tasks.end(),
                    [&](const PreparedTask& prepared) { return prepared.task.task == there.task; });
    util::check_input(
        asked,
        "{} holds results of task {}, which this command does not name; name it too, choose another output, "
        "or give --overwrite",
        config.output.string(), there.task);
  }
}

std::unique_ptr<results::Journal> open_journal(const CampaignConfig& config, const std::string& identity) {
  const auto journal = results::journal_path(config.output);
  std::error_code error;
  if (config.overwrite && std::filesystem::exists(journal, error)) {
    // Emptied under its lock and never unlinked: another run that holds it keeps what it has.
    const auto lock = util::try_lock(journal);
    util::check_input(lock.valid(),
                      "{} is in use by another run; wait for it, stop it, or choose another output",
                      journal.string());
    std::filesystem::resize_file(journal, 0);
  }
  if (config.overwrite) std::filesystem::remove(config.output, error);
  check_same_instructions(journal, identity);
  return std::make_unique<results::Journal>(journal, identity);
}

}  // namespace assay::campaign
