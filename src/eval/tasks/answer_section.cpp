// Task files: how an answer is generated, filtered and scored.
#include <algorithm>
#include <array>
#include <type_traits>

#include "assay/util/log.hpp"
#include "eval/filter.hpp"
#include "eval/function_module.hpp"
#include "eval/metric.hpp"
#include "eval/tasks/section.hpp"

namespace assay::eval {
namespace {

class AnswerSection : TaskSection {
 public:
  using TaskSection::TaskSection;

  void read() {
    read_generation();
    read_filters();
    read_metrics();
  }

 private:
  void read_generation() {
    const YamlNode* node = find("generation_kwargs");
    if (task_.output_type != OutputType::generate_until) {
      if (node != nullptr)
        util::log_debug("{}: generation_kwargs is ignored: nothing is generated", node->where());
      return;
    }
    OrderedJson& kwargs = task_.generation_kwargs;
    if (node == nullptr) {
      kwargs = {{"temperature", 0.0},
                {"do_sample", false},
                {"max_gen_toks", 256},
                {"until", OrderedJson::array({task_.fewshot_delimiter})}};
      return;
    }
    if (node->kind != Kind::mapping) fail(*node, "generation_kwargs is not a mapping");
    kwargs = util::to_json(*node);
    if (const auto temperature = kwargs.find("temperature"); temperature != kwargs.end()) {
      if (!temperature->is_number()) fail(*node, "temperature is not a number");
      *temperature = temperature->get<double>();
    }
    if (!kwargs.contains("until")) kwargs["until"] = OrderedJson::array({task_.fewshot_delimiter});
  }

  void read_filters() {
    const YamlNode* node = find("filter_list");
    if (node == nullptr) {
      task_.filters = {{"none", {{"take_first", OrderedJson::object()}}}};
      return;
    }
    if (node->kind != Kind::sequence || node->items.empty())
      fail(*node, "filter_list is not a list of filters");
    for (const YamlNode& entry : node->items) {
      const YamlNode* name = find(entry, "name");
      const YamlNode* steps = find(entry, "filter");
      if (name == nullptr || steps == nullptr || steps->kind != Kind::sequence || steps->items.empty()) {
        fail(entry, "a filter_list entry has \"name\" and a list \"filter\"");
      }
      FilterPipeline pipeline;
      pipeline.name = text_of(*name, "name");
      for (const FilterPipeline& other : task_.filters) {
        if (other.name == pipeline.name) fail(*name, "two filters have the name \"" + pipeline.name + "\"");
      }
      for (const YamlNode& step : steps->items) pipeline.steps.push_back(read_step(step, pipeline));
      task_.filters.push_back(std::move(pipeline));
    }
  }

  FilterStep read_step(const YamlNode& node, const FilterPipeline& before) const {
    const YamlNode* function = find(node, "function");
    if (function == nullptr) fail(node, "a filter step has no \"function\"");
    FilterStep step;
    if (const YamlNode* custom = custom_function(node, *function)) {
      step = built_in_step(node, *custom);
    } else {
      step = named_step(node, *function);
    }
    if (!before.steps.empty() && !leaves_list(before.steps.back())) {
      fail(node,
           "a filter follows " + before.steps.back().function + ", which leaves one response, not a list");
    }
    if (step.function == "take_first_k" && step.options["k"] > task_.repeats)
      fail(node,
           fmt::format("take_first_k wants more responses than there are (repeats: {})", task_.repeats));
    if (task_.output_type != OutputType::generate_until && step.function != "take_first") {
      fail(node, "only take_first applies to a task that generates nothing");
    }
    return step;
  }

  static bool leaves_list(const FilterStep& step) {
    const Filter* filter = find_filter(step.function);
    return filter == nullptr || filter->leaves_list;
  }

