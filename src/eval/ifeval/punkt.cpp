#include "eval/ifeval/punkt.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "assay/text/python.hpp"
#include "assay/util/utf8.hpp"
#include "eval/ifeval/character_classes.hpp"
#include "eval/ifeval/punkt_english.hpp"

namespace assay::eval {
namespace {

namespace python = text::python;

constexpr std::string_view number_type = "##number##";

bool is_end_mark(char c) {
  return c == '.' || c == '?' || c == '!';
}

bool has(std::string_view ascii, char32_t code) {
  return code < 0x80 && ascii.find(static_cast<char>(code)) != std::string_view::npos;
}

// Quotes and guillemets that close or open.
bool is_foreign_quote(char32_t code) {
  return code == 0x2018 || code == 0x2019 || code == 0x201c || code == 0x201d || code == 0xab || code == 0xbb;
}

// What never stands within a word; a period may.
bool is_separator(char32_t code) {
  if (code >= 0x80) return is_foreign_quote(code);
  return has("?!)\";}]*:@'({[", code);
}

bool may_begin_word(char32_t code) {
  return !has("(\"`{[:;&#*@)}]-,", code);
}

// The character at `at`, or none behind the end.
std::optional<util::Character> character(std::string_view text, std::size_t at) {
  if (at >= text.size()) return std::nullopt;
  return util::character_at(text, at);
}

std::size_t skip_space(std::string_view text, std::size_t at) {
  for (auto next = character(text, at); next && is_white_space(next->code); next = character(text, at))
    at += next->size;
  return at;
}

std::size_t skip_token(std::string_view text, std::size_t at) {
  for (auto next = character(text, at); next && !is_white_space(next->code); next = character(text, at))
    at += next->size;
  return at;
}

bool is_in(std::string_view word, const auto& sorted) {
  return std::ranges::binary_search(sorted, word);
}

// ------------------------------------------------------------------------------------------ words of a line

// White space within a line.
bool is_gap(char32_t code) {
  return code != '\n' && is_white_space(code);
}

// ". . .": periods with one white space between them; the bytes they take, 0 for fewer than three periods.
std::size_t spaced_periods(std::string_view text, std::size_t at) {
  std::size_t periods = 0;
  std::size_t end = at;
  while (end < text.size() && text[end] == '.') {
    ++periods;
    const std::size_t behind = end + 1;
    const auto space = character(text, behind);
    if (!space || !is_gap(space->code) || !text.substr(behind + space->size).starts_with('.'))
      return periods >= 3 ? behind - at : 0;
    end = behind + space->size;
  }
  return 0;
}

std::size_t run_of(std::string_view text, std::size_t at, char c) {
  std::size_t end = at;
  while (end < text.size() && text[end] == c) ++end;
  return end - at;
}

// Whether spaced_periods would find three, looked at in constant time.
bool begins_spaced_periods(std::string_view text, std::size_t at) {
  for (int gap = 0; gap < 2; ++gap) {
    if (at >= text.size() || text[at] != '.') return false;
    const auto space = character(text, at + 1);
    if (!space || !is_gap(space->code)) return false;
    at += 1 + space->size;
  }
  return at < text.size() && text[at] == '.';
}

// Hyphens or periods that make a token of their own.
bool begins_long_mark(std::string_view text, std::size_t at) {
  const std::string_view two = text.substr(at, 2);
  return two == "--" || two == ".." || begins_spaced_periods(text, at);
}
std::size_t long_mark(std::string_view text, std::size_t at) {
  for (const char c : {'-', '.'}) {
    if (const std::size_t run = run_of(text, at, c); run >= 2) return run;
  }
  return begins_spaced_periods(text, at) ? spaced_periods(text, at) : 0;
}

bool ends_word(std::string_view text, std::size_t at) {
  const auto next = character(text, at);
  return !next || is_white_space(next->code) || is_separator(next->code) || begins_long_mark(text, at);
}

// The end of the token that begins at `at`, which is no white space.
std::size_t token_end(std::string_view text, std::size_t at) {
  if (const std::size_t mark = long_mark(text, at); mark > 0) return at + mark;
  const util::Character first = util::character_at(text, at);
  std::size_t end = at + first.size;
  if (!may_begin_word(first.code)) return end;
  while (!ends_word(text, end) && !(text[end] == ',' && ends_word(text, end + 1)))
    end += util::character_at(text, end).size;
  return end;
}

// ------------------------------------------------------------------------------------------ classification

struct Token {
  std::string_view text;
  std::string type;  // lower case; numbers are all one type
  bool ends_sentence = false;
  bool abbreviation = false;
  bool ellipsis = false;

