// generation_kwargs as lm-evaluation-harness's Hugging Face backend reads them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "assay/engine/request.hpp"
#include "assay/util/json.hpp"

namespace assay::eval {

struct Generation {
  std::int64_t max_new_tokens = 256;
  std::vector<std::string> stops;  ///< `until`, without empty ones; EOS is not added yet
  engine::SamplingParams sampling;
};

/// `kwargs` with the model's own settings (BuildOptions::model_generation) below them: repetition_penalty
/// always, the others where tokens are sampled, as model.generate() takes them from generation_config.json.
[[nodiscard]] util::OrderedJson with_model_defaults(util::OrderedJson kwargs,
                                                    const util::OrderedJson& defaults);

/// Throws InputError naming a key that is not known, or whose value cannot be.
[[nodiscard]] Generation read_generation(const util::OrderedJson& kwargs);

}  // namespace assay::eval
