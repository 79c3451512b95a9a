// The options that the ROUGE metrics share.
#pragma once

#include "eval/metric.hpp"
#include "eval/similarity/rouge.hpp"

namespace assay::eval {

/// use_stemmer: whether words are stemmed; no by default.
[[nodiscard]] RougeStemming rouge_stemming(const MetricConfig& config);
/// Throws InputError for an option that is not true or false.
void check_rouge(const MetricConfig& config);

}  // namespace assay::eval
