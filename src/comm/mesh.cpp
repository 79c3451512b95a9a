#include "assay/comm/mesh.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

#include "assay/util/error.hpp"

namespace assay::comm {
namespace {

int kept_sizes(const MeshShape& shape, const MeshShape& wanted) {
  return int{shape.tp == wanted.tp} + int{shape.pp == wanted.pp} + int{shape.dp == wanted.dp};
}

// In 64 bits and stopping early: sizes may be anything.
std::int64_t ranks_of(const MeshShape& shape) {
  return std::min<std::int64_t>(std::int64_t{shape.tp} * shape.pp, INT32_MAX) * shape.dp;
}

std::unique_ptr<Communicator> make_group(Communicator& world, int size, int color, std::string name) {
  // Every rank takes the same branch: all groups of one kind have the same size.
  if (size == 1) return make_self_communicator(std::move(name), world.world_rank());
  return world.split(color, world.rank(), std::move(name));
}

}  // namespace

std::string to_string(const MeshShape& shape) {
  return fmt::format("tp={} pp={} dp={}", shape.tp, shape.pp, shape.dp);
}

std::vector<MeshShape> meshes_that_fit(int ranks, const MeshShape& wanted) {
  std::vector<int> divisors;
  for (int d = ranks; d >= 1; --d) {
    if (ranks % d == 0) divisors.push_back(d);
  }
  std::vector<MeshShape> shapes;
  for (const int tp : divisors) {
    for (const int pp : divisors) {
      if (ranks / tp % pp == 0) shapes.push_back({tp, pp, ranks / tp / pp});
    }
  }
  std::stable_sort(shapes.begin(), shapes.end(), [&](const MeshShape& a, const MeshShape& b) {
    return kept_sizes(a, wanted) > kept_sizes(b, wanted);
  });
  return shapes;
}

MeshCoordinate coordinate_of(const MeshShape& shape, int rank) {
  ASSAY_CHECK(shape.tp >= 1 && shape.pp >= 1 && shape.dp >= 1);
  ASSAY_CHECK(rank >= 0 && rank < ranks_of(shape));
  return {.tensor_rank = rank % shape.tp,
          .stage = rank / shape.tp % shape.pp,
          .replica = rank / shape.tp / shape.pp};
}

Mesh::Mesh(Communicator& world, const MeshShape& shape) : world_(&world), shape_(shape) {
  coordinate_ = coordinate_of(shape, world.rank());
  ASSAY_CHECK(ranks_of(shape) == world.size());
  const auto [tensor_rank, stage, replica] = coordinate_;
  tensor_group_ = make_group(world, shape.tp, replica * shape.pp + stage,
                             fmt::format("tensor group of replica {} stage {}", replica, stage));
  pipeline_group_ =
      make_group(world, shape.pp, replica * shape.tp + tensor_rank,
                 fmt::format("pipeline group of replica {} tensor rank {}", replica, tensor_rank));
  replica_group_ = make_group(world, shape.pp * shape.tp, replica, fmt::format("replica {}", replica));
}

}  // namespace assay::comm
