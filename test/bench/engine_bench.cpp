// Measures the engine against what the machine can do, and tensor parallelism against one rank (README.md).
#include <fmt/core.h>

#include <cstdio>
#include <exception>
#include <optional>
#include <span>
#include <string>

#include "assay/comm/communicator.hpp"
#include "assay/comm/cpu_binding.hpp"
#include "assay/ops/linear.hpp"
#include "assay/util/error.hpp"
#include "bench/bench_options.hpp"
#include "bench/parts.hpp"
#include "bench/random_model.hpp"
#include "support/temp_dir.hpp"

namespace assay::bench {
namespace {

std::int64_t longest_sequence(const BenchOptions& options) {
  return std::max(options.prompt_tokens, options.decode_tokens) + 1;
}

void print_heading(const BenchOptions& options, const model::ArchSpec& spec) {
  fmt::print(
      "model: {:.1f} M random weights, hidden {}, {} layers, heads {}/{}, intermediate {}, vocabulary {}\n",
      1e-6 * static_cast<double>(spec.parameter_count()), spec.hidden, spec.layers, spec.attention.heads,
      spec.attention.kv_heads, spec.mlp.intermediate, spec.vocab);
  fmt::print("{}, instruction set {}, micro-batches of {} tokens\n", tensor::name_of(options.dtype),
             ops::cpu_isa_name(), options.batch_tokens);
  fmt::print("prefill: {} prompts of {} tokens; decode: {} tokens of one sequence\n", options.prompts,
             options.prompt_tokens, options.decode_tokens);
}

void run_alone(const BenchOptions& options) {
  const auto self = comm::make_self_communicator();
  const int threads =
      options.threads > 0 ? options.threads : comm::bind_to_cores(*self, comm::threads_from_environment());
  const test::TempDir folder;
  write_random_model(folder.path(), options.sizes, longest_sequence(options));
  print_heading(options, read_endless_spec(folder.path()));
  fmt::print("{} threads\n", threads);
  compare_with_machine(options, folder.path(), threads);
}

void run_together(const BenchOptions& options) {
  comm::MpiRuntime runtime;
  comm::Communicator& world = runtime.world();
  util::check_input(
      world.local_size() == world.size(),
      "the ranks are on several hosts, and rank 0 alone is to use all their cores; start them on one");
  std::optional<test::TempDir> folder;
  std::string path;
  if (world.rank() == 0) {
    folder.emplace();
    path = folder->path().string();
    write_random_model(path, options.sizes, longest_sequence(options));
    print_heading(options, read_endless_spec(path));
  }
  const auto* text = reinterpret_cast<const std::byte*>(path.data());
  const auto bytes = world.broadcast_message({text, text + path.size()}, 0);
  path.assign(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  compare_with_one_rank(options, path, world);
  world.barrier();  // the folder goes away: nobody reads it any more
}

int run(int argc, char** argv) {
  const auto options = parse_options(argc, argv);
  if (!options) return 0;
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  const int ranks = comm::launched_ranks();
  util::check_input(options->tp == 0 || options->tp == ranks,
                    "--tp {} does not fit {} ranks; start as many with mpirun -np {} --bind-to none",
                    options->tp, ranks, options->tp);
  if (ranks == 1) {
    run_alone(*options);
  } else {
    run_together(*options);
  }
  return 0;
}

}  // namespace
}  // namespace assay::bench

int main(int argc, char** argv) {
  try {
    return assay::bench::run(argc, argv);
  } catch (const assay::util::Error& error) {
    fmt::print(stderr, "bench_engine: {}\n", error.what());
    return static_cast<int>(error.code());
  } catch (const std::exception& error) {
    fmt::print(stderr, "bench_engine: {}\n", error.what());
    return 1;
  }
}
