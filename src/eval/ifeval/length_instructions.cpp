#include <algorithm>

#include "assay/text/python.hpp"
#include "assay/util/utf8.hpp"
#include "eval/ifeval/instruction.hpp"
#include "eval/ifeval/punkt.hpp"
#include "eval/ifeval/word_tokens.hpp"

namespace assay::eval {
namespace {

namespace python = text::python;

// text.split(separator) without copies.
std::vector<std::string_view> pieces(std::string_view text, std::string_view separator) {
  std::vector<std::string_view> out;
  for (std::size_t end = text.find(separator); end != std::string_view::npos; end = text.find(separator)) {
    out.push_back(text.substr(0, end));
    text.remove_prefix(end + separator.size());
  }
  out.push_back(text);
  return out;
}

bool is_blank(std::string_view text) {
  return python::strip(text).empty();
}

Check number_words(const Arguments& arguments) {
  arguments.allow_only({"num_words", "relation"});
  const Threshold wanted{arguments.relation("relation"), arguments.number("num_words")};
  return [wanted](std::string_view response) {
    return wanted.holds(count_word_runs(response, wanted.enough()));
  };
}

Check number_sentences(const Arguments& arguments) {
  arguments.allow_only({"num_sentences", "relation"});
  const Threshold wanted{arguments.relation("relation"), arguments.number("num_sentences")};
  return [wanted](std::string_view response) {
    return wanted.holds(count_sentences(response, wanted.enough()));
  };
}

// Paragraphs stand between "***"; only the first and the last may be blank.
Check number_paragraphs(const Arguments& arguments) {
  arguments.allow_only({"num_paragraphs"});
  const double wanted = arguments.number("num_paragraphs");
  return [wanted](std::string_view response) {
    const auto paragraphs = pieces(response, "***");
    std::size_t count = paragraphs.size();
    for (const std::string_view& paragraph : paragraphs) {
      if (!is_blank(paragraph)) continue;
      if (&paragraph != &paragraphs.front() && &paragraph != &paragraphs.back()) return false;
      --count;
    }
    return static_cast<double>(count) == wanted;
  };
}

// The first word in lower case, without quotes before it and punctuation behind it.
std::string first_word_of(std::string_view paragraph) {
  std::string_view word = python::lstrip(paragraph);
  for (const char quote : {'\'', '"'})
    word.remove_prefix(std::min(word.find_first_not_of(quote), word.size()));
  std::string lower;
  while (!word.empty()) {
    const util::Character next = util::character_at(word, 0);
    if (python::is_space(static_cast<std::int32_t>(next.code)) ||
        (next.code < 0x80 &&
         std::string_view(".,?!'\"").find(static_cast<char>(next.code)) != std::string_view::npos))
      break;
    lower += python::lower(word.substr(0, next.size));  // one by one: no final sigma
    word.remove_prefix(next.size);
  }
  return lower;
}

// Paragraphs stand between two line ends. Blank ones are not counted, but have a place.
Check nth_paragraph_first_word(const Arguments& arguments) {
  arguments.allow_only({"num_paragraphs", "nth_paragraph", "first_word"});
  const std::size_t wanted = arguments.whole("num_paragraphs");
  const std::size_t nth = arguments.whole("nth_paragraph");
  if (nth > wanted) arguments.refuse("nth_paragraph", "there are only \"num_paragraphs\"");
  const std::string first_word = python::lower(arguments.text("first_word"));
  return [wanted, nth, first_word](std::string_view response) {
    const auto paragraphs = pieces(response, "\n\n");
    const auto count =
        paragraphs.size() - static_cast<std::size_t>(std::ranges::count_if(paragraphs, is_blank));
    return count == wanted && !is_blank(paragraphs[nth - 1]) &&
           first_word_of(paragraphs[nth - 1]) == first_word;
  };
}

}  // namespace

std::span<const InstructionKind> length_instructions() {
  static constexpr InstructionKind kinds[] = {
      {"length_constraints:nth_paragraph_first_word", nth_paragraph_first_word},
      {"length_constraints:number_paragraphs", number_paragraphs},
      {"length_constraints:number_sentences", number_sentences},
      {"length_constraints:number_words", number_words},
  };
  return kinds;
}

}  // namespace assay::eval