  // The node that names a function: `function: !function f`, or `function: custom` with `filter_fn`.
  static const YamlNode* custom_function(const YamlNode& node, const YamlNode& function) {
    if (function.tag == "!function") return &function;
    if (function.text != "custom") return nullptr;
    const YamlNode* named = find(node, "filter_fn");
    if (named == nullptr || named->tag != "!function")
      fail(node, "the filter custom has no \"filter_fn: !function module.name\"");
    return named;
  }

  static FilterStep built_in_step(const YamlNode& node, const YamlNode& named) {
    const std::string resolved = function_of(named);
    const NamedFilter* filter = find_named_filter(resolved);
    if (filter == nullptr) fail(named, "the function does not filter responses");
    FilterStep step{std::string(function_mark) + resolved, OrderedJson::object()};
    const std::vector<std::string> options(filter->options.begin(), filter->options.end());
    for (const auto& [key, value] : node.members) {
      if (key == "function" || key == "filter_fn") continue;
      check_name(value, resolved + " option", key, options);
      step.options[key] = util::to_json(value);
    }
    return step;
  }

  static FilterStep named_step(const YamlNode& node, const YamlNode& function) {
    FilterStep step{text_of(function, "function"), OrderedJson::object()};
    const Filter* filter = find_filter(step.function);
    if (filter == nullptr) check_name(function, "filter", step.function, names_of(all_filters()));
    const std::vector<std::string> options(filter->options.begin(), filter->options.end());
    for (const auto& [key, value] : node.members) {
      if (key == "function") continue;
      check_name(value, step.function + " option", key, options);
      step.options[key] = util::to_json(value);
    }
    checked(node, [&] {
      if (filter->check != nullptr) filter->check(step.options);
    });
    return step;
  }

  template <class Range>
  static std::vector<std::string> names_of(const Range& range) {
    std::vector<std::string> names;
    for (const auto& entry : range) {
      if constexpr (std::is_pointer_v<std::remove_cvref_t<decltype(entry)>>)
        names.emplace_back(entry->name);
      else
        names.emplace_back(entry.name);
    }
    return names;
  }

  void read_metrics() {
    const YamlNode* node = find("metric_list");
    if (node == nullptr) {
      static const std::array<std::vector<std::string>, 4> defaults = {
          {{"perplexity", "acc"},
           {"word_perplexity", "byte_perplexity", "bits_per_byte"},
           {"acc", "acc_norm"},
           {"exact_match"}}};
      for (const std::string& name : defaults[static_cast<std::size_t>(task_.output_type)]) {
        task_.metrics.push_back(
            {name, std::string(find_metric(name)->aggregation), {}, OrderedJson::object()});
      }
      return;
    }
    if (node->kind != Kind::sequence || node->items.empty())
      fail(*node, "metric_list is not a list of metrics");
    for (const YamlNode& entry : node->items) task_.metrics.push_back(read_metric(entry));
  }

  MetricConfig read_metric(const YamlNode& entry) {
    const YamlNode* name = find(entry, "metric");
    if (name == nullptr) fail(entry, "a metric_list entry has no \"metric\"");
    MetricConfig config;
    config.options = OrderedJson::object();
    const Metric* metric = nullptr;
    if (name->tag == "!function") {
      read_named_metric(*name, config);
    } else {
      config.metric = text_of(*name, "metric");
      metric = find_metric(config.metric);
      if (task_.process_results.empty()) check_metric(*name, config.metric, metric);
    }
    for (const MetricConfig& other : task_.metrics) {
      if (other.metric == config.metric) fail(*name, "the metric \"" + config.metric + "\" is listed twice");
    }
    if (metric != nullptr) config.aggregation = metric->aggregation;
    for (const auto& [key, value] : entry.members) {
      if (key == "aggregation")
        config.aggregation = aggregation_of(value);
      else if (key != "metric")
        read_metric_key(config, metric, key, value);
    }
    if (config.aggregation.empty())
      fail(*name, "the metric \"" + config.metric + "\" has no default aggregation; give \"aggregation\"");
    checked(entry, [&] {
      if (metric != nullptr && metric->check != nullptr && task_.process_results.empty())
        metric->check(config);
    });
    return config;
  }

