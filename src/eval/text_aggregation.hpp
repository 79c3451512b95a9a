// Aggregations over pairs of texts, [reference or list of references, prediction]: the scores of machine
// translation, which are of all samples at once.
#pragma once

#include <optional>
#include <span>

#include "assay/util/json.hpp"

namespace assay::eval {

[[nodiscard]] double bleu_of(std::span<const util::OrderedJson> values);
[[nodiscard]] std::optional<double> bleu_error(std::span<const util::OrderedJson> values,
                                               std::size_t resamples);
[[nodiscard]] double chrf_of(std::span<const util::OrderedJson> values);
[[nodiscard]] std::optional<double> chrf_error(std::span<const util::OrderedJson> values,
                                               std::size_t resamples);
[[nodiscard]] double chrf_plus_plus_of(std::span<const util::OrderedJson> values);
[[nodiscard]] std::optional<double> chrf_plus_plus_error(std::span<const util::OrderedJson> values,
                                                         std::size_t resamples);
[[nodiscard]] double ter_of(std::span<const util::OrderedJson> values);
[[nodiscard]] std::optional<double> ter_error(std::span<const util::OrderedJson> values,
                                              std::size_t resamples);

}  // namespace assay::eval
