#include "eval/number_words.hpp"

#include <algorithm>
#include <span>
#include <string>
#include <vector>

#include "assay/text/python.hpp"

namespace assay::eval {
namespace {

namespace python = text::python;

struct NumberWord {
  std::string_view word;
  std::int64_t value;
};
constexpr std::int64_t hundred = 100;
constexpr std::int64_t thousand = 1000;
constexpr std::int64_t million = 1'000'000;
constexpr std::int64_t billion = 1'000'000'000;
constexpr NumberWord number_words[] = {{"zero", 0},          {"one", 1},           {"two", 2},
                                       {"three", 3},         {"four", 4},          {"five", 5},
                                       {"six", 6},           {"seven", 7},         {"eight", 8},
                                       {"nine", 9},          {"ten", 10},          {"eleven", 11},
                                       {"twelve", 12},       {"thirteen", 13},     {"fourteen", 14},
                                       {"fifteen", 15},      {"sixteen", 16},      {"seventeen", 17},
                                       {"eighteen", 18},     {"nineteen", 19},     {"twenty", 20},
                                       {"thirty", 30},       {"forty", 40},        {"fifty", 50},
                                       {"sixty", 60},        {"seventy", 70},      {"eighty", 80},
                                       {"ninety", 90},       {"hundred", hundred}, {"thousand", thousand},
                                       {"million", million}, {"billion", billion}};

using Numbers = std::span<const std::int64_t>;

// A number below a thousand, by the count of its words; further words are not looked at, as in the original.
std::optional<std::int64_t> below_thousand(Numbers words) {
  if (words.empty()) return std::nullopt;
  switch (words.size()) {
    case 4:
      return words[0] * words[1] + words[2] + words[3];
    case 3:
      return words[0] * words[1] + words[2];
    case 2:
      return words[0] == hundred || words[1] == hundred ? words[0] * words[1] : words[0] + words[1];
    default:
      return words[0];
  }
}

}  // namespace

const PythonRegex& english_number_pattern() {
  // Three kinds of part, which differ in which endings may be missing: those before the last, and the last.
  static const PythonRegex pattern = [] {
    const std::string simple = "zero|one|two|three|four|five|(?:twen|thir|for|fif|six|seven|nine)";
    const std::string large = "|ten|eleven|twelve|fourteen|hundred|thousand|(?:m|b|tr)illion";
    const std::string first = simple + "(?:teen|ty)|eight(?:|een|y)" + large;
    const std::string next = simple + "(?:|teen|ty)|eight(?:een|y)" + large;
    const std::string last = simple + "(?:teen|ty)|eight(?:een|y)" + large;
    // White space without line ends, as the regex package counts it.
    const std::string space = R"([\t\v\f \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]|,|and|&)";
    return PythonRegex("((?:(?:" + first + ")(?:" + next + "|" + space + ")+)?(?:" + last + "))");
  }();
  return pattern;
}

std::optional<std::int64_t> words_to_number(std::string_view text) {
  std::vector<std::int64_t> numbers;
  for (const std::string& word : python::split(text, "")) {
    const auto found = std::ranges::find(number_words, word, &NumberWord::word);
    if (found != std::end(number_words)) numbers.push_back(found->value);
  }
  if (numbers.empty()) return std::nullopt;
  for (const std::int64_t scale : {thousand, million, billion}) {
    if (std::ranges::count(numbers, scale) > 1) return std::nullopt;
  }
  if (numbers.size() == 1) return numbers[0];
  std::int64_t total = 0;
  std::size_t begin = 0;
  for (const std::int64_t scale : {billion, million, thousand}) {
    const auto at = static_cast<std::size_t>(std::ranges::find(numbers, scale) - numbers.begin());
    if (at == numbers.size()) continue;
    if (at < begin) return std::nullopt;  // thousands before millions
    const auto factor = below_thousand(Numbers(numbers).subspan(begin, at - begin));
    if (!factor) return std::nullopt;
    total += *factor * scale;
    begin = at + 1;
  }
  // What follows the smallest scale. Where nothing does, the original takes what follows the next larger one,
  // which counts it twice.
  begin = begin > 0 ? numbers.size() : 0;
  for (const std::int64_t scale : {billion, million, thousand}) {
    const auto at = static_cast<std::size_t>(std::ranges::find(numbers, scale) - numbers.begin());
    if (at + 1 < numbers.size()) begin = at + 1;
  }
  if (begin == numbers.size()) return total;
  const auto rest = below_thousand(Numbers(numbers).subspan(begin));
  return rest ? std::optional(total + *rest) : std::nullopt;
}

}  // namespace assay::eval
