#include "eval/prompt/sample_builder.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "assay/eval/python_value.hpp"
#include "assay/text/python.hpp"
#include "assay/util/error.hpp"
#include "eval/choice.hpp"
#include "eval/prompt/generation.hpp"

namespace assay::eval {
namespace {

using text::python::shortened;
using util::check_input;
using util::OrderedJson;

PromptPart part(const OrderedJson& written, const TaskConfig& task, const Fields& fields, const char* key) {
  return {written, !task.doc_to_choice.is_null(), fields, fmt::format("{}: {}", task.file.string(), key)};
}

std::optional<PromptPart> choices_part(const OrderedJson& written, const TaskConfig& task,
                                       const Fields& fields) {
  if (written.is_null()) return std::nullopt;
  return part(written, task, fields, "doc_to_choice");
}

OptionalText optional_text(const std::string& written, const TaskConfig& task, const char* key) {
  return {written, fmt::format("{}: {}", task.file.string(), key)};
}

}  // namespace

SampleBuilder::SampleBuilder(const TaskConfig& task, const BuildOptions& options, const Fields& fields)
    : task_(task),
      options_(options),
      text_(part(task.doc_to_text, task, fields, "doc_to_text")),
      target_(part(task.doc_to_target, task, fields, "doc_to_target")),
      choices_(choices_part(task.doc_to_choice, task, fields)),
      shot_text_(part(task.fewshot.doc_to_text, task, fields, "fewshot_config.doc_to_text")),
      shot_target_(part(task.fewshot.doc_to_target, task, fields, "fewshot_config.doc_to_target")),
      shot_choices_(choices_part(task.fewshot.doc_to_choice, task, fields)),
      description_(optional_text(task.description, task, "description")),
      gen_prefix_(optional_text(task.gen_prefix, task, "gen_prefix")),
      shot_gen_prefix_(optional_text(task.fewshot.gen_prefix, task, "fewshot_config.gen_prefix")),
      gen_kwargs_(task.generation_kwargs) {
  if (task.output_type != OutputType::generate_until) return;
  if (options.gen_kwargs.is_object()) {
    for (const auto& [key, value] : options.gen_kwargs.items()) gen_kwargs_[key] = value;
  }
  gen_kwargs_ = with_model_defaults(std::move(gen_kwargs_), options.model_generation);
}

void SampleBuilder::look_at_first(const OrderedJson& document) {
  const OrderedJson target = target_.target(document);
  several_targets_ = target.is_array() && !target.empty();
  choices_are_contexts_ =
      choices_ && text_.text(document).is_number() && !choices_->choices(document).empty();
}

std::string SampleBuilder::question(const OrderedJson& value) const {
  check_input(value.is_string(),
              "doc_to_text gives the number {}, an index of a context, where other documents have text",
              shortened(python_repr(value)));
  return value.get<std::string>();
}

std::vector<Turn> SampleBuilder::shot(const OrderedJson& document) const {
  OrderedJson asked = shot_text_.text(document);
  OrderedJson answer = shot_target_.target(document);
  std::optional<std::vector<std::string>> choices;
  if (shot_choices_) choices = shot_choices_->choices(document);
  if (choices_are_contexts_) {
    check_input(choices.has_value(), "the choices of a few-shot example are missing");
    const auto index = gold_index(asked, *choices);
    check_input(index.has_value(), "the context {} of a few-shot example is none of its {} choices",
                shortened(python_repr(asked)), choices->size());
    asked = (*choices)[*index];
    choices.reset();
  }
  if (choices && as_index(answer)) {
    const auto index = gold_index(answer, *choices);
    check_input(index.has_value(), "answer {} is outside its {} choices", *as_index(answer), choices->size());
    answer = (*choices)[*index];
  } else if (answer.is_array()) {
    check_input(!answer.empty(), "the list of answers is empty");
    answer = OrderedJson(answer[0]);
  }
  QuestionParts parts{question(asked), std::nullopt, shot_gen_prefix_.text(document),
                      task_.fewshot.target_delimiter, task_.fewshot.fewshot_delimiter};
  if (!answer.is_null()) {
    check_input(answer.is_string(), "the answer {} of a few-shot example is not text",
                shortened(python_repr(answer)));
    parts.answer = answer.get<std::string>();
  }
  return question_turns(parts);
}

std::vector<Turn> SampleBuilder::opening(const OrderedJson& document) const {
  std::string system =
      join_delimited(options_.system_instruction, description_.text(document), task_.fewshot_delimiter);
  if (system.empty()) return {};
  return {{"system", std::move(system), ""}};
}

SampleBuilder::Context SampleBuilder::write(const std::vector<Turn>& turns, bool answer_begun) const {
  if (!options_.chat) {
    Context context{plain_text(turns), {}};
    check_rendered_size(context.text.size());
    return context;
  }
  std::vector<text::ChatMessage> conversation;
  for (const Turn& turn : options_.fewshot_as_multiturn ? turns : single_turn(turns))
    conversation.push_back({turn.role, turn.content});
  text::RenderedText rendered = options_.chat(conversation, !answer_begun);
  check_rendered_size(rendered.text.size());
  Context context{std::move(rendered.text), {}};
  for (const auto& [begin, end] : rendered.outside) context.plain.push_back({begin, end});
  return context;
}

std::vector<SampleBuilder::Context> SampleBuilder::contexts(const Sample& sample,
                                                            const std::vector<Turn>& before) const {
  const std::string prefix = gen_prefix_.text(sample.doc);
  const auto context_of = [&](std::string asked, const std::string& delimiter) {
    std::vector<Turn> turns = before;
    std::ranges::move(question_turns({std::move(asked), std::nullopt, prefix, delimiter, ""}),
                      std::back_inserter(turns));
    return write(turns, !prefix.empty());
  };
  std::vector<Context> contexts;
  if (choices_are_contexts_) {
    for (const std::string& choice : sample.choices) contexts.push_back(context_of(choice, ""));
  } else {
    contexts.push_back(context_of(question(text_.text(sample.doc)), task_.target_delimiter));
  }
  return contexts;
}

Sample SampleBuilder::build(std::size_t id, const OrderedJson& document,
                            const std::vector<const std::vector<Turn>*>& shots) const {
  Sample sample;
  sample.doc_id = static_cast<std::int64_t>(id);
  sample.doc = document;
  sample.target = target_.target(document);
  sample.several_targets = several_targets_;
  if (choices_) sample.choices = choices_->choices(document);
  if (choices_are_contexts_) sample.gold_context = text_.text(document);
  check_input(task_.output_type != OutputType::generate_until || gold_is_choice(sample),
              "the target {} is not the index of one of the {} choices",
              shortened(python_repr(sample.target)), sample.choices.size());
  std::vector<Turn> before = opening(document);
  for (const std::vector<Turn>* shot : shots) before.insert(before.end(), shot->begin(), shot->end());
  add_requests(sample, before);
  return sample;
}

bool SampleBuilder::gold_is_choice(const Sample& sample) const {
  if (!choices_ || !task_.process_results.empty()) return true;
  const OrderedJson& gold = sample.gold_context.is_null() ? sample.target : sample.gold_context;
  const auto is_choice = [&](const OrderedJson& one) { return gold_index(one, sample.choices).has_value(); };
  if (task_.output_type == OutputType::generate_until) return as_index(gold).has_value() && is_choice(gold);
  return gold.is_array() ? std::ranges::all_of(gold, is_choice) : is_choice(gold);
}

void SampleBuilder::add(Sample& sample, TextRequest request) const {
  for (request.repeat = 0; request.repeat < task_.repeats; ++request.repeat)
    sample.requests.push_back(request);
}

void SampleBuilder::add_requests(Sample& sample, const std::vector<Turn>& before) const {
  using Kind = engine::RequestKind;
  const auto target_text = [&] {
    check_input(sample.target.is_string(), "the target is not text");
    return sample.target.get<std::string>();
  };
  if (task_.output_type == OutputType::loglikelihood_rolling)
    return add(sample, {Kind::loglikelihood_rolling, target_text(), "", {}, {}});
  std::vector<Context> written = contexts(sample, before);
  if (task_.output_type == OutputType::multiple_choice) return add_choices(sample, written);
  check_input(written.size() == 1, "choices that are contexts need output_type multiple_choice");
  if (task_.output_type == OutputType::loglikelihood)
    add(sample, {Kind::loglikelihood, written[0].text, target_text(), {}, written[0].plain});
  else
    add(sample, {Kind::generate, written[0].text, "", gen_kwargs_, written[0].plain});
}

// Behind a chat template's own white space none is put, unless an answer was begun without any at its end.
std::string SampleBuilder::choice_delimiter() const {
  if (!options_.chat) return task_.target_delimiter;
  const std::string& prefix = task_.gen_prefix;
  const bool open = !prefix.empty() && text::python::rstrip(prefix).size() == prefix.size();
  return open ? task_.target_delimiter : "";
}

void SampleBuilder::add_choices(Sample& sample, const std::vector<Context>& contexts) const {
  check_input(!sample.choices.empty(), "there are no choices");
  using Kind = engine::RequestKind;
  const std::string delimiter = choice_delimiter();
  for (std::size_t i = 0; i < sample.choices.size(); ++i) {
    const Context& context = contexts[choices_are_contexts_ ? i : 0];
    // One continuation behind all contexts, or all behind the one.
    const std::string continuation = choices_are_contexts_ ? python_str(sample.target) : sample.choices[i];
    add(sample, {Kind::loglikelihood, context.text, delimiter + continuation, {}, context.plain});
  }
  const bool unconditional = std::ranges::any_of(
      task_.metrics, [](const MetricConfig& metric) { return metric.metric == "acc_mutual_info"; });
  if (!unconditional) return;
  for (const std::string& choice : sample.choices)
    add(sample, {Kind::loglikelihood, "", delimiter + choice, {}, {}});
}

}  // namespace assay::eval
