// How far the steps of a tokenizer.json may swell what they work on: a short file could else ask for any
// amount of memory.
#pragma once

#include <cstddef>
#include <string_view>

#include "assay/util/error.hpp"

namespace assay::text {

/// Steps of one chain (normalisers, pre-tokenisers, decoders), nested ones counted together.
inline constexpr std::size_t max_chain_steps = 64;

/// Bytes that a chain may make of an input of `bytes`, after each of its steps. Real ones stay below: NFKD
/// makes at most 11 bytes of one, the byte-level alphabet 2.
[[nodiscard]] constexpr std::size_t max_grown_bytes(std::size_t bytes) {
  return 16 * bytes + (std::size_t{1} << 20);
}

/// Throws InputError if `bytes` are more than `max_bytes`; `chain` is "normaliser" or the like.
inline void check_growth(std::size_t bytes, std::size_t max_bytes, std::string_view chain) {
  util::check_input(bytes <= max_bytes,
                    "the {} of tokenizer.json makes more of a text than it may ({} bytes, limit {}); use "
                    "another tokenizer",
                    chain, bytes, max_bytes);
}

}  // namespace assay::text
