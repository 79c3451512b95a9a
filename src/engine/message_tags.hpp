// Tags of the engine's messages: plans and results on the replica group, activations on the pipeline group.
#pragma once

namespace assay::engine {

inline constexpr int plan_tag = 1;    ///< leader -> all others
inline constexpr int result_tag = 2;  ///< last stage's tensor rank 0 -> leader
inline constexpr int hidden_tag = 3;  ///< stage -> next stage

}  // namespace assay::engine
