#include "assay/eval/request_list.hpp"

#include <fmt/ranges.h>

#include <nlohmann/json.hpp>

#include "assay/eval/python_value.hpp"
#include "assay/util/error.hpp"
#include "eval/prompt/generation.hpp"

namespace assay::eval {
namespace {

using util::OrderedJson;
using Kind = engine::RequestKind;

constexpr std::string_view kind_names[] = {"loglikelihood", "loglikelihood_rolling", "generate_until"};

std::string json(const OrderedJson& value) {
  return value.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
}

// A part of a prompt between marks, so that white space at its ends can be seen.
std::string framed(std::string_view text) {
  return fmt::format("┌\n{}\n└\n", text);
}

std::string describe_tokens(const text::Tokenizer& tokenizer, const engine::Request& request) {
  std::string out;
  for (const engine::Window& window : request.windows) {
    const bool scored = request.kind != Kind::generate;
    out += fmt::format("  {} tokens{}:", window.tokens.size(),
                       scored ? fmt::format(", scored from {}", window.score_from) : "");
    for (const text::TokenId id : window.tokens)
      out += fmt::format(" {}:{}", id, json(tokenizer.decode(std::span(&id, 1), false)));
    out += "\n";
  }
  return out;
}

}  // namespace

std::string request_lines(const TaskConfig& task, const Sample& sample) {
  std::string lines;
  int idx = 0;
  for (const TextRequest& request : sample.requests) {
    if (request.repeat > 0) continue;
    OrderedJson row;
    row["task"] = task.task;
    row["doc_id"] = sample.doc_id;
    row["idx"] = idx++;
    row["request_type"] = task.output_type == OutputType::multiple_choice
                              ? "loglikelihood"
                              : kind_names[static_cast<std::size_t>(request.kind)];
    row["repeats"] = task.repeats;
    if (request.kind == Kind::loglikelihood_rolling) {
      row["string"] = request.context;
    } else {
      row["context"] = request.context;
      if (request.kind == Kind::generate)
        row["generation_kwargs"] = request.gen_kwargs;
      else
        row["continuation"] = request.continuation;
    }
    lines += json(row) + "\n";
  }
  return lines;
}

std::string describe_sample(const TaskConfig& task, const Sample& sample, const text::Tokenizer* tokenizer,
                            const EncodeOptions& options) {
  std::string out = fmt::format("task      {}\ndocument  {}\ntarget    {}\n", task.task, sample.doc_id,
                                python_repr(sample.target));
  const std::string* shown = nullptr;  // contexts that repeat are shown once
  for (std::size_t i = 0; i < sample.requests.size(); ++i) {
    const TextRequest& request = sample.requests[i];
    out += fmt::format("request   {}\n", i);
    if (shown == nullptr || *shown != request.context)
      out += (request.kind == Kind::loglikelihood_rolling ? "text\n" : "prompt\n") + framed(request.context);
    shown = &request.context;
    if (request.kind == Kind::loglikelihood) out += "continuation\n" + framed(request.continuation);
    if (request.kind == Kind::generate) {
      const Generation generation = read_generation(request.gen_kwargs);
      out += fmt::format("stops     {}\n", json(generation.stops));
      out += fmt::format("at most   {} tokens\n", generation.max_new_tokens);
    }
    if (tokenizer != nullptr) {
      try {
        out += describe_tokens(*tokenizer, encode(request, *tokenizer, options));
      } catch (const util::InputError& error) {
        out += fmt::format("  cannot be asked: {}\n", error.what());
      }
    }
  }
  for (const MetricConfig& metric : task.metrics)
    out += fmt::format("metric    {} ({})\n", metric.metric, metric.aggregation);
  return out;
}

}  // namespace assay::eval
