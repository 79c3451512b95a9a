// Which part of a model one rank holds.
#pragma once

#include <cstdint>
#include <vector>

#include "assay/comm/mesh.hpp"
#include "assay/model/arch_spec.hpp"

namespace assay::model {

/// Half-open [begin, end).
struct Range {
  std::int64_t begin = 0;
  std::int64_t end = 0;
  [[nodiscard]] std::int64_t size() const { return end - begin; }
  bool operator==(const Range&) const = default;
};

/// One rank's part. KV heads are replicated over ranks when tp exceeds them; vocabulary slices may be uneven.
struct RankShard {
  int tensor_rank = 0;
  int tp = 1;
  bool first_stage = true;
  bool last_stage = true;
  Range layers;
  Range heads;  ///< query heads
  Range kv_heads;
  Range intermediate;  ///< columns of the MLP
  Range vocab;         ///< rows of embedding and lm_head
};

/// Whether the model can be split over these tensor ranks and stages; shard_of says what is wrong where not.
[[nodiscard]] bool can_split(const ArchSpec& spec, const comm::MeshShape& mesh);

/// Layers of every stage: as even as can be, earlier stages taking the remainder, unless `layers_per_stage`
/// (pp entries summing to spec.layers) says otherwise.
[[nodiscard]] std::vector<Range> split_layers(std::int64_t layers, int pp,
                                              const std::vector<std::int64_t>& layers_per_stage = {});

/// Throws InputError if the model cannot be split like this, naming the dimension and the tp or pp that would
/// work.
[[nodiscard]] RankShard shard_of(const ArchSpec& spec, const comm::MeshShape& mesh,
                                 const comm::MeshCoordinate& where,
                                 const std::vector<std::int64_t>& layers_per_stage = {});

}  // namespace assay::model
