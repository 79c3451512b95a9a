#include "eval/classification.hpp"

#include <algorithm>
#include <cmath>

#include "assay/util/error.hpp"
#include "eval/similarity/pairwise_sum.hpp"

namespace assay::eval {
namespace {

std::vector<std::int64_t> labels_of(std::span<const LabelPair> pairs) {
  std::vector<std::int64_t> labels;
  for (const LabelPair& pair : pairs) labels.insert(labels.end(), {pair.gold, pair.predicted});
  std::ranges::sort(labels);
  labels.erase(std::unique(labels.begin(), labels.end()), labels.end());
  return labels;
}

}  // namespace

ConfusionMatrix::ConfusionMatrix(std::vector<std::int64_t> labels) : labels_(std::move(labels)) {
  // A square of label counts; a thousand is far beyond any choice task.
  constexpr std::size_t max_labels = 4096;
  util::check_input(labels_.size() <= max_labels, "{} different labels are compared (limit {})",
                    labels_.size(), max_labels);
  counts_.resize(labels_.size() * labels_.size());
}

ConfusionMatrix::ConfusionMatrix(std::span<const LabelPair> pairs) : ConfusionMatrix(labels_of(pairs)) {
  for (const LabelPair& pair : pairs) add(cell(pair));
}

std::size_t ConfusionMatrix::cell(const LabelPair& pair) const {
  const auto index = [&](std::int64_t label) {
    return static_cast<std::size_t>(std::ranges::lower_bound(labels_, label) - labels_.begin());
  };
  return index(pair.gold) * labels_.size() + index(pair.predicted);
}

void ConfusionMatrix::clear() {
  std::ranges::fill(counts_, 0);
}

double ConfusionMatrix::f1(std::int64_t label) const {
  const auto found = std::ranges::find(labels_, label);
  if (found == labels_.end()) return 0;
  const auto at = static_cast<std::size_t>(found - labels_.begin());
  const std::size_t n = labels_.size();
  std::int64_t gold = 0;
  std::int64_t predicted = 0;
  for (std::size_t i = 0; i < n; ++i) {
    gold += counts_[at * n + i];
    predicted += counts_[i * n + at];
  }
  if (gold + predicted == 0) return 0;
  return 2 * static_cast<double>(counts_[at * n + at]) / static_cast<double>(gold + predicted);
}

double ConfusionMatrix::matthews_correlation() const {
  const std::size_t n = labels_.size();
  double correct = 0;
  double samples = 0;
  double gold_predicted = 0;
  double gold_squares = 0;
  double predicted_squares = 0;
  for (std::size_t i = 0; i < n; ++i) {
    double gold = 0;
    double predicted = 0;
    for (std::size_t j = 0; j < n; ++j) {
      gold += static_cast<double>(counts_[i * n + j]);
      predicted += static_cast<double>(counts_[j * n + i]);
    }
    correct += static_cast<double>(counts_[i * n + i]);
    samples += predicted;
    gold_predicted += gold * predicted;
    gold_squares += gold * gold;
    predicted_squares += predicted * predicted;
  }
  const double variances = (samples * samples - predicted_squares) * (samples * samples - gold_squares);
  return variances == 0 ? 0 : (correct * samples - gold_predicted) / std::sqrt(variances);
}

void check_binary(const ConfusionMatrix& matrix) {
  const auto labels = matrix.labels();
  const bool has_one = std::ranges::find(labels, 1) != labels.end();
  util::check_input(labels.size() < 2 || (labels.size() == 2 && has_one),
                    "f1 compares two labels, 0 and 1, but here are {} labels from {} to {}; use another "
                    "metric, or an aggregation for several labels",
                    labels.size(), labels.empty() ? 0 : labels.front(), labels.empty() ? 0 : labels.back());
}

double true_probability_mass(std::span<const double> log_probabilities, const std::vector<bool>& is_true) {
  std::vector<double> probabilities;
  for (const double value : log_probabilities) probabilities.push_back(std::exp(value));
  const double sum = pairwise_sum(probabilities);
  std::vector<double> shares;
  for (std::size_t i = 0; i < probabilities.size(); ++i)
    if (is_true.at(i)) shares.push_back(probabilities[i] / sum);
  return pairwise_sum(shares);
}

std::vector<double> softmax(std::span<const double> values) {
  // As numpy.max: one NaN makes everything NaN.
  double most = values[0];
  for (const double value : values)
    if (value > most || std::isnan(value)) most = value;
  std::vector<double> result;
  for (const double value : values) result.push_back(std::exp(value - most));
  const double sum = pairwise_sum(result);
  for (double& value : result) value /= sum;
  return result;
}

}  // namespace assay::eval
