// Which requests an engine can run.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "assay/engine/request.hpp"

namespace assay::engine {

/// Why `request` can never run with sequences of at most `max_length` tokens (what the model is given at
/// once) and token ids below `vocab`, as one sentence; nothing if it can.
[[nodiscard]] std::optional<std::string> reason_to_refuse(const Request& request, std::int64_t max_length,
                                                          std::int64_t vocab, bool has_tokenizer);

}  // namespace assay::engine
