#include "assay/engine/request.hpp"

#include "assay/util/error.hpp"
#include "assay/util/hash.hpp"

namespace assay::engine {

std::string_view name_of(RequestKind kind) {
  switch (kind) {
    case RequestKind::loglikelihood:
      return "loglikelihood";
    case RequestKind::loglikelihood_rolling:
      return "loglikelihood_rolling";
    case RequestKind::generate:
      return "generate";
  }
  return "unknown";
}

std::string_view name_of(FinishReason reason) {
  switch (reason) {
    case FinishReason::none:
      return "";
    case FinishReason::stop_string:
      return "stop";
    case FinishReason::end_of_text:
      return "eos";
    case FinishReason::length:
      return "length";
  }
  return "unknown";
}

namespace {

RequestKind read_kind(util::ByteReader& in) {
  const auto value = in.get<std::uint8_t>();
  util::check_input(value <= static_cast<std::uint8_t>(RequestKind::generate),
                    "record holds request kind {}, which this version does not know", value);
  return static_cast<RequestKind>(value);
}

FinishReason read_finish_reason(util::ByteReader& in) {
  const auto value = in.get<std::uint8_t>();
  util::check_input(value <= static_cast<std::uint8_t>(FinishReason::length),
                    "record holds finish reason {}, which this version does not know", value);
  return static_cast<FinishReason>(value);
}

bool read_bool(util::ByteReader& in) {
  const auto value = in.get<std::uint8_t>();
  util::check_input(value <= 1, "record holds {} where a truth value belongs", value);
  return value == 1;
}

void write_question(util::ByteWriter& out, const Request& request) {
  out.put(static_cast<std::uint8_t>(request.kind));
  out.put<std::uint64_t>(request.windows.size());
  for (const Window& window : request.windows) {
    out.put_vector(window.tokens);
    out.put(window.score_from);
  }
  out.put(request.max_new_tokens);
  out.put<std::uint64_t>(request.stops.size());
  for (const std::string& stop : request.stops) out.put_string(stop);
  out.put(request.sampling.temperature);
  out.put(request.sampling.top_k);
  out.put(request.sampling.top_p);
  out.put(request.sampling.seed);
  out.put(request.sampling.repetition_penalty);
}

}  // namespace

void write(util::ByteWriter& out, const Request& request) {
  out.put(request.id);
  write_question(out, request);
}

Request read_request(util::ByteReader& in) {
  Request request;
  request.id = in.get<std::uint64_t>();
  request.kind = read_kind(in);
  // Counts are not trusted: every element read takes bytes off the record, so a false count ends at its end.
  const auto windows = in.get<std::uint64_t>();
  for (std::uint64_t i = 0; i < windows; ++i) {
    Window window;
    window.tokens = in.get_vector<TokenId>();
    window.score_from = in.get<std::int32_t>();
    request.windows.push_back(std::move(window));
  }
  request.max_new_tokens = in.get<std::int32_t>();
  const auto stops = in.get<std::uint64_t>();
  for (std::uint64_t i = 0; i < stops; ++i) request.stops.push_back(in.get_string());
  request.sampling.temperature = in.get<double>();
  request.sampling.top_k = in.get<std::int32_t>();
  request.sampling.top_p = in.get<double>();
  request.sampling.seed = in.get<std::uint64_t>();
  request.sampling.repetition_penalty = in.get<double>();
  return request;
}

void write(util::ByteWriter& out, const Completion& completion) {
  out.put(completion.id);
  out.put(static_cast<std::uint8_t>(completion.kind));
  out.put(completion.log_probability);
  out.put(static_cast<std::uint8_t>(completion.is_greedy));
  out.put_vector(completion.token_log_probabilities);
  out.put_vector(completion.generated);
  out.put_string(completion.text);
  out.put(static_cast<std::uint8_t>(completion.finish_reason));
  out.put(completion.prompt_tokens);
  out.put_string(completion.error);
}

Completion read_completion(util::ByteReader& in) {
  Completion completion;
  completion.id = in.get<std::uint64_t>();
  completion.kind = read_kind(in);
  completion.log_probability = in.get<double>();
  completion.is_greedy = read_bool(in);
  completion.token_log_probabilities = in.get_vector<float>();
  completion.generated = in.get_vector<TokenId>();
  completion.text = in.get_string();
  completion.finish_reason = read_finish_reason(in);
  completion.prompt_tokens = in.get<std::uint32_t>();
  completion.error = in.get_string();
  return completion;
}

std::uint64_t content_hash(const Request& request) {
  util::ByteWriter out;
  write_question(out, request);
  return util::xxh3_64(out.bytes());
}

}  // namespace assay::engine