  // A metric of built-in functions: one that scores a response, or one that runs it.
  void read_named_metric(const YamlNode& name, MetricConfig& config) {
    config.function = function_of(name);
    if (task_.output_type != OutputType::generate_until)
      fail(name, "functions score the responses of output_type generate_until alone");
    if (const NamedExecution* execution = find_execution(config.function)) {
      config.metric = execution->name;
      task_.runs_code = task_.process_results.empty();  // which decides alone
    } else if (const NamedMetric* metric = find_named_metric(config.function)) {
      config.metric = metric->name;
    } else {
      fail(name, "the function does not score responses");
    }
    config.aggregation = "mean";
  }

  // The k of pass@k: one number of programs, or several.
  void check_k(const YamlNode& node) const {
    const OrderedJson value = util::to_json(node);
    const OrderedJson list = value.is_array() ? value : OrderedJson::array({value});
    for (const OrderedJson& k : list) {
      if (!k.is_number_integer() || k < 1 || k > task_.repeats)
        fail(node, fmt::format("k is not a number of programs from 1 to repeats ({})", task_.repeats));
    }
    if (list.empty()) fail(node, "k names no number of programs");
  }

  void check_metric(const YamlNode& node, const std::string& name, const Metric* metric) const {
    if (metric == nullptr) check_name(node, "metric", name, names_of(all_metrics()));
    if (std::ranges::find(metric->output_types, task_.output_type) == metric->output_types.end())
      fail(node, "the metric \"" + name + "\" does not apply to this output_type");
  }

  static std::string aggregation_of(const YamlNode& node) {
    if (node.tag == "!function") {
      const std::string resolved = function_of(node);
      if (find_named_aggregation(resolved) == nullptr) fail(node, "the function does not aggregate");
      return std::string(function_mark) + resolved;
    }
    std::string name = text_of(node, "aggregation");
    check_name(node, "aggregation", name, names_of(all_aggregations()));
    return name;
  }

  // lm-eval hands options to the metrics of generated text alone.
  [[nodiscard]] bool takes_options() const { return task_.output_type == OutputType::generate_until; }

  void read_metric_key(MetricConfig& config, const Metric* metric, const std::string& key,
                       const YamlNode& value) const {
    if (key == "higher_is_better") {
      const OrderedJson flag = util::to_json(value);
      if (!flag.is_boolean()) fail(value, "higher_is_better is not true or false");
      config.higher_is_better = flag.get<bool>();
    } else if (key == "hf_evaluate") {
      if (util::to_json(value) == true)
        fail(value, "metrics of the evaluate library are not supported (hf_evaluate)");
    } else if (!config.function.empty() && find_execution(config.function) != nullptr) {
      static const std::vector<std::string> keys = {"k", "aggregation", "higher_is_better"};
      check_name(value, config.metric + " option", key, keys);
      check_k(value);
      config.options[key] = util::to_json(value);
    } else {
      // With process_results the function decides alone, and options have no effect.
      if (metric != nullptr && task_.process_results.empty() && !takes_options()) {
        const bool known = std::ranges::find(metric->options, key) != metric->options.end();
        if (!known)
          util::log_warning("{}: the option {} has no effect on {}", value.where(), key, config.metric);
      } else if (metric != nullptr && task_.process_results.empty()) {
        std::vector<std::string> keys(metric->options.begin(), metric->options.end());
        keys.insert(keys.end(), {"aggregation", "higher_is_better"});
        check_name(value, config.metric + " option", key, keys);
      }
      config.options[key] = util::to_json(value);
    }
  }
};

}  // namespace

void read_task_answers(const util::YamlNode& root, TaskConfig& task) {
  AnswerSection(root, task).read();
}

}  // namespace assay::eval
