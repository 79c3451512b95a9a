// The syntax tree of a template expression, shared by its parser and its evaluator.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "assay/util/json.hpp"
#include "eval/template.hpp"

namespace assay::eval {

struct Template::Expression {
  enum class Kind {
    literal,  ///< value
    list,     ///< children
    field,    ///< name: a top-level field
    member,   ///< children[0].name
    item,     ///< children[0][children[1]]
    slice,    ///< children[0][begin:end]
    call,     ///< children[0].name(children[1...])
    filter,   ///< children[0] | name(children[1...])
    add,      ///< children[0] + children[1]
    concat,   ///< children[0] ~ children[1]
  };
  Kind kind = Kind::literal;
  std::string name;
  util::OrderedJson value;
  std::vector<Expression> children;
  std::optional<std::int64_t> begin;
  std::optional<std::int64_t> end;
};

/// Parses the text between {{ and }}. Throws InputError "<where>: ...".
[[nodiscard]] Template::Expression parse_expression(std::string_view text, std::string_view where);
/// Throws InputError naming what is missing or of the wrong type.
[[nodiscard]] util::OrderedJson evaluate(const Template::Expression& expression,
                                         const util::OrderedJson& document);

}  // namespace assay::eval
