#include <nlohmann/json.hpp>
#include <ostream>
#include <set>
#include <string>

#include "assay/eval/python_value.hpp"
#include "assay/results/export.hpp"
#include "assay/results/results_reader.hpp"
#include "results/json_text.hpp"

namespace assay::results {
namespace {

using util::OrderedJson;

// A field of RFC 4180: text bare, numbers as Python prints them, absent values empty, the rest as JSON.
std::string csv_field(const OrderedJson& value) {
  if (value.is_null()) return "";
  if (value.is_boolean()) return value.get<bool>() ? "true" : "false";
  if (value.is_number()) return eval::python_str(value);
  const std::string text = value.is_string() ? value.get<std::string>() : python_json(value);
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + "\"";
}

// Rows of one table in either format; every row has the given columns first, in this order.
class RowWriter {
 public:
  RowWriter(std::ostream& out, ExportFormat format, std::vector<std::string> columns)
      : out_(out), format_(format), columns_(std::move(columns)) {
    if (format_ != ExportFormat::csv) return;
    write_line([](const std::string& column) { return OrderedJson(column); });
  }
  void write(const OrderedJson& row) {
    if (format_ == ExportFormat::jsonl) {
      out_ << python_json(row) << '\n';
    } else {
      write_line(
          [&](const std::string& column) { return row.contains(column) ? row.at(column) : OrderedJson(); });
    }
  }

 private:
  template <class Value>
  void write_line(const Value& value) {
    for (std::size_t i = 0; i < columns_.size(); ++i)
      out_ << (i > 0 ? "," : "") << csv_field(value(columns_[i]));
    out_ << '\n';
  }
  std::ostream& out_;
  ExportFormat format_;
  std::vector<std::string> columns_;
};

void export_metrics(const ResultsReader& reader, ExportFormat format, std::ostream& out) {
  RowWriter writer(
      out, format,
      {"task", "metric", "filter", "value", "standard_error", "samples", "higher_is_better", "num_fewshot"});
  for (const TaskSummary& task : reader.tasks()) {
    for (const eval::MetricResult& metric : task.metrics) {
      OrderedJson row;
      row["task"] = task.task;
      row["metric"] = metric.metric;
      row["filter"] = metric.filter;
      row["value"] = metric.value;
      row["standard_error"] = metric.standard_error ? OrderedJson(*metric.standard_error) : OrderedJson();
      row["samples"] = metric.samples;
      row["higher_is_better"] = metric.higher_is_better;
      row["num_fewshot"] = task.num_fewshot;
      writer.write(row);
    }
  }
}

// One value for one request, else the list over requests.
template <class Get>
OrderedJson of_requests(const std::vector<engine::Completion>& completions, const Get& get) {
  if (completions.size() == 1) return get(completions.front());
  OrderedJson list = OrderedJson::array();
  for (const engine::Completion& completion : completions) list.push_back(get(completion));
  return list;
}

OrderedJson sample_row(const TaskSummary& task, const TaskSamples& samples, std::size_t i,
                       const eval::SampleScore& score) {
  const eval::Sample& sample = samples.samples[i];
  const auto& completions = samples.completions[i];
  const bool generates = !completions.empty() && completions.front().kind == engine::RequestKind::generate;
  OrderedJson row;
  row["task"] = task.task;
  row["doc_id"] = sample.doc_id;
  row["filter"] = score.filter;
  row["target"] = sample.target;
  row["response"] = score.filtered_response.is_array() && score.filtered_response.size() == 1
                        ? score.filtered_response.front()
                        : score.filtered_response;
  row["log_probabilities"] = generates ? OrderedJson() : of_requests(completions, [](const auto& completion) {
    return OrderedJson(completion.log_probability);
  });
  row["is_greedy"] = generates ? OrderedJson() : of_requests(completions, [](const auto& completion) {
    return OrderedJson(completion.is_greedy);
  });
  row["text"] = generates ? of_requests(completions,
                                        [](const auto& completion) { return OrderedJson(completion.text); })
                          : OrderedJson();
  row["finish_reason"] =
      generates ? of_requests(completions,
                              [](const auto& completion) {
                                return OrderedJson(std::string(engine::name_of(completion.finish_reason)));
                              })
                : OrderedJson();
  row["prompt_tokens"] =
      of_requests(completions, [](const auto& completion) { return OrderedJson(completion.prompt_tokens); });
  row["generated_tokens"] = of_requests(
      completions, [](const auto& completion) { return OrderedJson(completion.generated.size()); });
  row["prompt_hash"] = samples.prompt_hashes[i];
  return row;
}

OrderedJson prompts_of(const eval::Sample& sample) {
  OrderedJson prompts = OrderedJson::array();
  for (const eval::TextRequest& request : sample.requests) {
    OrderedJson prompt = {{"kind", std::string(engine::name_of(request.kind))}, {"context", request.context}};
    if (request.kind == engine::RequestKind::loglikelihood) prompt["continuation"] = request.continuation;
    if (request.kind == engine::RequestKind::generate) prompt["gen_kwargs"] = request.gen_kwargs;
    prompts.push_back(std::move(prompt));
  }
  return prompts;
}

void export_samples(const ResultsReader& reader, ExportFormat format, std::ostream& out) {
  std::vector<std::string> columns = {
      "task",      "doc_id", "filter",        "target",        "response",         "log_probabilities",
      "is_greedy", "text",   "finish_reason", "prompt_tokens", "generated_tokens", "prompt_hash"};
  std::set<std::string> metrics;
  for (const TaskSummary& task : reader.tasks()) {
    for (const eval::MetricResult& metric : task.metrics) metrics.insert(metric.metric);
  }
  for (const std::string& column : columns) metrics.erase(column);
  columns.insert(columns.end(), metrics.begin(), metrics.end());
  RowWriter writer(out, format, columns);
  for (const TaskSummary& task : reader.tasks()) {
    const TaskSamples samples = reader.samples(task.task);
    for (std::size_t i = 0; i < samples.samples.size(); ++i) {
      for (const eval::SampleScore& score : samples.scores[i]) {
        OrderedJson row = sample_row(task, samples, i, score);
        for (const auto& [name, value] : score.metrics) {
          if (metrics.contains(name)) row[name] = value;
        }
        if (format == ExportFormat::jsonl) {
          row["doc"] = samples.samples[i].doc;
          row["choices"] = samples.samples[i].choices;
          row["prompts"] = prompts_of(samples.samples[i]);
        }
        writer.write(row);
      }
    }
  }
}

}  // namespace

void export_table(const std::filesystem::path& file, ExportTable table, ExportFormat format,
                  std::ostream& out) {
  const ResultsReader reader(file);
  if (table == ExportTable::metrics) {
    export_metrics(reader, format, out);
  } else {
    export_samples(reader, format, out);
  }
}

}  // namespace assay::results
