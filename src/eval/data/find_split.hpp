// Where the files of a split lie under a data root. Looked for in this order:
//   <root>/<dataset_path>/<dataset_name or "default">/<split>.<ext>          rows laid out by hand
//   <root>/<dataset_path>/                                                   a repository, downloaded there
//   <root>/datasets--<org>--<name>/snapshots/<revision>/  (or <root>/hub/…)  the same in the hub's cache
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "assay/eval/data_check.hpp"
#include "eval/data/snapshot.hpp"

namespace assay::eval {

/// Finds splits; keeps what it has listed, so that many splits of one dataset cost one look at its folder.
class SplitFinder {
 public:
  explicit SplitFinder(std::filesystem::path root) : root_(std::move(root)) {}

  /// Never throws for what is merely not there: then files is empty and `missing` is a sentence that says
  /// where it was looked for and what is there. Throws InputError: names that leave the root, or what
  /// Snapshot::find refuses.
  [[nodiscard]] SplitFiles find(const SplitName& name);

 private:
  [[nodiscard]] const Snapshot* snapshot(const std::filesystem::path& folder,
                                         const std::filesystem::path& boundary);
  [[nodiscard]] std::filesystem::path cache_folder(const std::string& dataset) const;
  [[nodiscard]] std::string why_missing(const SplitName& name, const std::string& seen) const;

  std::filesystem::path root_;
  std::filesystem::path listed_;  ///< the folder of last_
  std::shared_ptr<const Snapshot> last_;
};

}  // namespace assay::eval
