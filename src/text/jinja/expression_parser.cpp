#include "text/jinja/expression_parser.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <system_error>
#include <utility>

namespace assay::text::jinja {

namespace {

using Kind = Expression::Kind;

constexpr int max_depth = 250;   // of calls
constexpr int max_height = 350;  // of the tree; below what rendering allows

// Counts how deep expressions nest: the parser calls itself.
class Depth {
 public:
  Depth(int& depth, std::size_t offset) : depth_(depth) {
    if (++depth_ > max_depth) {
      --depth_;
      throw SyntaxError{"expressions are nested too deeply", offset};
    }
  }
  ~Depth() { --depth_; }
  Depth(const Depth&) = delete;
  Depth& operator=(const Depth&) = delete;

 private:
  int& depth_;
};

// Makes `parent` at least one level higher than `child`: a chain of operators nests as parentheses do.
void raise(Expression& parent, const Expression& child) {
  parent.height = std::max(parent.height, child.height + 1);
  if (parent.height > max_height) throw SyntaxError{"expressions are nested too deeply", parent.offset};
}

void add(Expression& parent, Expression child) {
  raise(parent, child);
  parent.children.push_back(std::move(child));
}

}  // namespace

Expression ExpressionParser::make(Kind kind) const {
  Expression out;
  out.kind = kind;
  out.offset = tokens_.current().offset;
  return out;
}

Expression ExpressionParser::binary(Kind kind, std::string name, Expression left, Expression right) const {
  Expression out;
  out.kind = kind;
  out.offset = left.offset;
  out.name = std::move(name);
  add(out, std::move(left));
  add(out, std::move(right));
  return out;
}

Expression ExpressionParser::parse_tuple() {
  Expression out = make(Kind::tuple);
  Expression first = parse();
  if (!tokens_.is_symbol(",")) return first;
  add(out, std::move(first));
  while (tokens_.take_symbol(",")) {
    const auto kind = tokens_.current().kind;
    if (kind == Token::Kind::variable_end || kind == Token::Kind::block_end || tokens_.is_symbol(")")) break;
    add(out, parse());
  }
  return out;
}

Expression ExpressionParser::parse_loop_source() {
  Expression out = make(Kind::tuple);
  Expression first = disjunction();
  if (!tokens_.is_symbol(",")) return first;
  add(out, std::move(first));
  while (tokens_.take_symbol(",")) {
    if (tokens_.is(Token::Kind::block_end)) break;
    add(out, disjunction());
  }
  return out;
}

Expression ExpressionParser::parse_target(bool namespaces) {
  const Depth depth(depth_, tokens_.current().offset);
  Expression out = make(Kind::tuple);
  bool tuple = false;
  while (tokens_.is(Token::Kind::name) || tokens_.is_symbol("(")) {
    add(out, target_part(namespaces));
    if (!tokens_.take_symbol(",")) break;
    tuple = true;
  }
  if (out.children.empty()) tokens_.fail("a name to assign to");
  if (!tuple) return std::move(out.children[0]);
  return out;
}

// name, name.attribute, (target)
Expression ExpressionParser::target_part(bool namespaces) {
  if (tokens_.take_symbol("(")) {
    Expression inner = parse_target(namespaces);
    tokens_.expect_symbol(")");
    return inner;
  }
  Expression one = make(Kind::name);
  one.name = tokens_.take().text;
  if (!namespaces || !tokens_.take_symbol(".")) return one;
  Expression member = make(Kind::member);
  if (!tokens_.is(Token::Kind::name)) tokens_.fail("a name to assign to");
  member.name = tokens_.take().text;
  add(member, std::move(one));
  return member;
}

Expression ExpressionParser::parse_filters(Expression subject) {
  while (tokens_.take_symbol("|")) subject = filter(std::move(subject));
  return subject;
}

Expression ExpressionParser::parse_filter_names() {
  return parse_filters(filter(Expression()));
}

Expression ExpressionParser::parse_call() {
  Expression out = unary(false);
  if (out.kind != Kind::call) tokens_.fail("a call");
  return out;
}

Expression ExpressionParser::conditional() {
  const Depth depth(depth_, tokens_.current().offset);
  Expression value = disjunction();
  while (tokens_.take_name("if")) {
    Expression out = make(Kind::conditional);
    out.offset = value.offset;
    ++conditional_depth;
    Expression condition = disjunction();
    Expression otherwise;
    if (tokens_.take_name("else")) otherwise = conditional();
    --conditional_depth;
    add(out, std::move(value));
    add(out, std::move(condition));
    add(out, std::move(otherwise));
    value = std::move(out);
  }
  return value;
}

Expression ExpressionParser::disjunction() {
  Expression left = conjunction();
  while (tokens_.take_name("or")) left = binary(Kind::disjunction, "or", std::move(left), conjunction());
  return left;
}

Expression ExpressionParser::conjunction() {
  Expression left = negation();
  while (tokens_.take_name("and")) left = binary(Kind::conjunction, "and", std::move(left), negation());
  return left;
}

Expression ExpressionParser::negation() {
  if (!tokens_.is_name("not")) return comparison();
  const Depth depth(depth_, tokens_.current().offset);
  Expression out = make(Kind::negation);
  tokens_.take();
  add(out, negation());
  return out;
}

Expression ExpressionParser::comparison() {
  Expression out = make(Kind::comparison);
  add(out, sum());
  for (;;) {
    std::string symbol;
    for (const char* candidate : {"==", "!=", "<=", ">=", "<", ">"}) {
      if (tokens_.is_symbol(candidate)) symbol = candidate;
    }
    if (tokens_.is_name("in")) symbol = "in";
    if (tokens_.is_name("not") && tokens_.next().kind == Token::Kind::name && tokens_.next().text == "in") {
      tokens_.take();
      symbol = "not in";
    }
    if (symbol.empty()) break;
    tokens_.take();
    out.names.push_back(std::move(symbol));
    add(out, sum());
  }
  if (out.names.empty()) return std::move(out.children[0]);
  return out;
}

Expression ExpressionParser::sum() {
  Expression left = concatenation();
  while (tokens_.is_symbol("+") || tokens_.is_symbol("-")) {
    std::string name = tokens_.take().text;
    left = binary(Kind::arithmetic, std::move(name), std::move(left), concatenation());
  }
  return left;
}

Expression ExpressionParser::concatenation() {
  Expression left = product();
  while (tokens_.take_symbol("~")) left = binary(Kind::arithmetic, "~", std::move(left), product());
  return left;
}

Expression ExpressionParser::product() {
  Expression left = power();
  while (tokens_.is_symbol("*") || tokens_.is_symbol("/") || tokens_.is_symbol("//") ||
         tokens_.is_symbol("%")) {
    std::string name = tokens_.take().text;
    left = binary(Kind::arithmetic, std::move(name), std::move(left), power());
  }
  return left;
}

Expression ExpressionParser::power() {
  Expression left = unary(true);
  while (tokens_.take_symbol("**")) left = binary(Kind::arithmetic, "**", std::move(left), unary(true));
  return left;
}

Expression ExpressionParser::unary(bool with_filters) {
  const Depth depth(depth_, tokens_.current().offset);
  Expression out;
  if (tokens_.is_symbol("-") || tokens_.is_symbol("+")) {
    out = make(tokens_.is_symbol("-") ? Kind::negative : Kind::positive);
    tokens_.take();
    add(out, unary(false));
  } else {
    out = primary();
  }
  out = postfix(std::move(out));
  return with_filters ? filters_and_tests(std::move(out)) : out;
}

Expression ExpressionParser::primary() {
  const Token& token = tokens_.current();
  if (token.kind == Token::Kind::integer || token.kind == Token::Kind::floating) return number();
  if (token.kind == Token::Kind::string) {
    Expression out = make(Kind::literal);
    std::string text;
    while (tokens_.is(Token::Kind::string)) text += tokens_.take().text;  // adjacent ones are one
    out.value = Value(std::move(text));
    return out;
  }
  if (token.kind == Token::Kind::name) {
    Expression out = make(Kind::literal);
    const std::string& name = tokens_.take().text;
    if (name == "true" || name == "True") {
      out.value = Value(true);
    } else if (name == "false" || name == "False") {
      out.value = Value(false);
    } else if (name != "none" && name != "None") {
      out.kind = Kind::name;
      out.name = name;
      names_met.insert(name);
    }
    return out;
  }
  if (tokens_.is_symbol("(")) return parenthesised();
  if (tokens_.is_symbol("[")) return list();
  if (tokens_.is_symbol("{")) return dict();
  tokens_.fail("an expression");
}

Expression ExpressionParser::number() {
  Expression out = make(Kind::literal);
  const Token& token = tokens_.take();
  if (token.kind == Token::Kind::floating) {
    out.value = Value(std::strtod(token.text.c_str(), nullptr));
    return out;
  }
  int base = 10;
  std::string_view digits = token.text;
  if (digits.size() > 2 && digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'o' || digits[1] == 'b')) {
    base = digits[1] == 'x' ? 16 : digits[1] == 'o' ? 8 : 2;
    digits.remove_prefix(2);
  }
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  if (error != std::errc() || end != digits.data() + digits.size()) {
    throw SyntaxError{"'" + token.text + "' is no number that fits in 64 bits", token.offset};
  }
  out.value = Value(value);
  return out;
}

