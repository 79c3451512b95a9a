// Exact match of text, after removing regexes_to_ignore, then case, punctuation and digits as asked.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "assay/eval/python_value.hpp"
#include "assay/text/python.hpp"
#include "assay/util/error.hpp"
#include "eval/answers.hpp"
#include "eval/cached_regex.hpp"
#include "eval/choice.hpp"

namespace assay::eval {
namespace {

using util::check_input;
using util::OrderedJson;

constexpr OutputType output_types[] = {OutputType::generate_until, OutputType::multiple_choice};
constexpr std::string_view options[] = {"regexes_to_ignore", "ignore_case", "ignore_punctuation",
                                        "ignore_numbers"};
constexpr std::string_view punctuation = R"(!"#$%&'()*+,-./:;<=>?@[\]^_`{|}~)";  // string.punctuation
constexpr std::string_view digits = "0123456789";

bool flag(const MetricConfig& config, const char* name) {
  const auto found = config.options.find(name);
  return found != config.options.end() && found->is_boolean() && found->get<bool>();
}

std::string normalised(std::string text, const MetricConfig& config) {
  const auto regexes = config.options.find("regexes_to_ignore");
  if (regexes != config.options.end() && regexes->is_array()) {
    for (const OrderedJson& pattern : *regexes) {
      text = cached_regex(pattern.get_ref<const std::string&>())
                 .substitute(text, [](const PythonRegex::Groups&) { return std::string(); });
    }
  }
  if (flag(config, "ignore_case")) text = text::python::lower(text);
  const auto drop = [&](std::string_view characters) {
    std::erase_if(text, [&](char c) { return characters.find(c) != std::string_view::npos; });
  };
  if (flag(config, "ignore_punctuation")) drop(punctuation);
  if (flag(config, "ignore_numbers")) drop(digits);
  // lm-eval compares numpy strings, which end before trailing NULs.
  while (text.ends_with('\0')) text.pop_back();
  return text;
}

// Multiple choice: every token of the gold option was the greedy one.
OrderedJson score_choice(const ScoreInput& input) {
  return any_gold(input, [&](std::size_t gold) { return input.greedy.at(gold); }) > 0 ? 1 : 0;
}

OrderedJson score(const ScoreInput& input, const MetricConfig& config) {
  if (input.task.output_type == OutputType::multiple_choice) return score_choice(input);
  std::vector<std::string> golds = gold_texts(input);
  std::vector<std::string> responses = response_texts(input);
  for (std::string& text : golds) text = normalised(std::move(text), config);
  for (std::string& text : responses) text = normalised(std::move(text), config);
  if (golds.size() == 1 && !input.sample.several_targets) {
    // Of several responses the share that matches, as lm-eval's mean over them.
    return static_cast<double>(std::ranges::count(responses, golds[0])) /
           static_cast<double>(responses.size());
  }
  check_input(responses.size() == 1,
              "task {}, document {}: exact_match compares one response with several targets, but the filters "
              "leave {}; end them with take_first",
              input.task.task, input.sample.doc_id, responses.size());
  return std::ranges::find(golds, responses[0]) == golds.end() ? 0.0 : 1.0;
}

void check(const MetricConfig& config) {
  for (const auto& [key, value] : config.options.items()) {
    if (key != "regexes_to_ignore") {
      check_input(value.is_boolean(), "{} of exact_match is not true or false", key);
      continue;
    }
    check_input(value.is_array() || value.is_null(), "regexes_to_ignore is not a list");
    for (const OrderedJson& pattern : value) {
      check_input(pattern.is_string(), "regexes_to_ignore holds something that is not text");
      const PythonRegex compiled(pattern.get<std::string>());
    }
  }
}

}  // namespace

extern const Metric metric_exact_match;
const Metric metric_exact_match = {.name = "exact_match",
                                   .aggregation = "mean",
                                   .higher_is_better = true,
                                   .output_types = output_types,
                                   .options = options,
                                   .score = score,
                                   .check = check};

}  // namespace assay::eval
