#include "assay/comm/mesh.hpp"

#include <catch2/catch.hpp>
#include <climits>
#include <set>
#include <tuple>

using namespace assay::comm;

TEST_CASE("ranks are laid out tensor rank first, then stage, then replica") {
  const MeshShape shape{.tp = 2, .pp = 3, .dp = 4};
  std::set<std::tuple<int, int, int>> seen;
  for (int rank = 0; rank < shape.ranks(); ++rank) {
    const auto at = coordinate_of(shape, rank);
    CHECK((at.replica * shape.pp + at.stage) * shape.tp + at.tensor_rank == rank);
    CHECK((at.tensor_rank < 2 && at.stage < 3 && at.replica < 4));
    seen.insert({at.tensor_rank, at.stage, at.replica});
  }
  CHECK(seen.size() == 24);
  CHECK_THROWS(coordinate_of(shape, 24));
  CHECK_THROWS(coordinate_of(shape, -1));
  CHECK(to_string(shape) == "tp=2 pp=3 dp=4");
}

TEST_CASE("a mesh of one rank needs no launcher") {
  const auto self = make_self_communicator();
  const Mesh mesh(*self, {});
  CHECK(mesh.is_last_stage());
  CHECK(mesh.is_leader());
  CHECK(mesh.tensor_group().size() == 1);
  CHECK(mesh.pipeline_group().size() == 1);
  CHECK(mesh.replica_group().name() == "replica 0");
  CHECK(&mesh.world() == self.get());
}

TEST_CASE("a mesh of another number of ranks is a bug, whatever its sizes") {
  const auto self = make_self_communicator();
  for (const MeshShape& shape :
       {MeshShape{.tp = 2}, MeshShape{.tp = 0}, MeshShape{.pp = -1}, MeshShape{.dp = INT_MIN},
        // Products beyond int must not wrap round to something that fits.
        MeshShape{.tp = 1 << 16, .pp = 1 << 16, .dp = 1},
        MeshShape{.tp = INT_MAX, .pp = INT_MAX, .dp = INT_MAX}}) {
    CHECK_THROWS(Mesh(*self, shape));
  }
}

TEST_CASE("fitting meshes are complete, exact, and start with the closest") {
  CHECK(meshes_that_fit(1) == std::vector<MeshShape>{{1, 1, 1}});
  CHECK(meshes_that_fit(12).size() == 18);
  for (const MeshShape& shape : meshes_that_fit(12)) CHECK(shape.ranks() == 12);
  const auto close = meshes_that_fit(8, {.tp = 2, .pp = 2, .dp = 1});
  CHECK(close.size() == 10);
  CHECK(close[0] == MeshShape{4, 2, 1});
  CHECK(close[1] == MeshShape{2, 4, 1});
  CHECK(close[2] == MeshShape{2, 2, 2});
}
