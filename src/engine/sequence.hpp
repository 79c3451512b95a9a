// Records of the scheduler: a request in work, and its windows as sequences of tokens.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "assay/engine/request.hpp"
#include "engine/generation.hpp"
#include "engine/kv_blocks.hpp"

namespace assay::engine {

/// A request in work. Its windows may finish in any order; the completion is put together when all have.
struct Job {
  struct WindowScore {
    std::vector<float> log_probabilities;
    bool is_greedy = true;
  };
  Request request;  ///< windows moved into the sequences
  Completion completion;
  std::vector<WindowScore> scores;  ///< by window
  std::optional<Generation> generation;
  std::size_t open_windows = 0;

  [[nodiscard]] bool failed() const { return !completion.error.empty(); }
};

/// One window in work.
struct Sequence {
  Job* job = nullptr;
  std::size_t window = 0;
  std::vector<TokenId> tokens;  ///< a generation's grow
  std::vector<TokenId> seen;    ///< with a repetition penalty: those of `tokens`, ascending, each once
  std::int64_t score_from = 0;
  std::int64_t prompt_tokens = 0;    ///< tokens that are computed before any is generated
  std::int64_t lifetime_tokens = 0;  ///< most tokens that will ever lie in the KV cache
  std::int64_t issued = 0;           ///< tokens given to micro-batches so far
  std::int64_t last_step = -1;       ///< number of the latest micro-batch it was in
  int steps_in_flight = 0;
  std::vector<BlockId> blocks;  ///< for lifetime_tokens

  [[nodiscard]] bool penalises() const { return job->request.sampling.repetition_penalty != 1; }
  [[nodiscard]] bool generates() const { return job->request.kind == RequestKind::generate; }
  /// Takes a token that was generated.
  void append(TokenId token) {
    tokens.push_back(token);
    if (!penalises()) return;
    const auto at = std::lower_bound(seen.begin(), seen.end(), token);
    if (at == seen.end() || *at != token) seen.insert(at, token);
  }
  /// Tokens that can be computed now. The last token of a scored window never needs to be.
  [[nodiscard]] std::int64_t pending() const {
    if (job->failed()) return 0;
    return static_cast<std::int64_t>(tokens.size()) - (generates() ? 0 : 1) - issued;
  }
  /// Past the prompt: one token at a time.
  [[nodiscard]] bool decodes() const { return generates() && issued >= prompt_tokens; }
  /// Nothing left to compute or to wait for.
  [[nodiscard]] bool done() const {
    if (steps_in_flight > 0) return false;
    if (job->failed()) return true;
    return generates() ? job->generation->finished() : pending() == 0;
  }
};

}  // namespace assay::engine
