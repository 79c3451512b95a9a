#include "results/lm_eval_config.hpp"

#include <array>
#include <string_view>

namespace assay::results {
namespace {

using util::OrderedJson;

std::string_view name_of(eval::OutputType type) {
  switch (type) {
    case eval::OutputType::loglikelihood:
      return "loglikelihood";
    case eval::OutputType::loglikelihood_rolling:
      return "loglikelihood_rolling";
    case eval::OutputType::multiple_choice:
      return "multiple_choice";
    case eval::OutputType::generate_until:
      return "generate_until";
  }
  return "unknown";
}

OrderedJson text_or_null(const std::string& text) {
  return text.empty() ? OrderedJson() : OrderedJson(text);
}

// The member of the task's own YAML, or null.
OrderedJson raw_member(const eval::TaskConfig& task, std::string_view key) {
  if (!task.raw.is_object()) return nullptr;
  const auto found = task.raw.find(key);
  return found == task.raw.end() ? OrderedJson() : *found;
}

OrderedJson raw_or(const eval::TaskConfig& task, std::string_view key, OrderedJson otherwise) {
  OrderedJson value = raw_member(task, key);
  return value.is_null() ? std::move(otherwise) : value;
}

OrderedJson fewshot_config(const eval::TaskConfig& task) {
  OrderedJson config;
  config["sampler"] = "default";
  config["split"] = raw_member(task, "fewshot_split");
  config["process_docs"] = text_or_null(task.process_docs);
  config["fewshot_indices"] = nullptr;
  config["samples"] = nullptr;
  config["doc_to_text"] = task.doc_to_text;
  config["doc_to_choice"] = task.doc_to_choice;
  config["doc_to_target"] = task.doc_to_target;
  config["gen_prefix"] = raw_member(task, "gen_prefix");
  config["fewshot_delimiter"] = task.fewshot_delimiter;
  config["target_delimiter"] = task.target_delimiter;
  const OrderedJson own = raw_member(task, "fewshot_config");
  if (own.is_object()) config.update(own);
  return config;
}

OrderedJson metric_list(const eval::TaskConfig& task) {
  OrderedJson own = raw_member(task, "metric_list");
  if (own.is_array()) return own;
  OrderedJson list = OrderedJson::array();
  for (const eval::MetricConfig& metric : task.metrics) {
    OrderedJson entry = {{"metric", metric.metric}};
    if (!metric.aggregation.empty()) entry["aggregation"] = metric.aggregation;
    if (metric.higher_is_better) entry["higher_is_better"] = *metric.higher_is_better;
    if (metric.options.is_object()) entry.update(metric.options);
    list.push_back(std::move(entry));
  }
  return list;
}

OrderedJson metadata(const eval::TaskConfig& task) {
  OrderedJson out = task.metadata.is_object() ? task.metadata : OrderedJson::object();
  if (out.contains("version") && out["version"].is_number()) out["version"] = out["version"].get<double>();
  if (!task.file.empty()) out["config_source"] = task.file.string();
  return out;
}

}  // namespace

OrderedJson lm_eval_config(const eval::TaskConfig& task, int num_fewshot) {
  const auto own = [&](std::string_view key) { return raw_member(task, key); };
  OrderedJson all;
  all["task"] = task.task;
  for (const char* key : {"task_alias", "tag"}) all[key] = own(key);
  all["dataset_path"] = text_or_null(task.dataset_path);
  all["dataset_name"] = text_or_null(task.dataset_name);
  for (const char* key :
       {"dataset_kwargs", "training_split", "validation_split", "test_split", "fewshot_split"}) {
    all[key] = own(key);
  }
  all["process_docs"] = text_or_null(task.process_docs);
  all["doc_to_text"] = task.doc_to_text;
  all["doc_to_target"] = task.doc_to_target;
  all["unsafe_code"] = raw_or(task, "unsafe_code", false);
  all["doc_to_choice"] = task.doc_to_choice;
  for (const char* key : {"process_results", "use_prompt"}) all[key] = own(key);
  all["description"] = task.description;
  all["target_delimiter"] = task.target_delimiter;
  all["fewshot_delimiter"] = task.fewshot_delimiter;
  all["fewshot_config"] = fewshot_config(task);
  all["num_fewshot"] = num_fewshot;
  all["metric_list"] = metric_list(task);
  all["output_type"] = name_of(task.output_type);
  if (task.output_type == eval::OutputType::generate_until) all["generation_kwargs"] = task.generation_kwargs;
  all["repeats"] = raw_or(task, "repeats", 1);
  all["filter_list"] = own("filter_list");
  all["should_decontaminate"] = raw_or(task, "should_decontaminate", false);
  for (const char* key : {"doc_to_decontamination_query", "gen_prefix"}) all[key] = own(key);
  all["metadata"] = metadata(task);

  OrderedJson config = OrderedJson::object();
  for (auto& [key, value] : all.items()) {
    if (!value.is_null()) config[key] = std::move(value);
  }
  return config;
}

}  // namespace assay::results
