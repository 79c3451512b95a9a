// A subcommand of assay. Adding one is adding src/cli/commands/<name>.cpp that defines
// `extern const Command command_<name>`; the list is generated from the folder.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "assay/util/error.hpp"

namespace assay::cli {

struct Command {
  const char* name;
  const char* summary;  ///< one line, for `assay --help`
  /// Arguments after the subcommand's name. Throws Error.
  util::ExitCode (*run)(const std::vector<std::string>& arguments);
};

/// All subcommands, by name.
[[nodiscard]] std::span<const Command* const> commands();

}  // namespace assay::cli
