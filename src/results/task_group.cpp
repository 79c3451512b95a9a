#include "results/task_group.hpp"

#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <string_view>

#include "assay/eval/python_value.hpp"
#include "assay/util/error.hpp"
#include "assay/util/hash.hpp"
#include "results/hdf5/write.hpp"
#include "results/json_text.hpp"
#include "results/lm_eval_config.hpp"

namespace assay::results {
namespace {

using util::OrderedJson;

std::string to_text(const OrderedJson& value) {
  return value.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
}

void write_samples(hid_t task, const std::vector<eval::Sample>& samples) {
  std::vector<std::int64_t> doc_id, first_request, requests;
  std::vector<std::string> doc_hash, prompt_hash, target_hash;
  hdf5::TextColumn doc, target, choices;
  std::int64_t next = 0;
  for (const eval::Sample& sample : samples) {
    doc_id.push_back(sample.doc_id);
    doc.add(to_text(sample.doc));
    target.add(to_text(sample.target));
    choices.add(to_text(OrderedJson(sample.choices)));
    doc_hash.push_back(util::sha256_hex(python_json(sample.doc, 2)));
    prompt_hash.push_back(sample.requests.empty() ? "" : util::sha256_hex(sample.requests.front().context));
    target_hash.push_back(util::sha256_hex(eval::python_str(sample.target)));
    first_request.push_back(next);
    requests.push_back(static_cast<std::int64_t>(sample.requests.size()));
    next += requests.back();
  }
  const hdf5::Handle group = hdf5::create_group(task, "samples");
  hdf5::write_column(group.get(), "doc_id", doc_id);
  doc.write(group.get(), "doc");
  target.write(group.get(), "target");
  choices.write(group.get(), "choices");
  hdf5::write_names(group.get(), "doc_hash", doc_hash);
  hdf5::write_names(group.get(), "prompt_hash", prompt_hash);
  hdf5::write_names(group.get(), "target_hash", target_hash);
  hdf5::write_column(group.get(), "first_request", first_request);
  hdf5::write_column(group.get(), "requests", requests);
}

// Distinct contexts of a task, in order of first use: the choices of a sample share theirs.
class PromptTable {
 public:
  std::int64_t index_of(const std::string& context) {
    const auto [found, is_new] = index_.try_emplace(context, static_cast<std::int64_t>(index_.size()));
    if (is_new) {
      text_.add(context);
      hash_.push_back(util::sha256_hex(context));
    }
    return found->second;
  }
  void write(hid_t task) const {
    const hdf5::Handle group = hdf5::create_group(task, "prompts");
    text_.write(group.get(), "text");
    hdf5::write_names(group.get(), "sha256", hash_);
  }

 private:
  std::map<std::string_view, std::int64_t, std::less<>> index_;  // views of the samples' own strings
  hdf5::TextColumn text_;
  std::vector<std::string> hash_;
};

struct RequestColumns {
  std::vector<std::int64_t> sample, prompt, prompt_tokens, generated_tokens;
  std::vector<std::int32_t> index;
  std::vector<std::string> kind, finish_reason;
  std::vector<double> log_probability;
  std::vector<std::uint8_t> is_greedy;
  hdf5::TextColumn continuation, gen_kwargs, text, error;
  hdf5::RaggedColumn<float> token_log_probabilities;
  hdf5::RaggedColumn<std::int32_t> generated;

  void add(std::int64_t row, std::int32_t position, const eval::TextRequest& request,
           const engine::Completion& completion, std::int64_t prompt_index) {
    sample.push_back(row);
    index.push_back(position);
    kind.emplace_back(engine::name_of(request.kind));
    prompt.push_back(prompt_index);
    continuation.add(request.continuation);
    gen_kwargs.add(request.kind == engine::RequestKind::generate ? to_text(request.gen_kwargs) : "");
    log_probability.push_back(completion.log_probability);
    is_greedy.push_back(completion.is_greedy ? 1 : 0);
    token_log_probabilities.add(completion.token_log_probabilities);
    text.add(completion.text);
    generated.add(completion.generated);
    finish_reason.emplace_back(engine::name_of(completion.finish_reason));
    prompt_tokens.push_back(completion.prompt_tokens);
    generated_tokens.push_back(static_cast<std::int64_t>(completion.generated.size()));
    error.add(completion.error);
  }

