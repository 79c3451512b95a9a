#include "eval/similarity/porter_stemmer.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace assay::eval {
namespace {

// A letter other than a, e, i, o, u; y where it does not follow a consonant.
std::vector<bool> consonants(std::string_view word) {
  std::vector<bool> flags;
  for (const char c : word) {
    const bool is_vowel = std::string_view("aeiou").find(c) != std::string_view::npos;
    flags.push_back(c == 'y' ? flags.empty() || !flags.back() : !is_vowel);
  }
  return flags;
}

// m of [C](VC){m}[V].
int measure(std::string_view stem) {
  const auto flags = consonants(stem);
  int count = 0;
  for (std::size_t i = 1; i < flags.size(); ++i) count += !flags[i - 1] && flags[i] ? 1 : 0;
  return count;
}

bool has_vowel(std::string_view stem) {
  return std::ranges::any_of(consonants(stem), [](bool consonant) { return !consonant; });
}

bool ends_in_consonant(std::string_view stem) {
  return !stem.empty() && consonants(stem).back();
}

bool ends_in_double_consonant(std::string_view word) {
  return word.size() >= 2 && word[word.size() - 1] == word[word.size() - 2] && ends_in_consonant(word);
}

// Consonant, vowel, consonant other than w, x, y; NLTK adds words of a vowel and a consonant.
bool ends_cvc(std::string_view word) {
  const auto flags = consonants(word);
  const std::size_t n = flags.size();
  if (n == 2) return !flags[0] && flags[1];
  const bool cvc = n >= 3 && flags[n - 3] && !flags[n - 2] && flags[n - 1];
  return cvc && std::string_view("wxy").find(word.back()) == std::string_view::npos;
}

struct Rule {
  std::string_view suffix;
  std::string_view replacement;
};

// Applies the first rule whose suffix the word has, if its stem passes the test; no other is tried.
template <class Test>
std::string apply_first(std::string word, std::span<const Rule> rules, Test passes) {
  for (const Rule& rule : rules) {
    if (!word.ends_with(rule.suffix)) continue;
    const std::string_view stem = std::string_view(word).substr(0, word.size() - rule.suffix.size());
    return passes(rule, stem) ? std::string(stem).append(rule.replacement) : word;
  }
  return word;
}

std::string without(std::string_view word, std::size_t count) {
  return std::string(word.substr(0, word.size() - count));
}

std::string plurals(std::string word) {
  if (word.ends_with("ies") && word.size() == 4) return without(word, 1);
  static constexpr Rule rules[] = {{"sses", "ss"}, {"ies", "i"}, {"ss", "ss"}, {"s", ""}};
  return apply_first(std::move(word), rules, [](const Rule&, std::string_view) { return true; });
}

// What is left of -ed and -ing gets its e back, or loses a doubled consonant.
std::string repaired(std::string stem) {
  for (const std::string_view ending : {"at", "bl", "iz"})
    if (stem.ends_with(ending)) return stem + "e";
  if (ends_in_double_consonant(stem))
    return std::string_view("lsz").find(stem.back()) == std::string_view::npos ? without(stem, 1) : stem;
  return measure(stem) == 1 && ends_cvc(stem) ? stem + "e" : stem;
}

std::string past_and_gerund(std::string word) {
  if (word.ends_with("ied")) return without(word, word.size() == 4 ? 1 : 2);
  if (word.ends_with("eed")) return measure(without(word, 3)) > 0 ? without(word, 1) : word;
  for (const std::string_view suffix : {"ed", "ing"}) {
    if (!word.ends_with(suffix)) continue;
    std::string stem = without(word, suffix.size());
    if (has_vowel(stem)) return repaired(std::move(stem));
  }
  return word;
}

std::string final_y(std::string word) {
  if (word.ends_with("y")) {
    const std::string stem = without(word, 1);
    if (stem.size() > 1 && ends_in_consonant(stem)) return stem + "i";
  }
  return word;
}

bool positive(std::string_view stem) {
  return measure(stem) > 0;
}

std::string double_suffixes(std::string word) {
  while (word.ends_with("alli") && positive(without(word, 4))) word.resize(word.size() - 2);
  static constexpr Rule rules[] = {
      {"ational", "ate"}, {"tional", "tion"}, {"enci", "ence"}, {"anci", "ance"}, {"izer", "ize"},
      {"bli", "ble"},     {"alli", "al"},     {"entli", "ent"}, {"eli", "e"},     {"ousli", "ous"},
      {"ization", "ize"}, {"ation", "ate"},   {"ator", "ate"},  {"alism", "al"},  {"iveness", "ive"},
      {"fulness", "ful"}, {"ousness", "ous"}, {"aliti", "al"},  {"iviti", "ive"}, {"biliti", "ble"},
      {"fulli", "ful"},   {"logi", "log"}};
  const std::string whole = word;
  return apply_first(std::move(word), rules, [&](const Rule& rule, std::string_view stem) {
    // The l of logi counts as the stem's: geology, theology.
    return rule.suffix == "logi" ? positive(without(whole, 3)) : positive(stem);
  });
}

std::string adjectives(std::string word) {
  static constexpr Rule rules[] = {{"icate", "ic"}, {"ative", ""}, {"alize", "al"}, {"iciti", "ic"},
                                   {"ical", "ic"},  {"ful", ""},   {"ness", ""}};
  return apply_first(std::move(word), rules,
                     [](const Rule&, std::string_view stem) { return positive(stem); });
}

std::string single_suffixes(std::string word) {
  static constexpr Rule rules[] = {{"al", ""},   {"ance", ""}, {"ence", ""}, {"er", ""},    {"ic", ""},
                                   {"able", ""}, {"ible", ""}, {"ant", ""},  {"ement", ""}, {"ment", ""},
                                   {"ent", ""},  {"ion", ""},  {"ou", ""},   {"ism", ""},   {"ate", ""},
                                   {"iti", ""},  {"ous", ""},  {"ive", ""},  {"ize", ""}};
  return apply_first(std::move(word), rules, [](const Rule& rule, std::string_view stem) {
    if (measure(stem) <= 1) return false;
    return rule.suffix != "ion" || stem.ends_with('s') || stem.ends_with('t');
  });
}

std::string final_e(std::string word) {
  if (!word.ends_with('e')) return word;
  std::string stem = without(word, 1);
  const int m = measure(stem);
  return m > 1 || (m == 1 && !ends_cvc(stem)) ? stem : word;
}

std::string final_ll(std::string word) {
  if (word.ends_with("ll") && measure(without(word, 1)) > 1) word.pop_back();
  return word;
}

constexpr std::array<std::pair<std::string_view, std::string_view>, 14> irregular = {
    {{"sky", "sky"},
     {"skies", "sky"},
     {"dying", "die"},
     {"lying", "lie"},
     {"tying", "tie"},
     {"news", "news"},
     {"innings", "inning"},
     {"inning", "inning"},
     {"outings", "outing"},
     {"outing", "outing"},
     {"cannings", "canning"},
     {"canning", "canning"},
     {"howe", "howe"},
     {"proceed", "proceed"}}};

}  // namespace

std::string porter_stem(std::string word) {
  for (const auto& [form, stem] : irregular)
    if (word == form) return std::string(stem);
  if (word == "exceed" || word == "succeed" || word.size() <= 2) return word;
  word = past_and_gerund(plurals(std::move(word)));
  word = double_suffixes(final_y(std::move(word)));
  word = single_suffixes(adjectives(std::move(word)));
  return final_ll(final_e(std::move(word)));
}

}  // namespace assay::eval
