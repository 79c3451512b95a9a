// Tasks: a dataset with its prompt, scoring and metrics, read from YAML whose keys are
// lm-evaluation-harness's.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "assay/engine/request.hpp"
#include "assay/text/chat_template.hpp"
#include "assay/util/json.hpp"

namespace assay::eval {

enum class OutputType { loglikelihood, loglikelihood_rolling, multiple_choice, generate_until };

struct MetricConfig {
  std::string metric;  ///< "acc", "exact_match", ...; of a task with process_results any name
  /// "mean", "perplexity", ..., or "!function module.name" for a built-in one.
  std::string aggregation;
  std::optional<bool> higher_is_better;
  util::OrderedJson options;  ///< further keys (ignore_case, regexes_to_ignore, k, ...)
  std::string function = {};  ///< built-in function that runs programs ("module.name"), or empty
};

struct FilterStep {
  std::string function;  ///< "regex", "take_first", ..., or "!function module.name" for a built-in one
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
  std::string process_docs;   ///< built-in function, or empty
  util::OrderedJson samples;  ///< list of documents written in the YAML itself, or null
  util::OrderedJson doc_to_text;
  util::OrderedJson doc_to_target;
  util::OrderedJson doc_to_choice;
  std::string gen_prefix;
  std::string target_delimiter;
  std::string fewshot_delimiter;
};

/// One task, checked. The raw YAML (as JSON) is kept for results and export.
struct TaskConfig {
  std::string task;
  std::string alias;           ///< what tables show instead of the name, or empty
  std::filesystem::path file;  ///< where it was written
  std::string dataset_path;
  std::string dataset_name;  ///< empty: "default"
  /// Files of each split by name, where the YAML gives them (dataset_kwargs.data_files): paths, or under the
  /// data root.
  std::map<std::string, std::vector<std::string>> data_files;
  OutputType output_type = OutputType::generate_until;
  std::string test_split;       ///< the split that is scored (test_split, else validation_split)
  std::string fewshot_split;    ///< the split shots are drawn from
  std::string process_docs;     ///< built-in function "module.name" (src/eval/functions), or empty
  std::string process_results;  ///< built-in function, or empty: the metrics' own scoring
  /// Field name, template, "!function module.name" for a built-in one, or an index.
  util::OrderedJson doc_to_text;
  util::OrderedJson doc_to_target;  ///< the same, or a list
  util::OrderedJson doc_to_choice;  ///< field name, template, or list of the choices themselves; null if none
  std::string gen_prefix;           ///< what every answer begins with: field name or template, or empty
  std::string description;
  std::string target_delimiter = " ";
  std::string fewshot_delimiter = "\n\n";
  int num_fewshot = 0;
  bool num_fewshot_fixed = false;  ///< the YAML says 0: nothing overrides it
  FewshotConfig fewshot;
  util::OrderedJson generation_kwargs;
  int repeats = 1;         ///< answers to each request; filters see all of them
  bool runs_code = false;  ///< scoring executes what the model wrote
  std::vector<FilterPipeline> filters;
  std::vector<MetricConfig> metrics;
  util::OrderedJson metadata;  ///< holds "version"
  std::vector<std::string> tags;
  util::OrderedJson raw;
};

/// Reads and checks the one task of a file. Throws InputError "<file>:<line>: ..."; also if the file holds no
/// task, or several.
[[nodiscard]] TaskConfig load_task(const std::filesystem::path& file);

/// One line of a group's aggregate_metric_list.
struct GroupMetric {
  std::string metric;
  std::vector<std::string> filters;  ///< empty: every filter the members have for this metric
  bool weight_by_size = true;
};

/// Tasks reported together (lm-eval's `group`).
struct TaskGroup {
  std::string group;
  std::string alias;                 ///< what tables show instead of the name, or empty
  std::vector<std::string> members;  ///< names of tasks and of other groups, in order
  std::vector<GroupMetric> metrics;  ///< empty: nothing is aggregated
  util::OrderedJson metadata;
};

/// A task whose file cannot be read as one.
struct BrokenTask {
  std::string task;
  std::string error;  ///< "<file>:<line>: ..."
};

/// What a list of names means.
struct TaskSelection {
  std::vector<TaskConfig> tasks;   ///< in order, each once
  std::vector<BrokenTask> broken;  ///< the others can go on without them
  std::vector<TaskGroup> groups;   ///< that were named and those within them, outer before inner
};

enum class EntryKind { task, group, tag };

/// Tasks, groups and tags in folders (searched recursively, first match wins). Reads of each file no more
/// than its names until something is asked for.
class TaskCatalogue {
 public:
  struct Entry {
    EntryKind kind = EntryKind::task;
    std::filesystem::path file;           ///< empty for a tag
    std::vector<std::string> tags;        ///< of a task
    std::vector<std::string> categories;  ///< reasoning, mathematics, coding, ...
    std::vector<std::string> tasks;       ///< of a tag
  };
  explicit TaskCatalogue(std::vector<std::filesystem::path> folders);
  ~TaskCatalogue();
  TaskCatalogue(TaskCatalogue&&) noexcept;
  /// By name.
  [[nodiscard]] const std::map<std::string, Entry>& entries() const;
  /// Every category that an entry names.
  [[nodiscard]] std::vector<std::string> categories() const;
  /// Names of the entries of a category. Throws InputError, suggesting the nearest, if it has none.
  [[nodiscard]] std::vector<std::string> in_category(const std::string& category) const;
  /// Names of tasks, groups or tags, patterns with * and ?, or paths ending in .yaml or .yml. Throws
  /// InputError: an unknown name (suggesting the nearest), a group that cannot be read
  /// ("<file>:<line>: ..."), one task in two forms.
  [[nodiscard]] TaskSelection select(const std::vector<std::string>& names) const;
  /// The one task that a name or path means.
  [[nodiscard]] TaskConfig load(const std::string& name_or_file) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Every problem of one file, "<file>:<line>: ..." each, of what several tasks share once; empty if all its
/// tasks and groups can be read.
[[nodiscard]] std::vector<std::string> validate_task_file(const std::filesystem::path& file);

/// Writes a conversation as the model wants it; the marked ranges are the turns' own text. With
/// `add_generation_prompt` the text ends where the assistant begins, else within its last turn.
using ChatRenderer = std::function<text::RenderedText(const std::vector<text::ChatMessage>& turns,
                                                      bool add_generation_prompt)>;

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
  std::string system_instruction;    ///< before the task's description
  ChatRenderer chat;                 ///< null: prompts are plain text
  bool fewshot_as_multiturn = true;  ///< with `chat`: every shot its own turns, else all in one user turn
};

/// One question to the model, still text. Order of requests in a sample is lm-eval's.
struct TextRequest {
  engine::RequestKind kind = engine::RequestKind::loglikelihood;
  std::string context;       ///< prompt; for loglikelihood_rolling the whole text
  std::string continuation;  ///< loglikelihood only
  util::OrderedJson
      gen_kwargs;  ///< generate only: as lm-eval would pass them (until, do_sample, max_gen_toks, ...)
  /// Parts of the context that a document wrote into a chat template: no special token is read there.
  std::vector<text::ByteRange> plain = {};
  int repeat = 0;  ///< of `repeats` answers to one question, which
};

/// One document with its prompt(s) and gold answer.
struct Sample {
  std::int64_t doc_id = 0;   ///< index in the split
  util::OrderedJson doc;     ///< after process_docs
  util::OrderedJson target;  ///< as lm-eval logs it: index, text or list; python_str() of it is hashed
  /// Of a task whose choices are contexts: the index of the right one; else null, and the target is it.
  util::OrderedJson gold_context;
  /// Bare choice texts, of any output type; empty if the task has no doc_to_choice.
  std::vector<std::string> choices;
  bool several_targets = false;  ///< the split's first target is a list: in this task any of a list counts
  std::vector<TextRequest> requests;  ///< with `repeats`, each that often in a row
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
