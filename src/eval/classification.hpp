// Scores of predicted labels against gold ones, as scikit-learn defines them.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace assay::eval {

struct LabelPair {
  std::int64_t gold = 0;
  std::int64_t predicted = 0;
};

/// How often each pair of labels occurs; sums of samples add up, so that resamples cost little.
class ConfusionMatrix {
 public:
  /// `labels`: those that occur, ascending.
  explicit ConfusionMatrix(std::vector<std::int64_t> labels);
  /// The labels that occur in the pairs.
  explicit ConfusionMatrix(std::span<const LabelPair> pairs);

  [[nodiscard]] std::span<const std::int64_t> labels() const { return labels_; }
  /// Where add() counts this pair, whose labels are among labels().
  [[nodiscard]] std::size_t cell(const LabelPair& pair) const;
  void add(std::size_t cell) { ++counts_[cell]; }
  void clear();

  /// F1 of one label against all others: 0 if it occurs nowhere.
  [[nodiscard]] double f1(std::int64_t label) const;
  /// Matthews' correlation coefficient, of any number of labels; 0 where a side has one label only.
  [[nodiscard]] double matthews_correlation() const;

 private:
  std::vector<std::int64_t> labels_;
  std::vector<std::int64_t> counts_;  ///< [labels of gold, labels predicted]
};

/// sklearn.metrics.f1_score(golds, predictions) of binary labels: the F1 of label 1. Throws InputError for
/// labels that are not binary.
void check_binary(const ConfusionMatrix& matrix);

/// Share of the probability that true answers get: log-probabilities become probabilities that add up to 1
/// (TruthfulQA's MC2, Lin et al. 2022).
[[nodiscard]] double true_probability_mass(std::span<const double> log_probabilities,
                                           const std::vector<bool>& is_true);

/// exp(x - max) / sum, as lm-evaluation-harness normalises log-probabilities. `values` is not empty.
[[nodiscard]] std::vector<double> softmax(std::span<const double> values);

}  // namespace assay::eval
