// A dataset repository as it was downloaded: which of its files make up a split, by the rules of Hugging
// Face's `datasets` 5: the card's `configs`, else the names of files and folders.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "eval/data/dataset_card.hpp"

namespace assay::eval {

/// The files of one split.
struct SplitFiles {
  std::vector<std::filesystem::path> files;  ///< in reading order; empty if the split is not there
  char separator = '\0';                     ///< of CSV files, where the dataset's card says; else 0
  std::string missing;                       ///< why there are none, and what is there instead
};

class Snapshot {
 public:
  /// Lists the files of `folder`; links must lead to somewhere below `boundary`. Throws InputError past the
  /// number of files that is looked at, or for a card that is not as the hub documents it.
  Snapshot(std::filesystem::path folder, std::filesystem::path boundary);

  /// `config` may be empty: the dataset's default. Throws InputError where it is not clear which files are
  /// meant (naming the candidates), or where they cannot be read as the card asks.
  [[nodiscard]] SplitFiles find(const std::string& config, const std::string& split) const;

 private:
  using Names = std::vector<std::string>;
  /// Files of each split, in the order in which splits are told apart.
  struct NamedSplit {
    std::string split;
    Names files;
  };

  [[nodiscard]] SplitFiles find_by_card(const CardConfig& config, const std::string& split) const;
  [[nodiscard]] SplitFiles find_in_folder(const std::string& folder, const std::string& split) const;
  [[nodiscard]] const CardConfig* choose(const std::string& config) const;
  [[nodiscard]] Names matching(const std::string& pattern) const;
  [[nodiscard]] std::vector<NamedSplit> splits_by_name(const std::string& folder) const;
  [[nodiscard]] Names named_exactly(const std::string& folder, const std::string& split) const;
  [[nodiscard]] bool has_folder(const std::string& folder) const;
  [[nodiscard]] std::string folders() const;
  void check_one_config(const std::string& split, const Names& files) const;
  [[nodiscard]] SplitFiles resolved(Names files, char separator) const;

  std::filesystem::path folder_;
  std::filesystem::path boundary_;
  DatasetCard card_;
  Names files_;  ///< readable ones, relative, sorted
};

}  // namespace assay::eval
