#include "campaign/preparation.hpp"

#include <fmt/ranges.h>

#include <algorithm>

#include "assay/campaign/task_options.hpp"
#include "assay/util/error.hpp"
#include "assay/util/log.hpp"

namespace assay::campaign {
namespace {

std::vector<PlannedRequest> encode_task(const CampaignConfig& config, const PreparedTask& prepared,
                                        std::size_t task_index, const text::Tokenizer& tokenizer,
                                        std::int64_t max_length) {
  const eval::EncodeOptions options = encode_options(config, max_length);
  std::vector<PlannedRequest> planned;
  for (std::size_t sample = 0; sample < prepared.samples.size(); ++sample) {
    const eval::Sample& document = prepared.samples[sample];
    for (std::size_t index = 0; index < document.requests.size(); ++index) {
      PlannedRequest request{task_index, sample, index, 0, {}};
      try {
        request.request = eval::encode(document.requests[index], tokenizer, options);
      } catch (const util::InputError& error) {
        util::fail_input("document {}: {}", document.doc_id, error.what());
      }
      request.content_hash = engine::content_hash(request.request);
      planned.push_back(std::move(request));
    }
  }
  return planned;
}

// Samples and requests of one task, or the task's error.
void prepare_task(const CampaignConfig& config, const eval::BuildOptions& options,
                  const text::Tokenizer& tokenizer, std::int64_t max_length, std::size_t index,
                  Preparation& preparation) {
  PreparedTask& prepared = preparation.tasks[index];
  prepared.num_fewshot = eval::effective_num_fewshot(prepared.task, options);
  try {
    eval::SampleSet set = eval::build_samples(prepared.task, options);
    prepared.samples = std::move(set.samples);
    prepared.documents = set.documents;
    auto planned = encode_task(config, prepared, index, tokenizer, max_length);
    std::move(planned.begin(), planned.end(), std::back_inserter(preparation.requests));
  } catch (const util::InputError& error) {
    prepared.error = with_task(prepared.task.task, error.what());
    prepared.samples.clear();
  }
}

void warn_of_unused(const Preparation& preparation, const model::GenerationDefaults& defaults) {
  const bool generates = std::any_of(
      preparation.requests.begin(), preparation.requests.end(),
      [](const PlannedRequest& planned) { return planned.request.kind == engine::RequestKind::generate; });
  if (!generates || defaults.unused.empty()) return;
  util::log_warning(
      "the model's generation_config.json sets {}, which is not followed: its generations may differ from "
      "transformers'",
      fmt::join(defaults.unused, ", "));
}

}  // namespace

std::string with_task(const std::string& task, const std::string& error) {
  return error.starts_with("task " + task) ? error : fmt::format("task {}: {}", task, error);
}

Preparation prepare(const CampaignConfig& config, const text::Tokenizer& tokenizer, std::int64_t max_length,
                    const model::GenerationDefaults& defaults) {
  const eval::BuildOptions options = build_options(config, defaults);
  eval::TaskSelection selection = select_tasks(config);
  Preparation preparation;
  preparation.groups = std::move(selection.groups);
  for (eval::TaskConfig& task : selection.tasks) {
    util::check_input(
        !task.runs_code || config.allow_code_execution,
        "task {} runs programs that the model writes; allow it with --allow-code-execution (they "
        "run in a sandbox), or leave the task out",
        task.task);
    preparation.tasks.push_back({std::move(task), 0, {}, {}});
  }
  for (eval::BrokenTask& broken : selection.broken) {
    if (config.fail_fast) util::fail_input("task {}: {}", broken.task, broken.error);
    PreparedTask prepared;
    prepared.task.task = broken.task;
    prepared.error = fmt::format("task {}: {}", broken.task, broken.error);
    preparation.tasks.push_back(std::move(prepared));
  }
  std::size_t failed = 0;
  for (std::size_t i = 0; i < preparation.tasks.size(); ++i) {
    PreparedTask& prepared = preparation.tasks[i];
    if (prepared.error.empty()) prepare_task(config, options, tokenizer, max_length, i, preparation);
    if (prepared.error.empty()) continue;
    ++failed;
    if (config.fail_fast || failed == preparation.tasks.size()) throw util::InputError(prepared.error);
    util::log_error("{}; the other tasks go on", prepared.error);
  }
  for (std::size_t id = 0; id < preparation.requests.size(); ++id) preparation.requests[id].request.id = id;
  warn_of_unused(preparation, defaults);
  return preparation;
}

}  // namespace assay::campaign
