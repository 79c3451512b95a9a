#include <algorithm>
#include <new>
#include <nlohmann/json.hpp>

#include "assay/eval/python_value.hpp"
#include "assay/eval/task.hpp"
#include "assay/text/python.hpp"
#include "assay/util/error.hpp"
#include "assay/util/log.hpp"
#include "eval/choice.hpp"
#include "eval/data/dataset.hpp"
#include "eval/function_module.hpp"
#include "eval/fewshot.hpp"
#include "eval/generation.hpp"
#include "eval/prompt.hpp"
#include "eval/python_random.hpp"

namespace assay::eval {
namespace {

using util::check_input;
using util::OrderedJson;

// Runs `function`, whose errors do not know which document they are about.
template <class Function>
auto for_document(const TaskConfig& task, const Split& split, std::size_t index, Function function) {
  try {
    return function();
  } catch (const util::InputError& error) {
    util::fail_input("task {}, {}: {}", task.task, split.place(index), error.what());
  } catch (const std::bad_alloc&) {
    util::fail_input("task {}, {}: the document needs more memory than there is", task.task,
                     split.place(index));
  }
}

Split read_processed(const TaskConfig& task, const BuildOptions& options, const std::string& name,
                     std::int64_t limit) {
  Split split;
  try {
    split = read_split(options.data_root, task.dataset_path, task.dataset_name, name, limit);
  } catch (const util::InputError& error) {
    util::fail_input("task {}: {}", task.task, error.what());
  } catch (const std::bad_alloc&) {
    util::fail_input("task {}: its split \"{}\" needs more memory than there is", task.task, name);
  }
  if (task.process_docs.empty()) return split;
  const NamedProcess* process = find_process(task.process_docs);
  check_input(process != nullptr, "task {}: the function \"{}\" is not known", task.task, task.process_docs);
  for (std::size_t i = 0; i < split.documents.size(); ++i) {
    for_document(task, split, i, [&] { process->function(split.documents[i].fields); });
  }
  return split;
}

Split read_pool(const TaskConfig& task, const BuildOptions& options) {
  if (task.fewshot.samples.is_null()) return read_processed(task, options, task.fewshot_split, -1);
  Split split;
  split.files = {task.file};
  for (const OrderedJson& sample : task.fewshot.samples) split.documents.push_back({sample, 0, 0});
  return split;
}

// Indices of the documents that are evaluated, ascending.
std::vector<std::size_t> chosen_documents(std::size_t count, const BuildOptions& options) {
  const std::size_t wanted =
      options.limit < 0 ? count : std::min(count, static_cast<std::size_t>(options.limit));
  std::vector<std::size_t> chosen;
  if (options.sample_seed && wanted < count) {
    chosen = PythonRandom(*options.sample_seed).sample(count, wanted);
    std::ranges::sort(chosen);
  } else {
    for (std::size_t i = 0; i < wanted; ++i) chosen.push_back(i);
  }
  return chosen;
}

Fields fields_of(const Split& split) {
  Fields fields;
  for (const Document& document : split.documents) {
    for (const auto& [name, value] : document.fields.items()) fields.insert(name);
  }
  return fields;
}

class SampleBuilder {
 public:
  SampleBuilder(const TaskConfig& task, const BuildOptions& options, const Fields& fields)
      : task_(task),
        text_(task.doc_to_text, !task.doc_to_choice.is_null(), fields, task.file.string()),
        target_(task.doc_to_target, !task.doc_to_choice.is_null(), fields, task.file.string()),
        description_(task.description, task.file.string()),
        shot_(task, fields) {
    if (!task.doc_to_choice.is_null()) choices_.emplace(task.doc_to_choice, true, fields, task.file.string());
    gen_kwargs_ = task.generation_kwargs;
    if (task.output_type != OutputType::generate_until) return;
    if (options.gen_kwargs.is_object()) {
      for (const auto& [key, value] : options.gen_kwargs.items()) gen_kwargs_[key] = value;
    }
    gen_kwargs_ = with_model_defaults(std::move(gen_kwargs_), options.model_generation);
  }

  /// lm-eval decides by the first document of the split whether targets are lists of alternatives.
  void look_at_first(const OrderedJson& document) {
    several_targets_ = !target_.target(document).empty() && target_.target(document).is_array();
  }

  [[nodiscard]] std::string shot(const OrderedJson& document) const { return shot_.render(document); }

  [[nodiscard]] Sample build(std::size_t id, const OrderedJson& document, const std::string& shots) const {
    Sample sample;
    sample.doc_id = static_cast<std::int64_t>(id);
    sample.doc = document;
    sample.target = target_.target(document);
    sample.several_targets = several_targets_;
    if (choices_) sample.choices = choices_->choices(document);
    check_input(task_.output_type != OutputType::generate_until || gold_is_choice(sample),
                "the target {} is not the index of one of the {} choices",
                text::python::shortened(python_repr(sample.target)), sample.choices.size());
    std::string context = description(document) + shots + text_.text(document);
    check_rendered_size(context.size());
    add_requests(sample, context);
    return sample;
  }

