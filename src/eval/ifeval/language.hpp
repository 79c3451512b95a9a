// The language of a text by Nakatani's language detection (2010): naive Bayes over character n-grams, as the
// Python package langdetect 1.0.9 computes it, with that package's profiles of 55 languages. Its draws are
// seeded by 0; lm-eval does not seed them, so that a short or mixed text may change its language from one
// lm-eval run to the next.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace assay::eval {

/// Whether this build has the profiles (python3-langdetect, see src/eval/README.md).
[[nodiscard]] bool can_detect_language();

/// The language's code ("en", "pt", "zh-cn"), "unknown" where none is probable, or nothing where the text has
/// no feature that any profile knows (digits, punctuation, unknown scripts). Looks at the first 10000
/// characters without web and mail addresses. `text` is valid UTF-8; time is linear in it. Throws InputError
/// if this build has no profiles.
[[nodiscard]] std::optional<std::string> detect_language(std::string_view text);

}  // namespace assay::eval
