// Programs that the model wrote, run in the sandbox beside the generation of others.
#pragma once

#include <cstddef>
#include <future>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "assay/campaign/config.hpp"
#include "assay/eval/sandbox.hpp"

namespace assay::campaign {

class ProgramRuns {
 public:
  /// Throws InputError, with what to do, where a sandbox cannot be built.
  explicit ProgramRuns(const CampaignConfig& config);

  /// Queues the programs of one sample of one task; each pair once.
  void start(std::size_t task, std::size_t sample, std::vector<std::string> programs);
  /// True if every program of the task that was started has ended.
  [[nodiscard]] bool ready(std::size_t task) const;
  /// Waits for a sample's programs: whether each ended well, in order; empty if none was started. Throws
  /// InputError if the machine, not the program, failed.
  [[nodiscard]] std::vector<bool> take(std::size_t task, std::size_t sample);

 private:
  using Key = std::pair<std::size_t, std::size_t>;
  std::map<Key, std::vector<std::future<eval::Execution>>> runs_;
  eval::ExecutionPool pool_;  // behind the futures: it ends what still runs
};

}  // namespace assay::campaign
