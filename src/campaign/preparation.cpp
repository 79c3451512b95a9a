#include "campaign/preparation.hpp"

#include <fmt/ranges.h>

#include <algorithm>

#include "assay/util/error.hpp"
#include "assay/util/log.hpp"

namespace assay::campaign {
namespace {

std::vector<PlannedRequest> encode_task(const CampaignConfig& config, const PreparedTask& prepared,
                                        std::size_t task_index, const text::Tokenizer& tokenizer,
                                        std::int64_t max_length) {
  const eval::EncodeOptions options{max_length, config.seed, std::nullopt};
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

util::OrderedJson to_json(const model::GenerationDefaults& defaults) {
  util::OrderedJson json = util::OrderedJson::object();
  if (defaults.temperature) json["temperature"] = *defaults.temperature;
  if (defaults.top_k) json["top_k"] = *defaults.top_k;
  if (defaults.top_p) json["top_p"] = *defaults.top_p;
  if (defaults.repetition_penalty != 1) json["repetition_penalty"] = defaults.repetition_penalty;
  return json;
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

Preparation prepare(const CampaignConfig& config, const text::Tokenizer& tokenizer, std::int64_t max_length,
                    const model::GenerationDefaults& defaults) {
  const eval::TaskCatalogue catalogue(task_search_path(config.task_folders));
  eval::BuildOptions options;
  options.data_root = config.data_root;
  options.limit = config.limit;
  options.num_fewshot = config.num_fewshot;
  options.fewshot_seed = config.fewshot_seed;
  options.sample_seed = config.sample_seed;
  options.gen_kwargs = parse_gen_kwargs(config.gen_kwargs);
  options.model_generation = to_json(defaults);

  Preparation preparation;
  for (const std::string& name : config.tasks) {
    preparation.tasks.push_back({catalogue.load(name), 0, {}, {}});
    const auto& added = preparation.tasks.back().task;
    for (std::size_t i = 0; i + 1 < preparation.tasks.size(); ++i) {
      util::check_input(preparation.tasks[i].task.task != added.task, "task {} is named twice", added.task);
    }
  }
  std::size_t failed = 0;
  for (std::size_t i = 0; i < preparation.tasks.size(); ++i) {
    PreparedTask& prepared = preparation.tasks[i];
    prepared.num_fewshot = eval::effective_num_fewshot(prepared.task, options);
    try {
      eval::SampleSet set = eval::build_samples(prepared.task, options);
      prepared.samples = std::move(set.samples);
      prepared.documents = set.documents;
      auto planned = encode_task(config, prepared, i, tokenizer, max_length);
      std::move(planned.begin(), planned.end(), std::back_inserter(preparation.requests));
    } catch (const util::InputError& error) {
      prepared.error = fmt::format("task {}: {}", prepared.task.task, error.what());
      prepared.samples.clear();
      ++failed;
      if (config.fail_fast || failed == preparation.tasks.size()) throw util::InputError(prepared.error);
      util::log_error("{}; the other tasks go on", prepared.error);
    }
  }
  for (std::size_t id = 0; id < preparation.requests.size(); ++id) preparation.requests[id].request.id = id;
  warn_of_unused(preparation, defaults);
  return preparation;
}

}  // namespace assay::campaign
