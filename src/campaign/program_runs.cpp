#include "campaign/program_runs.hpp"

#include <algorithm>
#include <chrono>

#include "assay/util/error.hpp"

namespace assay::campaign {
namespace {

eval::Sandbox make_sandbox(const CampaignConfig& config) {
  eval::SandboxSettings settings;
  settings.python = config.sandbox_python;
  return eval::Sandbox(settings);
}

}  // namespace

ProgramRuns::ProgramRuns(const CampaignConfig& config) : pool_(make_sandbox(config)) {}

void ProgramRuns::start(std::size_t task, std::size_t sample, std::vector<std::string> programs) {
  auto& runs = runs_[{task, sample}];
  ASSAY_CHECK(runs.empty());
  for (std::string& program : programs) runs.push_back(pool_.submit({std::move(program), {}}));
}

bool ProgramRuns::ready(std::size_t task) const {
  const auto ended = [](const std::future<eval::Execution>& run) {
    return run.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
  };
  for (auto run = runs_.lower_bound({task, 0}); run != runs_.end() && run->first.first == task; ++run) {
    if (!std::ranges::all_of(run->second, ended)) return false;
  }
  return true;
}

std::vector<bool> ProgramRuns::take(std::size_t task, std::size_t sample) {
  std::vector<bool> passed;
  const auto found = runs_.find({task, sample});
  if (found == runs_.end()) return passed;
  for (auto& run : found->second) {
    const eval::Execution execution = run.get();
    util::check_input(execution.verdict != eval::Verdict::sandbox_error,
                      "a program could not be run ({}); the same command resumes with the answers there are",
                      execution.message);
    passed.push_back(execution.verdict == eval::Verdict::passed);
  }
  runs_.erase(found);
  return passed;
}

}  // namespace assay::campaign
