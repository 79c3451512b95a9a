#include "assay/util/utf8.hpp"

#include <catch2/catch.hpp>

using namespace assay::util;

TEST_CASE("each maximal invalid subpart becomes one U+FFFD") {
  const std::string r(replacement_character);
  // Unicode 15, section 3.9, tables 3-8 to 3-11, and what Python's errors="replace" gives.
  CHECK(replace_invalid_utf8("\xC0\xAF\xE0\x80\xBF\xF0\x81\x82\x41") == r + r + r + r + r + r + r + r + "A");
  CHECK(replace_invalid_utf8("\xED\xA0\x80\xED\xBF\xBF\xED\xAF\x41") == r + r + r + r + r + r + r + r + "A");
  CHECK(replace_invalid_utf8("\xF4\x91\x92\x93\xFF\x41\x80\xBF\x42") ==
        r + r + r + r + r + "A" + r + r + "B");
  CHECK(replace_invalid_utf8("\xE1\x80\xE2\xF0\x91\x92\xF1\xBF\x41") == r + r + r + r + "A");
  CHECK(replace_invalid_utf8("\xE4\xBD") == r);
  CHECK(replace_invalid_utf8("\xF0\x9F\x98\x80") == "\xF0\x9F\x98\x80");
  CHECK(replace_invalid_utf8("").empty());
}

TEST_CASE("a scan tells unfinished from invalid") {
  CHECK(scan_utf8("\xE4\xBD", 0).kind == Utf8Scan::Kind::truncated);
  CHECK(scan_utf8("\xE4\xBD", 0).size == 2);
  CHECK(scan_utf8("\xE4(", 0).kind == Utf8Scan::Kind::invalid);
  CHECK(scan_utf8("\xED\xA0", 0).kind == Utf8Scan::Kind::invalid);  // a surrogate, whatever follows
  CHECK(scan_utf8("\xED\xA0", 0).size == 1);
  CHECK(scan_utf8("\xF4\x8F\xBF\xBF", 0).kind == Utf8Scan::Kind::valid);
  CHECK(scan_utf8("\xF5", 0).kind == Utf8Scan::Kind::invalid);
  CHECK_FALSE(is_valid_utf8("a\xC3"));
  CHECK(is_valid_utf8("a\xC3\xA9"));
}

TEST_CASE("every character survives encoding and decoding") {
  for (char32_t code = 0; code < 0x110000; ++code) {
    if (code >= 0xD800 && code < 0xE000) continue;
    std::string text = "x";
    append_character(text, code);
    const Character forward = character_at(text, 1);
    const Character backward = character_before(text, text.size());
    const bool same = forward.code == code && backward.code == code && forward.size == text.size() - 1 &&
                      backward.size == forward.size && is_valid_utf8(text);
    if (!same) FAIL("U+" << std::hex << static_cast<unsigned>(code));
  }
}

TEST_CASE("UTF-8 is checked as RFC 3629 has it") {
  for (const char* good : {"", "a", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80",
                           "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
    CHECK(is_valid_utf8(good));
    CHECK(replace_invalid_utf8(good) == good);
  }
  for (const char* bad : {"\x80", "\xC0\x80", "\xC1\xBF", "\xC2", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xE2\x82",
                          "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF"}) {
    CHECK_FALSE(is_valid_utf8(bad));
    CHECK(is_valid_utf8(replace_invalid_utf8(bad)));
  }
}
