#include "bench/machine_limits.hpp"

#include <fmt/format.h>
#include <omp.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <iterator>
#include <oneapi/dnnl/dnnl.hpp>
#include <random>
#include <unordered_map>
#include <vector>

#include "assay/util/clock.hpp"
#include "assay/util/error.hpp"

namespace assay::bench {
namespace {

using dnnl::memory;

dnnl::matmul::primitive_desc product(const dnnl::engine& engine, const memory::desc& x, const memory::desc& w,
                                     const memory::desc& y) {
#if DNNL_VERSION_MAJOR >= 3
  return {engine, x, w, y};
#else
  return {dnnl::matmul::desc(x, w, y), engine};
#endif
}

/// A plain row-major matrix of small random numbers.
memory random_matrix(const dnnl::engine& engine, std::int64_t rows, std::int64_t cols,
                     memory::data_type type) {
  memory result({{rows, cols}, type, memory::format_tag::ab}, engine);
  std::minstd_rand random(1);
  std::uniform_real_distribution<float> draw(-0.1F, 0.1F);
  void* to = result.get_data_handle();
  for (std::int64_t i = 0; i < rows * cols; ++i) {
    const float value = draw(random);
    if (type == memory::data_type::f32) {
      static_cast<float*>(to)[i] = value;
    } else {
      static_cast<tensor::BFloat16*>(to)[i] = tensor::to_bfloat16(value);
    }
  }
  return result;
}

}  // namespace

struct GemmLimit::Impl {
  Impl(const model::ArchSpec& spec, std::int64_t its_rows, memory::data_type its_type, int its_threads);
  void add(std::int64_t out_features, std::int64_t in_features, std::int64_t layers);

