#include "eval/function_module.hpp"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "assay/util/error.hpp"
#include "assay/util/files.hpp"
#include "assay/util/hash.hpp"
#include "assay/util/suggest.hpp"

namespace assay::eval {
namespace {

namespace fs = std::filesystem;
using util::check_input;
using util::fail_input;
using util::OrderedJson;

// A module of functions is source text of some kilobytes.
constexpr std::uintmax_t max_source_bytes = 4 << 20;

std::pair<std::string_view, std::string_view> parts(std::string_view name) {
  const auto dot = name.rfind('.');
  if (dot == std::string_view::npos) return {"", name};
  return {name.substr(0, dot), name.substr(dot + 1)};
}

template <class Named>
const Named* find(std::string_view resolved, std::span<const Named> FunctionModule::*kind) {
  const auto [module_name, function] = parts(resolved);
  for (const FunctionModule* module : all_function_modules()) {
    if (module->name != module_name) continue;
    for (const Named& named : module->*kind) {
      if (named.name == function) return &named;
    }
  }
  return nullptr;
}

// The Python file that lm-eval would import for `module_name`, or an empty path.
fs::path source_file(std::string_view module_name, const fs::path& folder) {
  if (module_name.empty() || module_name.find("..") != std::string_view::npos) return {};
  std::string relative(module_name);
  std::ranges::replace(relative, '.', '/');
  fs::path file = folder / (relative + ".py");
  std::error_code error;
  return fs::is_regular_file(file, error) ? file : fs::path();
}

const FunctionModule* module_with_source(const fs::path& file) {
  std::error_code error;
  check_input(fs::file_size(file, error) <= max_source_bytes && !error, "{} cannot be read, or is no module",
              file.string());
  const std::string digest = util::sha256_hex(util::read_file(file));
  for (const FunctionModule* module : all_function_modules()) {
    if (std::ranges::find(module->sources, digest) != module->sources.end()) return module;
  }
  fail_input(
      "{} is no Python file whose functions are built in (Python is not run, and a file that was changed may "
      "mean something else)",
      file.string());
}

const FunctionModule* module_named(std::string_view name) {
  for (const FunctionModule* module : all_function_modules()) {
    if (module->name == name) return module;
  }
  return nullptr;
}

std::vector<std::string> function_names(const FunctionModule& module) {
  std::vector<std::string> names;
  const auto add = [&](const auto& functions) {
    for (const auto& named : functions) names.push_back(fmt::format("{}.{}", module.name, named.name));
  };
  add(module.processes);
  add(module.values);
  add(module.samples);
  add(module.results);
  add(module.metrics);
  add(module.aggregations);
  add(module.filters);
  add(module.executions);
  return names;
}

}  // namespace

std::string resolve_function(std::string_view written, const fs::path& folder) {
  const auto [module_name, function] = parts(written);
  const fs::path file = source_file(module_name, folder);
  const FunctionModule* module = file.empty() ? module_named(module_name) : module_with_source(file);
  if (module == nullptr) {
    std::vector<std::string> names;
    for (const FunctionModule* known : all_function_modules()) names.emplace_back(known->name);
    fail_input("the function \"{}\" is not built in{}, and there is no {}.py beside the task file", written,
               util::did_you_mean(std::string(module_name), names), module_name);
  }
  const std::string resolved = fmt::format("{}.{}", module->name, function);
  const std::vector<std::string> names = function_names(*module);
  check_input(std::ranges::find(names, resolved) != names.end(),
              "the function \"{}\" is not built in; of its module, {} are", written, fmt::join(names, ", "));
  return resolved;
}

const NamedProcess* find_process(std::string_view resolved) {
  return find(resolved, &FunctionModule::processes);
}
const NamedValue* find_value(std::string_view resolved) {
  return find(resolved, &FunctionModule::values);
}
const NamedSamples* find_samples(std::string_view resolved) {
  return find(resolved, &FunctionModule::samples);
}
const NamedResults* find_results(std::string_view resolved) {
  return find(resolved, &FunctionModule::results);
}
const NamedMetric* find_named_metric(std::string_view resolved) {
  return find(resolved, &FunctionModule::metrics);
}
const NamedAggregation* find_named_aggregation(std::string_view resolved) {
  return find(resolved, &FunctionModule::aggregations);
}
const NamedFilter* find_named_filter(std::string_view resolved) {
  return find(resolved, &FunctionModule::filters);
}
const NamedExecution* find_execution(std::string_view resolved) {
  return find(resolved, &FunctionModule::executions);
}

const OrderedJson& field(const OrderedJson& document, std::string_view name) {
  const auto found = document.find(name);
  check_input(found != document.end(), "the field \"{}\" is missing", name);
  return *found;
}

const std::string& text_field(const OrderedJson& document, std::string_view name) {
  const OrderedJson& value = field(document, name);
  check_input(value.is_string(), "field \"{}\" is not text", name);
  return value.get_ref<const std::string&>();
}

std::int64_t integer_field(const OrderedJson& document, std::string_view name) {
  const OrderedJson& value = field(document, name);
  check_input(value.is_number_integer(), "field \"{}\" is not a whole number", name);
  return value.get<std::int64_t>();
}

std::vector<std::string> texts_field(const OrderedJson& document, std::string_view name) {
  const OrderedJson& list = field(document, name);
  check_input(list.is_array(), "field \"{}\" is not a list", name);
  std::vector<std::string> texts;
  for (const OrderedJson& item : list) {
    check_input(item.is_string(), "field \"{}\" holds something that is not text", name);
    texts.push_back(item.get<std::string>());
  }
  return texts;
}

const std::string& text_result(std::span<const OrderedJson> results) {
  check_input(!results.empty() && results[0].is_string(), "the filters left something that is not text");
  return results[0].get_ref<const std::string&>();
}

std::vector<double> log_probability_results(std::span<const OrderedJson> results) {
  std::vector<double> values;
  for (const OrderedJson& result : results) {
    const bool is_pair =
        result.is_array() && !result.empty() && (result[0].is_number() || result[0].is_null());
    check_input(is_pair, "a result is no log-probability with \"is greedy\"");
    // NaN has no JSON form; it is kept as null.
    values.push_back(result[0].is_null() ? std::numeric_limits<double>::quiet_NaN()
                                         : result[0].get<double>());
  }
  check_input(!values.empty(), "there are no results");
  return values;
}

}  // namespace assay::eval
