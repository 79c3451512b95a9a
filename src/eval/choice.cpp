#include "eval/choice.hpp"

#include <algorithm>
#include <cmath>

#include "assay/util/error.hpp"

namespace assay::eval {
namespace {

// Index of a gold option, or -1 if it names none.
std::int64_t gold_index(const util::OrderedJson& gold, const std::vector<std::string>& choices) {
  if (gold.is_number_integer()) {
    const auto index = gold.get<std::int64_t>();
    return index < static_cast<std::int64_t>(choices.size()) ? index : -1;
  }
  if (!gold.is_string()) return -1;
  const auto found = std::ranges::find(choices, gold.get_ref<const std::string&>());
  return found == choices.end() ? -1 : found - choices.begin();
}

}  // namespace

std::size_t arg_max(std::span<const double> values) {
  std::size_t best = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (std::isnan(values[i])) return i;
    if (values[i] > values[best]) best = i;
  }
  return best;
}

std::vector<double> divided(std::span<const double> values, std::span<const double> by) {
  std::vector<double> result;
  for (std::size_t i = 0; i < values.size(); ++i) result.push_back(values[i] / by[i]);
  return result;
}

double is_gold(const ScoreInput& input, std::size_t predicted) {
  const auto wanted = static_cast<std::int64_t>(predicted);
  const util::OrderedJson& target = input.sample.target;
  if (!target.is_array()) return gold_index(target, input.sample.choices) == wanted ? 1.0 : 0.0;
  return std::ranges::any_of(
             target,
             [&](const util::OrderedJson& gold) { return gold_index(gold, input.sample.choices) == wanted; })
             ? 1.0
             : 0.0;
}

std::span<const double> choice_log_probabilities(const ScoreInput& input) {
  const std::size_t choices = input.sample.choices.size();
  util::check_input(choices > 0 && input.log_probabilities.size() >= choices,
                    "task {}, document {}: {} choices but {} log-probabilities", input.task.task,
                    input.sample.doc_id, choices, input.log_probabilities.size());
  return std::span(input.log_probabilities).first(choices);
}

}  // namespace assay::eval
