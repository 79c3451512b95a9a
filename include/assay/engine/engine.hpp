// Runs requests through a sharded model: continuous batching, chunked prefill, paged KV cache, pipeline
// stages with micro-batches in flight. One Engine per rank; the ranks of a replica work as one.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "assay/comm/mesh.hpp"
#include "assay/engine/request.hpp"
#include "assay/model/arch_spec.hpp"
#include "assay/model/weights.hpp"
#include "assay/tensor/dtype.hpp"
#include "assay/text/tokenizer.hpp"
#include "assay/util/clock.hpp"
#include "assay/util/error.hpp"

namespace assay::engine {

struct EngineOptions {
  tensor::DType dtype = tensor::DType::f32;  ///< of weights and products: f32 or bf16
  int threads = 1;                           ///< of this rank
  std::int64_t max_length = 0;      ///< longest sequence; 0: the model's max_positions. Dynamic and longrope
                                    ///< position scaling is that of this length
  std::int64_t batch_tokens = 512;  ///< tokens a micro-batch computes at most
  std::int64_t max_sequences = 64;  ///< sequences in work at once in a replica
  std::int64_t longest_sequence = 0;  ///< tokens of the longest sequence to come (Demand); 0: max_length.
                                      ///< Requests beyond it fail
  std::int64_t wanted_sequences = 0;  ///< sequences to come in all; 0: not known
  std::int64_t memory_bytes = 0;      ///< a rank may take, the same on all ranks of a replica; 0: not known
  /// Of a rank, at most. 0: what min(max_sequences, wanted_sequences) sequences of longest_sequence tokens
  /// need; where memory_bytes is known at most four fifths of what weights and activations leave of it, but
  /// one such sequence at least.
  std::int64_t kv_cache_bytes = 0;
  std::int64_t kv_block_tokens = 16;
  std::vector<std::int64_t> layers_per_stage;  ///< empty: even
};

/// What is known of the work before an engine is made, for EngineOptions: a cache for what will come, not for
/// all that the model could take.
struct Demand {
  std::int64_t longest_sequence = 0;  ///< tokens, of prompt and continuation together
  std::int64_t sequences = 0;
  /// Counts `request` in, under the context of `max_length` tokens.
  void add(const Request& request, std::int64_t max_length);
};

/// Bytes one rank will hold; the source for both `plan` and the allocation itself.
struct MemoryPlan {
  std::int64_t weight_bytes = 0;  ///< packed weights, embedding, norms, rope table; a plan leaves out padding
  std::int64_t kv_cache_bytes = 0;
  std::int64_t kv_blocks = 0;         ///< the same on all ranks of a replica: the deepest stage decides
  std::int64_t activation_bytes = 0;  ///< scratch memory of the forward pass
};
/// Throws InputError if kv_cache_bytes or memory_bytes cannot hold one sequence of longest_sequence, if an
/// option is out of range (batch_tokens also where a micro-batch's activations are too long for a message
/// between stages), or if the model cannot be split like this.
[[nodiscard]] MemoryPlan plan_memory(const model::ArchSpec& spec, const comm::MeshShape& mesh,
                                     const comm::MeshCoordinate& where, const EngineOptions& options);

/// Where a replica's leader gets requests and puts results. Called from the leader's thread only.
class RequestFeed {
 public:
  virtual ~RequestFeed() = default;
  /// Up to `max` requests to start now; fewer or none if there are none at the moment.
  [[nodiscard]] virtual std::vector<Request> pull(std::size_t max) = 0;
  /// Takes one finished request; called in order of completion.
  virtual void deliver(Completion completion) = 0;
  /// True once no request will ever come again (or a stop was asked for).
  [[nodiscard]] virtual bool finished() = 0;
  /// Called when the engine has nothing to compute and `finished()` is false: may wait a moment for work.
  virtual void idle() = 0;
  /// True if the engine should drop the requests in work and return now (a stop was asked for).
  [[nodiscard]] virtual bool cancelled() = 0;
};

/// Counts and wall time of one rank since construction.
struct EngineStats {
  std::int64_t prefill_tokens = 0;    ///< prompt and scored tokens computed (leader)
  std::int64_t generated_tokens = 0;  ///< (leader)
  std::int64_t micro_batches = 0;
  double first_token_seconds =
      -1;  ///< from construction's end to the first result of a forward pass (leader)
  std::vector<util::PhaseTiming> phases;  ///< "load", "compute", "communicate", "wait", ...
};

/// Thrown by follow() when this replica's leader failed; the leader reports its own reason.
class LeaderFailed : public util::Error {
 public:
  using util::Error::Error;
};

class Engine {
 public:
  /// Collective over mesh.replica_group(): loads this rank's weights. `tokenizer` is needed on leaders only
  /// (stop strings, text) and may be null elsewhere; mesh, checkpoint and tokenizer must outlive the engine.
  /// If loading fails on one rank, every rank of the replica throws.
  Engine(const comm::Mesh& mesh, const model::ArchSpec& spec, const model::Checkpoint& checkpoint,
         const text::Tokenizer* tokenizer, const EngineOptions& options);
  ~Engine();

  /// On the leader: works until the feed is finished and all its requests are delivered. On the other ranks
  /// of the replica call follow() meanwhile. A request that cannot run (too long, empty) is delivered with
  /// `error`.
  void run(RequestFeed& feed);
  /// On every other rank: takes part until the leader's run() ends. Throws LeaderFailed if the leader failed
  /// between two steps. If any rank fails inside a step, those that wait for it there (in a collective of the
  /// tensor group, or for activations) learn of it only by the deadline of that wait, as Error(internal): a
  /// caller that wants the job to end before must end it (Communicator::abort) where the failure is.
  void follow();

  [[nodiscard]] const EngineStats& stats() const;
  [[nodiscard]] const MemoryPlan& memory() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Runs a fixed list and returns completions in the order of `requests` (leader; empty elsewhere). Collective
/// over the replica. For tests, benchmarks and small tools.
[[nodiscard]] std::vector<Completion> run_requests(Engine& engine, const comm::Mesh& mesh,
                                                   std::vector<Request> requests);

}  // namespace assay::engine
