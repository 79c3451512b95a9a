#include "engine/step_plan.hpp"

#include "assay/util/error.hpp"

namespace assay::engine {

std::int64_t StepPlan::token_count() const {
  std::int64_t count = 0;
  for (const PlanSequence& sequence : sequences) count += static_cast<std::int64_t>(sequence.tokens.size());
  return count;
}

std::vector<std::byte> to_bytes(const StepPlan& plan) {
  util::ByteWriter out;
  out.put(static_cast<std::uint8_t>(plan.kind));
  out.put<std::uint64_t>(plan.sequences.size());
  for (const PlanSequence& sequence : plan.sequences) {
    out.put(sequence.first_position);
    out.put_vector(sequence.tokens);
    out.put_vector(sequence.blocks);
  }
  out.put_vector(plan.rows);
  out.put<std::uint64_t>(plan.draws.size());
  for (const PlanDraw& draw : plan.draws) {
    out.put(draw.params.temperature);
    out.put(draw.params.top_k);
    out.put(draw.params.top_p);
    out.put(draw.params.seed);
    out.put(draw.token_index);
  }
  out.put<std::uint64_t>(plan.penalties.size());
  for (const PlanPenalty& penalty : plan.penalties) {
    out.put(penalty.factor);
    out.put_vector(penalty.tokens);
  }
  out.put_string(plan.reason);
  return out.take();
}

StepPlan plan_from_bytes(std::span<const std::byte> bytes) {
  util::ByteReader in(bytes);
  StepPlan plan;
  const auto kind = in.get<std::uint8_t>();
  util::check_input(kind <= static_cast<std::uint8_t>(PlanKind::abort), "plan of unknown kind {}", kind);
  plan.kind = static_cast<PlanKind>(kind);
  const auto sequences = in.get<std::uint64_t>();
  for (std::uint64_t i = 0; i < sequences; ++i) {
    PlanSequence sequence;
    sequence.first_position = in.get<std::int32_t>();
    sequence.tokens = in.get_vector<TokenId>();
    sequence.blocks = in.get_vector<BlockId>();
    plan.sequences.push_back(std::move(sequence));
  }
  plan.rows = in.get_vector<PlanRow>();
  const auto draws = in.get<std::uint64_t>();
  for (std::uint64_t i = 0; i < draws; ++i) {
    PlanDraw draw;
    draw.params.temperature = in.get<double>();
    draw.params.top_k = in.get<std::int32_t>();
    draw.params.top_p = in.get<double>();
    draw.params.seed = in.get<std::uint64_t>();
    draw.token_index = in.get<std::int32_t>();
    plan.draws.push_back(draw);
  }
  const auto penalties = in.get<std::uint64_t>();
  for (std::uint64_t i = 0; i < penalties; ++i) {
    PlanPenalty penalty;
    penalty.factor = in.get<float>();
    penalty.tokens = in.get_vector<TokenId>();
    plan.penalties.push_back(std::move(penalty));
  }
  plan.reason = in.get_string();
  util::check_input(in.empty(), "plan has bytes after its end");
  return plan;
}

}  // namespace assay::engine
