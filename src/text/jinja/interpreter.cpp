#include "text/jinja/interpreter.hpp"

#include <utility>

#include "text/jinja/budget.hpp"
#include "text/jinja/builtins.hpp"

namespace assay::text::jinja {

namespace {

// A scope's own size, in values.
constexpr std::size_t scope_values = 4;

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

Value Interpreter::make(MarkedText text) {
  Budget::text(text.size());
  return Value(std::move(text));
}

Interpreter::Scope* Interpreter::open_scope(Scope* parent) {
  Budget::step();
  Budget::values(scope_values);
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
    set_attribute(*this, *object.get<Namespace*>(), target.name, value);
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
  Budget::text(shown.size());
  out_->append(shown);
}

Interpreter::Flow Interpreter::execute(const Block& block) {
  const Depth depth;
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
  Budget::step();
  offset_ = statement.offset;
  switch (statement.kind) {
    case Statement::Kind::data:
      Budget::text(statement.text.size());
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
                           std::int64_t loop_depth) {
  const Depth depth;
  Scope* const outer = scope_;
  const auto loop = std::make_shared<Loop>();
  loop->items = loop_items(statement, source, scope);
  Budget::values(loop->items.size());
  loop->depth = loop_depth;
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
  const auto recurse = [&statement, scope, loop_depth](Interpreter& self,
                                                       const Arguments& arguments) -> Value {
    if (!statement.recursive) throw EvaluationError{"the loop is not marked 'recursive'"};
    if (arguments.positional.size() != 1) throw EvaluationError{"loop() takes one argument"};
    MarkedText captured;
    MarkedText* const out = std::exchange(self.out_, &captured);
    self.run_loop(statement, arguments.positional[0], scope, loop_depth + 1);
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
  const Depth depth;
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

}  // namespace assay::text::jinja
