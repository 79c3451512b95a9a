// One document to one sample: its prompt with shots, its target, its choices, its requests.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "assay/eval/task.hpp"
#include "eval/prompt/messages.hpp"
#include "eval/prompt/part.hpp"

namespace assay::eval {

class SampleBuilder {
 public:
  /// Both must outlive the builder. `fields`: of the split that is scored. Throws InputError.
  SampleBuilder(const TaskConfig& task, const BuildOptions& options, const Fields& fields);

  /// What lm-eval decides by the first document of the split: whether targets are lists of alternatives, and
  /// whether choices are contexts.
  void look_at_first(const util::OrderedJson& document);
  /// The turns of one shot.
  [[nodiscard]] std::vector<Turn> shot(const util::OrderedJson& document) const;
  [[nodiscard]] Sample build(std::size_t id, const util::OrderedJson& document,
                             const std::vector<const std::vector<Turn>*>& shots) const;
  /// False if metrics will look for the target among choices and not find it.
  [[nodiscard]] bool gold_is_choice(const Sample& sample) const;

 private:
  struct Context {
    std::string text;
    std::vector<text::ByteRange> plain;
  };
  [[nodiscard]] std::string question(const util::OrderedJson& value) const;
  [[nodiscard]] std::vector<Turn> opening(const util::OrderedJson& document) const;
  [[nodiscard]] Context write(const std::vector<Turn>& turns, bool answer_begun) const;
  [[nodiscard]] std::vector<Context> contexts(const Sample& sample, const std::vector<Turn>& before) const;
  [[nodiscard]] std::string choice_delimiter() const;
  void add_requests(Sample& sample, const std::vector<Turn>& before) const;
  void add_choices(Sample& sample, const std::vector<Context>& contexts) const;
  void add(Sample& sample, TextRequest request) const;

  const TaskConfig& task_;
  const BuildOptions& options_;
  PromptPart text_;
  PromptPart target_;
  std::optional<PromptPart> choices_;
  PromptPart shot_text_;
  PromptPart shot_target_;
  std::optional<PromptPart> shot_choices_;
  OptionalText description_;
  OptionalText gen_prefix_;
  OptionalText shot_gen_prefix_;
  util::OrderedJson gen_kwargs_;
  bool several_targets_ = false;
  bool choices_are_contexts_ = false;
};

}  // namespace assay::eval
