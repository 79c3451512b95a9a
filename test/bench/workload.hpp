// One prefill and one decoding run on an engine, timed, and how a list of figures is printed.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "assay/comm/mesh.hpp"
#include "assay/engine/engine.hpp"
#include "assay/util/clock.hpp"
#include "assay/util/error.hpp"
#include "bench/bench_options.hpp"

namespace assay::bench {

/// What one run of an engine took, on one rank.
struct Timing {
  double seconds = 0;
  double tokens = 0;  ///< computed by the model (leader)
  double micro_batches = 0;
  double compute = 0;  ///< seconds of the engine's phases
  double communicate = 0;
  double wait = 0;
};

inline engine::EngineOptions engine_options(const BenchOptions& options, int threads) {
  engine::EngineOptions result;
  result.dtype = options.dtype;
  result.threads = threads;
  result.max_length = std::max(options.prompt_tokens, options.decode_tokens) + 1;
  result.batch_tokens = options.batch_tokens;
  return result;
}

/// Prompts of which the last token alone is scored: prompt_tokens tokens computed each, one row of logits.
/// Never the same prompt twice, so that no cache of prompts can answer.
inline std::vector<engine::Request> prefill_requests(const BenchOptions& options, int round) {
  std::vector<engine::Request> requests;
  for (std::int64_t i = 0; i < options.prompts; ++i) {
    std::uint64_t state = static_cast<std::uint64_t>(round * options.prompts + i + 1) * 0x9e3779b97f4a7c15U;
    engine::Window window;
    for (std::int64_t t = 0; t <= options.prompt_tokens; ++t) {
      state = state * 6364136223846793005U + 1442695040888963407U;
      window.tokens.push_back(
          static_cast<engine::TokenId>((state >> 33) % static_cast<std::uint64_t>(options.sizes.vocab)));
    }
    window.score_from = static_cast<std::int32_t>(options.prompt_tokens);
    engine::Request request;
    request.id = static_cast<std::uint64_t>(i);
    request.windows.push_back(std::move(window));
    requests.push_back(std::move(request));
  }
  return requests;
}

/// One greedy generation from a prompt of one token: decode_tokens steps of one row each, the first included.
inline std::vector<engine::Request> decode_requests(const BenchOptions& options, int round) {
  engine::Request request;
  request.kind = engine::RequestKind::generate;
  request.windows.push_back({{static_cast<engine::TokenId>(round % options.sizes.vocab)}, 1});
  request.max_new_tokens = static_cast<std::int32_t>(options.decode_tokens);
  return {request};
}

inline double phase_seconds(const engine::EngineStats& stats, const std::string& name) {
  for (const util::PhaseTiming& phase : stats.phases) {
    if (phase.phase == name) return phase.seconds;
  }
  return 0;
}

/// Collective over the engine's replica.
inline Timing timed_run(engine::Engine& engine, const comm::Mesh& mesh,
                        std::vector<engine::Request> requests) {
  const engine::EngineStats before = engine.stats();
  const util::Stopwatch watch;
  const auto completions = run_requests(engine, mesh, std::move(requests));
  Timing timing;
  timing.seconds = watch.seconds();
  for (const engine::Completion& completion : completions)
    util::check_input(completion.error.empty(), "the engine refused a request ({})", completion.error);
  const engine::EngineStats& after = engine.stats();
  timing.tokens = static_cast<double>(after.prefill_tokens - before.prefill_tokens + after.generated_tokens -
                                      before.generated_tokens);
  timing.micro_batches = static_cast<double>(after.micro_batches - before.micro_batches);
  timing.compute = phase_seconds(after, "compute") - phase_seconds(before, "compute");
  timing.communicate = phase_seconds(after, "communicate") - phase_seconds(before, "communicate");
  timing.wait = phase_seconds(after, "wait") - phase_seconds(before, "wait");
  return timing;
}

inline double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

/// "min 0.512  median 0.530  max 0.544"
inline std::string spread(const std::vector<double>& values) {
  return fmt::format("min {:.3f}  median {:.3f}  max {:.3f}", *std::min_element(values.begin(), values.end()),
                     median(values), *std::max_element(values.begin(), values.end()));
}

}  // namespace assay::bench
