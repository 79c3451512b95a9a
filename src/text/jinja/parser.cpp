#include "text/jinja/parser.hpp"

#include <string>
#include <utility>

#include "text/jinja/expression_parser.hpp"
#include "text/jinja/token_reader.hpp"

namespace assay::text::jinja {

namespace {

using Kind = Statement::Kind;
using Names = std::initializer_list<std::string_view>;

constexpr int max_block_depth = 100;

class Parser {
 public:
  Parser(const LexedTemplate& lexed, const KnownNames& known)
      : tokens_(lexed), expressions_(tokens_, known), known_(known) {}

  Block run() { return parse_block({}); }

 private:
  // Statements up to a tag that begins with one of `ends`, whose "{%" is taken, or to the end of the
  // template.
  Block parse_block(Names ends) {
    if (++depth_ > max_block_depth) tokens_.fail("less deeply nested blocks");
    Block block;
    for (;;) {
      const Token& token = tokens_.current();
      if (token.kind == Token::Kind::data) {
        Statement statement = make(Kind::data);
        statement.text = tokens_.take().text;
        block.push_back(std::move(statement));
      } else if (token.kind == Token::Kind::variable_begin) {
        Statement statement = make(Kind::output);
        tokens_.take();
        statement.expression = expressions_.parse_tuple();
        tokens_.expect(Token::Kind::variable_end, "'}}'");
        block.push_back(std::move(statement));
      } else if (token.kind == Token::Kind::block_begin) {
        tokens_.take();
        if (tokens_.is_any_name(ends)) break;
        open_.push_back(tokens_.current().offset);
        block.push_back(parse_statement());
        open_.pop_back();
      } else {  // the end: the lexer leaves nothing else between tags
        if (ends.size() > 0) {
          throw SyntaxError{"a block is not closed by '" + std::string(*(ends.end() - 1)) + "'",
                            open_.back()};
        }
        break;
      }
    }
    --depth_;
    return block;
  }
  std::shared_ptr<const Block> shared_block(Names ends) {
    return std::make_shared<const Block>(parse_block(ends));
  }

  Statement make(Kind kind) const {
    Statement out;
    out.kind = kind;
    out.offset = tokens_.current().offset;
    return out;
  }
  void end_tag() { tokens_.expect(Token::Kind::block_end, "'%}'"); }
  void end_tag(std::string_view name) {
    if (!tokens_.take_name(name)) tokens_.fail("'" + std::string(name) + "'");
    end_tag();
  }

  Statement parse_statement() {
    if (!tokens_.is(Token::Kind::name)) tokens_.fail("the name of a statement");
    Statement out = make(Kind::scope);
    const std::string name = tokens_.take().text;
    if (name == "if") return parse_if(std::move(out));
    if (name == "for") return parse_for(std::move(out));
    if (name == "set") return parse_set(std::move(out));
    if (name == "macro") return parse_macro(std::move(out));
    if (name == "call") return parse_call_block(std::move(out));
    if (name == "filter") return parse_filter_block(std::move(out));
    if (name == "with") return parse_with(std::move(out));
    if (known_.chat_statements &&
        name == "generation") {  // marks what a model wrote, for training; rendered as it is
      end_tag();
      out.body = shared_block({"endgeneration"});
      end_tag("endgeneration");
      return out;
    }
    if (known_.chat_statements && (name == "break" || name == "continue")) {
      if (loop_depth_ == 0) throw SyntaxError{"'" + name + "' stands outside a loop", out.offset};
      out.kind = name == "break" ? Kind::break_loop : Kind::continue_loop;
      end_tag();
      return out;
    }
    throw SyntaxError{"no statement is named '" + name + "'", out.offset};
  }

  Statement parse_if(Statement out) {
    out.kind = Kind::conditional;
    ++expressions_.conditional_depth;
    for (;;) {
      Expression condition = expressions_.parse_tuple();
      end_tag();
      out.branches.emplace_back(std::move(condition), shared_block({"elif", "else", "endif"}));
      if (tokens_.take_name("elif")) continue;
      if (tokens_.take_name("else")) {
        end_tag();
        out.branches.emplace_back(Expression(), shared_block({"endif"}));
      }
      end_tag("endif");
      break;
    }
    --expressions_.conditional_depth;
    return out;
  }