  [[nodiscard]] bool ends_in_period() const { return text.ends_with('.'); }
  [[nodiscard]] std::string_view type_without_period() const {
    return type.size() > 1 && type.ends_with('.') ? std::string_view(type).substr(0, type.size() - 1) : type;
  }
};

// -?[.,]?\d[\d,.-]*\.?
bool is_number(std::string_view text) {
  std::size_t at = text.starts_with('-') ? 1 : 0;
  if (at < text.size() && (text[at] == '.' || text[at] == ',')) ++at;
  const auto digit = character(text, at);
  if (!digit || !is_decimal(digit->code)) return false;
  for (at += digit->size; at < text.size();) {
    const util::Character next = util::character_at(text, at);
    if (!is_decimal(next.code) && next.code != ',' && next.code != '.' && next.code != '-') return false;
    at += next.size;
  }
  return true;
}

// One letter and a period.
bool is_initial(std::string_view text) {
  const auto first = character(text, 0);
  return first && is_word(first->code) && !is_decimal(first->code) && text.substr(first->size) == ".";
}

// Decides by the word alone (section 3 of the paper).
Token classify(std::string_view text) {
  Token token;
  token.text = text;
  token.type = python::lower(text);
  const std::string_view lower(token.type);
  if (text.size() == 1 && is_end_mark(text[0])) {
    token.ends_sentence = true;
  } else if (text.size() >= 2 && text.find_first_not_of('.') == std::string_view::npos) {
    token.ellipsis = true;
  } else if (text.ends_with('.') && !text.ends_with("..")) {
    const std::string_view word = lower.substr(0, lower.size() - 1);
    const std::string_view last = word.substr(word.find_last_of('-') + 1);
    token.abbreviation =
        is_in(word, punkt_english::abbreviations) || is_in(last, punkt_english::abbreviations);
    token.ends_sentence = !token.abbreviation;
  }
  if (is_number(lower)) token.type = number_type;
  return token;
}

enum class Beginning { no, yes, unknown };

// Whether a token looks like the first of a sentence by its letters (section 4.1.1).
Beginning looks_like_beginning(const Token& token, std::string_view type) {
  const char32_t first = util::character_at(token.text, 0).code;
  if (token.text.size() == 1 && has(";:,.!?", first)) return Beginning::no;
  if (is_lower(first)) return Beginning::no;
  return is_upper(first) && is_in(type, punkt_english::starters) ? Beginning::yes : Beginning::unknown;
}

// Decides once more, by the word behind it (section 4).
void reclassify(Token& token, const Token& next) {
  if (!token.ends_in_period()) return;
  const std::string_view next_type =
      next.ends_sentence ? next.type_without_period() : std::string_view(next.type);
  const Beginning beginning = looks_like_beginning(next, next_type);
  const bool initial = is_initial(token.text);
  if ((token.abbreviation || token.ellipsis) && !initial && beginning == Beginning::yes) {
    token.ends_sentence = true;
    return;
  }
  if (!initial && token.type_without_period() != number_type) return;
  const bool name = initial && beginning == Beginning::unknown &&
                    is_upper(util::character_at(next.text, 0).code) &&
                    !is_in(next_type, punkt_english::starters);
  if (beginning == Beginning::no || name) token.ends_sentence = false;
}

// Whether a sentence ends inside `context`: a word, an end mark, and what follows.
bool has_break(std::string_view context) {
  std::optional<Token> before;
  bool broken = false;
  const auto add = [&](std::string_view text) {
    Token token = classify(text);
    if (before) {
      reclassify(*before, token);
      broken = broken || before->ends_sentence;
    }
    before = std::move(token);
    return broken;
  };
  for (std::size_t at = skip_space(context, 0); at < context.size(); at = skip_space(context, at)) {
    const std::size_t end = token_end(context, at);
    if (add(context.substr(at, end - at))) return true;
    at = end;
  }
  return false;
}

// ------------------------------------------------------------------------------------------ boundaries

// A mark that may end a sentence: it is followed by a separator, or by white space and another token.
struct Candidate {
  std::size_t word;   // where the word before it begins
  std::size_t mark;   // where it stands
  std::size_t after;  // the end of what follows
  std::size_t next;   // where the next sentence would begin
};

class Candidates {
 public:
  explicit Candidates(std::string_view text) : text_(text) {}

