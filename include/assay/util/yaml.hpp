// YAML as a plain value tree with line numbers, read under limits: size, depth, and nodes after alias
// expansion (so an alias bomb or a cycle is refused). Scalars keep their text, tag and quoting; typing
// follows YAML 1.1 as PyYAML reads it, because task files are shared with Python tools.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "assay/util/json.hpp"

namespace assay::util {

struct YamlNode {
  // Defined in yaml.cpp: clang 14 cannot instantiate them while the type is incomplete.
  YamlNode();
  YamlNode(const YamlNode&);
  YamlNode(YamlNode&&) noexcept;
  YamlNode& operator=(const YamlNode&);
  YamlNode& operator=(YamlNode&&) noexcept;
  ~YamlNode();

  enum class Kind { null, scalar, sequence, mapping };
  Kind kind = Kind::null;
  std::string text;                           ///< scalar: its characters
  bool quoted = false;                        ///< scalar: written in quotes or as a block, so always a string
  std::string tag;                            ///< explicit tag such as "!function", or empty
  int line = 0;                               ///< 1-based; 0 if unknown
  std::shared_ptr<const std::string> source;  ///< the file or text it was read from, as errors name it
  std::vector<YamlNode> items;                ///< sequence
  std::vector<std::pair<std::string, YamlNode>> members;  ///< mapping, in file order

  /// "<source>:<line>", for errors.
  [[nodiscard]] std::string where() const;
  /// Member of a mapping, or nullptr.
  [[nodiscard]] const YamlNode* find(std::string_view key) const;
};

/// Largest text that is read.
inline constexpr std::size_t max_yaml_bytes = std::size_t{16} << 20;

/// A key that a mapping has twice: an error, or, as Python's reader has it, the last one counts (with a
/// warning).
enum class DuplicateKeys { refused, last_counts };

/// Parses one document. Throws InputError "<source>:<line>: ...".
[[nodiscard]] YamlNode parse_yaml(std::string_view text, std::string_view source,
                                  DuplicateKeys duplicates = DuplicateKeys::refused);
[[nodiscard]] YamlNode read_yaml_file(const std::filesystem::path& path,
                                      DuplicateKeys duplicates = DuplicateKeys::refused);

/// The value as PyYAML's safe loader types it: null, bool, int, float, string, list, object. Scalars
/// tagged !!str, or by a tag of the file's own, become strings.
[[nodiscard]] OrderedJson to_json(const YamlNode& node);

}  // namespace assay::util
