// Words as nltk 3.10 counts them for IFEval.
#pragma once

#include <cstddef>
#include <string_view>

namespace assay::eval {

/// Maximal runs of word characters (nltk's RegexpTokenizer of \w+), or `limit` if there are more. Valid
/// UTF-8.
[[nodiscard]] std::size_t count_word_runs(std::string_view text, std::size_t limit);

/// Tokens without a letter in lower or title case and with one in upper case, or `limit` if there are more.
/// Tokens are those of nltk's word_tokenize: sentences (punkt.hpp), each split by the rules of the Penn
/// Treebank's tokenizer script (MacIntyre 1995) as nltk extends them, so that "DON'T" is two and "U.S.A."
/// one.
[[nodiscard]] std::size_t count_capital_tokens(std::string_view text, std::size_t limit);

}  // namespace assay::eval
