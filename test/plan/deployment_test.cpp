#include "assay/plan/deployment.hpp"

#include <catch2/catch.hpp>
#include <string>

#include "assay/ops/linear.hpp"
#include "assay/util/error.hpp"

using namespace assay;
using Catch::Contains;
using Catch::Equals;
using comm::MeshShape;
using plan::choose_mesh;

namespace {

// 6 heads and 3 KV heads: tp of 1, 3 and 6 fit, tp of 2 does not.
model::ArchSpec small_spec() {
  model::ArchSpec spec;
  spec.layers = 2;
  spec.hidden = 96;
  spec.vocab = 100;
  spec.attention.heads = 6;
  spec.attention.kv_heads = 3;
  spec.attention.head_dim = 16;
  spec.mlp.intermediate = 64;
  return spec;
}

std::string refusal(const plan::MeshRequest& request, int ranks) {
  try {
    (void)choose_mesh(request, ranks, small_spec());
  } catch (const util::InputError& error) {
    return error.what();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("what is not asked for is filled in") {
  const auto spec = small_spec();
  CHECK(choose_mesh({}, 1, spec) == MeshShape{1, 1, 1});
  CHECK(choose_mesh({}, 4, spec) == MeshShape{1, 1, 4});
  CHECK(choose_mesh({.tp = 3}, 6, spec) == MeshShape{3, 1, 2});
  CHECK(choose_mesh({.pp = 2}, 6, spec) == MeshShape{1, 2, 3});
  CHECK(choose_mesh({.dp = 2}, 6, spec) == MeshShape{3, 1, 2});
  CHECK(choose_mesh({.tp = 3, .pp = 2, .dp = 2}, 12, spec) == MeshShape{3, 2, 2});
}

TEST_CASE("a mesh of another number of ranks is refused with those that this model can have") {
  CHECK_THAT(
      refusal({.tp = 3, .pp = 2}, 4),
      Equals("the mesh tp=3 pp=2 dp=1 needs 6 ranks but 4 were launched; launch 6 (mpirun -np 6) or use "
             "tp=1 pp=2 dp=2, tp=1 pp=1 dp=4"));
  // tp=2 would not fit however many ranks there are.
  CHECK_THAT(
      refusal({.tp = 2, .dp = 1}, 3),
      Equals(
          "the mesh tp=2 pp=1 dp=1 needs 2 ranks but 3 were launched; use tp=3 pp=1 dp=1, tp=1 pp=1 dp=3"));
  CHECK_THAT(refusal({.tp = 5, .dp = 7}, 5040), !Contains("launch 35") && Contains("dp=5040"));
}

TEST_CASE("sizes beyond any machine are refused, not multiplied") {
  for (const auto& request : {plan::MeshRequest{.tp = 1 << 16, .pp = 1 << 16},
                              plan::MeshRequest{.tp = 1 << 30}, plan::MeshRequest{.dp = -1}}) {
    CHECK_THAT(refusal(request, 4), !Equals("accepted"));
  }
}

TEST_CASE("auto is bfloat16 for tensors of 16 bits where this CPU multiplies it fast") {
  auto spec = small_spec();
  CHECK(plan::resolve_dtype("auto", spec) == tensor::DType::f32);
  for (const auto stored : {tensor::DType::bf16, tensor::DType::f16}) {
    spec.checkpoint_dtype = stored;
    CHECK(plan::resolve_dtype("auto", spec) == ops::preferred_cpu_dtype());
  }
  CHECK(plan::resolve_dtype("float32", spec) == tensor::DType::f32);
  CHECK_THROWS_WITH(plan::resolve_dtype("float16", spec), Contains("--dtype float16 is not supported"));
}

TEST_CASE("a deployment has every rank's place and memory") {
  engine::EngineOptions options;
  options.max_length = 64;
  const auto spec = small_spec();
  const auto deployment = plan::plan_deployment(spec, {3, 2, 2}, options);
  REQUIRE(deployment.ranks.size() == 12);
  CHECK(deployment.ranks[4].where.tensor_rank == 1);
  CHECK(deployment.ranks[4].where.stage == 1);
  CHECK(deployment.ranks[4].where.replica == 0);
  CHECK(deployment.ranks[4].shard.layers == model::Range{1, 2});
  for (const auto& rank : deployment.ranks) CHECK(rank.memory.weight_bytes > 0);
  const std::string text = plan::to_text(deployment, spec, options);
  CHECK_THAT(text, Contains("tp=3 pp=2 dp=2: 12 ranks") && Contains("weights MiB"));
  CHECK_THAT(text, Contains("for 64 sequences of 64 tokens at once"));
}
