// "did you mean": the nearest of a list of names.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace assay::util {

/// The candidate with the smallest edit distance (insert, delete, replace, swap of neighbours) to `word`, or
/// empty if none is near (distance above a third of the longer length).
[[nodiscard]] std::string nearest(std::string_view word, std::span<const std::string> candidates);

/// " (did you mean \"x\"?)", or empty.
[[nodiscard]] std::string did_you_mean(std::string_view word, std::span<const std::string> candidates);

}  // namespace assay::util
