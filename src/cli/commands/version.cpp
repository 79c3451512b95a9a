// assay version.
#include "assay/util/version.hpp"

#include <fmt/format.h>

#include "cli/command.hpp"

namespace assay::cli {
namespace {

util::ExitCode run(const std::vector<std::string>& arguments) {
  if (!arguments.empty() && (arguments[0] == "--help" || arguments[0] == "-h")) {
    fmt::print("Usage: assay version\n\nPrints the version of this build.\n\nExamples:\n  assay version\n");
    return util::ExitCode::ok;
  }
  util::check_input(arguments.empty(), "`assay version` takes no arguments");
  fmt::print("assay {}\n", util::version());
  return util::ExitCode::ok;
}

}  // namespace

extern const Command command_version{"version", "print the version", run};

}  // namespace assay::cli
