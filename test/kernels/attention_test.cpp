#include <catch2/catch.hpp>
#include <cmath>

#include "kernels/attention.hpp"
#include "kernels/attention_batch.hpp"
#include "kernels/cpu/simd/isa.hpp"

using namespace assay;
using test::PagedBatch;

namespace {

tensor::Context threads(int n) {
  tensor::Context context;
  context.threads = n;
  return context;
}

/// cpu against ref on one batch.
void compare(PagedBatch& batch, const ops::AttentionParams& params) {
  test::Sheet expected(batch.rows(), batch.width(), 0);
  test::Sheet out(batch.rows(), batch.width(), 3);
  kernels::ref::attention({}, expected.heads(batch.heads), batch.query(), batch.cache(), batch.view(),
                          params);
  kernels::cpu::attention(threads(batch.block_size == 16 ? 1 : 2), out.heads(batch.heads), batch.query(),
                          batch.cache(), batch.view(), params);
  CHECK(test::difference(out.view(), expected.view(), test::tolerance(test::OpClass::attention)) == "");
  CHECK(out.surroundings_untouched());
}

}  // namespace

TEST_CASE("attention on values done by hand") {
  // One head of dimension 1, scale 1, two cached keys 0 and ln 3, values 4 and 8: weights 1/4 and 3/4.
  const std::vector<float> keys{0, std::log(3.0F)};
  const std::vector<float> cached_values{4, 8};
  const std::vector<float> q{1, 1};
  const std::vector<std::int32_t> begin{0, 2}, lengths{2}, table{0};
  const ops::AttentionBatch batch{begin, lengths, {table.data(), 1, 1}};
  for (const auto kernel : {kernels::ref::attention, kernels::cpu::attention}) {
    std::vector<float> out(2, test::nan_value);
    const ops::KvCache<const float> cache{keys.data(), cached_values.data(), 1, 1, 2, 1};
    kernel({}, {out.data(), 2, 1, 1, 1}, {q.data(), 2, 1, 1, 1}, cache, batch, {});
    CHECK(out[0] == Approx(4));  // the first query sees the first key only
    CHECK(out[1] == Approx(7));
    // A window of one: only itself.
    kernel({}, {out.data(), 2, 1, 1, 1}, {q.data(), 2, 1, 1, 1}, cache, batch, {1, 1, 0, {}});
    CHECK(out[1] == Approx(8));
    // ALiBi with slope ln 3: the first key, one back, falls to 1/9 of the second.
    const std::vector<float> slope{std::log(3.0F)};
    kernel({}, {out.data(), 2, 1, 1, 1}, {q.data(), 2, 1, 1, 1}, cache, batch, {1, 0, 0, slope});
    CHECK(out[1] == Approx((4 + 9 * 8) / 10.0));
    // Cap 0.5: the second score becomes 0.5 tanh(2 ln 3).
    kernel({}, {out.data(), 2, 1, 1, 1}, {q.data(), 2, 1, 1, 1}, cache, batch, {1, 0, 0.5F, {}});
    const double weight = std::exp(0.5 * std::tanh(2 * std::log(3.0)));
    CHECK(out[1] == Approx((4 + 8 * weight) / (1 + weight)));
  }
}

TEST_CASE("kv_store writes each token to its slot and nothing else") {
  test::Values values(1);
  for (const auto kernel : {kernels::ref::kv_store, kernels::cpu::kv_store}) {
    std::vector<float> keys(3 * 2 * 4 * 5, test::nan_value), cached_values = keys;
    test::Sheet k(2, 10, 1, values), v(2, 10, 2, values);
    const std::vector<std::int64_t> slots{9, 2};  // block 2 offset 1; block 0 offset 2
    kernel({}, {keys.data(), cached_values.data(), 3, 2, 4, 5}, k.heads(2), v.heads(2), slots);
    std::size_t written = 0;
    for (std::int64_t t = 0; t < 2; ++t) {
      for (std::int64_t h = 0; h < 2; ++h) {
        const std::int64_t block = slots[static_cast<std::size_t>(t)] / 4;
        const std::int64_t offset = slots[static_cast<std::size_t>(t)] % 4;
        for (std::int64_t d = 0; d < 5; ++d, ++written) {
          const auto at = static_cast<std::size_t>(((block * 2 + h) * 4 + offset) * 5 + d);
          CHECK(keys[at] == k.heads(2).at(t, h)[d]);
          CHECK(cached_values[at] == v.heads(2).at(t, h)[d]);
        }
      }
    }
    CHECK(static_cast<std::size_t>(std::ranges::count_if(keys, [](float x) { return !std::isnan(x); })) ==
          written);
  }
}

