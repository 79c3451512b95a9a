#include "text/jinja/token_reader.hpp"

#include <algorithm>
#include <string>

namespace assay::text::jinja {

namespace {

std::string describe(const Token& token) {
  switch (token.kind) {
    case Token::Kind::data:
      return "text";
    case Token::Kind::variable_begin:
      return "'{{'";
    case Token::Kind::variable_end:
      return "'}}'";
    case Token::Kind::block_begin:
      return "'{%'";
    case Token::Kind::block_end:
      return "'%}'";
    case Token::Kind::end:
      return "the end of the template";
    case Token::Kind::string:
      return "a string";
    default:
      return "'" + token.text + "'";
  }
}

}  // namespace

bool TokenReader::is_any_name(std::initializer_list<std::string_view> names) const {
  return is(Token::Kind::name) && std::find(names.begin(), names.end(), current().text) != names.end();
}

bool TokenReader::take_symbol(std::string_view text) {
  if (!is_symbol(text)) return false;
  take();
  return true;
}

bool TokenReader::take_name(std::string_view text) {
  if (!is_name(text)) return false;
  take();
  return true;
}

void TokenReader::expect_symbol(std::string_view text) {
  if (!take_symbol(text)) fail("'" + std::string(text) + "'");
}

void TokenReader::expect(Token::Kind kind, std::string_view what) {
  if (!is(kind)) fail(what);
  take();
}

void TokenReader::fail(std::string_view expected) const {
  throw SyntaxError{"expected " + std::string(expected) + ", found " + describe(current()), current().offset};
}

}  // namespace assay::text::jinja
