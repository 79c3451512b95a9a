#include "engine/request_check.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace assay::engine {

namespace {

using Reason = std::optional<std::string>;

Reason check_scored_window(const Window& window, std::int64_t max_length) {
  const auto size = static_cast<std::int64_t>(window.tokens.size());
  if (window.score_from < 1)
    return "the first token to score has nothing before it; give at least one token of context";
  if (window.score_from >= size) return "there is nothing to score (the continuation has no tokens)";
  if (size - 1 > max_length) {
    return fmt::format("{} tokens do not fit the context of {}; shorten the request or raise max_length",
                       size - 1, max_length);
  }
  return std::nullopt;
}

Reason check_sampling(const SamplingParams& sampling) {
  if (!(sampling.temperature >= 0 && sampling.temperature <= 1e6)) {
    return fmt::format("temperature {} is not a number from 0 (greedy) to 1e6", sampling.temperature);
  }
  if (sampling.top_k < 0) return fmt::format("top_k {} is negative; use 0 for all tokens", sampling.top_k);
  if (!(sampling.top_p > 0 && sampling.top_p <= 1)) {
    return fmt::format("top_p {} is not above 0 and at most 1", sampling.top_p);
  }
  if (!(sampling.repetition_penalty >= 1e-6 && sampling.repetition_penalty <= 1e6)) {
    return fmt::format("repetition_penalty {} is not a number from 1e-6 to 1e6; use 1 for none",
                       sampling.repetition_penalty);
  }
  return std::nullopt;
}

Reason check_generation(const Request& request, std::int64_t max_length, bool has_tokenizer) {
  if (request.windows.size() != 1)
    return fmt::format("a generation has one prompt, not {}", request.windows.size());
  const auto size = static_cast<std::int64_t>(request.windows[0].tokens.size());
  if (size == 0) return "the prompt is empty; give at least one token (a BOS)";
  if (size >= max_length) {
    return fmt::format(
        "a prompt of {} tokens leaves no room in the context of {}; shorten it or raise max_length", size,
        max_length);
  }
  if (request.max_new_tokens < 1)
    return fmt::format("max_new_tokens is {}; ask for at least 1", request.max_new_tokens);
  const auto is_text = [](const std::string& stop) { return !stop.empty(); };
  if (!has_tokenizer && std::any_of(request.stops.begin(), request.stops.end(), is_text)) {
    return "stop strings need a tokenizer, and this engine has none";
  }
  return check_sampling(request.sampling);
}

}  // namespace

Reason reason_to_refuse(const Request& request, std::int64_t max_length, std::int64_t vocab,
                        bool has_tokenizer) {
  for (const Window& window : request.windows) {
    for (const TokenId token : window.tokens) {
      if (token < 0 || token >= vocab) {
        return fmt::format(
            "token id {} is outside the model's vocabulary of {}; the tokenizer does not belong to this "
            "model",
            token, vocab);
      }
    }
  }
  if (request.kind == RequestKind::generate) return check_generation(request, max_length, has_tokenizer);
  if (request.kind == RequestKind::loglikelihood && request.windows.size() != 1) {
    return fmt::format("a loglikelihood request has one window, not {}", request.windows.size());
  }
  for (const Window& window : request.windows) {
    if (auto reason = check_scored_window(window, max_length)) return reason;
  }
  return std::nullopt;
}

}  // namespace assay::engine
