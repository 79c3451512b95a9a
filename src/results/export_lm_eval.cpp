#include <algorithm>
#include <chrono>
#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "assay/eval/python_value.hpp"
#include "assay/results/export.hpp"
#include "assay/results/results_reader.hpp"
#include "assay/text/python.hpp"
#include "assay/util/error.hpp"
#include "assay/util/files.hpp"
#include "assay/util/hash.hpp"
#include "assay/util/log.hpp"
#include "assay/util/utf8.hpp"
#include "results/json_text.hpp"

namespace assay::results {
namespace {

using util::OrderedJson;

// The release whose files these resemble; "+assay" is a local version by PEP 440, which version parsers
// accept.
constexpr const char* kLmEvalVersion = "0.4.13+assay";
constexpr int kBootstrapIterations = 100000;

struct StartTime {
  std::string file_stamp = "1970-01-01T00-00-00.000000";  // as lm-eval stamps its files
  double unix_seconds = 0;
};

StartTime parse_start(const std::string& started_at) {
  StartTime start;
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  if (std::sscanf(started_at.c_str(), "%4d-%2d-%2dT%2d:%2d:%2d", &year, &month, &day, &hour, &minute,
                  &second) != 6) {
    return start;
  }
  using namespace std::chrono;
  const year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                            std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok() || year < 1970 || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 ||
      second > 60) {
    return start;
  }
  start.file_stamp =
      fmt::format("{:04}-{:02}-{:02}T{:02}-{:02}-{:02}.000000", year, month, day, hour, minute, second);
  start.unix_seconds = static_cast<double>(
      (sys_days(date) + hours(hour) + minutes(minute) + seconds(second)).time_since_epoch().count());
  return start;
}

// Every leaf as text, lists kept: how lm-eval logs responses.
OrderedJson as_text(const OrderedJson& value) {
  if (!value.is_array()) return eval::python_str(value);
  OrderedJson out = OrderedJson::array();
  for (const OrderedJson& item : value) out.push_back(as_text(item));
  return out;
}

OrderedJson arguments_of(const eval::TextRequest& request) {
  OrderedJson arguments = {{"arg_0", util::replace_invalid_utf8(request.context)}};
  if (request.kind == engine::RequestKind::loglikelihood)
    arguments["arg_1"] = util::replace_invalid_utf8(request.continuation);
  if (request.kind == engine::RequestKind::generate) arguments["arg_1"] = request.gen_kwargs;
  return arguments;
}

// How often each question was asked: that many requests follow each other.
std::size_t repeats_of(const TaskSummary& task, const eval::Sample& sample) {
  const auto repeats = task.config.find("repeats");
  if (repeats == task.config.end() || !repeats->is_number_integer() || *repeats < 1) return 1;
  const auto count = repeats->get<std::size_t>();
  return sample.requests.size() % count == 0 ? count : 1;
}

// One response to a request.
OrderedJson response_of(const engine::Completion& completion) {
  switch (completion.kind) {
    case engine::RequestKind::loglikelihood:
      return as_text(OrderedJson::array({completion.log_probability, completion.is_greedy}));
    case engine::RequestKind::loglikelihood_rolling:
      return text::python::repr(completion.log_probability);
    case engine::RequestKind::generate:
      return util::replace_invalid_utf8(completion.text);
  }
  return nullptr;
}

// Metric names in the order of the task's configuration; those it does not list last.
std::vector<std::string> metric_order(const OrderedJson& config, const eval::SampleScore& score) {
  std::vector<std::string> names;
  const auto add = [&](const std::string& name) {
    if (score.metrics.contains(name) && std::find(names.begin(), names.end(), name) == names.end()) {
      names.push_back(name);
    }
  };
  if (const auto list = config.find("metric_list"); list != config.end() && list->is_array()) {
    for (const OrderedJson& entry : *list) {
      if (entry.is_object() && entry.contains("metric") && entry["metric"].is_string()) {
        add(entry["metric"].get<std::string>());
      }
    }
  }
  for (const auto& [name, value] : score.metrics) add(name);
  return names;
}

OrderedJson sample_line(const TaskSummary& task, const TaskSamples& samples, std::size_t i,
                        const eval::SampleScore& score) {
  const eval::Sample& sample = samples.samples[i];
  OrderedJson line;
  line["doc_id"] = sample.doc_id;
  line["doc"] = sample.doc;
  line["target"] = eval::python_str(sample.target);
  line["arguments"] = OrderedJson::object();
  line["resps"] = OrderedJson::array();
  const std::size_t repeats = repeats_of(task, sample);
  for (std::size_t r = 0; r < sample.requests.size(); ++r) {
    if (r % repeats == 0) {
      line["arguments"]["gen_args_" + std::to_string(r / repeats)] = arguments_of(sample.requests[r]);
      line["resps"].push_back(OrderedJson::array());
    }
    line["resps"].back().push_back(response_of(samples.completions[i][r]));
  }
  line["filtered_resps"] = as_text(score.filtered_response);
  line["filter"] = score.filter;
  const std::vector<std::string> names = metric_order(task.config, score);
  line["metrics"] = names;
  line["doc_hash"] = samples.document_hashes[i];
  line["prompt_hash"] = samples.prompt_hashes[i];
  line["target_hash"] = samples.target_hashes[i];
  for (const std::string& name : names) line[name] = score.metrics.at(name);
  return line;
}

struct SampleFile {
  std::string text;
  std::string hash;  // over the hashes of its lines
};

// Filter by filter, and for each all documents, as lm-eval goes.
SampleFile sample_file(const TaskSummary& task, const TaskSamples& samples) {
  SampleFile file;
  util::Sha256 hash;
  const std::size_t filters = samples.scores.empty() ? 0 : samples.scores.front().size();
  for (std::size_t f = 0; f < filters; ++f) {
    for (std::size_t i = 0; i < samples.samples.size(); ++i) {
      util::check_input(samples.scores[i].size() == filters,
                        "task {}: sample {} has {} filters instead of {}", task.task, i,
                        samples.scores[i].size(), filters);
      file.text += python_json(sample_line(task, samples, i, samples.scores[i][f])) + "\n";
      hash.update(samples.document_hashes[i] + samples.prompt_hashes[i] + samples.target_hashes[i]);
    }
  }
  file.hash = hash.finish();
  return file;
}

OrderedJson metrics_of(const TaskSummary& task) {
  OrderedJson out;
  out["name"] = task.task;
  const auto alias = task.config.find("task_alias");
  out["alias"] = alias != task.config.end() ? *alias : OrderedJson(task.task);
  out["sample_len"] = task.samples;
  for (const eval::MetricResult& metric : task.metrics) {
    out[metric.metric + "," + metric.filter] = metric.value;
    out[metric.metric + "_stderr," + metric.filter] =
        metric.standard_error ? OrderedJson(*metric.standard_error) : OrderedJson("N/A");
  }
  return out;
}

OrderedJson metrics_of(const GroupSummary& group) {
  OrderedJson out;
  out["alias"] = group.group.alias.empty() ? group.group.group : group.group.alias;
  out["name"] = group.group.group;
  out["sample_len"] = group.samples;
  OrderedJson counts = OrderedJson::object();
  for (const eval::MetricResult& metric : group.metrics) {
    out[metric.metric + "," + metric.filter] = metric.value;
    out[metric.metric + "_stderr," + metric.filter] =
        metric.standard_error ? OrderedJson(*metric.standard_error) : OrderedJson("N/A");
    counts[metric.metric + "," + metric.filter] = metric.samples;
  }
  if (!counts.empty()) out["sample_count"] = std::move(counts);
  return out;
}

OrderedJson member(const OrderedJson& object, const char* key) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(key);
  return found == object.end() ? OrderedJson() : *found;
}

