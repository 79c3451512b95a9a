#include "assay/model/sharding.hpp"

#include <catch2/catch.hpp>

#include "model/checkpoint_writer.hpp"

using assay::model::ArchSpec;
using assay::model::Range;
using assay::model::RankShard;
using assay::model::shard_of;
using assay::model::split_layers;
using assay::test::refusal;
using Catch::Contains;

namespace {

ArchSpec spec_with(std::int64_t heads, std::int64_t kv_heads, std::int64_t vocab = 100,
                   std::int64_t intermediate = 64, std::int64_t layers = 7) {
  ArchSpec spec;
  spec.layers = layers;
  spec.hidden = 16 * heads;
  spec.vocab = vocab;
  spec.attention.heads = heads;
  spec.attention.kv_heads = kv_heads;
  spec.attention.head_dim = 16;
  spec.mlp.intermediate = intermediate;
  return spec;
}

RankShard shard(const ArchSpec& spec, int tp, int rank) {
  return shard_of(spec, {.tp = tp}, {.tensor_rank = rank, .stage = 0, .replica = 0});
}

}  // namespace

TEST_CASE("layers are split as evenly as can be, earlier stages first") {
  CHECK(split_layers(7, 1) == std::vector<Range>{{0, 7}});
  CHECK(split_layers(7, 3) == std::vector<Range>{{0, 3}, {3, 5}, {5, 7}});
  CHECK(split_layers(4, 4) == std::vector<Range>{{0, 1}, {1, 2}, {2, 3}, {3, 4}});
  CHECK(split_layers(7, 2, {2, 5}) == std::vector<Range>{{0, 2}, {2, 7}});
}

TEST_CASE("impossible pipelines are refused with what is possible") {
  CHECK_THAT(refusal([] { (void)split_layers(3, 4); }),
             Contains("pp=4 exceeds the model's 3 layers; use a pp from 1 to 3"));
  CHECK_THAT(refusal([] { (void)split_layers(3, 0); }), Contains("at least 1"));
  CHECK_THAT(refusal([] { (void)split_layers(3, -2); }), Contains("at least 1"));
  CHECK_THAT(refusal([] { (void)split_layers(7, 2, {7}); }), Contains("lists 1 stages, but pp=2"));
  CHECK_THAT(refusal([] {
               (void)split_layers(7, 2, {3, 3});
             }),
             Contains("3,3 do not sum to the model's 7 layers"));
  CHECK_THAT(refusal([] { (void)split_layers(7, 2, {7, 0}); }), Contains("each at least 1"));
  CHECK_THAT(refusal([] { (void)split_layers(7, 2, {8, -1}); }), Contains("each at least 1"));
  CHECK_THAT(refusal([] { (void)split_layers(7, 2, {INT64_MAX, INT64_MAX}); }), Contains("each at least 1"));
}

TEST_CASE("tensor slices partition every dimension, unevenly where they must") {
  const ArchSpec spec = spec_with(8, 4, 13, 10);
  for (const int tp : {1, 2, 4}) {
    Range heads{0, 0}, kv{0, 0}, vocab{0, 0}, intermediate{0, 0};
    for (int rank = 0; rank < tp; ++rank) {
      const RankShard part = shard(spec, tp, rank);
      for (auto [whole, slice] : {std::pair(&heads, part.heads),
                                  {&kv, part.kv_heads},
                                  {&vocab, part.vocab},
                                  {&intermediate, part.intermediate}}) {
        CHECK(slice.begin == whole->end);
        CHECK(slice.size() > 0);
        whole->end = slice.end;
      }
      CHECK(part.heads.size() == 8 / tp);
      CHECK(part.kv_heads.size() == 4 / tp);
    }
    CHECK(heads.end == 8);
    CHECK(kv.end == 4);
    CHECK(vocab.end == 13);
    CHECK(intermediate.end == 10);
  }
  CHECK(shard(spec, 4, 0).vocab == Range{0, 3});
  CHECK(shard(spec, 4, 1).vocab == Range{3, 6});
  CHECK(shard(spec, 4, 3).vocab == Range{9, 13});
}

TEST_CASE("a finer split refines a coarser one") {
  const ArchSpec spec = spec_with(8, 8, 1003, 501);
  for (int rank = 0; rank < 4; ++rank) {
    CHECK(shard(spec, 4, rank).vocab.begin == shard(spec, 8, 2 * rank).vocab.begin);
    CHECK(shard(spec, 4, rank).intermediate.end == shard(spec, 8, 2 * rank + 1).intermediate.end);
  }
}

TEST_CASE("KV heads are replicated when there are more ranks than heads") {
  const ArchSpec spec = spec_with(8, 2);
  CHECK(shard(spec, 4, 0).kv_heads == Range{0, 1});
  CHECK(shard(spec, 4, 1).kv_heads == Range{0, 1});
  CHECK(shard(spec, 4, 2).kv_heads == Range{1, 2});
  CHECK(shard(spec, 8, 7).kv_heads == Range{1, 2});
  CHECK(shard(spec, 8, 3).kv_heads == Range{0, 1});
  // The query heads of a rank read just the KV head that it holds.
  for (int rank = 0; rank < 8; ++rank) {
    const RankShard part = shard(spec, 8, rank);
    CHECK(part.heads.begin / 4 == part.kv_heads.begin);
    CHECK((part.heads.end - 1) / 4 == part.kv_heads.begin);
  }
}

TEST_CASE("stages know their place") {
  const ArchSpec spec = spec_with(8, 8);
  const auto last = shard_of(spec, {.tp = 2, .pp = 3, .dp = 1}, {.tensor_rank = 1, .stage = 2, .replica = 0});
  CHECK(last.layers == Range{5, 7});
  CHECK_FALSE(last.first_stage);
  CHECK(last.last_stage);
  CHECK(last.tensor_rank == 1);
  CHECK(last.heads == Range{4, 8});
}

TEST_CASE("impossible tensor splits are refused with those that would work") {
  CHECK_THAT(
      refusal([] { (void)shard(spec_with(12, 4), 5, 0); }),
      Contains("does not divide the model's 12 attention heads") && Contains("use a tp of 1, 2, 4, 12"));
  CHECK_THAT(
      refusal([] { (void)shard(spec_with(12, 4), 6, 0); }),
      Contains("tp=6 neither divides nor is a multiple of the model's 4 KV heads; use a tp of 1, 2, 4, 12"));
  CHECK_THAT(refusal([] { (void)shard(spec_with(8, 8, 3), 4, 0); }),
             Contains("vocabulary of 3; use a tp of 1, 2"));
  CHECK_THAT(refusal([] { (void)shard(spec_with(8, 8, 100, 2), 4, 0); }),
             Contains("intermediate size of 2; use a tp of 1, 2"));
  CHECK_THAT(refusal([] { (void)shard(spec_with(8, 8), 0, 0); }), Contains("at least 1"));
  CHECK_THAT(refusal([] { (void)shard(spec_with(8, 8), 16, 0); }), Contains("use a tp of 1, 2, 4, 8"));
}

TEST_CASE("whether a split can be is known beforehand") {
  using assay::model::can_split;
  const ArchSpec spec = spec_with(8, 2);
  for (const int tp : {1, 2, 4, 8}) CHECK(can_split(spec, {.tp = tp, .pp = 7, .dp = 3}));
  CHECK_FALSE(can_split(spec, {.tp = 3}));
  CHECK_FALSE(can_split(spec, {.tp = 16}));
  CHECK_FALSE(can_split(spec, {.pp = 8}));
}
