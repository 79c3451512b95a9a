// Functions a template can call by name.
#include <cstdint>
#include <ctime>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "text/jinja/budget.hpp"
#include "text/jinja/builtins.hpp"

namespace assay::text::jinja {

namespace {

Value range(Interpreter& interpreter, const Arguments& arguments) {
  const auto& given = arguments.positional;
  if (given.empty() || given.size() > 3 || !arguments.named.empty()) {
    throw EvaluationError{"range() takes one to three positional arguments"};
  }
  for (const Value& value : given) {
    Interpreter::require_defined(value);
    if (!value.is_integer()) {
      throw EvaluationError{"'" + value.type_name() + "' object cannot be interpreted as an integer"};
    }
  }
  const std::int64_t begin = given.size() > 1 ? given[0].integer() : 0;
  const std::int64_t end = given.size() > 1 ? given[1].integer() : given[0].integer();
  const std::int64_t stride = given.size() > 2 ? given[2].integer() : 1;
  if (stride == 0) throw EvaluationError{"range() arg 3 must not be zero"};
  std::vector<Value> out;
  // Jinja's sandbox has a limit; elsewhere that of values holds.
  const std::size_t most =
      interpreter.options().sandboxed ? 100'000 : interpreter.options().limits.max_values;
  for (std::int64_t at = begin; stride > 0 ? at < end : at > end;) {
    Budget::work(sizeof(Value));
    if (out.size() == most)
      throw EvaluationError{"the range is too large (more than " + std::to_string(most) + " items)"};
    out.emplace_back(at);
    if (__builtin_add_overflow(at, stride, &at)) break;
  }
  return interpreter.heap().list(std::move(out));
}

// Named arguments, after those of a dictionary or of pairs.
template <class Set>
void read_members(Interpreter& interpreter, const Arguments& arguments, const Set& set) {
  if (arguments.positional.size() > 1) throw EvaluationError{"expected at most one positional argument"};
  if (!arguments.positional.empty()) {
    const Value& source = arguments.positional[0];
    if (source.is<Dict*>()) {
      for (const auto& [key, value] : source.get<Dict*>()->items) set(key, value);
    } else {
      for (const Value& pair : interpreter.items(source)) {
        const auto parts = interpreter.items(pair);
        if (parts.size() != 2) throw EvaluationError{"a pair of key and value was expected"};
        set(parts[0], parts[1]);
      }
    }
  }
  for (const auto& [name, value] : arguments.named) set(Value(name), value);
}

Value make_namespace(Interpreter& interpreter, const Arguments& arguments) {
  Namespace* const out = interpreter.heap().names();
  read_members(interpreter, arguments, [&](const Value& key, const Value& value) {
    set_attribute(interpreter, *out, to_text(key).bytes(), value);
  });
  return out;
}

Value make_dict(Interpreter& interpreter, const Arguments& arguments) {
  Dict* const out = interpreter.heap().dict();
  read_members(interpreter, arguments, [&](const Value& key, const Value& value) { out->set(key, value); });
  return out;
}

// joiner(separator): nothing the first time, the separator afterwards.
Value joiner(Interpreter& interpreter, const Arguments& arguments) {
  const auto bound = bind("joiner", arguments, {"sep"});
  const Value separator = bound[0] ? *bound[0] : Value(", ");
  const auto used = std::make_shared<bool>(false);
  return interpreter.heap().callable({"joiner",
                                      [separator, used](Interpreter&, const Arguments&) {
                                        return std::exchange(*used, true) ? separator : Value("");
                                      },
                                      {}});
}

// cycler(a, b, ...): next(), current, reset().
Value cycler(Interpreter& interpreter, const Arguments& arguments) {
  if (arguments.positional.empty()) throw EvaluationError{"at least one item has to be provided"};
  struct State {
    std::vector<Value> items;
    std::size_t at = 0;
  };
  const auto state = std::make_shared<State>(State{arguments.positional});
  Heap& heap = interpreter.heap();
  Budget::values(state->items.size());
  const auto attribute = [state, &heap](std::string_view name) -> Value {
    if (name == "current") return state->items[state->at];
    if (name == "next") {
      return heap.callable({"next",
                            [state](Interpreter&, const Arguments&) {
                              const std::size_t next = (state->at + 1) % state->items.size();
                              return state->items[std::exchange(state->at, next)];
                            },
                            {}});
    }
    if (name == "reset") {
      return heap.callable({"reset",
                            [state](Interpreter&, const Arguments&) -> Value {
                              state->at = 0;
                              return None{};
                            },
                            {}});
    }
    return Undefined{"the cycler has no attribute '" + std::string(name) + "'"};
  };
  return heap.callable({"cycler", {}, attribute});
}

Value raise_exception(Interpreter& interpreter, const Arguments& arguments) {
  const auto bound = bind("raise_exception", arguments, {"message"});
  throw EvaluationError{bound[0] ? interpreter.text(*bound[0]).bytes() : "raise_exception was called"};
}

// Python's own directives: the time has no fraction of a second and no zone.
std::string naive_format(const std::string& format) {
  std::string out;
  for (std::size_t i = 0; i < format.size(); ++i) {
    const char next = format[i] == '%' && i + 1 < format.size() ? format[i + 1] : '\0';
    if (next == 'f') out += "000000";
    if (next == '%') out += "%%";
    if (next == 'f' || next == 'z' || next == 'Z' || next == '%') {
      ++i;
    } else {
      out += format[i];
    }
  }
  return out;
}

Value strftime_now(Interpreter& interpreter, const Arguments& arguments) {
  const auto bound = bind("strftime_now", arguments, {"format"});
  if (!bound[0] || !bound[0]->is_text()) throw EvaluationError{"strftime_now() takes a string"};
  const MarkedText& given = bound[0]->text();
  const std::string format = naive_format(given.bytes());
  if (format.empty()) return Value("");
  const std::time_t seconds = interpreter.options().now;
  std::tm parts{};
  if (gmtime_r(&seconds, &parts) == nullptr)
    throw EvaluationError{"the time for strftime_now() is out of range"};
  // A mark at the end tells an empty result from one that does not fit.
  std::string out(format.size() * 16 + 256, '\0');
  out.resize(std::strftime(out.data(), out.size(), (format + "|").c_str(), &parts));
  if (out.empty()) throw EvaluationError{"the result of strftime_now() is too long"};
  out.pop_back();
  return interpreter.make(given.replaced_by(std::move(out)));
}

}  // namespace

void set_attribute(const Interpreter& interpreter, Namespace& names, const std::string& name,
                   const Value& value) {
  if (interpreter.options().chat_extensions && name.starts_with('_'))
    throw EvaluationError{"a namespace takes no attribute with an underscore first ('" + name + "')"};
  if (!names.names.contains(name)) Budget::values(2);
  names.names[name] = value;
}

void define_functions(Interpreter& interpreter) {
  const auto define = [&](const char* name, Value (*function)(Interpreter&, const Arguments&)) {
    interpreter.define(name, interpreter.heap().callable({name, function, {}}));
  };
  define("range", range);
  define("namespace", make_namespace);
  define("dict", make_dict);
  define("joiner", joiner);
  define("cycler", cycler);
  if (interpreter.options().chat_extensions) {
    define("raise_exception", raise_exception);
    define("strftime_now", strftime_now);
  }
}

}  // namespace assay::text::jinja
