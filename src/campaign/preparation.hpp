// Everything rank 0 knows before the model runs: tasks expanded to samples, samples to token requests.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "assay/campaign/config.hpp"
#include "assay/engine/request.hpp"
#include "assay/eval/task.hpp"
#include "assay/model/arch_spec.hpp"
#include "assay/text/tokenizer.hpp"

namespace assay::campaign {

/// One task, expanded. `error` is set (and samples empty) if it could not be.
struct PreparedTask {
  eval::TaskConfig task;
  int num_fewshot = 0;
  std::vector<eval::Sample> samples;
  std::string error;
  std::int64_t documents = -1;  ///< in the split, before any limit; -1: not known
};

/// Where the request with id i belongs, and its content.
struct PlannedRequest {
  std::size_t task = 0;
  std::size_t sample = 0;
  std::size_t index = 0;  ///< among the sample's requests
  std::uint64_t content_hash = 0;
  engine::Request request;
};

/// An error that names its task, once.
[[nodiscard]] std::string with_task(const std::string& task, const std::string& error);

struct Preparation {
  std::vector<PreparedTask> tasks;
  std::vector<eval::TaskGroup> groups;   ///< that were named, and those within them
  std::vector<PlannedRequest> requests;  ///< request.id is the position here
};

/// Reads tasks and data and encodes all requests; `max_length` in tokens, `defaults` what the model asks for
/// where a task that generates says nothing (warns once of what is not followed). An unknown task or a broken
/// task file throws InputError; bad data makes that task fail (or throws, with config.fail_fast, or where no
/// task is left).
[[nodiscard]] Preparation prepare(const CampaignConfig& config, const text::Tokenizer& tokenizer,
                                  std::int64_t max_length, const model::GenerationDefaults& defaults);

}  // namespace assay::campaign
