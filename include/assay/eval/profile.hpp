// Compatibility profiles: releases of lm-evaluation-harness whose tokens are reproduced, where they differ.
// Prompts are those of the newest.
#pragma once

#include <span>
#include <string_view>

namespace assay::eval {

struct Profile {
  std::string_view name;  ///< "lm-eval-0.4.13"
  /// A prompt begins with what the tokenizer adds by default (BOS). Before, causal models got none, except
  /// those of the Gemma family.
  bool tokenizer_decides_bos = true;
};

inline constexpr std::string_view newest_profile = "lm-eval-0.4.13";

/// All, the newest first.
[[nodiscard]] std::span<const Profile> profiles();
/// Throws InputError naming all for an unknown name.
[[nodiscard]] const Profile& find_profile(std::string_view name);

}  // namespace assay::eval
