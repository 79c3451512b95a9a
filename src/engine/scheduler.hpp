// Decides what every micro-batch computes: continuous batching (Yu et al. 2022, "Orca"), with prompts
// computed in chunks that fill up what decoding leaves free. Pure logic on a replica's leader: no tensors, no
// ranks.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "assay/engine/request.hpp"
#include "assay/text/tokenizer.hpp"
#include "engine/sequence.hpp"
#include "engine/step_plan.hpp"

namespace assay::engine {

struct SchedulerLimits {
  std::int64_t max_length = 0;     ///< tokens of a sequence in the KV cache at most
  std::int64_t vocab = 0;          ///< token ids must be below
  std::int64_t batch_tokens = 0;   ///< of a micro-batch at most
  std::int64_t max_sequences = 0;  ///< in work at once
  std::int64_t kv_blocks = 0;
  std::int64_t kv_block_tokens = 0;
  int stages = 1;  ///< decoding is spread over as many micro-batches
};

/// A sequence is admitted once the KV blocks of its whole life are free, so that work once begun can always
/// be finished. Results must come back in the order in which plans were made.
class Scheduler {
 public:
  /// `tokenizer` may be null (generations then have no text); it must outlive the scheduler.
  Scheduler(const SchedulerLimits& limits, const text::Tokenizer* tokenizer, std::vector<TokenId> eos_ids);

  /// How many more requests are wanted now.
  [[nodiscard]] std::size_t room() const;
  /// Takes a request; one that can never run becomes a failed completion at once.
  void submit(Request request);
  /// The next micro-batch, or nothing if all sequences wait for results.
  [[nodiscard]] std::optional<StepPlan> next_plan();
  /// Results of the oldest plan without results: one for each of its rows.
  void take_results(std::span<const RowResult> results);
  /// Requests finished since the last call, in order.
  [[nodiscard]] std::vector<Completion> take_finished();
  [[nodiscard]] bool has_finished() const { return !finished_.empty(); }
  /// Forgets all requests. No plan may be waiting for its results.
  void drop_all();

  /// No request is in work.
  [[nodiscard]] bool empty() const { return jobs_.empty(); }
  /// Plans made whose results have not come.
  [[nodiscard]] std::size_t plans_in_flight() const { return issued_.size(); }
  [[nodiscard]] std::int64_t prefill_tokens() const { return prefill_tokens_; }
  [[nodiscard]] std::int64_t generated_tokens() const { return generated_tokens_; }
  [[nodiscard]] std::int64_t free_blocks() const { return blocks_.free_blocks(); }

 private:
  struct IssuedRow {
    Sequence* sequence;
    TokenId target;
  };
  struct IssuedPlan {
    std::vector<Sequence*> sequences;
    std::vector<IssuedRow> rows;
    std::int64_t prefill_tokens = 0;
  };

  [[nodiscard]] std::unique_ptr<Sequence> make_sequence(Job& job, std::size_t window) const;
  void admit();
  [[nodiscard]] std::vector<Sequence*> sequences_to_run() const;
  void append(Sequence& sequence, std::int64_t count, std::int32_t first_row, StepPlan& plan,
              IssuedPlan& issued);
  void take_row(const IssuedRow& row, const RowResult& result);
  void retire_done();
  void close_window(Sequence& sequence);
  void finish(Job& job);

  SchedulerLimits limits_;
  const text::Tokenizer* tokenizer_;
  std::vector<TokenId> eos_ids_;
  BlockAllocator blocks_;
  std::vector<std::unique_ptr<Job>> jobs_;
  std::deque<std::unique_ptr<Sequence>> waiting_;  // in order of arrival
  std::vector<std::unique_ptr<Sequence>> active_;  // in order of admission
  std::deque<IssuedPlan> issued_;
  std::vector<Completion> finished_;
  std::int64_t steps_ = 0;
  std::int64_t prefill_tokens_ = 0;
  std::int64_t generated_tokens_ = 0;
};

}  // namespace assay::engine
