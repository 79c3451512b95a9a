// The Porter stemmer (Porter 1980) with NLTK's extensions: what ROUGE strips suffixes with.
#pragma once

#include <string>

namespace assay::eval {

/// Stem of a lower-case word of ASCII letters and digits.
[[nodiscard]] std::string porter_stem(std::string word);

}  // namespace assay::eval
