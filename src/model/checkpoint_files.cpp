#include "model/checkpoint_files.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "assay/util/error.hpp"
#include "assay/util/json.hpp"
#include "model/printable.hpp"

namespace assay::model {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view single_name = "model.safetensors";
constexpr std::string_view index_name = "model.safetensors.index.json";
constexpr util::JsonLimits index_limits{.max_bytes = std::size_t{64} << 20, .max_depth = 8};
constexpr std::size_t max_files = 10'000;

// File name to the tensors that the index puts in it.
using ShardMap = std::map<std::string, std::vector<std::string>, std::less<>>;

void check_basename(const std::string& file, const std::string& source) {
  const bool plain = !file.empty() && file.size() <= 255 && file != "." && file != ".." &&
                     file.find_first_of(std::string_view("/\\\0", 3)) == std::string::npos;
  util::check_input(
      plain && file.ends_with(".safetensors"),
      "{} names the file \"{}\"; only plain .safetensors names inside the directory are allowed", source,
      printable(file));
}

// A symbolic link may not lead out of the directory, except as the Hugging Face cache lays models out:
// <model>/snapshots/<revision>/<file> -> <model>/blobs/<hash>.
void check_inside(const fs::path& directory, const fs::path& file) {
  std::error_code error;
  const fs::path root = fs::canonical(directory, error);
  util::check_input(!error, "cannot open {} ({})", directory.string(), error.message());
  const fs::path target = fs::canonical(file, error);
  util::check_input(!error, "cannot open {} ({}); download the model again", file.string(), error.message());
  if (target.parent_path() == root) return;
  const fs::path snapshots = root.parent_path();
  const bool is_cache =
      snapshots.filename() == "snapshots" && target.parent_path() == snapshots.parent_path() / "blobs";
  const auto inside =
      std::mismatch(root.begin(), root.end(), target.begin(), target.end()).first == root.end();
  util::check_input(is_cache || inside,
                    "{} is a link to {}, outside the model directory; copy the file into it", file.string(),
                    target.string());
}

ShardMap read_index(const fs::path& path) {
  const std::string source = path.string();
  const util::Json index = util::read_json_file(path, index_limits);
  const auto* map = index.is_object() && index.contains("weight_map") ? &index["weight_map"] : nullptr;
  util::check_input(map != nullptr && map->is_object() && !map->empty(),
                    "{} has no weight_map object; download the model again", source);
  ShardMap shards;
  for (const auto& [tensor, file] : map->items()) {
    util::check_input(file.is_string(), "{} maps {} to something that is no file name", source,
                      printable(tensor));
    const auto& name = file.get_ref<const std::string&>();
    check_basename(name, source);
    shards[name].push_back(tensor);
    util::check_input(shards.size() <= max_files, "{} names more than {} files", source, max_files);
  }
  return shards;
}

// By look-ups alone: large models have a hundred thousand tensors.
void check_against_index(const SafetensorsFile& file, std::vector<std::string> mapped) {
  for (const auto& tensor : mapped) {
    util::check_input(file.tensors().contains(tensor),
                      "{} lacks the tensor {}, which the index says it holds; download the model again",
                      file.source(), printable(tensor));
  }
  if (mapped.size() == file.tensors().size()) return;
  std::sort(mapped.begin(), mapped.end());
  for (const auto& [tensor, entry] : file.tensors()) {
    util::check_input(
        std::binary_search(mapped.begin(), mapped.end(), tensor),
        "{} holds the tensor {}, which the index does not say it holds; download the model again",
        file.source(), printable(tensor));
  }
}

std::string missing_message(const fs::path& directory) {
  std::error_code ignored;
  const bool pickled = fs::exists(directory / "pytorch_model.bin", ignored) ||
                       fs::exists(directory / "pytorch_model.bin.index.json", ignored);
  const std::string start =
      fmt::format("{} has no {} and no {}", directory.string(), single_name, index_name);
  if (pickled)
    return start + ", only PyTorch pickles, which can run code; save the model with safe_serialization=True";
  return start + "; give a Hugging Face model directory with its weights";
}

}  // namespace

CheckpointFiles open_checkpoint_files(const fs::path& directory) {
  CheckpointFiles result;
  std::error_code ignored;
  if (fs::exists(fs::symlink_status(directory / single_name, ignored))) {
    check_inside(directory, directory / single_name);
    result.files.push_back(std::make_unique<SafetensorsFile>(directory / single_name));
  } else if (fs::exists(fs::symlink_status(directory / index_name, ignored))) {
    for (const auto& [name, mapped] : read_index(directory / index_name)) {
      check_inside(directory, directory / name);
      result.files.push_back(std::make_unique<SafetensorsFile>(directory / name));
      check_against_index(*result.files.back(), mapped);
    }
  } else {
    throw util::InputError(missing_message(directory));
  }
  // The index gives every tensor one file, and no file holds more than its own: no name occurs twice.
  for (const auto& file : result.files) {
    for (const auto& [name, entry] : file->tensors()) result.tensors[name] = {file.get(), &entry};
  }
  return result;
}

std::optional<tensor::DType> stored_dtype(const fs::path& directory) {
  std::map<tensor::DType, std::int64_t> bytes;
  try {
    const CheckpointFiles files = open_checkpoint_files(directory);
    for (const auto& [name, at] : files.tensors) {
      const auto dtype = weight_dtype(at.entry->dtype);
      if (dtype && at.entry->shape.size() == 2) bytes[*dtype] += at.entry->bytes();
    }
  } catch (const util::Error&) {
    return std::nullopt;  // who loads the model will hear of it
  }
  const auto most = std::max_element(bytes.begin(), bytes.end(),
                                     [](const auto& a, const auto& b) { return a.second < b.second; });
  if (most == bytes.end()) return std::nullopt;
  return most->first;
}

}  // namespace assay::model
