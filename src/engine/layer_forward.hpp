// One transformer layer on one rank's shard: attention, then MLP, each added to the residual stream after a
// sum over the tensor group (column-parallel, then row-parallel: Shoeybi et al. 2019, "Megatron-LM").
#pragma once

#include <cstdint>

#include "assay/comm/communicator.hpp"
#include "assay/model/arch_spec.hpp"
#include "assay/ops/attention.hpp"
#include "assay/tensor/device.hpp"
#include "engine/phase_clock.hpp"
#include "engine/weights.hpp"
#include "engine/workspace.hpp"

namespace assay::engine {

/// What all layers of a stage share in a micro-batch.
struct LayerPass {
  const tensor::Context& context;
  const model::ArchSpec& spec;
  const StageShape& shape;
  Workspace& workspace;
  ops::RopeTable rope;
  comm::Communicator& tensor_group;
  PhaseClock& clock;
  std::int64_t tokens = 0;  ///< of the micro-batch
  ops::AttentionBatch attention;
};

/// Runs the layer over pass.workspace.hidden in place, and appends its keys and values to `cache`.
void forward_layer(const LayerPass& pass, const PackedLayer& layer, const ops::KvCache<float>& cache);

}  // namespace assay::engine
