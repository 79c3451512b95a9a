// Rolling perplexities: the text whose words or bytes a log-probability is divided by.
#pragma once

#include <cstdint>
#include <string>

#include "eval/metric.hpp"

namespace assay::eval {

/// The text that was scored.
[[nodiscard]] std::string counted_text(const ScoreInput& input);
/// [log-probability, units]: the value of one sample that the weighted aggregations take.
[[nodiscard]] util::OrderedJson per_unit(const ScoreInput& input, std::int64_t units);
[[nodiscard]] util::OrderedJson per_byte(const ScoreInput& input);

}  // namespace assay::eval
