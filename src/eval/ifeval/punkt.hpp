// Sentences of an English text by Punkt (Kiss and Strunk 2006, "Unsupervised Multilingual Sentence Boundary
// Detection"), as nltk 3.10 applies it: a period ends a sentence unless the word before it is an
// abbreviation, an initial or an ordinal number and what follows does not look like a beginning. What Punkt
// learns from a corpus (abbreviations, frequent sentence starters, words known in lower case) is here a list
// written for English, punkt_english.hpp; nltk's was trained on newspapers, so counts may differ where one of
// the two knows an abbreviation that the other does not.
#pragma once

#include <cstddef>
#include <functional>
#include <string_view>

namespace assay::eval {

/// Calls visit(sentence) for each sentence in order, as a view into `text`, until it returns false. `text` is
/// valid UTF-8. Time and memory are linear in it.
void for_each_sentence(std::string_view text, const std::function<bool(std::string_view)>& visit);

/// The number of sentences, or `limit` if there are more.
[[nodiscard]] std::size_t count_sentences(std::string_view text, std::size_t limit);

}  // namespace assay::eval