OrderedJson run_config(const RunInfo& info) {
  const OrderedJson& run = info.configuration;
  OrderedJson config;
  config["model"] = "assay";
  config["model_args"] = {{"pretrained", info.model_path}, {"dtype", info.dtype}};
  config["model_num_parameters"] = nullptr;
  config["model_dtype"] = "torch." + info.dtype;  // the spelling that scripts know
  config["model_revision"] = "main";
  config["model_sha"] = info.model_fingerprint;
  config["batch_size"] = nullptr;
  config["batch_sizes"] = OrderedJson::array();
  config["device"] = info.cpu_isa.empty() ? OrderedJson() : OrderedJson("cpu");
  config["use_cache"] = nullptr;
  config["limit"] = member(run, "limit");
  config["bootstrap_iters"] = kBootstrapIterations;
  config["gen_kwargs"] = member(run, "gen_kwargs") == "" ? OrderedJson() : member(run, "gen_kwargs");
  config["random_seed"] = member(run, "seed");
  config["numpy_seed"] = nullptr;
  config["torch_seed"] = nullptr;
  config["fewshot_seed"] = member(run, "fewshot_seed");
  return config;
}

std::string sanitized(const std::string& model) {
  std::string out;
  bool in_run = false;
  for (const char c : model) {
    const bool special = std::string_view("\"<>:/|\\?*[]").find(c) != std::string_view::npos;
    if (!special) out += c;
    if (special && !in_run) out += "__";
    in_run = special;
  }
  return out;
}

