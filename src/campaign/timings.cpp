#include "campaign/timings.hpp"

#include <cstdint>
#include <utility>

#include "assay/util/bytes.hpp"

namespace assay::campaign {

results::RankTiming timing_of(comm::Communicator& world, const engine::Engine* engine,
                              std::vector<util::PhaseTiming> phases) {
  results::RankTiming timing{world.rank(), world.host(), std::move(phases), 0, 0};
  if (engine == nullptr) return timing;
  const engine::EngineStats& stats = engine->stats();
  timing.phases.insert(timing.phases.end(), stats.phases.begin(), stats.phases.end());
  timing.prefill_tokens = stats.prefill_tokens;
  timing.generated_tokens = stats.generated_tokens;
  return timing;
}

std::vector<results::RankTiming> gather_timings(comm::Communicator& world, const results::RankTiming& mine) {
  util::ByteWriter out;
  out.put_string(mine.host);
  out.put(mine.prefill_tokens);
  out.put(mine.generated_tokens);
  out.put<std::uint64_t>(mine.phases.size());
  for (const auto& phase : mine.phases) {
    out.put_string(phase.phase);
    out.put(phase.seconds);
  }
  std::vector<results::RankTiming> timings;
  for (const auto& bytes : world.gather_messages(out.take(), 0)) {
    util::ByteReader in(bytes);
    results::RankTiming timing;
    timing.rank = static_cast<int>(timings.size());
    timing.host = in.get_string();
    timing.prefill_tokens = in.get<std::int64_t>();
    timing.generated_tokens = in.get<std::int64_t>();
    for (auto count = in.get<std::uint64_t>(); count > 0; --count) {
      std::string name = in.get_string();
      timing.phases.push_back({std::move(name), in.get<double>()});
    }
    timings.push_back(std::move(timing));
  }
  return timings;
}

}  // namespace assay::campaign
