// The ranks as tp x pp x dp. tp is innermost (neighbouring ranks, one node), then pp, then dp:
// rank = (replica * pp + stage) * tp + tensor_rank.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "assay/comm/communicator.hpp"

namespace assay::comm {

struct MeshShape {
  int tp = 1;
  int pp = 1;
  int dp = 1;
  [[nodiscard]] int ranks() const { return tp * pp * dp; }
  bool operator==(const MeshShape&) const = default;
};

/// "tp=2 pp=2 dp=1"
[[nodiscard]] std::string to_string(const MeshShape& shape);

/// Every tp x pp x dp of exactly `ranks` ranks; those that keep more of `wanted`'s sizes first, then by tp
/// and pp, largest first.
[[nodiscard]] std::vector<MeshShape> meshes_that_fit(int ranks, const MeshShape& wanted = {});

struct MeshCoordinate {
  int tensor_rank = 0;
  int stage = 0;
  int replica = 0;
};

/// `shape` must be of sizes >= 1 and `rank` within it.
[[nodiscard]] MeshCoordinate coordinate_of(const MeshShape& shape, int rank);

/// This rank's place in the mesh and the groups it belongs to. Groups of size 1 call no library.
class Mesh {
 public:
  /// Collective over `world`, which must outlive the mesh; shape.ranks() must be world.size() (what users ask
  /// for is checked by plan::choose_mesh).
  Mesh(Communicator& world, const MeshShape& shape);
  [[nodiscard]] const MeshShape& shape() const { return shape_; }
  [[nodiscard]] const MeshCoordinate& coordinate() const { return coordinate_; }
  [[nodiscard]] bool is_last_stage() const { return coordinate_.stage == shape_.pp - 1; }
  /// True on the rank that schedules its replica: tensor rank 0 of stage 0.
  [[nodiscard]] bool is_leader() const { return coordinate_.stage == 0 && coordinate_.tensor_rank == 0; }
  [[nodiscard]] Communicator& world() const { return *world_; }
  /// Ranks of the same stage and replica, by tensor rank.
  [[nodiscard]] Communicator& tensor_group() const { return *tensor_group_; }
  /// Ranks of the same tensor rank and replica, by stage.
  [[nodiscard]] Communicator& pipeline_group() const { return *pipeline_group_; }
  /// All ranks of the replica: rank in group = stage * tp + tensor_rank; 0 is the leader.
  [[nodiscard]] Communicator& replica_group() const { return *replica_group_; }
  /// World rank of the leader of `replica`.
  [[nodiscard]] int leader_of(int replica) const { return replica * shape_.pp * shape_.tp; }

 private:
  Communicator* world_;
  MeshShape shape_;
  MeshCoordinate coordinate_;
  std::unique_ptr<Communicator> tensor_group_;
  std::unique_ptr<Communicator> pipeline_group_;
  std::unique_ptr<Communicator> replica_group_;
};

}  // namespace assay::comm
