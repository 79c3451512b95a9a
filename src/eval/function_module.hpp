// Built-in functions: what lm-evaluation-harness keeps in Python files beside a task, here in C++ with the
// same meaning. A YAML names one as `!function module.name`. One file a module in src/eval/functions; see
// src/eval/README.md.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assay/util/json.hpp"

namespace assay::eval {

class PythonRandom;

/// How a task keeps the name of a built-in function among field names and templates: this, then "module.name".
inline constexpr std::string_view function_mark = "!function ";

/// process_docs: changes the fields of one document in place, and may drop documents. One of `function`,
/// `expand` and `draw` is set.
struct NamedProcess {
  std::string_view name;
  void (*function)(util::OrderedJson& document) = nullptr;
  /// Whether the document, as the function left it, stays in the split; null: all do.
  bool (*keep)(const util::OrderedJson& document) = nullptr;
  /// The documents that one document becomes.
  std::vector<util::OrderedJson> (*expand)(const util::OrderedJson& document) = nullptr;
  /// Changes a document in place by random numbers, which go on through the split's documents in order.
  void (*draw)(util::OrderedJson& document, PythonRandom& random) = nullptr;
  std::uint64_t seed = 0;  ///< of the numbers of `draw`: Python's random.Random(seed)
};

/// doc_to_text, doc_to_target, doc_to_choice: text, an index, or a list of texts, as Python would give.
struct NamedValue {
  std::string_view name;
  util::OrderedJson (*function)(const util::OrderedJson& document);
};

/// fewshot_config.samples: a list of documents.
struct NamedSamples {
  std::string_view name;
  util::OrderedJson (*function)();
};

/// process_results: values by metric of one sample. `results` are what the filters left of each request:
/// text (or a list of texts, as filters leave) for a generation, [log-probability, is greedy] for a
/// log-likelihood, a log-probability for a rolling one. Pairs that an aggregation takes are arrays.
using MetricValues = std::map<std::string, util::OrderedJson>;
struct NamedResults {
  std::string_view name;
  MetricValues (*function)(const util::OrderedJson& document, std::span<const util::OrderedJson> results);
};

/// metric_list[].metric: the value of one sample of a generating task, by its target and what the filters
/// left of its response. Pairs and triples that an aggregation takes are arrays.
struct NamedMetric {
  std::string_view name;
  util::OrderedJson (*value)(const util::OrderedJson& reference, const util::OrderedJson& prediction);
};

/// metric_list[].aggregation: one number of all samples' values, in document order.
struct NamedAggregation {
  std::string_view name;
  double (*function)(std::span<const util::OrderedJson> values);
};

/// filter_list[].filter[].function: a step that may look at the document.
struct NamedFilter {
  std::string_view name;
  std::span<const std::string_view> options;
  /// `responses`: the list of one request's responses. Gives the list (or the text) for the next step.
  util::OrderedJson (*apply)(const util::OrderedJson& responses, const util::OrderedJson& options,
                             const util::OrderedJson& document);
  /// Checks the options at loading. Throws InputError without a place; the caller adds it.
  void (*check)(const util::OrderedJson& options) = nullptr;
};

/// metric_list[].metric that runs programs: a sample passes by the share of its programs that end well.
struct NamedExecution {
  std::string_view name;
  /// The Python programs to run for one sample: `reference` is its target, `predictions` what the filters
  /// left (a list of texts).
  std::vector<std::string> (*programs)(const std::string& reference, const util::OrderedJson& predictions);
  /// The metric is called "pass@k" for each k of its option `k`, not by the function's name.
  bool named_by_k = true;
};

/// Functions throw InputError for a missing field or a wrong type; the caller adds which document.
struct FunctionModule {
  std::string_view name;  ///< as in `!function name.function`
  /// SHA-256 (lower-case hex) of the Python files whose functions these are: a YAML beside such a file means
  /// them by whatever name it imports the file under.
  std::span<const std::string_view> sources = {};
  std::span<const NamedProcess> processes = {};
  std::span<const NamedValue> values = {};
  std::span<const NamedSamples> samples = {};
  std::span<const NamedResults> results = {};
  std::span<const NamedMetric> metrics = {};
  std::span<const NamedAggregation> aggregations = {};
  std::span<const NamedFilter> filters = {};
  std::span<const NamedExecution> executions = {};
};

/// Every module, from the files in src/eval/functions (generated).
[[nodiscard]] std::span<const FunctionModule* const> all_function_modules();

/// The "module.function" of the registry that `written` ("utils.process_docs") means in a task file of
/// `folder`. A Python file of that name there decides by its content. Throws InputError, without a place, if
/// the file is another than those known, or there is no such function.
[[nodiscard]] std::string resolve_function(std::string_view written, const std::filesystem::path& folder);

/// Look-up by the resolved name; nullptr if that module has no such function of this kind.
[[nodiscard]] const NamedProcess* find_process(std::string_view resolved);
[[nodiscard]] const NamedValue* find_value(std::string_view resolved);
[[nodiscard]] const NamedSamples* find_samples(std::string_view resolved);
[[nodiscard]] const NamedResults* find_results(std::string_view resolved);
[[nodiscard]] const NamedMetric* find_named_metric(std::string_view resolved);
[[nodiscard]] const NamedAggregation* find_named_aggregation(std::string_view resolved);
[[nodiscard]] const NamedFilter* find_named_filter(std::string_view resolved);
[[nodiscard]] const NamedExecution* find_execution(std::string_view resolved);

/// A field of a document. Throws InputError if it is missing.
[[nodiscard]] const util::OrderedJson& field(const util::OrderedJson& document, std::string_view name);
/// The text of a field. Throws InputError if it is missing or not text.
[[nodiscard]] const std::string& text_field(const util::OrderedJson& document, std::string_view name);
/// The whole number of a field. Throws InputError if it is missing or another value.
[[nodiscard]] std::int64_t integer_field(const util::OrderedJson& document, std::string_view name);
/// The texts of a list. Throws InputError if it is missing or holds something else.
[[nodiscard]] std::vector<std::string> texts_field(const util::OrderedJson& document, std::string_view name);
/// What a process_results is given of its sample's only generation. Throws InputError if that is not text.
[[nodiscard]] const std::string& text_result(std::span<const util::OrderedJson> results);
/// What it is given of the sample's log-likelihoods: the log-probabilities. Throws InputError if there are
/// none, or something else.
[[nodiscard]] std::vector<double> log_probability_results(std::span<const util::OrderedJson> results);

}  // namespace assay::eval
