// The error for a results file whose bytes are not what assay wrote.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "assay/util/error.hpp"

namespace assay::results {

/// The file is damaged, or no results file at all. A file of another run or version is not damaged.
class DamagedFile : public util::InputError {
 public:
  using util::InputError::InputError;
};

/// Throws DamagedFile "<problem>; ...": how the journal beside the file rebuilds it, where there is one, else
/// `otherwise`.
[[noreturn]] void fail_damaged(const std::filesystem::path& file, std::string_view problem,
                               std::string_view otherwise);

}  // namespace assay::results
