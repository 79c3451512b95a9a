// Renders a syntax tree: scopes, limits, and the meaning of operators, as Jinja2 on CPython has them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "assay/text/jinja.hpp"
#include "text/jinja/syntax.hpp"
#include "text/jinja/value.hpp"

namespace assay::text::jinja {

class Interpreter {
 public:
  Interpreter(const JinjaOptions& options, Heap& heap);

  /// Defines a name of the outermost scope.
  void define(std::string name, Value value) { globals_.names[std::move(name)] = std::move(value); }
  /// Renders a template. Throws EvaluationError; offset() then says where.
  [[nodiscard]] MarkedText render(const Block& block);
  [[nodiscard]] std::size_t offset() const { return offset_; }

  // What filters, tests, methods and functions use.
  [[nodiscard]] const JinjaOptions& options() const { return options_; }
  [[nodiscard]] Heap& heap() { return heap_; }
  [[nodiscard]] Value call(const Value& callee, const Arguments& arguments);
  [[nodiscard]] Value filter(std::string_view name, const Value& subject, const Arguments& arguments);
  [[nodiscard]] bool test(std::string_view name, const Value& subject, const Arguments& arguments);
  [[nodiscard]] Value member(const Value& object, const std::string& name);
  [[nodiscard]] Value item(const Value& object, const Value& key);
  /// What a loop over the value meets; throws for what has no items.
  [[nodiscard]] std::vector<Value> items(const Value& value) const;
  [[nodiscard]] bool truth(const Value& value) const;
  /// str(value), as output shows it.
  [[nodiscard]] MarkedText text(const Value& value) const;
  /// Throws for an undefined value: "'x' is undefined".
  static void require_defined(const Value& value);
  /// The same, but only where missing names are errors in any use.
  void check_strictly(const Value& value) const;
  /// Counts a new text against the budget.
  [[nodiscard]] Value make(MarkedText text);
  [[nodiscard]] Value make(std::string text) { return make(MarkedText(std::move(text))); }
  [[nodiscard]] Value arithmetic(std::string_view symbol, const Value& left, const Value& right);
  [[nodiscard]] bool contains(const Value& container, const Value& value) const;

 private:
  struct Scope {
    std::map<std::string, Value, std::less<>> names;
    Scope* parent = nullptr;
  };
  struct Loop;
  enum class Flow { normal, broken, continued };

  Scope* open_scope(Scope* parent);
  Value look_up(const std::string& name) const;
  void assign(const Expression& target, const Value& value);

  Flow execute(const Block& block);
  Flow execute(const Statement& statement);
  Flow execute_conditional(const Statement& statement);
  Flow execute_in_scope(const Block& block);
  void execute_loop(const Statement& statement);
  void run_loop(const Statement& statement, const Value& source, Scope* scope, std::int64_t depth);
  std::vector<Value> loop_items(const Statement& statement, const Value& source, Scope* scope);
  void execute_with(const Statement& statement);
  MarkedText capture(const Block& block);
  void emit(const Value& value);
  Value macro(const MacroBody& body);
  MarkedText call_macro(const MacroBody& body, Scope* scope, const Arguments& arguments);

  Value evaluate(const Expression& expression);
  Value evaluate_call(const Expression& expression);
  Value evaluate_comparison(const Expression& expression);
  Value evaluate_slice(const Expression& expression);
  Value apply_filters(const Expression& chain, const Value& innermost);
  Arguments evaluate_arguments(const Expression& expression);
  bool compare(std::string_view symbol, const Value& left, const Value& right) const;

  const JinjaOptions& options_;
  Heap& heap_;
  std::deque<Scope> scopes_;
  Scope globals_;
  Scope* scope_ = nullptr;
  MarkedText* out_ = nullptr;
  std::size_t offset_ = 0;
};

/// Arguments by the names of parameters, as Python binds them; absent ones are nullopt. Throws
/// EvaluationError for unknown names and surplus arguments.
[[nodiscard]] std::vector<std::optional<Value>> bind(std::string_view function, const Arguments& arguments,
                                                     std::initializer_list<std::string_view> parameters);

}  // namespace assay::text::jinja
