#include "text/byte_level.hpp"

#include <array>

#include "assay/util/utf8.hpp"

namespace assay::text {
namespace {

constexpr std::size_t mapped_end = 0x144;  // 256 + the 68 bytes that are not printable themselves

struct Tables {
  std::array<std::string, 256> text;
  std::array<int, mapped_end> byte;

  Tables() {
    byte.fill(-1);
    char32_t next = 256;
    for (unsigned b = 0; b < 256; ++b) {
      const bool printable = (b >= '!' && b <= '~') || (b >= 0xA1 && b <= 0xAC) || b >= 0xAE;
      const char32_t code = printable ? b : next++;
      util::append_character(text[b], code);
      byte[code] = static_cast<int>(b);
    }
  }
};

const Tables& tables() {
  static const Tables instance;
  return instance;
}

}  // namespace

std::string to_byte_level(std::string_view bytes) {
  std::string out;
  append_byte_level(bytes, out);
  return out;
}

void append_byte_level(std::string_view bytes, std::string& out) {
  const Tables& table = tables();
  for (const char c : bytes) out += table.text[static_cast<unsigned char>(c)];
}

std::optional<char> byte_of(char32_t code) {
  if (code >= mapped_end || tables().byte[code] < 0) return std::nullopt;
  return static_cast<char>(tables().byte[code]);
}

}  // namespace assay::text