TEST_CASE("cpu attention is ref's for head sizes, groups and blocks") {
  for (const std::int64_t head_dim : {1, 15, 16, 20, 64, 80, 100, 128, 192, 256}) {
    PagedBatch batch(3, 1, head_dim, 16, {{1, 1}, {5, 5}, {3, 70}}, static_cast<std::uint32_t>(head_dim));
    compare(batch, {0.125F, 0, 0, {}});
  }
  for (const std::int64_t group : {1, 2, 7, 31, 32, 33, 40}) {
    PagedBatch batch(2 * group, 2, 8, 3, {{4, 37}, {1, 33}}, static_cast<std::uint32_t>(group));
    compare(batch, {0.3F, 0, 0, {}});
  }
  for (const std::int64_t block_size : {1, 2, 16, 31, 32, 33, 64}) {
    PagedBatch batch(2, 2, 32, block_size, {{31, 31}, {33, 65}, {0, 9}, {1, 32}}, 77);
    compare(batch, {0.2F, 0, 0, {}});
  }
}

TEST_CASE("cpu attention is ref's with windows, caps and slopes") {
  const std::vector<float> slopes{0.5F, 0.25F, 0.125F, 0.0F};
  for (const std::int32_t window : {0, 1, 2, 31, 32, 33, 64, 1000}) {
    PagedBatch batch(4, 2, 24, 16, {{40, 100}, {1, 130}, {66, 66}}, static_cast<std::uint32_t>(window));
    compare(batch, {0.2F, window, 0, {}});
    compare(batch, {0.2F, window, 2.0F, {}});
    compare(batch, {0.2F, window, 0, slopes});
    compare(batch, {0.2F, window, 30.0F, slopes});
  }
}

TEST_CASE("cpu attention of scores so large that only one key is left") {
  PagedBatch batch(2, 1, 64, 16, {{50, 50}}, 8);
  compare(batch, {1000.0F, 0, 0, {}});
}

TEST_CASE("bits of attention do not depend on batch, chunking, blocks or threads") {
  // Heads, key-value heads and head_dim: a query has 3, 1 and 8 rows of the blocks that share registers.
  const auto [heads, kv_heads, dim] =
      GENERATE(table<std::int64_t, std::int64_t, std::int64_t>({{6, 2, 72}, {3, 3, 20}, {8, 1, 33}}));
  const std::vector<float> some{0.5F, 0.25F, 0.125F, 0.0F, 0.1F, 0.2F, 0.3F, 0.4F};
  const std::span<const float> slopes(some.data(), static_cast<std::size_t>(heads));
  for (const ops::AttentionParams& params :
       {ops::AttentionParams{0.125F, 0, 0, {}}, ops::AttentionParams{0.125F, 41, 0, {}},
        ops::AttentionParams{0.125F, 0, 20.0F, slopes}}) {
    // The whole sequence at once, and with the same tokens, in other blocks: by one, by uneven chunks, beside
    // others.
    const std::int64_t length = 150;
    PagedBatch whole(heads, kv_heads, dim, 16, {{length, length}}, 5);
    test::Sheet expected(length, whole.width(), 0);
    kernels::cpu::attention({}, expected.heads(heads), whole.query(), whole.cache(), whole.view(), params);
    const std::vector<std::pair<std::int64_t, std::int64_t>> chunks{
        {0, 1},  {1, 2},   {31, 32}, {32, 33},  {40, 41},   {41, 42}, {149, 150}, {0, 7},
        {7, 14}, {28, 35}, {33, 66}, {96, 128}, {100, 150}, {0, 97},  {53, 150}};
    for (const auto& [begin, end] : chunks) {
      PagedBatch part(heads, kv_heads, dim, begin % 2 == 0 ? 5 : 32, {{3, 40}, {end - begin, end}, {1, 1}},
                      6);
      part.copy_sequence(1, whole, 0);
      test::Sheet out(part.rows(), part.width(), 1);
      kernels::cpu::attention(threads(static_cast<int>(begin % 3) + 1), out.heads(heads), part.query(),
                              part.cache(), part.view(), params);
      CAPTURE(heads, dim, begin, end);
      CHECK(test::same_bits(out.view().row_range(3, end - begin),
                            expected.view().row_range(begin, end - begin)));
    }
  }
}

TEST_CASE("attention never reads what a query may not see into its result") {
  // Keys and values after the last query, and before the window, are NaN.
  PagedBatch batch(2, 1, 16, 8, {{3, 45}}, 11);
  test::Sheet expected(3, batch.width(), 0), out(3, batch.width(), 0);
  const ops::AttentionParams params{0.25F, 20, 0, {}};
  kernels::cpu::attention({}, expected.heads(2), batch.query(), batch.cache(), batch.view(), params);
  for (std::int64_t key = 0; key < 45 - 3 - 20 + 1; ++key) batch.poison(0, key);
  for (std::int64_t key = 45; key < 48; ++key) batch.poison(0, key);
  kernels::cpu::attention({}, out.heads(2), batch.query(), batch.cache(), batch.view(), params);
  CHECK(test::same_bits(out.view(), expected.view()));
  CHECK_FALSE(std::isnan(out.view().row(0)[0]));
}
