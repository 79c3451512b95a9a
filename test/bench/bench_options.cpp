#include "bench/bench_options.hpp"

#include <fmt/format.h>

#include <boost/program_options.hpp>
#include <iostream>
#include <string>

#include "assay/ops/linear.hpp"
#include "assay/util/error.hpp"

namespace assay::bench {
namespace {

namespace po = boost::program_options;

constexpr const char* about =
    "Usage: bench_engine [options]\n"
    "       mpirun -np 2 --bind-to none bench_engine [options]\n\n"
    "Measures the engine on a model of random weights. On one rank: prefill against oneDNN's GEMM, and\n"
    "decoding one sequence against a plain read of memory. On several ranks: tensor parallelism against one\n"
    "rank with all the cores. Only ratios within a round say anything; figures of different rounds, let "
    "alone\n"
    "runs, differ with whatever else the machine does.\n";

constexpr const char* examples =
    "Examples:\n"
    "  bench_engine\n"
    "  bench_engine --dtype float32 --rounds 9\n"
    "  mpirun -np 2 --bind-to none bench_engine --tp 2 --dtype bfloat16\n"
    "  bench_engine --hidden 2048 --layers 16 --heads 32 --kv-heads 8 --intermediate 5632 --vocab 32000\n";

tensor::DType dtype_named(const std::string& name) {
  if (name == "auto") return ops::preferred_cpu_dtype();
  const auto dtype = tensor::parse_dtype(name);
  util::check_input(dtype == tensor::DType::f32 || dtype == tensor::DType::bf16,
                    "--dtype {} is not a type to compute in; use float32, bfloat16 or auto", name);
  return *dtype;
}

void check(const BenchOptions& options) {
  const auto positive = [](const char* name, std::int64_t value, std::int64_t most) {
    util::check_input(value >= 1 && value <= most, "--{} is {}; give a number from 1 to {}", name, value,
                      most);
  };
  const ModelSizes& sizes = options.sizes;
  positive("hidden", sizes.hidden, 1 << 16);
  positive("layers", sizes.layers, 1 << 10);
  positive("heads", sizes.heads, 1 << 10);
  positive("kv-heads", sizes.kv_heads, sizes.heads);
  positive("intermediate", sizes.intermediate, 1 << 18);
  positive("vocab", sizes.vocab, 1 << 20);
  positive("rounds", options.rounds, 10000);
  positive("batch-tokens", options.batch_tokens, 1 << 16);
  positive("prompts", options.prompts, 1 << 16);
  positive("prompt-tokens", options.prompt_tokens, 1 << 20);
  positive("decode-tokens", options.decode_tokens, 1 << 20);
  util::check_input(options.threads >= 0 && options.threads <= 1024,
                    "--threads is {}; give a number from 0 (this rank's share of the cores) to 1024",
                    options.threads);
  util::check_input(options.tp >= 0, "--tp is {}; give the number of ranks", options.tp);
  util::check_input(
      sizes.hidden % (2 * sizes.heads) == 0 && sizes.heads % sizes.kv_heads == 0,
      "--hidden {}, --heads {} and --kv-heads {} do not fit; hidden must be an even multiple of "
      "heads, and heads a multiple of kv-heads",
      sizes.hidden, sizes.heads, sizes.kv_heads);
}

}  // namespace

std::optional<BenchOptions> parse_options(int argc, char** argv) {
  BenchOptions options;
  ModelSizes& sizes = options.sizes;
  std::string dtype;
  po::options_description known("Options");
  const auto add = [&](const char* name, auto& member, const char* help) {
    known.add_options()(name, po::value(&member)->default_value(member), help);
  };
  known.add_options()("help", "print this and exit");
  known.add_options()("dtype", po::value(&dtype)->default_value("auto"),
                      "float32, bfloat16, or auto: what this machine multiplies fastest");
  add("rounds", options.rounds, "rounds; every round measures everything once");
  add("threads", options.threads, "threads of a rank; 0: its share of the cores");
  add("tp", options.tp, "ranks of the tensor group; 0: all that were started");
  add("batch-tokens", options.batch_tokens, "tokens of a micro-batch, and rows of oneDNN's products");
  add("prompts", options.prompts, "prompts of one prefill");
  add("prompt-tokens", options.prompt_tokens, "tokens of a prompt");
  add("decode-tokens", options.decode_tokens, "tokens generated, one after the other");
  add("hidden", sizes.hidden, "model: hidden size");
  add("layers", sizes.layers, "model: layers");
  add("heads", sizes.heads, "model: query heads");
  add("kv-heads", sizes.kv_heads, "model: key-value heads");
  add("intermediate", sizes.intermediate, "model: width of the MLP");
  add("vocab", sizes.vocab, "model: vocabulary");
  po::variables_map values;
  try {
    // No positional words: a stray one is an error, not ignored.
    po::store(po::command_line_parser(argc, argv).options(known).positional({}).run(), values);
    po::notify(values);
  } catch (const po::error& error) {
    util::fail_input("{}; see bench_engine --help", error.what());
  }
  if (values.count("help") > 0) {
    std::cout << about << '\n' << known << '\n' << examples;
    return std::nullopt;
  }
  options.dtype = dtype_named(dtype);
  check(options);
  return options;
}

}  // namespace assay::bench
