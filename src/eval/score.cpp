#include "assay/eval/score.hpp"

#include <algorithm>
#include <new>
#include <nlohmann/json.hpp>

#include "assay/util/error.hpp"
#include "eval/filter.hpp"
#include "eval/function_module.hpp"
#include "eval/metric.hpp"

namespace assay::eval {
namespace {

using util::check_input;
using util::OrderedJson;

// What lm-eval keeps as a request's response: text, a log-probability, or that with "was it greedy".
OrderedJson response_of(const engine::Completion& completion, OutputType type) {
  switch (type) {
    case OutputType::generate_until:
      return completion.text;
    case OutputType::loglikelihood_rolling:
      return completion.log_probability;
    default:
      return OrderedJson::array({completion.log_probability, completion.is_greedy});
  }
}

SampleScore score_under(const TaskConfig& task, const Sample& sample, const FilterPipeline& pipeline,
                        const std::vector<engine::Completion>& completions) {
  SampleScore score;
  score.filter = pipeline.name;
  score.filtered_response = OrderedJson::array();
  for (const engine::Completion& completion : completions) {
    score.filtered_response.push_back(
        apply_filters(pipeline, OrderedJson::array({response_of(completion, task.output_type)})));
  }
  ScoreInput input{task, sample, {}, {}, {}};
  if (task.output_type == OutputType::generate_until) {
    input.response = score.filtered_response.at(0);
  } else {
    for (const engine::Completion& completion : completions) {
      input.log_probabilities.push_back(completion.log_probability);
      input.greedy.push_back(completion.is_greedy);
    }
  }
  if (!task.process_results.empty()) {
    const NamedResults* results = find_results(task.process_results);
    check_input(results != nullptr, "task {}: the function \"{}\" is not known", task.task,
                task.process_results);
    score.metrics = results->function(
        sample.doc, std::vector<OrderedJson>(score.filtered_response.begin(), score.filtered_response.end()));
    return score;
  }
  for (const MetricConfig& config : task.metrics) {
    const Metric* metric = find_metric(config.metric);
    check_input(metric != nullptr, "task {}: the metric \"{}\" is not known", task.task, config.metric);
    score.metrics[config.metric] = metric->score(input, config);
  }
  return score;
}

}  // namespace

std::vector<SampleScore> score_sample(const TaskConfig& task, const Sample& sample,
                                      const std::vector<engine::Completion>& completions) {
  check_input(completions.size() == sample.requests.size() && !completions.empty(),
              "task {}, document {}: {} answers for {} requests", task.task, sample.doc_id,
              completions.size(), sample.requests.size());
  for (const engine::Completion& completion : completions) {
    check_input(completion.error.empty(), "task {}, document {}: {}", task.task, sample.doc_id,
                completion.error);
  }
  std::vector<SampleScore> scores;
  try {
    for (const FilterPipeline& pipeline : task.filters) {
      scores.push_back(score_under(task, sample, pipeline, completions));
    }
  } catch (const std::bad_alloc&) {
    util::fail_input("task {}, document {}: scoring it needs more memory than there is", task.task,
                     sample.doc_id);
  }
  return scores;
}

std::vector<MetricResult> aggregate(const TaskConfig& task,
                                    const std::vector<std::vector<SampleScore>>& scores) {
  std::vector<MetricResult> results;
  if (scores.empty()) return results;
  for (std::size_t f = 0; f < task.filters.size(); ++f) {
    for (const MetricConfig& config : task.metrics) {
      const Metric* metric = find_metric(config.metric);
      const Aggregation* aggregation = find_aggregation(config.aggregation);
      check_input(metric != nullptr && aggregation != nullptr,
                  "task {}: metric \"{}\" or its aggregation \"{}\" is not known", task.task, config.metric,
                  config.aggregation);
      std::vector<OrderedJson> values;
      for (const auto& sample : scores) {
        check_input(sample.size() == task.filters.size() && sample[f].metrics.contains(config.metric),
                    "task {}: a sample has no value for metric \"{}\"", task.task, config.metric);
        values.push_back(sample[f].metrics.at(config.metric));
      }
      MetricResult result;
      result.metric = config.metric;
      result.filter = task.filters[f].name;
      result.value = aggregation->value(values);
      result.standard_error = aggregation->standard_error(values);
      result.samples = static_cast<std::int64_t>(values.size());
      result.higher_is_better = config.higher_is_better.value_or(metric->higher_is_better);
      results.push_back(std::move(result));
    }
  }
  return results;
}

}  // namespace assay::eval
