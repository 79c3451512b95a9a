#include "eval/choice.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "assay/util/error.hpp"

namespace assay::eval {
std::size_t arg_max(std::span<const double> values) {
  std::size_t best = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (std::isnan(values[i])) return i;
    if (values[i] > values[best]) best = i;
  }
  return best;
}

std::optional<std::int64_t> as_index(const util::OrderedJson& value) {
  if (value.is_boolean()) return value.get<bool>() ? 1 : 0;
  if (value.is_number_unsigned() && value.get<std::uint64_t>() > INT64_MAX) return std::nullopt;
  if (value.is_number_integer()) return value.get<std::int64_t>();
  if (!value.is_number_float()) return std::nullopt;
  const auto number = value.get<double>();
  const bool whole = std::abs(number) < 0x1p53 && std::trunc(number) == number;
  return whole ? std::optional(static_cast<std::int64_t>(number)) : std::nullopt;
}

std::optional<std::size_t> gold_index(const util::OrderedJson& gold,
                                      const std::vector<std::string>& choices) {
  if (const auto index = as_index(gold)) {
    const bool names_one = *index >= 0 && *index < static_cast<std::int64_t>(choices.size());
    return names_one ? std::optional(static_cast<std::size_t>(*index)) : std::nullopt;
  }
  if (!gold.is_string()) return std::nullopt;
  const auto found = std::ranges::find(choices, gold.get_ref<const std::string&>());
  if (found == choices.end()) return std::nullopt;
  return static_cast<std::size_t>(found - choices.begin());
}

double any_gold(const ScoreInput& input, const std::function<bool(std::size_t)>& holds) {
  const auto holds_for = [&](const util::OrderedJson& gold) {
    const auto index = gold_index(gold, input.sample.choices);
    return index && holds(*index);
  };
  const Sample& sample = input.sample;
  const util::OrderedJson& target = sample.gold_context.is_null() ? sample.target : sample.gold_context;
  const bool any = target.is_array() ? std::ranges::any_of(target, holds_for) : holds_for(target);
  return any ? 1.0 : 0.0;
}

double is_gold(const ScoreInput& input, std::size_t predicted) {
  return any_gold(input, [predicted](std::size_t gold) { return gold == predicted; });
}

double is_gold_by_length(const ScoreInput& input, std::size_t (*length)(std::string_view choice)) {
  const auto log_probabilities = choice_log_probabilities(input);
  std::vector<double> values;
  for (std::size_t i = 0; i < log_probabilities.size(); ++i)
    values.push_back(log_probabilities[i] / static_cast<double>(length(input.sample.choices[i])));
  return is_gold(input, arg_max(values));
}

std::span<const double> choice_log_probabilities(const ScoreInput& input) {
  const std::size_t choices = input.sample.choices.size();
  util::check_input(choices > 0 && input.log_probabilities.size() >= choices,
                    "task {}, document {}: {} choices but {} log-probabilities", input.task.task,
                    input.sample.doc_id, choices, input.log_probabilities.size());
  return std::span(input.log_probabilities).first(choices);
}

util::OrderedJson gold_label(const ScoreInput& input) {
  constexpr int no_option = -100;
  const auto& choices = input.sample.choices;
  const auto label = [&](const util::OrderedJson& gold) -> util::OrderedJson {
    // Negative indices stay: to Python they count from the end.
    if (const auto index = as_index(gold)) return *index < std::ssize(choices) ? *index : no_option;
    const auto found = gold_index(gold, choices);
    return found ? static_cast<std::int64_t>(*found) : no_option;
  };
  const util::OrderedJson& target = input.sample.target;
  if (!target.is_array()) return label(target);
  util::OrderedJson labels = util::OrderedJson::array();
  for (const util::OrderedJson& one : target) labels.push_back(label(one));
  return labels;
}

util::OrderedJson label_pair(const ScoreInput& input) {
  return util::OrderedJson::array({gold_label(input), arg_max(choice_log_probabilities(input))});
}

}  // namespace assay::eval
