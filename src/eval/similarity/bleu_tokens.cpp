#include "eval/similarity/bleu_tokens.hpp"

#include <utf8proc.h>

#include <cstdint>

#include "assay/text/python.hpp"

namespace assay::eval {
namespace {

using text::python::code_points;
using text::python::replace_all;
using text::python::rstrip;
using text::python::split;
using text::python::to_utf8;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_stop(char c) {
  return c == '.' || c == ',';
}

// ASCII punctuation that always stands alone: all but the apostrophe, comma, hyphen and full stop.
bool stands_alone(char c) {
  return (c >= '!' && c <= '&') || (c >= '(' && c <= '+') || c == '/' || (c >= ':' && c <= '@') ||
         (c >= '[' && c <= '`') || (c >= '{' && c <= '~');
}

// Rewrites non-overlapping pairs of neighbouring bytes, left to right; the bytes of other characters than
// ASCII ones never belong to a stop or a digit.
template <class Matches, class Write>
std::string rewrite_pairs(std::string_view text, Matches matches, Write write) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i + 1 < text.size() && matches(text[i], text[i + 1])) {
      write(out, text[i], text[i + 1]);
      ++i;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::string tokenize_13a(std::string_view raw) {
  std::string text = replace_all(replace_all(replace_all(raw, "<skipped>", ""), "-\n", ""), "\n", " ");
  for (const auto& [entity, character] :
       {std::pair{"&quot;", "\""}, {"&amp;", "&"}, {"&lt;", "<"}, {"&gt;", ">"}})
    text = replace_all(text, entity, character);
  std::string spaced = " ";
  for (const char c : text) {
    if (stands_alone(c)) spaced += ' ';
    spaced += c;
    if (stands_alone(c)) spaced += ' ';
  }
  spaced += ' ';
  spaced = rewrite_pairs(
      spaced, [](char a, char b) { return !is_digit(a) && is_stop(b); },
      [](std::string& out, char a, char b) { ((out += a) += ' ') += b, out += ' '; });
  spaced = rewrite_pairs(
      spaced, [](char a, char b) { return is_stop(a) && !is_digit(b); },
      [](std::string& out, char a, char b) { ((out += ' ') += a) += ' ', out += b; });
  return rewrite_pairs(
      spaced, [](char a, char b) { return is_digit(a) && b == '-'; },
      [](std::string& out, char a, char b) { ((out += a) += ' ') += b, out += ' '; });
}

enum class Class { number, punctuation, symbol, other };

Class class_of(std::int32_t point) {
  switch (utf8proc_category(point)) {
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
      return Class::number;
    case UTF8PROC_CATEGORY_PC:
    case UTF8PROC_CATEGORY_PD:
    case UTF8PROC_CATEGORY_PS:
    case UTF8PROC_CATEGORY_PE:
    case UTF8PROC_CATEGORY_PI:
    case UTF8PROC_CATEGORY_PF:
    case UTF8PROC_CATEGORY_PO:
      return Class::punctuation;
    case UTF8PROC_CATEGORY_SM:
    case UTF8PROC_CATEGORY_SC:
    case UTF8PROC_CATEGORY_SK:
    case UTF8PROC_CATEGORY_SO:
      return Class::symbol;
    default:
      return Class::other;
  }
}

using Points = std::vector<std::int32_t>;

// Punctuation is set apart where what stands before it, then where what stands behind it, is no number.
std::string tokenize_international(std::string_view text) {
  const Points points = code_points(text);
  Points before;
  for (std::size_t i = 0; i < points.size(); ++i) {
    before.push_back(points[i]);
    if (i + 1 < points.size() && class_of(points[i]) != Class::number &&
        class_of(points[i + 1]) == Class::punctuation) {
      before.insert(before.end(), {' ', points[++i], ' '});
    }
  }
  Points behind;
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (i + 1 < before.size() && class_of(before[i]) == Class::punctuation &&
        class_of(before[i + 1]) != Class::number) {
      behind.insert(behind.end(), {' ', before[i], ' ', before[i + 1]});
      ++i;
    } else {
      behind.push_back(before[i]);
    }
  }
  Points out;
  for (const std::int32_t point : behind) {
    if (class_of(point) == Class::symbol)
      out.insert(out.end(), {' ', point, ' '});
    else
      out.push_back(point);
  }
  return to_utf8(out);
}

std::string tokenize_characters(std::string_view text) {
  Points out;
  for (const std::int32_t point : code_points(text)) out.insert(out.end(), {point, ' '});
  return to_utf8(out);
}

}  // namespace

std::optional<BleuTokenizer> bleu_tokenizer(std::string_view name) {
  if (name == "13a") return BleuTokenizer::v13a;
  if (name == "intl") return BleuTokenizer::international;
  if (name == "char") return BleuTokenizer::characters;
  if (name == "none") return BleuTokenizer::none;
  return std::nullopt;
}

std::vector<std::string> bleu_tokens(std::string_view text, BleuTokenizer tokenizer) {
  const std::string_view line = rstrip(text);
  switch (tokenizer) {
    case BleuTokenizer::v13a:
      return split(tokenize_13a(line), "");
    case BleuTokenizer::international:
      return split(tokenize_international(line), "");
    case BleuTokenizer::characters:
      return split(tokenize_characters(line), "");
    case BleuTokenizer::none:
      break;
  }
  return split(line, "");
}

}  // namespace assay::eval
