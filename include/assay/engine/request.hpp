// Units of work of the engine and their results, with the byte form in which they travel between ranks and
// lie in the journal.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "assay/text/tokenizer.hpp"
#include "assay/util/bytes.hpp"

namespace assay::engine {

using text::TokenId;

/// In journals: never renumber.
enum class RequestKind : std::uint8_t { loglikelihood = 0, loglikelihood_rolling = 1, generate = 2 };
enum class FinishReason : std::uint8_t {
  none = 0,  ///< not a generation
  stop_string = 1,
  end_of_text = 2,  ///< an EOS token
  length = 3,       ///< max_new_tokens or the context was reached
};

/// "loglikelihood", ... ; "stop", "eos", "length", "".
[[nodiscard]] std::string_view name_of(RequestKind kind);
[[nodiscard]] std::string_view name_of(FinishReason reason);

/// Tokens seen by the model at once, and from where they are scored: log p(tokens[i] | tokens[0..i)) for
/// i in [score_from, tokens.size()). score_from >= 1. For `generate`, tokens is the prompt and score_from is
/// unused.
struct Window {
  std::vector<TokenId> tokens;
  std::int32_t score_from = 1;
};

struct SamplingParams {
  double temperature = 0;  ///< 0: greedy
  std::int32_t top_k = 0;  ///< 0: all
  double top_p = 1;
  std::uint64_t seed = 0;  ///< of this request; token i is drawn from (seed, i) alone
  /// Of tokens that prompt or continuation hold already, greedy or not: a logit below 0 is multiplied by it,
  /// any other divided (Keskar et al. 2019, "CTRL", section 4.1, as transformers does). 1: none.
  double repetition_penalty = 1;
};

struct Request {
  std::uint64_t id = 0;  ///< unique in a campaign; chosen by the caller
  RequestKind kind = RequestKind::loglikelihood;
  std::vector<Window> windows;  ///< one, except for loglikelihood_rolling (scored independently, then summed)
  std::int32_t max_new_tokens = 0;
  std::vector<std::string> stops;  ///< generation ends when its text contains one of these
  SamplingParams sampling;
};

struct Completion {
  std::uint64_t id = 0;
  RequestKind kind = RequestKind::loglikelihood;
  double log_probability = 0;  ///< sum over all scored tokens (of all windows), added in order
  bool is_greedy = true;       ///< every scored token was the argmax
  std::vector<float> token_log_probabilities;  ///< scored tokens in order
  std::vector<TokenId> generated;              ///< without the EOS that ended it
  std::string text;  ///< generate: decoded, special tokens skipped, cut at the earliest stop string
  FinishReason finish_reason = FinishReason::none;
  std::uint32_t prompt_tokens = 0;  ///< tokens given to the model
  std::string error;  ///< not empty: this request failed (one sentence); other members are unset
};

void write(util::ByteWriter& out, const Request& request);
void write(util::ByteWriter& out, const Completion& completion);
/// Throw InputError on malformed bytes.
[[nodiscard]] Request read_request(util::ByteReader& in);
[[nodiscard]] Completion read_completion(util::ByteReader& in);

/// XXH3 over everything but the id: two requests with the same hash ask the same question.
[[nodiscard]] std::uint64_t content_hash(const Request& request);

}  // namespace assay::engine