  // A loop's and a macro's body is no part of the conditional that it stands in.
  std::shared_ptr<const Block> unconditional_block(Names ends) {
    const int depth = std::exchange(expressions_.conditional_depth, 0);
    auto body = shared_block(ends);
    expressions_.conditional_depth = depth;
    return body;
  }

  Statement parse_for(Statement out) {
    out.kind = Kind::loop;
    out.target = expressions_.parse_target(false);
    if (!tokens_.take_name("in")) tokens_.fail("'in'");
    out.expression = expressions_.parse_loop_source();
    if (tokens_.take_name("if")) out.condition = expressions_.parse();
    out.recursive = tokens_.take_name("recursive");
    end_tag();
    ++loop_depth_;
    out.body = unconditional_block({"else", "endfor"});
    --loop_depth_;
    if (tokens_.take_name("else")) {
      end_tag();
      out.otherwise = unconditional_block({"endfor"});
    }
    end_tag("endfor");
    return out;
  }

  Statement parse_set(Statement out) {
    out.kind = Kind::assign;
    out.target = expressions_.parse_target(true);
    if (tokens_.take_symbol("=")) {
      out.expression = expressions_.parse_tuple();
      end_tag();
      return out;
    }
    out.kind = Kind::assign_block;
    out.expression = expressions_.parse_filters(Expression());
    end_tag();
    out.body = shared_block({"endset"});
    end_tag("endset");
    return out;
  }

  void parse_parameters(MacroBody& macro) {
    tokens_.expect_symbol("(");
    while (!tokens_.is_symbol(")")) {
      if (!tokens_.is(Token::Kind::name)) tokens_.fail("a parameter's name");
      std::string name = tokens_.take().text;
      std::optional<Expression> fallback;
      if (tokens_.take_symbol("=")) {
        fallback = expressions_.parse();
      } else if (!macro.parameters.empty() && macro.parameters.back().second) {
        tokens_.fail("a default value (parameters without one go first)");
      }
      macro.parameters.emplace_back(std::move(name), std::move(fallback));
      if (!tokens_.take_symbol(",")) break;
    }
    tokens_.expect_symbol(")");
  }
  void parse_body(MacroBody& macro, std::string_view end) {
    auto outer = std::exchange(expressions_.names_met, {});
    const int loops = std::exchange(loop_depth_, 0);
    macro.body = unconditional_block({end});
    loop_depth_ = loops;
    macro.takes_varargs = expressions_.names_met.contains("varargs");
    macro.takes_kwargs = expressions_.names_met.contains("kwargs");
    macro.takes_caller = expressions_.names_met.contains("caller");
    expressions_.names_met.merge(outer);
    end_tag(end);
  }

  Statement parse_macro(Statement out) {
    out.kind = Kind::macro;
    if (!tokens_.is(Token::Kind::name)) tokens_.fail("the macro's name");
    out.macro.name = tokens_.take().text;
    parse_parameters(out.macro);
    end_tag();
    parse_body(out.macro, "endmacro");
    return out;
  }

  Statement parse_call_block(Statement out) {
    out.kind = Kind::call_block;
    out.macro.name = "caller";
    if (tokens_.is_symbol("(")) parse_parameters(out.macro);
    out.expression = expressions_.parse_call();
    end_tag();
    parse_body(out.macro, "endcall");
    return out;
  }

  Statement parse_filter_block(Statement out) {
    out.kind = Kind::filter_block;
    out.expression = expressions_.parse_filter_names();
    end_tag();
    out.body = shared_block({"endfilter"});
    end_tag("endfilter");
    return out;
  }

  Statement parse_with(Statement out) {
    out.kind = Kind::with;
    while (!tokens_.is(Token::Kind::block_end)) {
      Expression target = expressions_.parse_target(false);
      tokens_.expect_symbol("=");
      out.assignments.emplace_back(std::move(target), expressions_.parse());
      if (!tokens_.take_symbol(",")) break;
    }
    end_tag();
    out.body = shared_block({"endwith"});
    end_tag("endwith");
    return out;
  }

  TokenReader tokens_;
  ExpressionParser expressions_;
  const KnownNames& known_;
  std::vector<std::size_t> open_;  // offsets of the statements around
  int depth_ = 0;
  int loop_depth_ = 0;
};

}  // namespace

Block parse(const LexedTemplate& lexed, const KnownNames& known) {
  return Parser(lexed, known).run();
}

}  // namespace assay::text::jinja
