#include "text/unicode.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <iterator>
#include <vector>

#include "assay/util/error.hpp"
#include "assay/util/utf8.hpp"
#include "text/unicode_newer.hpp"

namespace assay::text {
namespace {

utf8proc_category_t category(char32_t code) {
  return utf8proc_category(static_cast<utf8proc_int32_t>(code));
}

bool between(char32_t code, char32_t low, char32_t high) {
  return code >= low && code <= high;
}

bool is_ascii_letter(char32_t code) {
  return between(code | 0x20U, 'a', 'z');
}

// Alphabetic characters that are neither letters, letter numbers nor marks (PropList.txt, Other_Alphabetic).
bool is_other_alphabetic(char32_t code) {
  return between(code, 0x24B6, 0x24E9) || between(code, 0x1F130, 0x1F149) ||
         between(code, 0x1F150, 0x1F169) || between(code, 0x1F170, 0x1F189);
}

// Appends the full decomposition of every character.
std::vector<utf8proc_int32_t> decompose(std::string_view text, utf8proc_option_t options) {
  std::vector<utf8proc_int32_t> out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const util::Character c = util::character_at(text, at);
    at += c.size;
    if (c.code < 0x80) {
      out.push_back(static_cast<utf8proc_int32_t>(c.code));
      continue;
    }
    utf8proc_int32_t buffer[32];
    int boundary = 0;
    const auto count = utf8proc_decompose_char(static_cast<utf8proc_int32_t>(c.code), buffer,
                                               std::size(buffer), options, &boundary);
    ASSAY_CHECK(count >= 0 && count <= static_cast<utf8proc_ssize_t>(std::size(buffer)));
    out.insert(out.end(), buffer, buffer + count);
  }
  return out;
}

// Canonical ordering. utf8proc's own is an insertion sort, quadratic on a long run of marks.
void order_marks(std::vector<utf8proc_int32_t>& codes) {
  const auto rank = [](utf8proc_int32_t code) { return utf8proc_get_property(code)->combining_class; };
  for (auto it = codes.begin(); it != codes.end();) {
    if (*it < 0x300 || rank(*it) == 0) {
      ++it;
      continue;
    }
    const auto end = std::find_if(it, codes.end(), [&](utf8proc_int32_t code) { return rank(code) == 0; });
    std::stable_sort(it, end, [&](utf8proc_int32_t a, utf8proc_int32_t b) { return rank(a) < rank(b); });
    it = end;
  }
}

}  // namespace

bool is_letter(char32_t code) {
  if (code < 0x80) return is_ascii_letter(code);
  return between(category(code), UTF8PROC_CATEGORY_LU, UTF8PROC_CATEGORY_LO);
}

bool is_number(char32_t code) {
  if (code < 0x80) return between(code, '0', '9');
  return between(category(code), UTF8PROC_CATEGORY_ND, UTF8PROC_CATEGORY_NO);
}

bool is_space(char32_t code) {
  if (code < 0x80) return code == ' ' || between(code, 0x09, 0x0D);
  return code == 0x85 || code == 0xA0 || code == 0x1680 || between(code, 0x2000, 0x200A) || code == 0x2028 ||
         code == 0x2029 || code == 0x202F || code == 0x205F || code == 0x3000;
}

CharacterKind find_kind(char32_t code) {
  if (is_letter(code)) return CharacterKind::letter;
  if (is_space(code)) return CharacterKind::space;
  if (is_number(code)) return CharacterKind::number;
  return CharacterKind::other;
}

const CharacterKind* character_kinds() {
  static const std::vector<CharacterKind> kinds = [] {
    std::vector<CharacterKind> made(listed_kinds);
    for (char32_t code = 0; code < listed_kinds; ++code) made[code] = find_kind(code);
    return made;
  }();
  return kinds.data();
}

bool is_mark(char32_t code) {
  if (code < 0x300 || contains(newer_than_unicode_9, code)) return false;
  const bool letter_since_12 = between(code, 0x1CF2, 0x1CF3);
  return letter_since_12 || between(category(code), UTF8PROC_CATEGORY_MN, UTF8PROC_CATEGORY_ME);
}

bool is_punctuation(char32_t code) {
  if (code < 0x80) {
    return between(code, '!', '/') || between(code, ':', '@') || between(code, '[', '`') ||
           between(code, '{', '~');
  }
  const bool until_unicode_8 = code == 0x166D || code == 0x111C9;
  return until_unicode_8 || (between(category(code), UTF8PROC_CATEGORY_PC, UTF8PROC_CATEGORY_PO) &&
                             !contains(punctuation_after_unicode_8, code));
}

bool is_word(char32_t code) {
  if (code < 0x80) return is_ascii_letter(code) || between(code, '0', '9') || code == '_';
  const auto c = category(code);
  return between(c, UTF8PROC_CATEGORY_LU, UTF8PROC_CATEGORY_NL) || c == UTF8PROC_CATEGORY_PC ||
         code == 0x200C || code == 0x200D || is_other_alphabetic(code);
}

