#include "results/task_reader.hpp"

#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>

#include "assay/util/error.hpp"

namespace assay::results {
namespace {

using util::OrderedJson;

template <class Enum, std::size_t n>
Enum from_name(const hdf5::Group& group, const char* column, const std::string& name,
               const std::array<Enum, n>& all) {
  for (const Enum value : all) {
    if (engine::name_of(value) == name) return value;
  }
  group.fail(column, "holds \"" + name + "\", which this version does not know");
}

engine::RequestKind kind_of(const hdf5::Group& group, const std::string& name) {
  using enum engine::RequestKind;
  return from_name(group, "kind", name, std::array{loglikelihood, loglikelihood_rolling, generate});
}

engine::FinishReason finish_reason_of(const hdf5::Group& group, const std::string& name) {
  using enum engine::FinishReason;
  return from_name(group, "finish_reason", name, std::array{none, stop_string, end_of_text, length});
}

OrderedJson parse(const hdf5::Group& group, const char* column, const std::string& text) {
  return util::parse_ordered_json(text, group.place(column));
}

void read_samples(const hdf5::Group& group, std::int64_t count, TaskSamples& out) {
  const auto doc_id = group.integers("doc_id", count);
  const auto doc = group.texts("doc", count);
  const auto target = group.texts("target", count);
  const auto choices = group.texts("choices", count);
  const auto requests = group.integers("requests", count);
  out.document_hashes = group.names("doc_hash", count);
  out.prompt_hashes = group.names("prompt_hash", count);
  out.target_hashes = group.names("target_hash", count);
  for (std::size_t i = 0; i < doc_id.size(); ++i) {
    eval::Sample sample;
    sample.doc_id = doc_id[i];
    sample.doc = parse(group, "doc", doc[i]);
    sample.target = parse(group, "target", target[i]);
    const OrderedJson list = parse(group, "choices", choices[i]);
    if (!list.is_array()) group.fail("choices", "holds something else than lists");
    for (const OrderedJson& choice : list) {
      if (!choice.is_string()) group.fail("choices", "holds something else than text");
      sample.choices.push_back(choice.get<std::string>());
    }
    if (requests[i] < 0) group.fail("requests", "holds a negative count");
    out.samples.push_back(std::move(sample));
  }
}

// Columns of the requests group, all of the same length.
struct RequestColumns {
  explicit RequestColumns(const hdf5::Group& group)
      : sample(group.integers("sample")), rows(static_cast<std::int64_t>(sample.size())) {
    index = group.integers("index", rows);
    kind = group.names("kind", rows);
    prompt = group.integers("prompt", rows);
    continuation = group.texts("continuation", rows);
    gen_kwargs = group.texts("gen_kwargs", rows);
    log_probability = group.doubles("log_probability", rows);
    is_greedy = group.bools("is_greedy", rows);
    token_log_probabilities = group.float_rows("token_log_probabilities", rows);
    text = group.texts("text", rows);
    generated = group.int_rows("generated", rows);
    finish_reason = group.names("finish_reason", rows);
    prompt_tokens = group.integers("prompt_tokens", rows);
    error = group.texts("error", rows);
  }
  std::vector<std::int64_t> sample;
  std::int64_t rows;
  std::vector<std::int64_t> index, prompt, prompt_tokens;
  std::vector<std::string> kind, finish_reason, continuation, gen_kwargs, text, error;
  std::vector<double> log_probability;
  std::vector<bool> is_greedy;
  std::vector<std::vector<float>> token_log_probabilities;
  std::vector<std::vector<std::int32_t>> generated;
};

void read_requests(const hdf5::Group& task, TaskSamples& out) {
  const std::vector<std::string> prompts = task.group("prompts").texts("text");
  const auto counts =
      task.group("samples").integers("requests", static_cast<std::int64_t>(out.samples.size()));
  const hdf5::Group group = task.group("requests");
  RequestColumns columns(group);
  out.completions.resize(out.samples.size());
  for (std::size_t row = 0; row < columns.sample.size(); ++row) {
    const std::int64_t at = columns.sample[row];
    if (at < 0 || at >= static_cast<std::int64_t>(out.samples.size()))
      group.fail("sample", "names no sample");
    const auto i = static_cast<std::size_t>(at);
    if (columns.index[row] != static_cast<std::int64_t>(out.completions[i].size())) {
      group.fail("index", "is out of order");
    }
    if (columns.prompt[row] < 0 || columns.prompt[row] >= static_cast<std::int64_t>(prompts.size())) {
      group.fail("prompt", "names no prompt");
    }
    if (columns.prompt_tokens[row] < 0 ||
        columns.prompt_tokens[row] > std::numeric_limits<std::uint32_t>::max()) {
      group.fail("prompt_tokens", "is out of range");
    }
    eval::TextRequest request;
    request.kind = kind_of(group, columns.kind[row]);
    request.context = prompts[static_cast<std::size_t>(columns.prompt[row])];
    request.continuation = std::move(columns.continuation[row]);
    if (!columns.gen_kwargs[row].empty())
      request.gen_kwargs = parse(group, "gen_kwargs", columns.gen_kwargs[row]);
    engine::Completion completion;
    completion.kind = request.kind;
    completion.log_probability = columns.log_probability[row];
    completion.is_greedy = columns.is_greedy[row];
    completion.token_log_probabilities = std::move(columns.token_log_probabilities[row]);
    completion.generated = std::move(columns.generated[row]);
    completion.text = std::move(columns.text[row]);
    completion.finish_reason = finish_reason_of(group, columns.finish_reason[row]);
    completion.prompt_tokens = static_cast<std::uint32_t>(columns.prompt_tokens[row]);
    completion.error = std::move(columns.error[row]);
    out.samples[i].requests.push_back(std::move(request));
    out.completions[i].push_back(std::move(completion));
  }
  for (std::size_t i = 0; i < out.samples.size(); ++i) {
    if (static_cast<std::int64_t>(out.completions[i].size()) != counts[i])
      group.fail("sample", "lacks requests");
  }
}

void read_scores(const hdf5::Group& task, TaskSamples& out) {
  const auto sample_at = [&](const hdf5::Group& group, std::int64_t sample) {
    if (sample < 0 || sample >= static_cast<std::int64_t>(out.samples.size()))
      group.fail("sample", "names no sample");
    return static_cast<std::size_t>(sample);
  };
  out.scores.resize(out.samples.size());
  const hdf5::Group responses = task.group("responses");
  const auto sample = responses.integers("sample");
  const auto rows = static_cast<std::int64_t>(sample.size());
  const auto filter = responses.names("filter", rows);
  const auto response = responses.texts("response", rows);
  // Position in scores[sample] by sample and filter: a forged file may give one sample very many filters.
  std::map<std::pair<std::size_t, std::string>, std::size_t> positions;
  for (std::size_t row = 0; row < sample.size(); ++row) {
    const std::size_t at = sample_at(responses, sample[row]);
    positions.try_emplace({at, filter[row]}, out.scores[at].size());
    out.scores[at].push_back({filter[row], parse(responses, "response", response[row]), {}});
  }
  const hdf5::Group scores = task.group("scores");
  const auto score_sample = scores.integers("sample");
  const auto score_rows = static_cast<std::int64_t>(score_sample.size());
  const auto score_filter = scores.names("filter", score_rows);
  const auto metric = scores.names("metric", score_rows);
  const auto value = scores.doubles("value", score_rows);
  const auto json = scores.texts("json", score_rows);
  for (std::size_t row = 0; row < score_sample.size(); ++row) {
    const std::size_t at = sample_at(scores, score_sample[row]);
    const auto found = positions.find({at, score_filter[row]});
    if (found == positions.end()) scores.fail("filter", "names a filter without a response");
    out.scores[at][found->second].metrics[metric[row]] =
        json[row].empty() ? OrderedJson(value[row]) : parse(scores, "json", json[row]);
  }
}

}  // namespace

TaskSummary read_task_summary(const hdf5::Group& task) {
  TaskSummary summary;
  summary.task = task.text_attribute("task");
  summary.output_type = task.text_attribute("output_type");
  const std::int64_t shots = task.integer_attribute("num_fewshot");
  if (shots < 0 || shots > std::numeric_limits<int>::max()) task.fail("@num_fewshot", "is out of range");
  summary.num_fewshot = static_cast<int>(shots);
  summary.documents = task.integer_attribute("documents");
  summary.samples = task.integer_attribute("samples");
  if (summary.samples < 0 || summary.documents < 0) task.fail("@samples", "is negative");
  summary.error = task.text_attribute("error");
  summary.config = task.json("config");
  if (!summary.config.is_object()) task.fail("config", "is not a JSON object");
  const hdf5::Group metrics = task.group("metrics");
  const auto metric = metrics.names("metric");
  const auto rows = static_cast<std::int64_t>(metric.size());
  const auto filter = metrics.names("filter", rows);
  const auto value = metrics.doubles("value", rows);
  const auto standard_error = metrics.doubles("standard_error", rows);
  const auto samples = metrics.integers("samples", rows);
  const auto higher_is_better = metrics.bools("higher_is_better", rows);
  for (std::size_t row = 0; row < metric.size(); ++row) {
    eval::MetricResult result{metric[row],  filter[row],  value[row],
                              std::nullopt, samples[row], higher_is_better[row]};
    if (!std::isnan(standard_error[row])) result.standard_error = standard_error[row];
    summary.metrics.push_back(std::move(result));
  }
  return summary;
}

TaskSamples read_task_samples(const hdf5::Group& task, std::int64_t samples) {
  TaskSamples out;
  read_samples(task.group("samples"), samples, out);
  read_requests(task, out);
  read_scores(task, out);
  return out;
}

}  // namespace assay::results