  /// False if metrics will look for the target among choices and not find it.
  [[nodiscard]] bool gold_is_choice(const Sample& sample) const {
    if (!choices_ || !task_.process_results.empty()) return true;
    const auto is_choice = [&](const OrderedJson& gold) {
      return gold_index(gold, sample.choices).has_value();
    };
    if (task_.output_type == OutputType::generate_until)
      return as_index(sample.target).has_value() && is_choice(sample.target);
    return sample.target.is_array() ? std::ranges::all_of(sample.target, is_choice)
                                    : is_choice(sample.target);
  }

 private:
  [[nodiscard]] std::string description(const OrderedJson& document) const {
    if (task_.description.empty()) return "";
    const auto field = document.find(task_.description);
    if (field != document.end() && field->is_string()) return field->get<std::string>();
    return description_.render(document);
  }

  [[nodiscard]] static std::string target_text(const Sample& sample) {
    check_input(sample.target.is_string(), "the target is not text");
    return sample.target.get<std::string>();
  }

  void add_requests(Sample& sample, const std::string& context) const {
    using Request = engine::RequestKind;
    switch (task_.output_type) {
      case OutputType::loglikelihood:
        sample.requests.push_back({Request::loglikelihood, context, target_text(sample), {}});
        break;
      case OutputType::loglikelihood_rolling:
        sample.requests.push_back({Request::loglikelihood_rolling, target_text(sample), "", {}});
        break;
      case OutputType::generate_until:
        sample.requests.push_back({Request::generate, context, "", gen_kwargs_});
        break;
      case OutputType::multiple_choice:
        add_choices(sample, context);
        break;
    }
  }

  void add_choices(Sample& sample, const std::string& context) const {
    check_input(!sample.choices.empty(), "there are no choices");
    const bool unconditional = std::ranges::any_of(
        task_.metrics, [](const MetricConfig& m) { return m.metric == "acc_mutual_info"; });
    for (int round = 0; round < (unconditional ? 2 : 1); ++round) {
      for (const std::string& choice : sample.choices) {
        sample.requests.push_back({engine::RequestKind::loglikelihood,
                                   round == 0 ? context : std::string(),
                                   task_.target_delimiter + choice,
                                   {}});
      }
    }
  }

  const TaskConfig& task_;
  PromptPart text_;
  PromptPart target_;
  std::optional<PromptPart> choices_;
  Template description_;
  ShotFormat shot_;
  OrderedJson gen_kwargs_;
  bool several_targets_ = false;
};

}  // namespace

int effective_num_fewshot(const TaskConfig& task, const BuildOptions& options) {
  return task.num_fewshot_fixed ? 0 : options.num_fewshot.value_or(task.num_fewshot);
}

SampleSet build_samples(const TaskConfig& task, const BuildOptions& options) {
  // Without a seed the first documents are taken, and no more need be kept.
  const Split split =
      read_processed(task, options, task.test_split, options.sample_seed ? -1 : options.limit);
  const int shots = effective_num_fewshot(task, options);
  check_input(shots >= 0, "the number of few-shot examples is negative");
  const Split pool = shots > 0 ? read_pool(task, options) : Split();
  FewshotSampler sampler(task, pool.documents, options.fewshot_seed);
  SampleBuilder builder(task, options, fields_of(split));
  if (!split.documents.empty()) {
    for_document(task, split, 0, [&] { builder.look_at_first(split.documents[0].fields); });
  }
  const auto shots_of = [&](const OrderedJson& document) {
    std::string text;
    for (const Document* drawn : sampler.draw(static_cast<std::size_t>(shots), document)) {
      const auto index = static_cast<std::size_t>(drawn - pool.documents.data());
      for_document(task, pool, index, [&] {
        text += builder.shot(drawn->fields);
        check_rendered_size(text.size());
      });
    }
    return text;
  };
  SampleSet set{{}, split.rows};
  std::vector<std::size_t> without_gold;
  for (const std::size_t i : chosen_documents(split.documents.size(), options)) {
    const OrderedJson& document = split.documents[i].fields;
    const std::string context = shots_of(document);
    set.samples.push_back(for_document(task, split, i, [&] { return builder.build(i, document, context); }));
    const bool chooses = task.output_type == OutputType::multiple_choice;
    if (chooses && !builder.gold_is_choice(set.samples.back())) without_gold.push_back(i);
  }
  if (!without_gold.empty()) {
    util::log_warning(
        "task {}: {} of {} targets name none of their choices and count as wrong (the first: {})", task.task,
        without_gold.size(), set.samples.size(), split.place(without_gold[0]));
  }
  check_input(!set.samples.empty(), "task {}: no documents are left to evaluate (limit {})", task.task,
              options.limit);
  return set;
}

}  // namespace assay::eval