void add_environment(OrderedJson& out, const ResultsReader& reader, const StartTime& start,
                     const OrderedJson& task_hashes) {
  const RunInfo& info = reader.info();
  out["config"] = run_config(info);
  out["git_hash"] = nullptr;
  out["date"] = start.unix_seconds;
  out["pretty_env_info"] = fmt::format("assay {}, mesh {}, {}, {} numerics, CPU {}", info.assay_version,
                                       info.mesh, info.dtype, info.numerics, info.cpu_isa);
  out["transformers_version"] = nullptr;
  out["lm_eval_version"] = kLmEvalVersion;
  out["upper_git_hash"] = nullptr;
  for (const char* key :
       {"tokenizer_pad_token", "tokenizer_eos_token", "tokenizer_bos_token", "eot_token_id"}) {
    out[key] = nullptr;  // not recorded
  }
  out["max_length"] = info.max_length;
  out["task_hashes"] = task_hashes;
  out["model_source"] = "assay";
  out["model_name"] = info.model_path;
  out["model_name_sanitized"] = sanitized(info.model_path);
  const OrderedJson system = member(info.configuration, "system_instruction");
  const bool has_system = system.is_string() && !system.get_ref<const std::string&>().empty();
  out["system_instruction"] = has_system ? system : OrderedJson();
  out["system_instruction_sha"] =
      has_system ? OrderedJson(util::sha256_hex(system.get<std::string>())) : OrderedJson();
  const OrderedJson chat = member(info.configuration, "chat_template");
  out["fewshot_as_multiturn"] = !chat.is_null() && member(info.configuration, "fewshot_as_multiturn") == true;
  out["chat_template"] = chat;
  out["chat_template_sha"] = member(info.configuration, "chat_template_sha");
  out["total_evaluation_time_seconds"] = text::python::repr(reader.wall_seconds());
  out["assay"] = {{"version", info.assay_version},
                  {"mesh", info.mesh},
                  {"dtype", info.dtype},
                  {"numerics", info.numerics},
                  {"model_fingerprint", info.model_fingerprint},
                  {"tokenizer_fingerprint", info.tokenizer_fingerprint},
                  {"configuration", info.configuration}};
}

