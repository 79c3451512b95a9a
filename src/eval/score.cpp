#include "assay/eval/score.hpp"

#include <algorithm>
#include <new>
#include <nlohmann/json.hpp>
#include <set>

#include "assay/eval/python_value.hpp"
#include "assay/util/error.hpp"
#include "eval/bootstrap.hpp"
#include "eval/filter.hpp"
#include "eval/function_module.hpp"
#include "eval/metric.hpp"
#include "eval/sandbox/pass_at_k.hpp"

namespace assay::eval {
namespace {

using engine::Completion;
using util::check_input;
using util::OrderedJson;
using Completions = std::vector<Completion>;

// What lm-eval keeps as a request's response: text, a log-probability, or that with "was it greedy".
OrderedJson response_of(const Completion& completion, OutputType type) {
  switch (type) {
    case OutputType::generate_until:
      return completion.text;
    case OutputType::loglikelihood_rolling:
      return completion.log_probability;
    default:
      return OrderedJson::array({completion.log_probability, completion.is_greedy});
  }
}

// What a pipeline leaves of each request, the answers to one question together.
OrderedJson filtered_responses(const TaskConfig& task, const Sample& sample, const FilterPipeline& pipeline,
                               const Completions& completions) {
  OrderedJson all = OrderedJson::array();
  for (std::size_t i = 0; i < completions.size();) {
    OrderedJson responses = OrderedJson::array();
    do {
      responses.push_back(response_of(completions[i], task.output_type));
      ++i;
    } while (i < completions.size() && sample.requests[i].repeat > 0);
    all.push_back(apply_filters(pipeline, std::move(responses), sample.doc));
  }
  return all;
}

// The k of pass@k that a metric_list entry asks for.
std::vector<int> ks_of(const MetricConfig& config) {
  const auto written = config.options.is_object() ? config.options.find("k") : config.options.end();
  if (!config.options.is_object() || written == config.options.end()) return {1};
  const OrderedJson list = written->is_array() ? *written : OrderedJson::array({*written});
  std::vector<int> ks;
  for (const OrderedJson& k : list) {
    check_input(k.is_number_integer() && k >= 1 && k <= 10'000, "the option k is not a number of programs");
    ks.push_back(k.get<int>());
  }
  return ks;
}

std::vector<std::string> programs_of(const Sample& sample, const MetricConfig& config,
                                     const OrderedJson& response) {
  const NamedExecution* execution = find_execution(config.function);
  check_input(execution != nullptr, "the metric \"{}\" is not known", config.function);
  const OrderedJson predictions = response.is_array() ? response : OrderedJson::array({response});
  return execution->programs(python_str(sample.target), predictions);
}

// Verdicts on programs that are still to be used.
struct Verdicts {
  std::vector<bool>::const_iterator next;
  std::vector<bool>::const_iterator end;
};

// Values of pass@k by the next verdicts.
void score_execution(const Sample& sample, const MetricConfig& config, const OrderedJson& response,
                     Verdicts& verdicts, MetricValues& values) {
  const auto programs = static_cast<int>(programs_of(sample, config, response).size());
  check_input(verdicts.end - verdicts.next >= programs, "verdicts on its programs are missing");
  const auto passed = static_cast<int>(std::count(verdicts.next, verdicts.next + programs, true));
  verdicts.next += programs;
  const bool by_k = find_execution(config.function)->named_by_k;
  for (const int k : ks_of(config)) {
    if (k <= programs)
      values[by_k ? fmt::format("pass@{}", k) : config.metric] = pass_at_k(programs, passed, k);
  }
}

SampleScore score_under(const TaskConfig& task, const Sample& sample, const FilterPipeline& pipeline,
                        const Completions& completions, Verdicts& verdicts) {
  SampleScore score;
  score.filter = pipeline.name;
  score.filtered_response = filtered_responses(task, sample, pipeline, completions);
  if (!task.process_results.empty()) {
    const NamedResults* results = find_results(task.process_results);
    check_input(results != nullptr, "the function \"{}\" is not known", task.process_results);
    score.metrics = results->function(
        sample.doc, std::vector<OrderedJson>(score.filtered_response.begin(), score.filtered_response.end()));
    return score;
  }
  ScoreInput input{task, sample, {}, {}, {}};
  if (task.output_type == OutputType::generate_until) {
    input.response = score.filtered_response.at(0);
  } else {
    for (std::size_t i = 0; i < completions.size(); ++i) {
      if (sample.requests[i].repeat > 0) continue;
      input.log_probabilities.push_back(completions[i].log_probability);
      input.greedy.push_back(completions[i].is_greedy);
    }
  }
  for (const MetricConfig& config : task.metrics) {
    if (const NamedMetric* named = find_named_metric(config.function)) {
      const bool as_text = input.response.is_string() && !sample.several_targets;
      const OrderedJson reference = as_text ? OrderedJson(python_str(sample.target)) : sample.target;
      score.metrics[config.metric] = named->value(reference, input.response);
      continue;
    }
    if (!config.function.empty()) {
      score_execution(sample, config, input.response, verdicts, score.metrics);
      continue;
    }
    const Metric* metric = find_metric(config.metric);
    check_input(metric != nullptr, "the metric \"{}\" is not known", config.metric);
    score.metrics[config.metric] = metric->score(input, config);
  }
  return score;
}

// Runs `function`, whose errors do not know which sample they are about.
template <class Function>
void for_sample(const TaskConfig& task, const Sample& sample, const Completions& completions,
                Function function) {
  check_input(completions.size() == sample.requests.size() && !completions.empty(),
              "task {}, document {}: {} answers for {} requests", task.task, sample.doc_id,
              completions.size(), sample.requests.size());
  try {
    for (const Completion& completion : completions)
      check_input(completion.error.empty(), "{}", completion.error);
    function();
  } catch (const util::InputError& error) {
    util::fail_input("task {}, document {}: {}", task.task, sample.doc_id, error.what());
  } catch (const std::bad_alloc&) {
    util::fail_input("task {}, document {}: scoring it needs more memory than there is", task.task,
                     sample.doc_id);
  }
}

// The metrics of a filter, in the order of the task's list, then what process_results gives beside them.
std::vector<std::string> metric_names(const TaskConfig& task, std::size_t filter,
                                      const std::vector<std::vector<SampleScore>>& scores) {
  std::set<std::string> found;
  for (const auto& sample : scores) {
    for (const auto& [name, value] : sample[filter].metrics) found.insert(name);
  }
  std::vector<std::string> names;
  for (const MetricConfig& config : task.metrics) {
    if (found.erase(config.metric) > 0) names.push_back(config.metric);
  }
  names.insert(names.end(), found.begin(), found.end());
  return names;
}

// The list's entry for a metric; pass@k belongs to the entry that runs programs.
const MetricConfig* config_of(const TaskConfig& task, const std::string& name) {
  for (const MetricConfig& config : task.metrics) {
    if (config.metric == name) return &config;
  }
  for (const MetricConfig& config : task.metrics) {
    if (!config.function.empty() && name.starts_with("pass@")) return &config;
  }
  return nullptr;
}

MetricResult aggregate_metric(const TaskConfig& task, const std::string& name,
                              const std::vector<OrderedJson>& values) {
  const MetricConfig* config = config_of(task, name);
  const Metric* metric = find_metric(name);
  MetricResult result;
  result.metric = name;
  result.samples = static_cast<std::int64_t>(values.size());
  result.higher_is_better = metric == nullptr || metric->higher_is_better;
  if (config != nullptr) result.higher_is_better = config->higher_is_better.value_or(result.higher_is_better);
  const std::string how = config == nullptr ? "mean" : config->aggregation;
  if (how.starts_with(function_mark)) {
    const NamedAggregation* named = find_named_aggregation(how.substr(function_mark.size()));
    check_input(named != nullptr, "task {}: the aggregation \"{}\" is not known", task.task, how);
    result.value = named->function(values);
    return result;
  }
  const Aggregation* aggregation = find_aggregation(how);
  check_input(aggregation != nullptr, "task {}: the aggregation \"{}\" of metric \"{}\" is not known",
              task.task, how, name);
  result.value = aggregation->value(values);
  result.standard_error = aggregation->standard_error(values, bootstrap_resamples);
  return result;
}

}  // namespace

std::vector<std::string> programs_to_run(const TaskConfig& task, const Sample& sample,
                                         const Completions& completions) {
  std::vector<std::string> programs;
  if (!task.runs_code) return programs;
  for_sample(task, sample, completions, [&] {
    for (const FilterPipeline& pipeline : task.filters) {
      const OrderedJson responses = filtered_responses(task, sample, pipeline, completions);
      for (const MetricConfig& config : task.metrics) {
        if (find_execution(config.function) == nullptr) continue;
        std::ranges::move(programs_of(sample, config, responses.at(0)), std::back_inserter(programs));
      }
    }
  });
  return programs;
}

std::vector<SampleScore> score_sample(const TaskConfig& task, const Sample& sample,
                                      const Completions& completions, const std::vector<bool>& passed) {
  std::vector<SampleScore> scores;
  Verdicts verdicts{passed.begin(), passed.end()};
  for_sample(task, sample, completions, [&] {
    for (const FilterPipeline& pipeline : task.filters)
      scores.push_back(score_under(task, sample, pipeline, completions, verdicts));
    check_input(verdicts.next == verdicts.end, "there are more verdicts than programs");
  });
  return scores;
}

std::vector<MetricResult> aggregate(const TaskConfig& task,
                                    const std::vector<std::vector<SampleScore>>& scores) {
  std::vector<MetricResult> results;
  if (scores.empty()) return results;
  for (const auto& sample : scores)
    check_input(sample.size() == task.filters.size(), "task {}: a sample lacks scores", task.task);
  for (std::size_t f = 0; f < task.filters.size(); ++f) {
    for (const std::string& name : metric_names(task, f, scores)) {
      std::vector<OrderedJson> values;
      for (const auto& sample : scores) {
        const auto value = sample[f].metrics.find(name);
        if (value != sample[f].metrics.end()) values.push_back(value->second);
      }
      results.push_back(aggregate_metric(task, name, values));
      results.back().filter = task.filters[f].name;
    }
  }
  return results;
}

}  // namespace assay::eval
