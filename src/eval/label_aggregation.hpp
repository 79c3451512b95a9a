// Aggregations over pairs of labels, and over probabilities of labels.
#pragma once

#include <optional>
#include <span>

#include "assay/util/json.hpp"

namespace assay::eval {

/// Values are [gold, predicted], whole numbers; f1 takes 0 and 1 only.
[[nodiscard]] double f1_of(std::span<const util::OrderedJson> values);
[[nodiscard]] std::optional<double> f1_error(std::span<const util::OrderedJson> values,
                                             std::size_t resamples);
[[nodiscard]] double matthews_of(std::span<const util::OrderedJson> values);
[[nodiscard]] std::optional<double> matthews_error(std::span<const util::OrderedJson> values,
                                                   std::size_t resamples);
/// Values are [gold, [probability of each label]]: mean squared distance to the gold label's unit vector.
[[nodiscard]] double brier_of(std::span<const util::OrderedJson> values);
/// Values are [paragraph, question, right]: the share of questions all of whose answers are right.
[[nodiscard]] double acc_all_of(std::span<const util::OrderedJson> values);
/// lm-eval's: questions with the same number count as one, whatever their paragraph.
[[nodiscard]] std::optional<double> acc_all_error(std::span<const util::OrderedJson> values, std::size_t);

}  // namespace assay::eval
