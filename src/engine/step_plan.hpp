// What one micro-batch computes. A replica's leader makes plans and sends them to the other ranks, which keep
// no record of sequences: a plan holds everything a rank needs beside its weights and its KV cache.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "assay/engine/request.hpp"
#include "assay/util/bytes.hpp"
#include "engine/kv_blocks.hpp"

namespace assay::engine {

/// The consecutive tokens of one sequence that a micro-batch computes.
struct PlanSequence {
  std::int32_t first_position = 0;
  std::vector<TokenId> tokens;
  std::vector<BlockId> blocks;  ///< those that hold positions [0, first_position + tokens.size())
};

/// A token of the micro-batch whose logits are needed.
struct PlanRow {
  std::int32_t row = 0;       ///< index among the micro-batch's tokens, sequence after sequence
  TokenId target = -1;        ///< token to score; -1: the next token is wanted
  std::int32_t draw = -1;     ///< index into StepPlan::draws; -1: the argmax is wanted
  std::int32_t penalty = -1;  ///< index into StepPlan::penalties; -1: none
};

/// How to draw a token.
struct PlanDraw {
  SamplingParams params;
  std::int32_t token_index = 0;  ///< how many tokens the request has generated already
};

/// A repetition penalty (SamplingParams) and the tokens it falls on.
struct PlanPenalty {
  float factor = 1;
  std::vector<TokenId> tokens;  ///< ascending, each once
};

/// In messages between ranks of one version.
enum class PlanKind : std::uint8_t {
  step = 0,
  stop = 1,   ///< the run is over
  abort = 2,  ///< the leader failed: `reason`
};

struct StepPlan {
  PlanKind kind = PlanKind::step;
  std::vector<PlanSequence> sequences;
  std::vector<PlanRow> rows;  ///< ascending
  std::vector<PlanDraw> draws;
  std::vector<PlanPenalty> penalties;
  std::string reason;

  [[nodiscard]] std::int64_t token_count() const;
};

/// The outcome of one PlanRow.
struct RowResult {
  float log_probability = 0;  ///< of the target; 0 without one
  TokenId token = -1;         ///< argmax, or the token drawn; -1: the logits are not finite
};

[[nodiscard]] std::vector<std::byte> to_bytes(const StepPlan& plan);
/// Throws InputError on malformed bytes.
[[nodiscard]] StepPlan plan_from_bytes(std::span<const std::byte> bytes);

}  // namespace assay::engine
