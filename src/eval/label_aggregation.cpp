#include "eval/label_aggregation.hpp"

#include <cmath>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "assay/util/error.hpp"
#include "eval/bootstrap.hpp"
#include "eval/choice.hpp"
#include "eval/classification.hpp"
#include "eval/similarity/pairwise_sum.hpp"

namespace assay::eval {
namespace {

using util::check_input;
using util::OrderedJson;
using Values = std::span<const OrderedJson>;

std::int64_t label_of(const OrderedJson& value) {
  const auto label = as_index(value);
  check_input(label.has_value(), "a label is {}, not one whole number", value.dump());
  return *label;
}

std::vector<LabelPair> label_pairs(Values values) {
  std::vector<LabelPair> pairs;
  for (const OrderedJson& value : values) {
    check_input(value.is_array() && value.size() == 2, "a value is not a pair of labels");
    pairs.push_back({label_of(value[0]), label_of(value[1])});
  }
  return pairs;
}

template <class Score>
std::optional<double> resampled(Values values, Score score, std::size_t resamples) {
  if (values.size() < 2) return std::nullopt;
  const std::vector<LabelPair> pairs = label_pairs(values);
  const ConfusionMatrix all(pairs);
  std::vector<std::uint32_t> cells;
  for (const LabelPair& pair : pairs) cells.push_back(static_cast<std::uint32_t>(all.cell(pair)));
  const auto make = [&]() -> ResampleStatistic {
    return [&cells, score, matrix = all](std::span<const std::uint32_t> drawn) mutable {
      matrix.clear();
      for (const std::uint32_t i : drawn) matrix.add(cells[i]);
      return score(matrix);
    };
  };
  return bootstrap_standard_error(pairs.size(), make, resamples);
}

double f1_of_one(const ConfusionMatrix& matrix) {
  return matrix.f1(1);
}
double matthews(const ConfusionMatrix& matrix) {
  return matrix.matthews_correlation();
}

// Whether all answers of a question are right, question by question.
template <class Key>
std::vector<double> whole_questions(Values values, Key key) {
  std::unordered_map<std::string, std::size_t> places;
  std::vector<double> right;
  for (const OrderedJson& value : values) {
    check_input(value.is_array() && value.size() == 3 && value[2].is_boolean(),
                "a value of acc_all is not [paragraph, question, true or false]");
    const auto [place, added] = places.try_emplace(key(value), right.size());
    if (added) right.push_back(1);
    if (!value[2].get<bool>()) right[place->second] = 0;
  }
  return right;
}

}  // namespace

double f1_of(Values values) {
  const ConfusionMatrix matrix(label_pairs(values));
  check_binary(matrix);
  return matrix.f1(1);
}

std::optional<double> f1_error(Values values, std::size_t resamples) {
  return resampled(values, f1_of_one, resamples);
}

double matthews_of(Values values) {
  return ConfusionMatrix(label_pairs(values)).matthews_correlation();
}

std::optional<double> matthews_error(Values values, std::size_t resamples) {
  return resampled(values, matthews, resamples);
}

double brier_of(Values values) {
  std::vector<double> distances;
  for (const OrderedJson& value : values) {
    check_input(value.is_array() && value.size() == 2 && value[1].is_array(),
                "a value of brier_score is not a label with probabilities");
    const std::int64_t gold = label_of(value[0]);
    std::vector<double> squares;
    for (const OrderedJson& probability : value[1]) {
      const double p = probability.is_null() ? std::nan("") : probability.get<double>();
      const double distance = std::ssize(squares) == gold ? p - 1 : p;
      squares.push_back(distance * distance);
    }
    check_input(gold >= 0 && gold < std::ssize(squares),
                "brier_score: the gold label {} is none of {} choices", gold, squares.size());
    distances.push_back(pairwise_sum(squares));
  }
  return pairwise_sum(distances) / static_cast<double>(distances.size());
}

double acc_all_of(Values values) {
  const auto right = whole_questions(
      values, [](const OrderedJson& value) { return value[0].dump() + "," + value[1].dump(); });
  return pairwise_sum(right) / static_cast<double>(right.size());
}

std::optional<double> acc_all_error(Values values, std::size_t) {
  const auto right = whole_questions(values, [](const OrderedJson& value) { return value[1].dump(); });
  if (right.size() < 2) return std::nullopt;
  return sample_deviation(right) / std::sqrt(static_cast<double>(right.size()));
}

}  // namespace assay::eval
