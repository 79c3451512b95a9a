#include <fmt/core.h>

#include <memory>

#include "assay/model/weights.hpp"
#include "assay/ops/linear.hpp"
#include "bench/machine_limits.hpp"
#include "bench/parts.hpp"
#include "bench/workload.hpp"

namespace assay::bench {
namespace {

/// Figures of every round, in one order.
struct Figures {
  std::vector<double> gemm;     ///< (a) GFLOP/s
  std::vector<double> prefill;  ///< (b) GFLOP/s
  std::vector<double> read;     ///< (c) GB/s
  std::vector<double> decode;   ///< (d) GB/s
  std::vector<double> prefill_share;
  std::vector<double> decode_share;
};

/// What is compared, ready to run.
class Contest {
 public:
  Contest(const BenchOptions& options, const std::filesystem::path& folder, int threads)
      : options_(options),
        spec_(read_endless_spec(folder)),
        checkpoint_(folder, spec_),
        world_(comm::make_self_communicator()),
        mesh_(*world_, {1, 1, 1}),
        engine_(mesh_, spec_, checkpoint_, nullptr, engine_options(options, threads)),
        gemm_(spec_, options.batch_tokens, options.dtype, threads),
        read_(step_bytes(), threads) {}

  [[nodiscard]] tensor::DType gemm_dtype() const { return gemm_.dtype(); }
  [[nodiscard]] std::string read_order() const { return read_.how(); }
  /// Bytes of packed weights that one decoding step reads. Asked of the packing itself, since it need not
  /// hold the type the engine computes in: bfloat16 weights stay bfloat16 when products are float32.
  [[nodiscard]] std::int64_t step_bytes() const {
    constexpr std::int64_t side = 64;  // whole panels
    const std::vector<tensor::BFloat16> sample(side * side);
    const auto bytes = [&](std::int64_t in) {
      const ops::PackedLinear packed({}, {sample.data(), spec_.checkpoint_dtype}, side, in, options_.dtype);
      return static_cast<std::int64_t>(packed.bytes());
    };
    return step_linear_weights(spec_) * (bytes(side) - bytes(side / 2)) / (side * side / 2);
  }

  /// As many passes as the prefill has full micro-batches.
  double gemm() {
    const std::int64_t tokens = options_.prompts * options_.prompt_tokens;
    return 1e-9 *
           rate(std::max<std::int64_t>(1, tokens / options_.batch_tokens), [&] { return gemm_.pass(); });
  }
  double prefill(int round) {
    const Timing timing = timed_run(engine_, mesh_, prefill_requests(options_, round));
    const auto layers = static_cast<double>(spec_.layers * layer_linear_weights(spec_));
    const auto head = static_cast<double>(spec_.vocab * spec_.hidden);
    return 2e-9 * (timing.tokens * layers + static_cast<double>(options_.prompts) * head) / timing.seconds;
  }
  double read() {
    return 1e-9 * rate(options_.decode_tokens, [&] { return read_.pass(); });
  }
  double decode(int round) {
    const Timing timing = timed_run(engine_, mesh_, decode_requests(options_, round));
    return 1e-9 * timing.micro_batches * static_cast<double>(step_bytes()) / timing.seconds;
  }

 private:
  template <class Pass>
  static double rate(std::int64_t passes, Pass&& pass) {
    double work = 0;
    const util::Stopwatch watch;
    for (std::int64_t i = 0; i < passes; ++i) work += pass();
    return work / watch.seconds();
  }

  const BenchOptions& options_;
  model::ArchSpec spec_;
  model::Checkpoint checkpoint_;
  std::unique_ptr<comm::Communicator> world_;
  comm::Mesh mesh_;
  engine::Engine engine_;
  GemmLimit gemm_;
  ReadLimit read_;
};

void print_summary(const Figures& figures) {
  fmt::print("\nmedians of all rounds\n");
  fmt::print("  (a) oneDNN GEMM   {:9.1f} GFLOP/s\n", median(figures.gemm));
  fmt::print("  (b) prefill       {:9.1f} GFLOP/s\n", median(figures.prefill));
  fmt::print("  (c) memory read   {:9.2f} GB/s\n", median(figures.read));
  fmt::print("  (d) decode        {:9.2f} GB/s\n", median(figures.decode));
  fmt::print("ratios within a round\n");
  fmt::print("  (b)/(a) prefill / oneDNN GEMM  {}\n", spread(figures.prefill_share));
  fmt::print("  (d)/(c) decode / memory read   {}\n", spread(figures.decode_share));
}

}  // namespace

void compare_with_machine(const BenchOptions& options, const std::filesystem::path& folder, int threads) {
  Contest contest(options, folder, threads);
  if (contest.gemm_dtype() != options.dtype) {
    fmt::print("oneDNN has no {} products for this CPU: (a) is {}\n", tensor::name_of(options.dtype),
               tensor::name_of(contest.gemm_dtype()));
  }
  fmt::print(
      "a decoding step reads {:.1f} MB of packed weights; (c) reads as much, as often, "
      "in {}\n\n",
      1e-6 * static_cast<double>(contest.step_bytes()), contest.read_order());
  // Round 0 is not counted: pages are touched and threads started for the first time.
  Figures figures;
  for (int round = 0; round <= options.rounds; ++round) {
    const double gemm = contest.gemm();
    const double prefill = contest.prefill(round);
    const double read = contest.read();
    const double decode = contest.decode(round);
    if (round == 0) continue;
    figures.gemm.push_back(gemm);
    figures.prefill.push_back(prefill);
    figures.read.push_back(read);
    figures.decode.push_back(decode);
    figures.prefill_share.push_back(prefill / gemm);
    figures.decode_share.push_back(decode / read);
    fmt::print(
        "round {} (a) {:.1f} (b) {:.1f} GFLOP/s (b)/(a) {:.3f}   (c) {:.2f} (d) {:.2f} GB/s (d)/(c) {:.3f}\n",
        round, gemm, prefill, prefill / gemm, read, decode, decode / read);
  }
  print_summary(figures);
}

}  // namespace assay::bench
