// Reading JSON that may be hostile: size, depth and element limits, valid UTF-8, no duplicate keys.
#pragma once

#include <cstddef>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace assay::util {

/// Object members sorted by name; O(log n) look-up. For large maps (vocabularies, tensor headers).
using Json = nlohmann::json;
/// Object members in file order; O(n) look-up. For documents and configurations that are written out again.
using OrderedJson = nlohmann::ordered_json;

struct JsonLimits {
  std::size_t max_bytes = std::size_t{256} << 20;
  int max_depth = 64;
};

/// Parses one JSON value. `source` names the text in errors ("config.json"). Throws InputError with the
/// position for malformed text, duplicate keys, excess depth or size, or bytes that are not UTF-8.
[[nodiscard]] Json parse_json(std::string_view text, std::string_view source, const JsonLimits& limits = {});
[[nodiscard]] OrderedJson parse_ordered_json(std::string_view text, std::string_view source,
                                             const JsonLimits& limits = {});
/// Reads a whole file and parses it; the file's path is the source.
[[nodiscard]] Json read_json_file(const std::filesystem::path& path, const JsonLimits& limits = {});

}  // namespace assay::util
