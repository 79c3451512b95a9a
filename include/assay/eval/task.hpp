// Tasks: a dataset with its prompt, scoring and metrics, read from YAML whose keys are
// lm-evaluation-harness's.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "assay/engine/request.hpp"
#include "assay/util/json.hpp"

namespace assay::eval {

enum class OutputType { loglikelihood, loglikelihood_rolling, multiple_choice, generate_until };

struct MetricConfig {
  std::string metric;  ///< "acc", "exact_match", ...
  std::string
      aggregation;  ///< "mean", "perplexity", "weighted_perplexity", "bits_per_byte"; empty: the metric's own
  std::optional<bool> higher_is_better;
  util::OrderedJson options;  ///< further keys (ignore_case, regexes_to_ignore, ...)
};

struct FilterStep {
  std::string function;  ///< "regex", "take_first", ...
  util::OrderedJson options;
};
struct FilterPipeline {
  std::string name;  ///< "strict-match"; "none" for the default
  std::vector<FilterStep> steps;
};

/// How shots are drawn and written; members not given in the YAML's fewshot_config are the task's own.
struct FewshotConfig {
  std::string sampler = "default";  ///< "default" (random, one generator a task) or "first_n"
  std::string split;                ///< empty: training split, else validation, else test
  bool exclude_document =
      false;  ///< never show a document its own answer: split == test split, as lm-eval tests it
  util::OrderedJson samples;  ///< list of documents written in the YAML itself, or null
  std::string doc_to_text;
  util::OrderedJson doc_to_target;
  util::OrderedJson doc_to_choice;
  std::string target_delimiter;
  std::string fewshot_delimiter;
};

/// One task file, checked. The raw YAML (as JSON) is kept for results and export.
struct TaskConfig {
  std::string task;
  std::filesystem::path file;
  std::string dataset_path;
  std::string dataset_name;  ///< empty: "default"
  OutputType output_type = OutputType::generate_until;
  std::string test_split;           ///< the split that is scored (test_split, else validation_split)
  std::string fewshot_split;        ///< the split shots are drawn from
  std::string process_docs;         ///< built-in function "module.name" (src/eval/documents), or empty
  std::string process_results;      ///< built-in function, or empty: the metrics' own scoring
  std::string doc_to_text;          ///< field name or template; "!function module.name" for a built-in one
  util::OrderedJson doc_to_target;  ///< the same, or an index
  util::OrderedJson doc_to_choice;  ///< field name, template, or list of the choices themselves; null if none
  std::string description;
  std::string target_delimiter = " ";
  std::string fewshot_delimiter = "\n\n";
  int num_fewshot = 0;
  bool num_fewshot_fixed = false;  ///< the YAML says 0: nothing overrides it
  FewshotConfig fewshot;
  util::OrderedJson generation_kwargs;
  std::vector<FilterPipeline> filters;
  std::vector<MetricConfig> metrics;
  util::OrderedJson metadata;  ///< holds "version"
  std::vector<std::string> tags;
  util::OrderedJson raw;
};

/// Reads and checks one task file. Throws InputError "<file>:<line>: ...".
[[nodiscard]] TaskConfig load_task(const std::filesystem::path& file);

/// Finds tasks by name in folders (searched recursively, first match wins) or by YAML path.
class TaskCatalogue {
 public:
  explicit TaskCatalogue(std::vector<std::filesystem::path> folders);
  /// Names and files, sorted by name, without reading more than each file's `task:` key.
  [[nodiscard]] const std::map<std::string, std::filesystem::path>& tasks() const { return tasks_; }
  /// `name_or_file`: a name, or a path ending in .yaml or .yml. Throws InputError suggesting the nearest
  /// name.
  [[nodiscard]] TaskConfig load(const std::string& name_or_file) const;

 private:
  std::map<std::string, std::filesystem::path> tasks_;
};

struct BuildOptions {
  std::filesystem::path data_root;
  std::int64_t limit = -1;         ///< first N documents; -1: all
  std::optional<int> num_fewshot;  ///< overrides the task's, except a 0 in the task's YAML
  std::uint64_t fewshot_seed = 1234;
  std::optional<std::uint64_t>
      sample_seed;               ///< with limit: N documents drawn by this seed, in document order
  util::OrderedJson gen_kwargs;  ///< --gen-kwargs; override the task's, key by key
  /// Of the model (generation_config.json), below the task's own: repetition_penalty, and for sampling
  /// temperature, top_k and top_p.
  util::OrderedJson model_generation;
};

/// One question to the model, still text. Order of requests in a sample is lm-eval's.
struct TextRequest {
  engine::RequestKind kind = engine::RequestKind::loglikelihood;
  std::string context;       ///< prompt; for loglikelihood_rolling the whole text
  std::string continuation;  ///< loglikelihood only
  util::OrderedJson
      gen_kwargs;  ///< generate only: as lm-eval would pass them (until, do_sample, max_gen_toks, ...)
};

/// One document with its prompt(s) and gold answer.
struct Sample {
  std::int64_t doc_id = 0;   ///< index in the split
  util::OrderedJson doc;     ///< after process_docs
  util::OrderedJson target;  ///< as lm-eval logs it: index, text or list; python_str() of it is hashed
  /// Bare choice texts, of any output type; empty if the task has no doc_to_choice.
  std::vector<std::string> choices;
  bool several_targets = false;  ///< the split's first target is a list: in this task any of a list counts
  std::vector<TextRequest> requests;
};

/// Shots a sample gets under these options.
[[nodiscard]] int effective_num_fewshot(const TaskConfig& task, const BuildOptions& options);

/// A task's split, expanded.
struct SampleSet {
  std::vector<Sample> samples;
  std::int64_t documents = 0;  ///< in the split, before any limit
};

/// Reads the data and builds every sample's requests: few-shot draws are those of one process whatever the
/// launch. Throws InputError naming task, file and line for missing data, fields, types, an empty split, and
/// what is too large to be held (src/eval/data/data_limits.hpp).
[[nodiscard]] SampleSet build_samples(const TaskConfig& task, const BuildOptions& options);

struct EncodeOptions {
  std::int64_t max_length = 0;        ///< tokens, the engine's
  std::uint64_t sampling_seed = 0;    ///< of the campaign; every prompt gets its own stream from it
  std::optional<bool> add_bos_token;  ///< unset: as the model directory asks
};

/// Tokens of a request with lm-eval's pair encoding, truncation and rolling windows. id is left 0.
/// Throws InputError (the request cannot be asked: empty continuation, max_gen_toks >= max_length, ...).
[[nodiscard]] engine::Request encode(const TextRequest& request, const text::Tokenizer& tokenizer,
                                     const EncodeOptions& options);

}  // namespace assay::eval