std::string to_lower(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const util::Character c = util::character_at(text, at);
    if (c.code == 0x130) {
      out += "i\xCC\x87";  // the one unconditional lower case of two characters (SpecialCasing.txt)
    } else {
      util::append_character(out,
                             static_cast<char32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(c.code))));
    }
    at += c.size;
  }
  return out;
}

namespace {

// Normalises a text that holds only characters the reference's tables know, and appends it.
void normalize_known(std::string_view text, NormalForm form, std::string& out) {
  const bool compose = form == NormalForm::nfc || form == NormalForm::nfkc;
  const bool compatible = form == NormalForm::nfkc || form == NormalForm::nfkd;
  int options = UTF8PROC_STABLE | UTF8PROC_DECOMPOSE;
  if (compatible) options |= UTF8PROC_COMPAT;
  auto codes = decompose(text, static_cast<utf8proc_option_t>(options));
  order_marks(codes);
  if (compose) {
    const auto count =
        utf8proc_normalize_utf32(codes.data(), static_cast<utf8proc_ssize_t>(codes.size()),
                                 static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE));
    ASSAY_CHECK(count >= 0);
    codes.resize(static_cast<std::size_t>(count));
  }
  for (const auto code : codes) util::append_character(out, static_cast<char32_t>(code));
}

}  // namespace

namespace {

// Normalises any text and appends it.
void append_normalized(std::string_view text, NormalForm form, std::string& out) {
  std::size_t begin = 0;
  for (std::size_t at = 0; at < text.size();) {
    const util::Character c = util::character_at(text, at);
    if (contains(newer_than_unicode_9, c.code)) {
      // Unknown there: left alone, and nothing is reordered or composed across it.
      normalize_known(text.substr(begin, at - begin), form, out);
      out += text.substr(at, c.size);
      begin = at + c.size;
    }
    at += c.size;
  }
  normalize_known(text.substr(begin), form, out);
}

// For each character below listed_kinds: it is never changed by a normal form, begins a new combining
// sequence, and is never joined to what stands before it. Such characters may be passed over.
std::vector<bool> find_inert(NormalForm form) {
  const bool compose = form == NormalForm::nfc || form == NormalForm::nfkc;
  std::vector<bool> inert(listed_kinds, true);
  std::string one;
  std::string changed;
  for (char32_t code = 0x80; code < listed_kinds; ++code) {
    if (between(code, 0xD800, 0xDFFF)) continue;
    const bool syllable = between(code, 0xAC00, 0xD7A3);
    if (compose && syllable) continue;  // "가" and its like
    const auto* property = utf8proc_get_property(static_cast<utf8proc_int32_t>(code));
    const bool mark =
        property->combining_class != 0 || between(category(code), UTF8PROC_CATEGORY_MN, UTF8PROC_CATEGORY_ME);
    const bool jamo = between(code, 0x1160, 0x11FF);
    if (mark || jamo || contains(newer_than_unicode_9, code)) {
      inert[code] = false;
      continue;
    }
    if (property->decomp_seqindex == UINT16_MAX && !syllable) continue;
    one.clear();
    changed.clear();
    util::append_character(one, code);
    append_normalized(one, form, changed);
    if (one != changed) inert[code] = false;
  }
  return inert;
}

const std::vector<bool>& inert_in(NormalForm form) {
  switch (form) {
    case NormalForm::nfc: {
      static const std::vector<bool> inert = find_inert(NormalForm::nfc);
      return inert;
    }
    case NormalForm::nfd: {
      static const std::vector<bool> inert = find_inert(NormalForm::nfd);
      return inert;
    }
    case NormalForm::nfkc: {
      static const std::vector<bool> inert = find_inert(NormalForm::nfkc);
      return inert;
    }
    case NormalForm::nfkd:
      break;
  }
  static const std::vector<bool> inert = find_inert(NormalForm::nfkd);
  return inert;
}

}  // namespace

std::string normalize(std::string_view text, NormalForm form) {
  // Nothing below U+00A0 is ever changed, in NFC nothing below U+0300.
  const unsigned char low = form == NormalForm::nfc ? 0xCC : 0xC2;
  if (std::all_of(text.begin(), text.end(), [&](char c) { return static_cast<unsigned char>(c) < low; })) {
    return std::string(text);
  }
  const std::vector<bool>& inert = inert_in(form);
  std::string out;
  out.reserve(text.size());
  std::size_t done = 0;  // what is before this has been appended
  std::size_t last = 0;  // the last inert character passed
  for (std::size_t at = 0; at < text.size();) {
    util::Character c = util::character_at(text, at);
    if (c.code < listed_kinds && inert[c.code]) {
      last = at;
      at += c.size;
      continue;
    }
    // From the inert character before, which this one may be joined to, to the next inert one.
    while (at < text.size() && !(c.code < listed_kinds && inert[c.code])) {
      at += c.size;
      if (at < text.size()) c = util::character_at(text, at);
    }
    out += text.substr(done, last - done);
    append_normalized(text.substr(last, at - last), form, out);
    done = last = at;
  }
  out += text.substr(done);
  return out;
}

}  // namespace assay::text