Expression ExpressionParser::parenthesised() {
  Expression empty = make(Kind::tuple);
  tokens_.take();
  if (tokens_.take_symbol(")")) return empty;
  Expression out = parse_tuple();
  tokens_.expect_symbol(")");
  return out;
}

Expression ExpressionParser::list() {
  Expression out = make(Kind::list);
  tokens_.take();
  while (!tokens_.is_symbol("]")) {
    add(out, parse());
    if (!tokens_.take_symbol(",")) break;
  }
  tokens_.expect_symbol("]");
  return out;
}

Expression ExpressionParser::dict() {
  Expression out = make(Kind::dict);
  tokens_.take();
  while (!tokens_.is_symbol("}")) {
    add(out, parse());
    tokens_.expect_symbol(":");
    add(out, parse());
    if (!tokens_.take_symbol(",")) break;
  }
  tokens_.expect_symbol("}");
  return out;
}

Expression ExpressionParser::postfix(Expression subject) {
  for (;;) {
    if (tokens_.is_symbol(".")) {
      Expression out = make(Kind::member);
      tokens_.take();
      if (tokens_.is(Token::Kind::integer)) {  // a.0 is a[0]
        Expression index = number();
        subject = binary(Kind::item, "", std::move(subject), std::move(index));
        continue;
      }
      if (!tokens_.is(Token::Kind::name)) tokens_.fail("a name after '.'");
      out.name = tokens_.take().text;
      add(out, std::move(subject));
      subject = std::move(out);
    } else if (tokens_.is_symbol("[")) {
      subject = subscript(std::move(subject));
    } else if (tokens_.is_symbol("(")) {
      Expression out = make(Kind::call);
      add(out, std::move(subject));
      arguments(out);
      subject = std::move(out);
    } else {
      return subject;
    }
  }
}

