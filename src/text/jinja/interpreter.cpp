#include "text/jinja/interpreter.hpp"

#include <utility>

#include "assay/text/python.hpp"
#include "text/jinja/builtins.hpp"

namespace assay::text::jinja {

namespace {

// Counts how deep the interpreter calls itself.
class Depth {
 public:
  Depth(int& depth, int limit) : depth_(depth) {
    if (++depth_ > limit) {
      --depth_;
      throw EvaluationError{"the template nests too deeply (does a macro call itself without end?)"};
    }
  }
  ~Depth() { --depth_; }
  Depth(const Depth&) = delete;
  Depth& operator=(const Depth&) = delete;

 private:
  int& depth_;
};

}  // namespace

Interpreter::Interpreter(const JinjaOptions& options, Heap& heap) : options_(options), heap_(heap) {
  define_functions(*this);
}

MarkedText Interpreter::render(const Block& block) {
  MarkedText out;
  out_ = &out;
  scope_ = open_scope(&globals_);
  execute(block);
  return out;
}

void Interpreter::step() {
  if (++steps_ > options_.limits.max_steps) throw EvaluationError{"the template takes too many steps"};
}

void Interpreter::charge(std::size_t bytes) {
  if (bytes > options_.limits.max_text_bytes - text_bytes_)
    throw EvaluationError{"the template makes too much text"};
  text_bytes_ += bytes;
}

Value Interpreter::make(MarkedText text) {
  charge(text.size());
  return Value(std::move(text));
}

Interpreter::Scope* Interpreter::open_scope(Scope* parent) {
  step();
  Scope& scope = scopes_.emplace_back();
  scope.parent = parent;
  return &scope;
}

Value Interpreter::look_up(const std::string& name) const {
  for (const Scope* scope = scope_; scope != nullptr; scope = scope->parent) {
    if (const auto at = scope->names.find(name); at != scope->names.end()) return at->second;
  }
  return Undefined{"'" + name + "' is undefined"};
}

void Interpreter::assign(const Expression& target, const Value& value) {
  offset_ = target.offset;
  if (target.kind == Expression::Kind::name) {
    scope_->names[target.name] = value;
    return;
  }
  if (target.kind == Expression::Kind::member) {
    const Value object = look_up(target.children[0].name);
    if (!object.is<Namespace*>()) throw EvaluationError{"cannot assign attribute on non-namespace object"};
    object.get<Namespace*>()->names[target.name] = value;
    return;
  }
  const std::vector<Value> values = items(value);
  if (values.size() != target.children.size()) {
    throw EvaluationError{"cannot unpack " + std::to_string(values.size()) + " values into " +
                          std::to_string(target.children.size()) + " names"};
  }
  for (std::size_t i = 0; i < values.size(); ++i) assign(target.children[i], values[i]);
}

void Interpreter::emit(const Value& value) {
  const MarkedText shown = text(value);
  charge(shown.size());
  out_->append(shown);
}

Interpreter::Flow Interpreter::execute(const Block& block) {
  for (const Statement& statement : block) {
    if (const Flow flow = execute(statement); flow != Flow::normal) return flow;
  }
  return Flow::normal;
}

Interpreter::Flow Interpreter::execute_in_scope(const Block& block) {
  Scope* const outer = std::exchange(scope_, open_scope(scope_));
  const Flow flow = execute(block);
  scope_ = outer;
  return flow;
}

MarkedText Interpreter::capture(const Block& block) {
  MarkedText captured;
  MarkedText* const outer = std::exchange(out_, &captured);
  execute_in_scope(block);
  out_ = outer;
  return captured;
}

Interpreter::Flow Interpreter::execute(const Statement& statement) {
  step();
  offset_ = statement.offset;
  switch (statement.kind) {
    case Statement::Kind::data:
      charge(statement.text.size());
      out_->append(statement.text);
      break;
    case Statement::Kind::output:
      emit(evaluate(statement.expression));
      break;
    case Statement::Kind::conditional:
      return execute_conditional(statement);
    case Statement::Kind::loop:
      execute_loop(statement);
      break;
    case Statement::Kind::assign:
      assign(statement.target, evaluate(statement.expression));
      break;
    case Statement::Kind::assign_block:
      assign(statement.target, apply_filters(statement.expression, Value(capture(*statement.body))));
      break;
    case Statement::Kind::macro:
      scope_->names[statement.macro.name] = macro(statement.macro);
      break;
    case Statement::Kind::call_block: {
      const Value callee = evaluate(statement.expression.children[0]);
      Arguments arguments = evaluate_arguments(statement.expression);
      arguments.named.emplace_back("caller", macro(statement.macro));
      offset_ = statement.offset;
      emit(call(callee, arguments));
      break;
    }
    case Statement::Kind::filter_block:
      emit(apply_filters(statement.expression, Value(capture(*statement.body))));
      break;
    case Statement::Kind::with:
      execute_with(statement);
      break;
    case Statement::Kind::scope:
      return execute_in_scope(*statement.body);
    case Statement::Kind::break_loop:
      return Flow::broken;
    case Statement::Kind::continue_loop:
      return Flow::continued;
  }
  return Flow::normal;
}

Interpreter::Flow Interpreter::execute_conditional(const Statement& statement) {
  for (const auto& [condition, body] : statement.branches) {
    if (condition.kind == Expression::Kind::absent || truth(evaluate(condition))) return execute(*body);
  }
  return Flow::normal;
}

// The values are those of the scope around; the names are the body's.
void Interpreter::execute_with(const Statement& statement) {
  Scope* const outer = scope_;
  Scope* const inner = open_scope(outer);
  for (const auto& [target, expression] : statement.assignments) {
    const Value value = evaluate(expression);
    scope_ = inner;
    assign(target, value);
    scope_ = outer;
  }
  scope_ = inner;
  execute(*statement.body);
  scope_ = outer;
}

// What `loop` is: counters, neighbours, cycle(...), changed(...), and a call for recursive loops.
struct Interpreter::Loop {
  std::vector<Value> items;
  std::size_t at = 0;
  std::int64_t depth = 0;
  std::optional<std::vector<Value>> last_changed;
};

std::vector<Value> Interpreter::loop_items(const Statement& statement, const Value& source, Scope* scope) {
  std::vector<Value> all = items(source);
  if (statement.condition.kind == Expression::Kind::absent) return all;
  std::vector<Value> kept;
  for (Value& value : all) {
    scope_ = open_scope(scope);
    assign(statement.target, value);
    if (truth(evaluate(statement.condition))) kept.push_back(std::move(value));
  }
  scope_ = scope;
  return kept;
}

void Interpreter::execute_loop(const Statement& statement) {
  run_loop(statement, evaluate(statement.expression), scope_, 0);
}

void Interpreter::run_loop(const Statement& statement, const Value& source, Scope* scope,
                           std::int64_t depth) {
  const Depth guard(depth_, options_.limits.max_depth);
  Scope* const outer = scope_;
  const auto loop = std::make_shared<Loop>();
  loop->items = loop_items(statement, source, scope);
  loop->depth = depth;
  const auto attribute = [loop, this](std::string_view name) -> Value {
    const auto index = static_cast<std::int64_t>(loop->at);
    const auto length = static_cast<std::int64_t>(loop->items.size());
    if (name == "index") return index + 1;
    if (name == "index0") return index;
    if (name == "revindex") return length - index;
    if (name == "revindex0") return length - index - 1;
    if (name == "first") return index == 0;
    if (name == "last") return index + 1 == length;
    if (name == "length") return length;
    if (name == "depth") return loop->depth + 1;
    if (name == "depth0") return loop->depth;
    if (name == "previtem")
      return index > 0 ? loop->items[loop->at - 1] : Undefined{"there is no previous item"};
    if (name == "nextitem")
      return index + 1 < length ? loop->items[loop->at + 1] : Undefined{"there is no next item"};
    if (name == "cycle") {
      return heap_.callable({"cycle",
                             [loop](Interpreter&, const Arguments& arguments) {
                               if (arguments.positional.empty())
                                 throw EvaluationError{"no items for cycling given"};
                               return arguments.positional[loop->at % arguments.positional.size()];
                             },
                             {}});
    }
    if (name == "changed") {
      return heap_.callable({"changed",
                             [loop](Interpreter&, const Arguments& arguments) -> Value {
                               const auto& values = arguments.positional;
                               bool same = loop->last_changed && loop->last_changed->size() == values.size();
                               for (std::size_t i = 0; same && i < values.size(); ++i) {
                                 same = equal((*loop->last_changed)[i], values[i]);
                               }
                               loop->last_changed = values;
                               return !same;
                             },
                             {}});
    }
    return Undefined{"the loop has no attribute '" + std::string(name) + "'"};
  };
  const auto recurse = [&statement, scope, depth](Interpreter& self, const Arguments& arguments) -> Value {
    if (!statement.recursive) throw EvaluationError{"the loop is not marked 'recursive'"};
    if (arguments.positional.size() != 1) throw EvaluationError{"loop() takes one argument"};
    MarkedText captured;
    MarkedText* const out = std::exchange(self.out_, &captured);
    self.run_loop(statement, arguments.positional[0], scope, depth + 1);
    self.out_ = out;
    return Value(std::move(captured));
  };
  Callable* const object = heap_.callable({"loop", recurse, attribute});
  for (; loop->at < loop->items.size(); ++loop->at) {
    scope_ = open_scope(scope);
    scope_->names["loop"] = object;
    assign(statement.target, loop->items[loop->at]);
    if (execute(*statement.body) == Flow::broken) break;
  }
  if (loop->items.empty() && statement.otherwise) {
    scope_ = open_scope(scope);
    execute(*statement.otherwise);
  }
  scope_ = outer;
}

Value Interpreter::macro(const MacroBody& body) {
  Scope* const scope = scope_;
  return heap_.callable({body.name,
                         [&body, scope](Interpreter& self, const Arguments& arguments) {
                           return Value(self.call_macro(body, scope, arguments));
                         },
                         [&body](std::string_view name) -> Value {
                           if (name == "name") return body.name;
                           return Undefined{"the macro has no attribute '" + std::string(name) + "'"};
                         }});
}

MarkedText Interpreter::call_macro(const MacroBody& body, Scope* scope, const Arguments& arguments) {
  const Depth guard(depth_, options_.limits.max_depth);
  Scope* const outer = scope_;
  Scope* const inner = open_scope(scope);
  std::vector<Value> surplus;
  for (std::size_t i = 0; i < arguments.positional.size(); ++i) {
    if (i < body.parameters.size()) {
      inner->names[body.parameters[i].first] = arguments.positional[i];
    } else {
      surplus.push_back(arguments.positional[i]);
    }
  }
  if (!surplus.empty() && !body.takes_varargs) {
    throw EvaluationError{"macro '" + body.name + "' takes not more than " +
                          std::to_string(body.parameters.size()) + " argument(s)"};
  }
  Dict* const others = heap_.dict();
  for (const auto& [name, value] : arguments.named) {
    bool known = name == "caller" && body.takes_caller;
    for (const auto& parameter : body.parameters) known = known || parameter.first == name;
    if (known) {
      if (inner->names.contains(name))
        throw EvaluationError{"macro '" + body.name + "' got two values for '" + name + "'"};
      inner->names[name] = value;
    } else if (body.takes_kwargs) {
      others->set(Value(name), value);
    } else {
      throw EvaluationError{"macro '" + body.name + "' takes no keyword argument '" + name + "'"};
    }
  }
  if (body.takes_varargs) inner->names["varargs"] = heap_.list(std::move(surplus), true);
  if (body.takes_kwargs) inner->names["kwargs"] = others;
  if (body.takes_caller) inner->names.try_emplace("caller", Undefined{"no caller defined"});
  scope_ = inner;
  for (const auto& [name, fallback] : body.parameters) {
    if (inner->names.contains(name)) continue;
    inner->names[name] =
        fallback ? evaluate(*fallback) : Value(Undefined{"parameter '" + name + "' was not provided"});
  }
  MarkedText captured;
  MarkedText* const out = std::exchange(out_, &captured);
  execute(*body.body);
  out_ = out;
  scope_ = outer;
  return captured;
}

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
  step();
  const Depth guard(depth_, options_.limits.max_depth);
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
  if (!is_text && !object.is<List*>()) {
    require_defined(object);
    return Undefined{object.type_name() + " object cannot be sliced"};
  }
  const std::vector<Value> all = items(object);
  const auto size = static_cast<std::int64_t>(all.size());
  const std::int64_t stride = bounds[2].value_or(1);
  if (stride == 0) throw EvaluationError{"slice step cannot be zero"};
  const auto clip = [&](std::int64_t bound) {
    if (bound < 0) bound = bound < -size ? -1 : bound + size;
    if (stride > 0) return bound < 0 ? 0 : bound > size ? size : bound;
    return bound < -1 ? -1 : bound >= size ? size - 1 : bound;
  };
  std::int64_t at = bounds[0] ? clip(*bounds[0]) : stride > 0 ? 0 : size - 1;
  const std::int64_t end = bounds[1] ? clip(*bounds[1]) : stride > 0 ? size : -1;
  std::vector<Value> chosen;
  while (stride > 0 ? at < end : at > end) {
    chosen.push_back(all[static_cast<std::size_t>(at)]);
    if (__builtin_add_overflow(at, stride, &at)) break;
  }
  if (!is_text) return heap_.list(std::move(chosen), object.get<List*>()->tuple);
  MarkedText out;
  for (const Value& character : chosen) out.append(character.text());
  return make(std::move(out));
}

}  // namespace assay::text::jinja
