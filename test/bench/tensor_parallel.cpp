#include <fmt/core.h>
#include <omp.h>
#include <sched.h>

#include <array>
#include <memory>
#include <optional>
#include <span>

#include "assay/model/weights.hpp"
#include "bench/parts.hpp"
#include "bench/workload.hpp"

namespace assay::bench {
namespace {

constexpr int turn_tag = 900;

/// The cores this process may use. Throws InputError if the ranks' differ: rank 0 alone could not use all.
std::vector<int> shared_cores(comm::Communicator& world) {
  cpu_set_t mine{};
  if (::sched_getaffinity(0, sizeof(mine), &mine) != 0) util::fail_errno("sched_getaffinity");
  std::vector<cpu_set_t> all(static_cast<std::size_t>(world.size()));
  world.all_gather(std::as_bytes(std::span(&mine, 1)), std::as_writable_bytes(std::span(all)));
  for (const cpu_set_t& other : all) {
    util::check_input(CPU_EQUAL(&other, &mine) != 0,
                      "the launcher gave the ranks different cores, and rank 0 alone is to use all of them; "
                      "start with mpirun --bind-to none");
  }
  std::vector<int> cores;
  for (int core = 0; core < CPU_SETSIZE; ++core) {
    if (CPU_ISSET(core, &mine)) cores.push_back(core);
  }
  return cores;
}

/// Moves this process's first `threads` OpenMP threads, this one among them, to `cores`.
void move_to(const std::vector<int>& cores, int threads) {
  cpu_set_t set;
  CPU_ZERO(&set);
  for (const int core : cores) CPU_SET(core, &set);
#pragma omp parallel num_threads(threads)
  ::sched_setaffinity(0, sizeof(set),
                      &set);  // refused where cores are managed otherwise: then they are not ours
}

/// Who computes with which threads on which cores.
struct Shares {
  std::vector<int> all;
  std::vector<int> mine;
  int threads = 1;        ///< of a rank of the tensor group
  int alone_threads = 1;  ///< of rank 0 alone
};

Shares share_cores(const BenchOptions& options, comm::Communicator& world) {
  Shares shares;
  shares.all = shared_cores(world);
  const int cores = static_cast<int>(shares.all.size());
  shares.threads = options.threads > 0 ? options.threads : std::max(1, cores / world.size());
  shares.alone_threads = std::max(shares.threads, std::min(cores, shares.threads * world.size()));
  for (int i = 0; i < shares.threads; ++i) {
    const int core = shares.all[static_cast<std::size_t>((world.rank() * shares.threads + i) % cores)];
    shares.mine.push_back(core);
  }
  return shares;
}

/// Figures of every round.
struct Figures {
  std::vector<double> ratio;  ///< tokens/s of the group over those of one rank
  std::vector<double> communicate;
  std::vector<double> wait;
};

/// Mean over the ranks of the share of its time in the engine that a rank spent in a phase. Collective.
std::array<double, 2> phase_shares(comm::Communicator& world, const Timing& timing) {
  const double total = timing.compute + timing.communicate + timing.wait;
  std::array<double, 2> shares{timing.communicate / total, timing.wait / total};
  world.all_reduce_sum(std::span<double>(shares));
  for (double& share : shares) share /= world.size();
  return shares;
}

class Contest {
 public:
  Contest(const BenchOptions& options, const std::filesystem::path& folder, comm::Communicator& world)
      : options_(options),
        world_(world),
        shares_(share_cores(options, world)),
        spec_(read_endless_spec(folder)),
        checkpoint_(folder, spec_),
        mesh_(world, {.tp = world.size(), .pp = 1, .dp = 1}),
        self_(comm::make_self_communicator()),
        alone_mesh_(*self_, {1, 1, 1}),
        group_(mesh_, spec_, checkpoint_, nullptr, engine_options(options, shares_.threads)) {
    if (world.rank() == 0)
      alone_.emplace(alone_mesh_, spec_, checkpoint_, nullptr,
                     engine_options(options, shares_.alone_threads));
  }

  [[nodiscard]] const Shares& shares() const { return shares_; }

  /// One kind of work by both, and its line. Collective.
  void compete(const char* what, int round, const std::vector<engine::Request>& requests, Figures& figures) {
    const Timing alone = rank_0_alone(requests);
    move_to(shares_.mine, shares_.threads);
    const Timing group = timed_run(group_, mesh_, requests);
    const auto [communicate, wait] = phase_shares(world_, group);
    if (round == 0) return;  // not counted: first use of pages and threads
    const double alone_rate = alone.tokens / alone.seconds;
    const double group_rate = group.tokens / group.seconds;
    figures.ratio.push_back(group_rate / alone_rate);
    figures.communicate.push_back(communicate);
    figures.wait.push_back(wait);
    if (world_.rank() != 0) return;
    fmt::print(
        "round {} {:<7} one rank {:.1f} tp={} {:.1f} tokens/s ratio {:.3f}   communicate {:.3f} wait "
        "{:.3f}\n",
        round, what, alone_rate, world_.size(), group_rate, group_rate / alone_rate, communicate, wait);
  }

 private:
  /// On rank 0: works; the others sleep until it has.
  Timing rank_0_alone(const std::vector<engine::Request>& requests) {
    if (world_.rank() != 0) {
      while (!world_.wait_any(turn_tag, 1.0)) {
      }
      return {};
    }
    move_to(shares_.all, shares_.alone_threads);
    const Timing timing = timed_run(*alone_, alone_mesh_, requests);
    for (int rank = 1; rank < world_.size(); ++rank) world_.post(rank, turn_tag, {});
    world_.flush();
    return timing;
  }

  const BenchOptions& options_;
  comm::Communicator& world_;
  Shares shares_;
  model::ArchSpec spec_;
  model::Checkpoint checkpoint_;
  comm::Mesh mesh_;
  std::unique_ptr<comm::Communicator> self_;
  comm::Mesh alone_mesh_;
  engine::Engine group_;
  std::optional<engine::Engine> alone_;
};

void print_summary(const char* what, int tp, const Figures& figures) {
  fmt::print("  {} tp={} / one rank  {}\n", what, tp, spread(figures.ratio));
  fmt::print("  {} communicate      {}\n", what, spread(figures.communicate));
  fmt::print("  {} wait             {}\n", what, spread(figures.wait));
}

}  // namespace

void compare_with_one_rank(const BenchOptions& options, const std::filesystem::path& folder,
                           comm::Communicator& world) {
  Contest contest(options, folder, world);
  if (world.rank() == 0) {
    fmt::print("one rank with {} threads against tp={} with {} a rank\n\n", contest.shares().alone_threads,
               world.size(), contest.shares().threads);
  }
  Figures prefill;
  Figures decode;
  for (int round = 0; round <= options.rounds; ++round) {
    contest.compete("prefill", round, prefill_requests(options, round), prefill);
    contest.compete("decode", round, decode_requests(options, round), decode);
  }
  if (world.rank() != 0) return;
  fmt::print("\nwithin a round: tokens/s of the group over one rank's, and shares of the ranks' time\n");
  print_summary("prefill", world.size(), prefill);
  print_summary("decode", world.size(), decode);
}

}  // namespace assay::bench
