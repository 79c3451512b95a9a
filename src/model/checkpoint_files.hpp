// The safetensors files of a model directory: model.safetensors, or the shards that
// model.safetensors.index.json maps tensors to. Nothing else in the directory is opened: repositories ship
// second copies of their weights beside them.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/safetensors.hpp"

namespace assay::model {

/// A tensor's place; points into CheckpointFiles.
struct TensorLocation {
  const SafetensorsFile* file = nullptr;
  const TensorEntry* entry = nullptr;
};

struct CheckpointFiles {
  std::vector<std::unique_ptr<SafetensorsFile>> files;  ///< by name
  std::map<std::string, TensorLocation, std::less<>> tensors;
};

/// Opens and validates every file. Throws InputError if there is none, if the index is malformed or names a
/// file outside the directory, or if index and shards disagree about any tensor.
[[nodiscard]] CheckpointFiles open_checkpoint_files(const std::filesystem::path& directory);

/// What most bytes of the matrices are stored as; nothing where there are no files, or no readable ones.
[[nodiscard]] std::optional<tensor::DType> stored_dtype(const std::filesystem::path& directory);

}  // namespace assay::model
