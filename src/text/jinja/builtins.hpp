// Tables of what a template can name: filters, tests, methods of values, functions.
#pragma once

#include <string_view>

#include "text/jinja/interpreter.hpp"
#include "text/jinja/value.hpp"

namespace assay::text::jinja {

using Function = Value (*)(Interpreter&, const Value& subject, const Arguments&);
using Predicate = bool (*)(Interpreter&, const Value& subject, const Arguments&);

struct NamedFunction {
  std::string_view name;
  Function function;
};

/// nullptr where there is none of that name.
[[nodiscard]] Function find_filter(std::string_view name);
[[nodiscard]] Predicate find_test(std::string_view name);
/// Methods of str, list (and tuple), dict.
[[nodiscard]] Function find_text_method(std::string_view name);
[[nodiscard]] Function find_list_method(std::string_view name, bool tuple);
[[nodiscard]] Function find_dict_method(std::string_view name);
/// Whether the method changes its object.
[[nodiscard]] bool is_mutating(std::string_view method);
/// Sets a namespace's attribute. Throws where chat templates may not have it (an underscore first).
void set_attribute(const Interpreter& interpreter, Namespace& names, const std::string& name,
                   const Value& value);
/// range, dict, namespace, cycler, joiner, and, where the options say so, the chat functions.
void define_functions(Interpreter& interpreter);

/// Lookup in a table sorted by hand or not: tables are small.
template <std::size_t count>
[[nodiscard]] Function find_function(const NamedFunction (&table)[count], std::string_view name) {
  for (const auto& entry : table) {
    if (entry.name == name) return entry.function;
  }
  return nullptr;
}

// Parts of the table of filters, one a file.
[[nodiscard]] Function find_text_filter(std::string_view name);
[[nodiscard]] Function find_sequence_filter(std::string_view name);
[[nodiscard]] Function find_selection_filter(std::string_view name);

}  // namespace assay::text::jinja
