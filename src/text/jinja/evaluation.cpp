// Expressions of the interpreter.
#include <optional>
#include <utility>
#include <vector>

#include "assay/text/python.hpp"
#include "text/jinja/budget.hpp"
#include "text/jinja/interpreter.hpp"
#include "text/jinja/text_operations.hpp"

namespace assay::text::jinja {

Arguments Interpreter::evaluate_arguments(const Expression& expression) {
  Arguments out;
  for (std::size_t i = 1; i < expression.children.size(); ++i) {
    out.positional.push_back(evaluate(expression.children[i]));
  }
  for (const auto& [name, value] : expression.named) out.named.emplace_back(name, evaluate(value));
  return out;
}

Value Interpreter::evaluate_call(const Expression& expression) {
  const Value callee = evaluate(expression.children[0]);
  const Arguments arguments = evaluate_arguments(expression);
  offset_ = expression.offset;
  return call(callee, arguments);
}

Value Interpreter::apply_filters(const Expression& chain, const Value& innermost) {
  if (chain.kind == Expression::Kind::absent) return innermost;
  const Value subject = apply_filters(chain.children[0], innermost);
  const Arguments arguments = evaluate_arguments(chain);
  offset_ = chain.offset;
  return filter(chain.name, subject, arguments);
}

Value Interpreter::evaluate(const Expression& expression) {
  using Kind = Expression::Kind;
  Budget::step();
  const Depth depth;
  offset_ = expression.offset;
  const auto child = [&](std::size_t i) { return evaluate(expression.children[i]); };
  switch (expression.kind) {
    case Kind::absent:
      return None{};
    case Kind::literal:
      return expression.value;
    case Kind::name:
      return look_up(expression.name);
    case Kind::list:
    case Kind::tuple: {
      std::vector<Value> values;
      for (const Expression& part : expression.children) values.push_back(evaluate(part));
      return heap_.list(std::move(values), expression.kind == Kind::tuple);
    }
    case Kind::dict: {
      Dict* const out = heap_.dict();
      for (std::size_t i = 0; i < expression.children.size(); i += 2) out->set(child(i), child(i + 1));
      return out;
    }
    case Kind::member: {
      const Value object = child(0);
      offset_ = expression.offset;
      return member(object, expression.name);
    }
    case Kind::item: {
      const Value object = child(0);
      const Value key = child(1);
      offset_ = expression.offset;
      return item(object, key);
    }
    case Kind::slice:
      return evaluate_slice(expression);
    case Kind::call:
      return evaluate_call(expression);
    case Kind::filter:
    case Kind::test: {
      const Value subject = child(0);
      const Arguments arguments = evaluate_arguments(expression);
      offset_ = expression.offset;
      if (expression.kind == Kind::test) return test(expression.name, subject, arguments);
      return filter(expression.name, subject, arguments);
    }
    case Kind::negative:
    case Kind::positive: {
      const Value value = child(0);
      offset_ = expression.offset;
      if (!value.is_number()) {
        require_defined(value);
        throw EvaluationError{"bad operand type for unary sign: '" + value.type_name() + "'"};
      }
      return arithmetic(expression.kind == Kind::negative ? "-" : "+", Value(std::int64_t{0}), value);
    }
    case Kind::negation:
      return !truth(child(0));
    case Kind::arithmetic: {
      const Value left = child(0);
      const Value right = child(1);
      offset_ = expression.offset;
      return arithmetic(expression.name, left, right);
    }
    case Kind::comparison:
      return evaluate_comparison(expression);
    case Kind::conjunction: {
      const Value left = child(0);
      return truth(left) ? child(1) : left;
    }
    case Kind::disjunction: {
      const Value left = child(0);
      return truth(left) ? left : child(1);
    }
    case Kind::conditional:
      if (truth(child(1))) return child(0);
      if (expression.children[2].kind != Kind::absent) return child(2);
      return Undefined{"the inline if-expression has no else section and its condition is false", true};
  }
  return None{};
}

Value Interpreter::evaluate_comparison(const Expression& expression) {
  Value left = evaluate(expression.children[0]);
  for (std::size_t i = 0; i < expression.names.size(); ++i) {
    Value right = evaluate(expression.children[i + 1]);
    offset_ = expression.offset;
    if (!compare(expression.names[i], left, right)) return false;
    left = std::move(right);
  }
  return true;
}

Value Interpreter::evaluate_slice(const Expression& expression) {
  const Value object = evaluate(expression.children[0]);
  std::optional<std::int64_t> bounds[3];
  for (std::size_t i = 0; i < 3; ++i) {
    const Value bound = evaluate(expression.children[i + 1]);
    if (bound.is<None>()) continue;
    if (!bound.is_integer()) throw EvaluationError{"slice indices must be integers or None"};
    bounds[i] = bound.integer();
  }
  offset_ = expression.offset;
  const bool is_text = object.is_text();
  if (is_text) Budget::work(object.text().size());
  if (!is_text && !object.is<List*>()) {
    require_defined(object);
    return Undefined{object.type_name() + " object cannot be sliced"};
  }
  const auto size = static_cast<std::int64_t>(is_text ? python::length(object.text().bytes())
                                                      : object.get<List*>()->items.size());
  const std::int64_t stride = bounds[2].value_or(1);
  if (stride == 0) throw EvaluationError{"slice step cannot be zero"};
  const auto clip = [&](std::int64_t bound) {
    if (bound < 0) bound = bound < -size ? -1 : bound + size;
    if (stride > 0) return bound < 0 ? 0 : bound > size ? size : bound;
    return bound < -1 ? -1 : bound >= size ? size - 1 : bound;
  };
  std::int64_t at = bounds[0] ? clip(*bounds[0]) : stride > 0 ? 0 : size - 1;
  const std::int64_t end = bounds[1] ? clip(*bounds[1]) : stride > 0 ? size : -1;
  if (is_text) return make(slice_text(object.text(), at, end, stride));
  std::vector<Value> chosen;
  while (stride > 0 ? at < end : at > end) {
    chosen.push_back(object.get<List*>()->items[static_cast<std::size_t>(at)]);
    if (__builtin_add_overflow(at, stride, &at)) break;
  }
  return heap_.list(std::move(chosen), object.get<List*>()->tuple);
}

}  // namespace assay::text::jinja
