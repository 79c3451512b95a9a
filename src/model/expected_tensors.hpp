// The tensors a checkpoint must hold for an ArchSpec: names from its family, shapes from its sizes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/arch_family.hpp"
#include "model/checkpoint_files.hpp"

namespace assay::model {

/// `pattern` with its "{}" replaced by the layer, then `suffix` (".weight", ".bias").
[[nodiscard]] std::string tensor_name(std::string_view pattern, std::int64_t layer, std::string_view suffix);

struct ExpectedTensor {
  std::string name;
  tensor::Shape shape;
};
[[nodiscard]] std::vector<ExpectedTensor> expected_tensors(const ArchSpec& spec, const ArchFamily& family);

/// Throws InputError naming the first tensor that is missing, ill-shaped, of a dtype that weights are not
/// read in, or not part of the model. Buffers and the lm_head copy of tied checkpoints may be there, unused.
void check_tensors(const ArchSpec& spec, const ArchFamily& family, const CheckpointFiles& files,
                   const std::string& directory);

}  // namespace assay::model
