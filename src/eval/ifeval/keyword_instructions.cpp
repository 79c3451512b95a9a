#include <algorithm>
#include <memory>

#include "assay/text/python.hpp"
#include "eval/ifeval/counted_pattern.hpp"
#include "eval/ifeval/instruction.hpp"

namespace assay::eval {
namespace {

namespace python = text::python;

using Patterns = std::vector<CountedPattern>;

// Keywords are regular expressions to lm-eval, which does not escape them.
std::shared_ptr<const Patterns> patterns(const std::vector<std::string>& words,
                                         std::string_view before_and_after, std::string_view where) {
  auto compiled = std::make_shared<Patterns>();
  for (const std::string& word : words) {
    std::string pattern(before_and_after);
    compiled->emplace_back(pattern.append(word).append(before_and_after), Letters::any_case, where);
  }
  return compiled;
}

Check existence(const Arguments& arguments) {
  arguments.allow_only({"keywords"});
  const auto keywords = patterns(arguments.texts("keywords"), "", arguments.where());
  return [keywords](std::string_view response) {
    return std::ranges::all_of(*keywords,
                               [&](const CountedPattern& keyword) { return keyword.is_in(response); });
  };
}

Check forbidden_words(const Arguments& arguments) {
  arguments.allow_only({"forbidden_words"});
  const auto words = patterns(arguments.texts("forbidden_words"), "\\b", arguments.where());
  return [words](std::string_view response) {
    return std::ranges::none_of(*words, [&](const CountedPattern& word) { return word.is_in(response); });
  };
}

Check frequency(const Arguments& arguments) {
  arguments.allow_only({"keyword", "frequency", "relation"});
  const std::string keyword(python::strip(arguments.text("keyword")));
  const Threshold wanted{arguments.relation("relation"), arguments.number("frequency")};
  const auto pattern = patterns({keyword}, "", arguments.where());
  return [pattern, wanted](std::string_view response) {
    return wanted.holds(pattern->front().count(response, wanted.enough()));
  };
}

// A letter other than a to z, such as '#' or '!', lm-eval replaces by a random one; here it is what is
// counted.
Check letter_frequency(const Arguments& arguments) {
  arguments.allow_only({"letter", "let_frequency", "let_relation"});
  const std::string given = arguments.text("letter");
  if (python::length(given) != 1) arguments.refuse("letter", "should be one character");
  const std::string letter = python::lower(given);
  const Threshold wanted{arguments.relation("let_relation"), arguments.number("let_frequency")};
  return [letter, wanted](std::string_view response) {
    return wanted.holds(python::count(python::lower(response), letter));
  };
}

}  // namespace

bool Threshold::holds(std::size_t count) const {
  const bool below = static_cast<double>(count) < number;
  return below == (relation == Relation::less_than);
}

std::size_t Threshold::enough() const {
  constexpr double most = 1e15;  // more than any response has bytes
  return static_cast<std::size_t>(std::min(number, most)) + 1;
}

std::span<const InstructionKind> keyword_instructions() {
  static constexpr InstructionKind kinds[] = {
      {"keywords:existence", existence},
      {"keywords:forbidden_words", forbidden_words},
      {"keywords:frequency", frequency},
      {"keywords:letter_frequency", letter_frequency},
  };
  return kinds;
}

}  // namespace assay::eval
