// Split groups, and the mesh made of them.
#include <catch2/catch.hpp>

#include "assay/comm/mesh.hpp"
#include "assay/util/error.hpp"
#include "comm_bytes.hpp"
#include "support/mpi_world.hpp"

using namespace assay::comm;
using assay::test::bytes_of;
using assay::test::text_of;
using assay::test::world;

namespace {

// World ranks of a group, in its order.
std::vector<int> members_of(Communicator& group) {
  const int mine = world().rank();
  std::vector<int> all(static_cast<std::size_t>(group.size()));
  group.all_gather(std::as_bytes(std::span(&mine, 1)), std::as_writable_bytes(std::span(all)));
  return all;
}

void check_mesh(const MeshShape& shape) {
  CAPTURE(to_string(shape));
  const Mesh mesh(world(), shape);
  const auto at = mesh.coordinate();
  const auto rank_of = [&](int tensor, int stage) {
    return (at.replica * shape.pp + stage) * shape.tp + tensor;
  };
  CHECK(rank_of(at.tensor_rank, at.stage) == world().rank());

  std::vector<int> tensor_ranks;
  for (int t = 0; t < shape.tp; ++t) tensor_ranks.push_back(rank_of(t, at.stage));
  CHECK(members_of(mesh.tensor_group()) == tensor_ranks);
  CHECK(mesh.tensor_group().rank() == at.tensor_rank);

  std::vector<int> stages;
  for (int s = 0; s < shape.pp; ++s) stages.push_back(rank_of(at.tensor_rank, s));
  CHECK(members_of(mesh.pipeline_group()) == stages);
  CHECK(mesh.pipeline_group().rank() == at.stage);

  std::vector<int> replica;
  for (int r = 0; r < shape.tp * shape.pp; ++r) replica.push_back(at.replica * shape.tp * shape.pp + r);
  CHECK(members_of(mesh.replica_group()) == replica);
  CHECK(mesh.replica_group().rank() == at.stage * shape.tp + at.tensor_rank);

  CHECK(mesh.is_leader() == (world().rank() == mesh.leader_of(at.replica)));
  CHECK(mesh.is_last_stage() == (at.stage == shape.pp - 1));
  CHECK(mesh.replica_group().name() == "replica " + std::to_string(at.replica));

  // The groups work, at the same time, and apart from each other.
  float sum[] = {static_cast<float>(world().rank())};
  mesh.replica_group().all_reduce_sum(sum);
  float expected = 0;
  for (const int r : replica) expected += static_cast<float>(r);
  CHECK(sum[0] == expected);
  const int next = (at.stage + 1) % shape.pp;
  mesh.pipeline_group().post(next, 5, bytes_of(std::to_string(world().rank())));
  const auto received = mesh.pipeline_group().receive((at.stage + shape.pp - 1) % shape.pp, 5);
  CHECK(text_of(received.bytes) ==
        std::to_string(rank_of(at.tensor_rank, (at.stage + shape.pp - 1) % shape.pp)));
}

}  // namespace

TEST_CASE("every mesh that fits has the right groups") {
  for (const MeshShape& shape : meshes_that_fit(world().size())) check_mesh(shape);
}

TEST_CASE("groups follow color, then key, then rank") {
  const int n = world().size();
  const auto reversed = world().split(-7, -world().rank(), "reversed");
  CHECK(reversed->rank() == n - 1 - world().rank());
  CHECK(reversed->size() == n);
  const auto same_key = world().split(1 << 30, 0, "same key");
  CHECK(same_key->rank() == world().rank());
  const auto parity = world().split(world().rank() % 2, world().rank(), "parity");
  CHECK(parity->size() == (n + 1 - world().rank() % 2) / 2);
  for (const int member : members_of(*parity)) CHECK(member % 2 == world().rank() % 2);
  const auto alone = world().split(world().rank(), 0, "alone");
  CHECK(alone->size() == 1);
  CHECK(alone->name() == "alone");
}

TEST_CASE("a group of a group, and uneven groups") {
  const auto halves = world().split(world().rank() < 1 ? 0 : 1, 0, "first and rest");
  CHECK(halves->size() == (world().rank() < 1 ? 1 : world().size() - 1));
  const auto quarter = halves->split(halves->rank() % 2, 0, "nested");
  float one[] = {1};
  quarter->all_reduce_sum(one);
  CHECK(one[0] == static_cast<float>(quarter->size()));
}

TEST_CASE("groups come and go without wearing anything out") {
  for (int i = 0; i < 40; ++i) {
    const auto group = world().split(0, world().rank(), "short-lived");
    float one[] = {1};
    group->all_reduce_sum(one);
    if (one[0] != static_cast<float>(world().size())) FAIL("wrong sum");
  }
}

TEST_CASE("all ranks of a test run are on one host, or know on which") {
  CHECK_FALSE(world().host().empty());
  CHECK(world().local_size() >= 1);
  CHECK(world().local_size() <= world().size());
  const auto pair = world().split(world().rank() / 2, 0, "pair");
  CHECK(pair->local_size() <= pair->size());
  CHECK(pair->host() == world().host());
  CHECK(pair->world_rank() == world().rank());
  CHECK(world().split(world().rank(), 0, "alone")->world_rank() == world().rank());
}