  void write(hid_t task) const {
    const hdf5::Handle group = hdf5::create_group(task, "requests");
    hdf5::write_column(group.get(), "sample", sample);
    hdf5::write_column(group.get(), "index", index);
    hdf5::write_names(group.get(), "kind", kind);
    hdf5::write_column(group.get(), "prompt", prompt);
    continuation.write(group.get(), "continuation");
    gen_kwargs.write(group.get(), "gen_kwargs");
    hdf5::write_column(group.get(), "log_probability", log_probability);
    hdf5::write_bools(group.get(), "is_greedy", is_greedy);
    token_log_probabilities.write(group.get(), "token_log_probabilities");
    text.write(group.get(), "text");
    generated.write(group.get(), "generated");
    hdf5::write_names(group.get(), "finish_reason", finish_reason);
    hdf5::write_column(group.get(), "prompt_tokens", prompt_tokens);
    hdf5::write_column(group.get(), "generated_tokens", generated_tokens);
    error.write(group.get(), "error");
  }
};

void write_requests(hid_t task, const TaskResult& result) {
  static_assert(std::is_same_v<engine::TokenId, std::int32_t>);
  PromptTable prompts;
  RequestColumns columns;
  for (std::size_t i = 0; i < result.samples.size(); ++i) {
    const eval::Sample& sample = result.samples[i];
    const bool answered = i < result.completions.size() && !result.completions[i].empty();
    ASSAY_CHECK(answered || sample.requests.empty() || !result.error.empty());
    ASSAY_CHECK(!answered || result.completions[i].size() == sample.requests.size());
    for (std::size_t r = 0; r < sample.requests.size(); ++r) {
      engine::Completion unanswered;
      unanswered.kind = sample.requests[r].kind;
      unanswered.log_probability = std::nan("");
      unanswered.error = "not run";
      columns.add(static_cast<std::int64_t>(i), static_cast<std::int32_t>(r), sample.requests[r],
                  answered ? result.completions[i][r] : unanswered,
                  prompts.index_of(sample.requests[r].context));
    }
  }
  prompts.write(task);
  columns.write(task);
}

void write_scores(hid_t task, const TaskResult& result) {
  std::vector<std::int64_t> response_sample, score_sample;
  std::vector<std::string> response_filter, score_filter, metric;
  std::vector<double> value;
  hdf5::TextColumn response, json;
  ASSAY_CHECK(result.scores.size() <= result.samples.size());
  for (std::size_t i = 0; i < result.scores.size(); ++i) {
    for (const eval::SampleScore& score : result.scores[i]) {
      response_sample.push_back(static_cast<std::int64_t>(i));
      response_filter.push_back(score.filter);
      response.add(to_text(score.filtered_response));
      for (const auto& [name, number] : score.metrics) {
        score_sample.push_back(static_cast<std::int64_t>(i));
        score_filter.push_back(score.filter);
        metric.push_back(name);
        value.push_back(number.is_number() ? number.get<double>() : std::nan(""));
        json.add(number.is_number_float() ? "" : to_text(number));
      }
    }
  }
  const hdf5::Handle responses = hdf5::create_group(task, "responses");
  hdf5::write_column(responses.get(), "sample", response_sample);
  hdf5::write_names(responses.get(), "filter", response_filter);
  response.write(responses.get(), "response");
  const hdf5::Handle scores = hdf5::create_group(task, "scores");
  hdf5::write_column(scores.get(), "sample", score_sample);
  hdf5::write_names(scores.get(), "filter", score_filter);
  hdf5::write_names(scores.get(), "metric", metric);
  hdf5::write_column(scores.get(), "value", value);
  json.write(scores.get(), "json");
}

}  // namespace

void write_metrics(hid_t parent, const std::vector<eval::MetricResult>& metrics) {
  std::vector<std::string> metric, filter;
  std::vector<double> value, standard_error;
  std::vector<std::int64_t> n;
  std::vector<std::uint8_t> higher_is_better;
  for (const eval::MetricResult& result : metrics) {
    metric.push_back(result.metric);
    filter.push_back(result.filter);
    value.push_back(result.value);
    standard_error.push_back(result.standard_error.value_or(std::nan("")));
    n.push_back(result.samples);
    higher_is_better.push_back(result.higher_is_better ? 1 : 0);
  }
  const hdf5::Handle group = hdf5::create_group(parent, "metrics");
  hdf5::write_names(group.get(), "metric", metric);
  hdf5::write_names(group.get(), "filter", filter);
  hdf5::write_column(group.get(), "value", value);
  hdf5::write_column(group.get(), "standard_error", standard_error);
  hdf5::write_column(group.get(), "samples", n);
  hdf5::write_bools(group.get(), "higher_is_better", higher_is_better);
}

std::string group_name(const std::string& task) {
  std::string name;
  for (const char c : task) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '%' || c == '/' || byte < 0x21 || byte == 0x7F) {
      name += fmt::format("%{:02X}", static_cast<unsigned>(byte));
    } else {
      name += c;
    }
  }
  if (name == ".") return "%2E";
  if (name == "..") return "%2E%2E";
  return name;
}

void write_task_group(hid_t tasks, const TaskResult& result) {
  const hdf5::Handle group = hdf5::create_group(tasks, group_name(result.task.task).c_str());
  const OrderedJson config = lm_eval_config(result.task, result.num_fewshot);
  const auto documents =
      result.documents >= 0 ? result.documents : static_cast<std::int64_t>(result.samples.size());
  hdf5::write_text_attribute(group.get(), "task", result.task.task);
  hdf5::write_text_attribute(group.get(), "output_type", config.at("output_type").get<std::string>());
  hdf5::write_integer_attribute(group.get(), "num_fewshot", result.num_fewshot);
  hdf5::write_integer_attribute(group.get(), "documents", documents);
  hdf5::write_integer_attribute(group.get(), "samples", static_cast<std::int64_t>(result.samples.size()));
  hdf5::write_text_attribute(group.get(), "error", result.error);
  hdf5::write_bytes(group.get(), "config", to_text(config));
  write_metrics(group.get(), result.metrics);
  write_samples(group.get(), result.samples);
  write_requests(group.get(), result);
  write_scores(group.get(), result);
}

}  // namespace assay::results
