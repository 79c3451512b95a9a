#include "eval/math/expression.hpp"

#include <algorithm>
#include <utility>

namespace assay::eval::math {

ExpressionPtr make(Op op, std::vector<ExpressionPtr> arguments, std::string_view name) {
  auto out = std::make_shared<Expression>();
  out->op = op;
  out->name = name;
  const bool flatten = op == Op::add || op == Op::multiply;
  for (ExpressionPtr& argument : arguments) {
    if (!argument) return nullptr;
    if (flatten && argument->op == op && argument->name.empty()) {
      out->arguments.insert(out->arguments.end(), argument->arguments.begin(), argument->arguments.end());
    } else {
      out->arguments.push_back(std::move(argument));
    }
  }
  for (const ExpressionPtr& argument : out->arguments) {
    out->depth = std::max(out->depth, argument->depth + 1);
    out->nodes += argument->nodes;
  }
  if (out->depth > depth_limit || out->nodes > node_limit) return nullptr;
  return out;
}

ExpressionPtr make_number(std::string_view digits) {
  return make(Op::number, {}, digits);
}

ExpressionPtr make_symbol(std::string_view name) {
  return make(Op::symbol, {}, name);
}

ExpressionPtr negative(ExpressionPtr value) {
  return make(Op::multiply, {make_number("-1"), std::move(value)});
}

ExpressionPtr reciprocal(ExpressionPtr value) {
  return make(Op::power, {std::move(value), make_number("-1")});
}

namespace {

void append_text(std::string& out, const Expression& expression) {
  out.append(1, static_cast<char>('A' + static_cast<int>(expression.op)));
  out.append(std::to_string(expression.name.size())).append(":").append(expression.name).append("(");
  for (const ExpressionPtr& argument : expression.arguments) append_text(out, *argument);
  out += ')';
}

}  // namespace

std::string to_text(const Expression& expression) {
  std::string out;
  append_text(out, expression);
  return out;
}

bool contains(const Expression& expression, Op op) {
  return expression.op == op ||
         std::any_of(expression.arguments.begin(), expression.arguments.end(),
                     [op](const ExpressionPtr& argument) { return contains(*argument, op); });
}

}  // namespace assay::eval::math