// subject[item], subject[begin:end:step]
Expression ExpressionParser::subscript(Expression subject) {
  Expression out = make(Kind::slice);
  tokens_.take();
  add(out, std::move(subject));
  int colons = 0;
  Expression part;  // absent until one is read
  while (!tokens_.is_symbol("]")) {
    if (tokens_.take_symbol(":")) {
      if (++colons > 2) tokens_.fail("']'");
      add(out, std::move(part));
      part = Expression();
    } else {
      if (part.kind != Kind::absent) tokens_.fail("']'");
      part = colons == 0 ? parse_tuple() : parse();
    }
  }
  if (colons == 0) {
    if (part.kind == Kind::absent) tokens_.fail("an index");
    out.kind = Kind::item;
  }
  tokens_.expect_symbol("]");
  add(out, std::move(part));
  if (out.kind == Kind::slice) out.children.resize(4);
  return out;
}

void ExpressionParser::arguments(Expression& call) {
  tokens_.expect_symbol("(");
  while (!tokens_.is_symbol(")")) {
    if (tokens_.is_symbol("*") || tokens_.is_symbol("**"))
      tokens_.fail("an argument (unpacking is not supported)");
    if (tokens_.is(Token::Kind::name) && tokens_.next().kind == Token::Kind::symbol &&
        tokens_.next().text == "=") {
      std::string name = tokens_.take().text;
      tokens_.take();
      Expression value = parse();
      raise(call, value);
      call.named.emplace_back(std::move(name), std::move(value));
    } else {
      if (!call.named.empty()) tokens_.fail("a named argument (positional ones go first)");
      add(call, parse());
    }
    if (!tokens_.take_symbol(",")) break;
  }
  tokens_.expect_symbol(")");
}

Expression ExpressionParser::filters_and_tests(Expression subject) {
  for (;;) {
    if (tokens_.take_symbol("|")) {
      subject = filter(std::move(subject));
    } else if (tokens_.is_name("is")) {
      subject = test(std::move(subject));
    } else if (tokens_.is_symbol("(")) {
      Expression out = make(Kind::call);
      add(out, std::move(subject));
      arguments(out);
      subject = std::move(out);
    } else {
      return subject;
    }
  }
}

Expression ExpressionParser::filter(Expression subject) {
  Expression out = make(Kind::filter);
  if (!tokens_.is(Token::Kind::name)) tokens_.fail("the name of a filter");
  out.name = tokens_.take().text;
  if (conditional_depth == 0 && !known_.is_filter(out.name)) {
    throw SyntaxError{"no filter is named '" + out.name + "'", out.offset};
  }
  add(out, std::move(subject));
  if (tokens_.is_symbol("(")) arguments(out);
  return out;
}

// "is name", "is not name", with arguments in parentheses or one bare argument.
Expression ExpressionParser::test(Expression subject) {
  tokens_.take();
  const bool negated = tokens_.take_name("not");
  Expression out = make(Kind::test);
  if (!tokens_.is(Token::Kind::name)) tokens_.fail("the name of a test");
  out.name = tokens_.take().text;
  if (conditional_depth == 0 && !known_.is_test(out.name)) {
    throw SyntaxError{"no test is named '" + out.name + "'", out.offset};
  }
  add(out, std::move(subject));
  const auto kind = tokens_.current().kind;
  const bool operand =
      kind == Token::Kind::string || kind == Token::Kind::integer || kind == Token::Kind::floating ||
      tokens_.is_symbol("[") || tokens_.is_symbol("{") ||
      (kind == Token::Kind::name && !tokens_.is_any_name({"else", "or", "and", "is", "if", "in", "not"}));
  if (tokens_.is_symbol("(")) {
    arguments(out);
  } else if (operand) {
    add(out, postfix(primary()));
  } else if (tokens_.is_name("is")) {
    tokens_.fail("the end of the test (tests do not chain)");
  }
  if (!negated) return out;
  Expression negation = make(Kind::negation);
  negation.offset = out.offset;
  add(negation, std::move(out));
  return negation;
}

}  // namespace assay::text::jinja
