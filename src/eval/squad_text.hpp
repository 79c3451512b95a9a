// The comparison of answers that SQuAD's evaluation script made usual (Rajpurkar et al. 2016, section 6.1):
// lower case, no punctuation, no articles, single spaces.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "assay/util/json.hpp"

namespace assay::eval {

/// Without string.punctuation's characters.
[[nodiscard]] std::string without_ascii_punctuation(std::string_view text);
/// With "a", "an" and "the" (as whole words, in lower case) replaced by a space each.
[[nodiscard]] std::string without_articles(std::string_view text);
/// The words of a text joined by single spaces.
[[nodiscard]] std::string single_spaced(std::string_view text);

[[nodiscard]] std::string normalize_squad(std::string_view text);
/// How many words two lists share, counted as often as both hold them.
[[nodiscard]] std::size_t shared_words(const std::vector<std::string>& a, const std::vector<std::string>& b);
/// 1 if both are the same answer, else 0.
[[nodiscard]] int squad_exact(std::string_view gold, std::string_view prediction);
/// F1 over words: 0 and 1 are whole numbers where the original returns such.
[[nodiscard]] util::OrderedJson squad_f1(std::string_view gold, std::string_view prediction);

}  // namespace assay::eval
