// Rotary embedding settings of config.json, in the spellings of transformers 4 and 5.
#pragma once

#include <cstdint>

#include "assay/model/arch_spec.hpp"
#include "model/config_reader.hpp"

namespace assay::model {

/// Reads rope_theta, rope_scaling, rope_parameters and original_max_position_embeddings. Precedence is that
/// of transformers 5: a non-empty rope_scaling over rope_parameters, a theta inside either over one beside
/// it, an original length beside it over one inside. Throws InputError for an unknown or incomplete scaling.
[[nodiscard]] RopeSpec read_rope(ConfigReader& config, std::int64_t head_dim, std::int64_t max_positions);

}  // namespace assay::model