  // The next one; of several within one word, the last.
  std::optional<Candidate> next() {
    while (std::optional<Candidate> found = find()) {
      const std::optional<Candidate> before = std::exchange(pending_, found);
      if (before && before->mark <= found->word) return before;
    }
    return std::exchange(pending_, std::nullopt);
  }

 private:
  std::optional<Candidate> find() {
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      // ASCII white space only, and none at the first byte that is looked at.
      if (at_ > scan_begin_ && has(" \t\n\r\v\f", static_cast<unsigned char>(c))) behind_space_ = at_ + 1;
      if (!is_end_mark(c)) continue;
      const auto behind = character(text_, at_ + 1);
      if (!behind) continue;
      Candidate candidate{0, at_, at_ + 1 + behind->size, at_ + 1};
      if (is_separator(behind->code)) {
        // the next sentence begins with it
      } else if (is_white_space(behind->code)) {
        candidate.next = skip_space(text_, at_ + 1);
        if (candidate.next == text_.size()) return std::nullopt;
        candidate.after = skip_token(text_, candidate.next);
      } else {
        continue;
      }
      candidate.word = behind_space_ > 0 ? behind_space_ : word_;
      word_ = candidate.word;
      behind_space_ = 0;
      scan_begin_ = at_;
      ++at_;
      return candidate;
    }
    return std::nullopt;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t scan_begin_ = 0;    // the mark before, or the beginning
  std::size_t behind_space_ = 0;  // one past the last white space behind that mark, 0 for none
  std::size_t word_ = 0;          // where the word of the mark before begins
  std::optional<Candidate> pending_;
};

// Closing quotes and brackets at the beginning of a sentence that belong to the one before: the bytes of the
// marks, and with the white space behind them.
struct Closing {
  std::size_t marks = 0;
  std::size_t all = 0;
};

Closing closing_marks(std::string_view text) {
  std::size_t at = 0;
  while (const auto next = character(text, at)) {
    if (!has("\"')]}", next->code) && !is_foreign_quote(next->code)) return {};
    at += next->size;
    const std::size_t behind = skip_space(text, at);
    if (behind > at || behind == text.size() || text.substr(at, 2) == "--") return {at, behind};
  }
  return {};
}

}  // namespace

void for_each_sentence(std::string_view text, const std::function<bool(std::string_view)>& visit) {
  Candidates candidates(text);
  std::size_t begin = 0;  // of the sentence that is not yet visited
  std::size_t end = 0;
  bool open = false;      // there is one
  std::size_t shift = 0;  // bytes at its beginning that went to the one before
  const auto piece = [&](std::size_t from, std::size_t to) {  // text[from:to]
    return from < to ? text.substr(from, to - from) : std::string_view();
  };
  // Takes the next slice; the one before is complete then.
  const auto add = [&](std::size_t from, std::size_t to) {
    bool go_on = true;
    if (open) {
      const Closing closing = closing_marks(piece(from, to));
      begin += shift;
      shift = closing.all;
      if (closing.marks > 0) {
        go_on = visit(piece(begin, from + closing.marks));
      } else if (begin < end) {
        go_on = visit(piece(begin, end));
      }
    }
    begin = from;
    end = to;
    open = true;
    return go_on;
  };
  std::size_t last = 0;
  while (const auto candidate = candidates.next()) {
    if (!has_break(text.substr(candidate->word, candidate->after - candidate->word))) continue;
    if (!add(last, candidate->mark + 1)) return;
    last = candidate->next;
  }
  if (!add(last, python::rstrip(text).size())) return;
  if (begin + shift < end) visit(piece(begin + shift, end));
}

std::size_t count_sentences(std::string_view text, std::size_t limit) {
  std::size_t count = 0;
  if (limit > 0) for_each_sentence(text, [&](std::string_view) { return ++count < limit; });
  return count;
}

}  // namespace assay::eval
