#include "assay/util/utf8.hpp"

namespace assay::util {
namespace {

unsigned byte_at(std::string_view text, std::size_t at) {
  return static_cast<unsigned char>(text[at]);
}

// Length of a character by its lead byte (0: never a lead) and the range its second byte must lie in.
struct Lead {
  std::size_t size;
  unsigned low = 0x80;
  unsigned high = 0xBF;
};

Lead lead_of(unsigned byte) {
  if (byte < 0x80) return {1};
  if (byte < 0xC2) return {0};
  if (byte < 0xE0) return {2};
  if (byte == 0xE0) return {3, 0xA0, 0xBF};
  if (byte == 0xED) return {3, 0x80, 0x9F};
  if (byte < 0xF0) return {3};
  if (byte == 0xF0) return {4, 0x90, 0xBF};
  if (byte < 0xF4) return {4};
  if (byte == 0xF4) return {4, 0x80, 0x8F};
  return {0};
}

}  // namespace

Utf8Scan scan_utf8(std::string_view text, std::size_t at) {
  const Lead lead = lead_of(byte_at(text, at));
  if (lead.size == 0) return {Utf8Scan::Kind::invalid, 1};
  for (std::size_t i = 1; i < lead.size; ++i) {
    if (at + i == text.size()) return {Utf8Scan::Kind::truncated, i};
    const unsigned byte = byte_at(text, at + i);
    const unsigned low = i == 1 ? lead.low : 0x80;
    const unsigned high = i == 1 ? lead.high : 0xBF;
    if (byte < low || byte > high) return {Utf8Scan::Kind::invalid, i};
  }
  return {Utf8Scan::Kind::valid, lead.size};
}

bool is_valid_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const Utf8Scan scan = scan_utf8(text, at);
    if (scan.kind != Utf8Scan::Kind::valid) return false;
    at += scan.size;
  }
  return true;
}

std::string replace_invalid_utf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const Utf8Scan scan = scan_utf8(text, at);
    out.append(scan.kind == Utf8Scan::Kind::valid ? text.substr(at, scan.size) : replacement_character);
    at += scan.size;
  }
  return out;
}

Character character_at(std::string_view text, std::size_t at) {
  const unsigned first = byte_at(text, at);
  const auto tail = [&](std::size_t i) { return byte_at(text, at + i) & 0x3FU; };
  if (first < 0x80) return {first, 1};
  if (first < 0xE0) return {((first & 0x1FU) << 6) | tail(1), 2};
  if (first < 0xF0) return {((first & 0x0FU) << 12) | (tail(1) << 6) | tail(2), 3};
  return {((first & 0x07U) << 18) | (tail(1) << 12) | (tail(2) << 6) | tail(3), 4};
}

Character character_before(std::string_view text, std::size_t end) {
  std::size_t at = end - 1;
  while (at > 0 && (byte_at(text, at) & 0xC0U) == 0x80U) --at;
  return character_at(text, at);
}

void append_character(std::string& out, char32_t code) {
  const auto put = [&](unsigned byte) { out.push_back(static_cast<char>(byte)); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0U | (code >> 6));
    put(0x80U | (code & 0x3FU));
  } else if (code < 0x10000) {
    put(0xE0U | (code >> 12));
    put(0x80U | ((code >> 6) & 0x3FU));
    put(0x80U | (code & 0x3FU));
  } else {
    put(0xF0U | (code >> 18));
    put(0x80U | ((code >> 12) & 0x3FU));
    put(0x80U | ((code >> 6) & 0x3FU));
    put(0x80U | (code & 0x3FU));
  }
}

}  // namespace assay::util
