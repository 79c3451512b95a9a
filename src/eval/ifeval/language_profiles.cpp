#include "eval/ifeval/language_profiles.hpp"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "assay/util/error.hpp"
#include "assay/util/json.hpp"
#include "assay/util/utf8.hpp"

namespace assay::eval {
namespace {

std::vector<char32_t> characters_of(std::string_view text) {
  std::vector<char32_t> characters;
  for (std::size_t at = 0; at < text.size();) {
    const util::Character next = util::character_at(text, at);
    characters.push_back(next.code);
    at += next.size;
  }
  return characters;
}

// "a\u00c2": ASCII and escapes.
std::vector<char32_t> unescaped(std::string_view text) {
  std::vector<char32_t> characters;
  while (!text.empty()) {
    std::uint32_t code = static_cast<unsigned char>(text[0]);
    std::size_t size = 1;
    if (text.starts_with("\\u")) {
      size = std::min<std::size_t>(6, text.size());
      std::from_chars(text.data() + 2, text.data() + size, code, 16);
    }
    characters.push_back(code);
    text.remove_prefix(size);
  }
  return characters;
}

// Takes the first line off.
std::string_view take_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line.ends_with('\r') ? line.substr(0, line.size() - 1) : line;
}

struct Known {
  Ngram ngram;
  NgramProbability probability;
};

void read_profile(std::string_view line, std::vector<std::string>& languages, std::vector<Known>& known) {
  const util::Json profile = util::parse_json(line, "a language profile");
  const auto totals = profile.at("n_words").get<std::vector<double>>();
  for (const auto& [word, frequency] : profile.at("freq").items()) {
    const std::vector<char32_t> characters = characters_of(word);
    if (characters.empty() || characters.size() > totals.size()) continue;
    known.push_back({ngram_of(characters),
                     {static_cast<std::uint32_t>(languages.size()),
                      frequency.get<double>() / totals[characters.size() - 1]}});
  }
  languages.push_back(profile.at("name").get<std::string>());
}

}  // namespace

Ngram ngram_of(std::span<const char32_t> characters) {
  Ngram ngram = 0;
  for (const char32_t code : characters) ngram = ngram << 21U | code;
  return ngram;
}

LanguageProfiles::LanguageProfiles(std::string_view data) {
  std::vector<Known> known;
  for (std::string_view line = take_line(data); !line.empty(); line = take_line(data))
    read_profile(line, languages, known);
  read_characters(data);
  std::ranges::stable_sort(known, {}, &Known::ngram);
  for (const Known& next : known) {
    const auto begin = static_cast<std::uint32_t>(probabilities_.size());
    if (entries_.empty() || entries_.back().ngram != next.ngram) entries_.push_back({next.ngram, begin});
    probabilities_.push_back(next.probability);
  }
  entries_.push_back({~Ngram{0}, static_cast<std::uint32_t>(probabilities_.size())});
}

void LanguageProfiles::read_characters(std::string_view properties) {
  std::vector<char32_t> letters;
  std::vector<char32_t> marks;
  std::vector<std::vector<char32_t>> combined;  // one list a mark, in the order of the letters
  while (!properties.empty()) {
    const std::string_view line = take_line(properties);
    const std::size_t equals = std::min(line.find('='), line.size());
    const std::string_view key = line.substr(0, equals);
    const std::vector<char32_t> value = unescaped(line.substr(std::min(equals + 1, line.size())));
    if (key.starts_with("NGram.KANJI_")) {
      for (const char32_t code : value) ideographs[code] = value.front();
    } else if (key == "NGram.LATIN1_EXCLUDE") {
      latin1_spaces = value;
    } else if (key == "TO_NORMALIZE_VI_CHARS") {
      letters = value;
    } else if (key == "DMARK_CLASS") {
      marks = value;
    } else if (key.starts_with("NORMALIZED_VI_CHARS_")) {
      combined.push_back(value);
    }
  }
  for (std::size_t mark = 0; mark < std::min(marks.size(), combined.size()); ++mark) {
    for (std::size_t letter = 0; letter < std::min(letters.size(), combined[mark].size()); ++letter)
      toned[{letters[letter], marks[mark]}] = combined[mark][letter];
  }
}

const LanguageProfiles& LanguageProfiles::get() {
  util::check_input(!language_profile_data().empty(),
                    "the language of a response cannot be told (this assay was built without the language "
                    "profiles of langdetect); install python3-langdetect and build again");
  static const LanguageProfiles profiles(language_profile_data());
  return profiles;
}

std::span<const NgramProbability> LanguageProfiles::find(Ngram ngram) const {
  const auto entry = std::ranges::lower_bound(entries_, ngram, {}, &Entry::ngram);
  if (entry->ngram != ngram || entry + 1 == entries_.end()) return {};
  return std::span(probabilities_).subspan(entry->begin, (entry + 1)->begin - entry->begin);
}

}  // namespace assay::eval