OrderedJson results_json(const ResultsReader& reader, const StartTime& start,
                         const std::map<std::string, std::string>& hashes) {
  OrderedJson results = OrderedJson::object();
  OrderedJson task_hashes = OrderedJson::object();
  std::map<std::string, const TaskSummary*> by_name;
  for (const TaskSummary& task : reader.tasks()) {
    if (!hashes.contains(task.task)) continue;
    results[task.task] = metrics_of(task);
    task_hashes[task.task] = hashes.at(task.task);
    by_name[task.task] = &task;
  }
  OrderedJson out;
  OrderedJson groups = OrderedJson::object();
  OrderedJson members = OrderedJson::object();
  for (const GroupSummary& group : reader.groups()) {
    members[group.group.group] = group.group.members;
    if (group.metrics.empty()) continue;
    groups[group.group.group] = metrics_of(group);
    results[group.group.group] = groups[group.group.group];
  }
  out["results"] = std::move(results);
  if (!groups.empty()) out["groups"] = std::move(groups);
  out["group_subtasks"] = std::move(members);
  for (const char* key : {"configs", "versions", "n-shot", "higher_is_better", "n-samples"}) {
    out[key] = OrderedJson::object();
  }
  for (const auto& [name, task] : by_name) {
    out["configs"][name] = task->config;
    out["versions"][name] = member(member(task->config, "metadata"), "version");
    out["n-shot"][name] = task->num_fewshot;
    OrderedJson better = OrderedJson::object();
    for (const eval::MetricResult& metric : task->metrics) better[metric.metric] = metric.higher_is_better;
    out["higher_is_better"][name] = std::move(better);
    out["n-samples"][name] = {{"original", task->documents}, {"effective", task->samples}};
  }
  add_environment(out, reader, start, task_hashes);
  return out;
}

// What each task is called in the name of its file: two tasks never share one, and names that need no change
// keep theirs.
std::map<std::string, std::string> file_names(const std::vector<TaskSummary>& tasks) {
  const auto plain = [](std::string name) {
    std::replace_if(
        name.begin(), name.end(), [](char c) { return c == '/' || c == '\0'; }, '_');
    return name;
  };
  std::set<std::string> taken;
  for (const TaskSummary& task : tasks) {
    if (plain(task.task) == task.task) taken.insert(task.task);
  }
  std::map<std::string, std::string> names;
  for (const TaskSummary& task : tasks) {
    std::string name = plain(task.task);
    for (int next = 2; name != task.task && !taken.insert(name).second; ++next)
      name = fmt::format("{}_{}", plain(task.task), next);
    names[task.task] = name;
  }
  return names;
}

}  // namespace

std::vector<std::filesystem::path> export_lm_eval(const std::filesystem::path& file,
                                                  const std::filesystem::path& output_dir) {
  const ResultsReader reader(file);
  std::error_code failed;
  std::filesystem::create_directories(output_dir, failed);
  util::check_input(std::filesystem::is_directory(output_dir), "cannot create the folder {} ({})",
                    output_dir.string(), failed ? failed.message() : "something else has this name");
  const StartTime start = parse_start(reader.info().started_at);
  std::vector<std::filesystem::path> written = {output_dir / ("results_" + start.file_stamp + ".json")};
  const auto names = file_names(reader.tasks());
  std::map<std::string, std::string> hashes;
  for (const TaskSummary& task : reader.tasks()) {
    if (!task.error.empty()) {
      util::log_warning("task {} is left out: it failed ({})", task.task, task.error);
      continue;
    }
    const SampleFile samples = sample_file(task, reader.samples(task.task));
    written.push_back(output_dir / fmt::format("samples_{}_{}.jsonl", names.at(task.task), start.file_stamp));
    util::write_file_atomically(written.back(), samples.text);
    hashes[task.task] = samples.hash;
  }
  // Last, so that a results file never lacks its samples.
  util::write_file_atomically(written.front(), python_json(results_json(reader, start, hashes), 2));
  return written;
}

}  // namespace assay::results