  struct Product {
    dnnl::matmul primitive;
    std::unordered_map<int, memory> arguments;
  };
  dnnl::engine engine{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream{engine};
  std::int64_t rows;
  memory::data_type type;
  int threads;
  std::vector<Product> products;
  double operations = 0;
};

GemmLimit::Impl::Impl(const model::ArchSpec& spec, std::int64_t its_rows, memory::data_type its_type,
                      int its_threads)
    : rows(its_rows), type(its_type), threads(its_threads) {
  omp_set_num_threads(threads);
  const std::int64_t q = spec.attention.heads * spec.attention.head_dim;
  const std::int64_t kv = spec.attention.kv_heads * spec.attention.head_dim;
  add(q + 2 * kv, spec.hidden, spec.layers);
  add(spec.hidden, q, spec.layers);
  add(2 * spec.mlp.intermediate, spec.hidden, spec.layers);
  add(spec.hidden, spec.mlp.intermediate, spec.layers);
}

/// The same product `layers` times, with weights of its own each time.
void GemmLimit::Impl::add(std::int64_t out_features, std::int64_t in_features, std::int64_t layers) {
  const memory::desc out({rows, out_features}, memory::data_type::f32, memory::format_tag::ab);
  const memory x = random_matrix(engine, rows, in_features, type);
  const memory y(out, engine);
  memory plain = random_matrix(engine, in_features, out_features, type);
  const memory::desc any({in_features, out_features}, type, memory::format_tag::any);
  const auto description = product(engine, x.get_desc(), any, out);
  for (std::int64_t i = 0; i < layers; ++i) {
    memory packed(description.weights_desc(), engine);
    dnnl::reorder(plain, packed).execute(stream, plain, packed);
    products.push_back(
        {dnnl::matmul(description), {{DNNL_ARG_SRC, x}, {DNNL_ARG_WEIGHTS, packed}, {DNNL_ARG_DST, y}}});
  }
  stream.wait();
  operations += 2.0 * static_cast<double>(layers * rows * out_features) * static_cast<double>(in_features);
}

GemmLimit::GemmLimit(const model::ArchSpec& spec, std::int64_t rows, tensor::DType dtype, int threads) {
  if (dtype == tensor::DType::bf16) {
    try {
      impl_ = std::make_unique<Impl>(spec, rows, memory::data_type::bf16, threads);
      return;
    } catch (const dnnl::error& error) {
      if (error.status != dnnl_unimplemented) throw;
    }
  }
  impl_ = std::make_unique<Impl>(spec, rows, memory::data_type::f32, threads);
}

GemmLimit::~GemmLimit() = default;

double GemmLimit::pass() {
  omp_set_num_threads(impl_->threads);
  for (const Impl::Product& product : impl_->products)
    product.primitive.execute(impl_->stream, product.arguments);
  impl_->stream.wait();
  return impl_->operations;
}

tensor::DType GemmLimit::dtype() const {
  return impl_->type == memory::data_type::f32 ? tensor::DType::f32 : tensor::DType::bf16;
}

namespace {

constexpr std::int64_t line_words = 8;
constexpr std::int64_t page = std::int64_t{2} << 20;

using Line [[gnu::vector_size(line_words * 8)]] = std::uint64_t;

/// How a thread walks its share: `streams` places in turn, since the prefetcher of one looks only so far
/// ahead; each stream is `length` lines long, then the next group of streams follows. 0: as long as the share
/// allows.
struct Walk {
  std::int64_t streams;
  std::int64_t length;
};
/// Which is fastest differs with the machine, by a third on those tried.
constexpr Walk walks[] = {{1, 0}, {4, 0}, {4, 1024}, {8, 0}, {8, 512}, {8, 1024}, {16, 0}, {16, 256}};

template <std::int64_t Streams>
[[gnu::always_inline]] inline std::uint64_t read_groups(const Line* from, std::int64_t count,
                                                        std::int64_t length) {
  Line seen[Streams] = {};
  std::int64_t at = 0;
  for (; at + Streams * length <= count; at += Streams * length) {
    for (std::int64_t i = 0; i < length; ++i) {
      for (std::int64_t s = 0; s < Streams; ++s) seen[s] |= from[at + s * length + i];
    }
  }
  for (; at < count; ++at) seen[0] |= from[at];
  for (std::int64_t s = 1; s < Streams; ++s) seen[0] |= seen[s];
  std::uint64_t word = 0;
  for (std::int64_t i = 0; i < line_words; ++i) word |= seen[0][i];
  return word;
}

[[gnu::target_clones("avx512f", "avx2", "default")]] std::uint64_t read_lines(const Line* from,
                                                                              std::int64_t count, Walk walk) {
  const std::int64_t most = std::max<std::int64_t>(count / walk.streams, 1);
  const std::int64_t length = walk.length == 0 ? most : std::min(walk.length, most);
  switch (walk.streams) {
    case 1:
      return read_groups<1>(from, count, length);
    case 4:
      return read_groups<4>(from, count, length);
    case 8:
      return read_groups<8>(from, count, length);
    default:
      return read_groups<16>(from, count, length);
  }
}

}  // namespace

ReadLimit::ReadLimit(std::int64_t bytes, int threads)
    : buffer_(static_cast<std::size_t>((bytes / page + 1) * page)), threads_(threads) {
  // Large pages where the system has them to give: fewer translations, which is what a plain read can reach.
  const auto start = reinterpret_cast<std::uintptr_t>(buffer_.data());
  const std::uintptr_t aligned = (start + page - 1) / page * page;
  ::madvise(reinterpret_cast<void*>(aligned), buffer_.size() - (aligned - start), MADV_HUGEPAGE);
  std::memset(buffer_.data(), 1, buffer_.size());
  choose_walk();
}

/// Every walk in turn, several times over, lest a moment of other load decides.
void ReadLimit::choose_walk() {
  constexpr int tries = 5;
  double best = 0;
  std::size_t chosen = 0;
  for (int i = 0; i < tries; ++i) {
    for (walk_ = 0; walk_ < std::size(walks); ++walk_) {
      const util::Stopwatch watch;
      const double rate = pass() / watch.seconds();
      if (rate <= best) continue;
      best = rate;
      chosen = walk_;
    }
  }
  walk_ = chosen;
}

double ReadLimit::pass() {
  const auto* lines = reinterpret_cast<const Line*>(buffer_.data());
  const auto count = static_cast<std::int64_t>(buffer_.size() / sizeof(Line));
  std::uint64_t seen = 0;
#pragma omp parallel num_threads(threads_) reduction(| : seen)
  {
    const std::int64_t team = omp_get_num_threads();
    const std::int64_t part = omp_get_thread_num();
    const std::int64_t begin = count * part / team;
    seen |= read_lines(lines + begin, count * (part + 1) / team - begin, walks[walk_]);
  }
  seen_ |= seen;
  ASSAY_CHECK(seen_ == 0x0101010101010101U);  // and so that the reads cannot be left out
  return static_cast<double>(buffer_.size());
}

std::string ReadLimit::how() const {
  const Walk walk = walks[walk_];
  return walk.length == 0 ? fmt::format("{} streams a thread", walk.streams)
                          : fmt::format("{} streams of {} KB a thread", walk.streams, walk.length / 16);
}

}  // namespace assay::bench
