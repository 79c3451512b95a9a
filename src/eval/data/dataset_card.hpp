// The head of a dataset repository's README.md: which of its files belong to which configuration and split.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace assay::eval {

struct SplitPatterns {
  std::string split;
  std::vector<std::string> paths;  ///< shell patterns below the repository's folder
};

struct CardConfig {
  std::string name;
  bool names_files = false;           ///< data_files is given; else the names of files decide
  std::vector<SplitPatterns> splits;  ///< in the card's order
  std::string data_dir;               ///< where files are looked for by their names; empty: everywhere
  bool is_default = false;
  char separator = '\0';       ///< of CSV files; 0: by the extension
  std::string unknown_option;  ///< a key that changes how files are read and that is not supported
};

struct DatasetCard {
  std::filesystem::path file;  ///< what was read; empty if there is none
  std::vector<CardConfig> configs;
};

/// Reads `folder`/README.md (or its .huggingface.yaml, which comes first). No such file, no head or no
/// `configs` in it: no configs. Throws InputError "<file>:<line>: ..." if they are not as the hub documents
/// them.
[[nodiscard]] DatasetCard read_dataset_card(const std::filesystem::path& folder);

/// The same of text that is already there.
[[nodiscard]] DatasetCard parse_dataset_card(std::string_view text, const std::filesystem::path& file);

}  // namespace assay::eval
