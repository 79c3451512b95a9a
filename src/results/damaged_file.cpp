#include "assay/results/damaged_file.hpp"

#include "assay/results/journal.hpp"

namespace assay::results {

void fail_damaged(const std::filesystem::path& file, std::string_view problem, std::string_view otherwise) {
  const auto journal = journal_path(file);
  std::error_code failed;
  if (!std::filesystem::exists(journal, failed)) throw DamagedFile(fmt::format("{}; {}", problem, otherwise));
  throw DamagedFile(
      fmt::format("{}; its journal {} holds the answers: the `assay run` command that wrote it, given again "
                  "without --overwrite, rebuilds it",
                  problem, journal.string()));
}

}  // namespace assay::results
