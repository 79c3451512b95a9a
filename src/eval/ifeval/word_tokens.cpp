#include "eval/ifeval/word_tokens.hpp"

#include <array>
#include <string>

#include "assay/text/pcre.hpp"
#include "assay/text/python.hpp"
#include "assay/util/utf8.hpp"
#include "eval/ifeval/character_classes.hpp"
#include "eval/ifeval/punkt.hpp"

namespace assay::eval {
namespace {

// is_word and is_white_space as class members.
#define ASSAY_WORD                                                                      \
  R"(\p{L}\p{M}\p{Nd}\p{Nl}\p{Pc}\x{200c}\x{200d}\x{24b6}-\x{24e9}\x{1f130}-\x{1f149})" \
  R"(\x{1f150}-\x{1f169}\x{1f170}-\x{1f189})"
#define ASSAY_SPACE \
  R"(\t-\r\x{20}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000})"

// One step: every match becomes the replacement, in which $0 to $3 are the match and its groups. Only texts
// that hold one of the trigger's bytes can match.
struct Rule {
  std::string_view trigger;
  std::string_view pattern;
  std::string_view replacement;
};

constexpr std::string_view anything = "";

// In this order. Opening quotes, punctuation, brackets and dashes:
constexpr std::array<Rule, 17> first_rules = {{
    {"`\xC2\xE2", R"([\x{ab}\x{201c}\x{2018}\x{201e}]|`+)", " $0 "},
    {"\"", R"(\A")", "``"},
    {"`", "``", " $0 "},
    {"\"'", R"(([ (\[{<])(?:"|''))", "$1 `` "},
    {"'", "(?i)(?<![" ASSAY_WORD "])'(?!(?:re|ve|ll|m|t|s|d|n)(?![" ASSAY_WORD "]))(?=[" ASSAY_WORD "])",
     "$0 "},
    {".", R"(([^.])(\.)([\])}>"'\x{bb}\x{201d}\x{2019} ]*+)[)" ASSAY_SPACE "]*$", "$1 $2 $3 "},
    {":,", R"(([:,])(\P{Nd}))", " $1 $2"},
    {":,", "[:,]$", " $0 "},
    {".", R"(\.{2,})", " $0 "},
    {";@#$%&", "[;@#$%&]", " $0 "},
    {"\xE2", R"([\x{2012}-\x{2015}])", " $0 "},
    {".", R"(([^.])(\.)([\])}>"']*)[)" ASSAY_SPACE "]*$", "$1 $2$3 "},
    {"?!", "[?!]", " $0 "},
    {"'", "([^'])' ", "$1 ' "},
    {"*", R"(\*)", " $0 "},
    {"[](){}<>", R"([\[\](){}<>])", " $0 "},
    {"-", "--", " $0 "},
}};

// Then, between two spaces, closing quotes, clitics and contractions:
constexpr std::array<Rule, 8> last_rules = {{
    {"\xC2\xE2", R"([\x{bb}\x{201d}\x{2019}])", " $0 "},
    {"'", "''", " $0 "},
    {"\"", "\"", " '' "},
    {anything, "[" ASSAY_SPACE "]+", " "},
    {"'", "([^' ])('[sSmMdD]|') ", "$1 $2 "},
    {"'", "([^' ])('(?:ll|LL|re|RE|ve|VE)|n't|N'T) ", "$1 $2 "},
    {anything,
     R"((?i)\b(?|(can)(not)|(d)('ye)|(gim)(me)|(gon)(na)|(got)(ta)|(lem)(me)|(more)('n)|(wan)(na)(?=\s))\b)",
     " $1 $2 "},
    {"'", R"((?i) ('t)(is|was)\b)", " $1 $2 "},
}};

#undef ASSAY_WORD
#undef ASSAY_SPACE

class CompiledRule {
 public:
  explicit CompiledRule(const Rule& rule)
      : rule_(rule), pcre_(rule.pattern, text::Pcre::Anchors::text, "a rule for splitting words") {}

  void apply(std::string& text) const {
    if (!rule_.trigger.empty() && text.find_first_of(rule_.trigger) == std::string::npos) return;
    std::string out;
    std::size_t copied = 0;
    {
      text::Pcre::Search search(pcre_, text);
      for (std::size_t from = 0; search.next(from);) {
        const text::ByteRange match = search.match();
        out.append(text, copied, match.begin - copied);
        append_replacement(out, text, search);
        copied = from = match.end;  // no rule matches an empty text
      }
    }
    if (copied > 0) text = out.append(text, copied);
  }

 private:
  void append_replacement(std::string& out, std::string_view text, const text::Pcre::Search& search) const {
    for (std::size_t i = 0; i < rule_.replacement.size(); ++i) {
      if (rule_.replacement[i] != '$') {
        out += rule_.replacement[i];
        continue;
      }
      const auto index = static_cast<std::size_t>(rule_.replacement[++i] - '0');
      const auto part = index == 0 ? search.match() : search.group(index);
      if (part) out += text.substr(part->begin, part->end - part->begin);
    }
  }

  Rule rule_;
  text::Pcre pcre_;
};

template <std::size_t N>
std::vector<CompiledRule> compiled(const std::array<Rule, N>& rules) {
  return {rules.begin(), rules.end()};
}

// Tokens in upper case of one sentence.
std::size_t count_capital_tokens_of(std::string_view sentence) {
  static const std::vector<CompiledRule> first = compiled(first_rules);
  static const std::vector<CompiledRule> last = compiled(last_rules);
  std::string text(sentence);
  for (const CompiledRule& rule : first) rule.apply(text);
  text = " " + text + " ";
  for (const CompiledRule& rule : last) rule.apply(text);
  std::size_t count = 0;
  for (const std::string& token : text::python::split(text, "")) count += is_upper_text(token) ? 1 : 0;
  return count;
}

bool has_upper(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const util::Character character = util::character_at(text, at);
    if (is_upper(character.code)) return true;
    at += character.size;
  }
  return false;
}

}  // namespace

std::size_t count_word_runs(std::string_view text, std::size_t limit) {
  std::size_t count = 0;
  bool inside = false;
  for (std::size_t at = 0; at < text.size() && count < limit;) {
    const util::Character character = util::character_at(text, at);
    at += character.size;
    const bool word = is_word(character.code);
    if (word && !inside) ++count;
    inside = word;
  }
  return count;
}

std::size_t count_capital_tokens(std::string_view text, std::size_t limit) {
  std::size_t count = 0;
  if (limit == 0) return 0;
  for_each_sentence(text, [&](std::string_view sentence) {
    if (has_upper(sentence)) count += count_capital_tokens_of(sentence);
    return count < limit;
  });
  return std::min(count, limit);
}

}  // namespace assay::eval
