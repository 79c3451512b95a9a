// The syntax tree of a template.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "text/jinja/value.hpp"

namespace assay::text::jinja {

struct Expression {
  enum class Kind {
    literal,  ///< value
    name,     ///< name
    list,     ///< children
    tuple,    ///< children
    dict,     ///< children: key, value, key, value, ...
    member,   ///< children[0].name
    item,     ///< children[0][children[1]]
    slice,    ///< children[0][children[1]:children[2]:children[3]], absent ones of kind `absent`
    absent,
    call,         ///< children[0](children[1...], named...)
    filter,       ///< children[0] | name(children[1...], named...)
    test,         ///< children[0] is name(children[1...], named...)
    negative,     ///< -children[0]
    positive,     ///< +children[0]
    negation,     ///< not children[0]
    arithmetic,   ///< children[0] name children[1]
    comparison,   ///< children[0] names[0] children[1] names[1] children[2] ...
    conjunction,  ///< children[0] and children[1]
    disjunction,  ///< children[0] or children[1]
    conditional,  ///< children[0] if children[1] else children[2] (may be absent)
  };
  Kind kind = Kind::absent;
  int height = 1;          ///< levels of expressions, this one included; bounded
  std::size_t offset = 0;  ///< in the template, for errors
  std::string name;
  std::vector<std::string> names;
  Value value;
  std::vector<Expression> children;
  std::vector<std::pair<std::string, Expression>> named;
};

struct Statement;
using Block = std::vector<Statement>;

/// A macro's or a call block's parameters and body.
struct MacroBody {
  std::string name;
  std::vector<std::pair<std::string, std::optional<Expression>>> parameters;  ///< with default values
  std::shared_ptr<const Block> body;
  bool takes_varargs = false;  ///< the body names varargs, kwargs, caller
  bool takes_kwargs = false;
  bool takes_caller = false;
};

struct Statement {
  enum class Kind {
    data,          ///< text
    output,        ///< expression
    conditional,   ///< branches; the last one's condition may be absent (else)
    loop,          ///< for target in expression [if condition] body [else otherwise]
    assign,        ///< target = expression
    assign_block,  ///< target = body, through the filters of expression (a chain upon an absent value)
    macro,         ///< macro
    call_block,    ///< expression is the call; macro the caller
    filter_block,  ///< body through the filters of expression
    with,          ///< assignments, then body in a scope of its own
    scope,         ///< body (a generation block)
    break_loop,
    continue_loop,
  };
  Kind kind = Kind::data;
  std::size_t offset = 0;
  std::string text;
  Expression expression;
  Expression target;     ///< name, tuple of names, or member of a namespace
  Expression condition;  ///< of a loop, or absent
  bool recursive = false;
  std::shared_ptr<const Block> body;
  std::shared_ptr<const Block> otherwise;
  std::vector<std::pair<Expression, std::shared_ptr<const Block>>> branches;
  std::vector<std::pair<Expression, Expression>> assignments;
  MacroBody macro;
};

}  // namespace assay::text::jinja
