// Runs the built assay on the demo model and data.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "support/run_program.hpp"

namespace assay::test {

/// share/demo of the source tree.
[[nodiscard]] std::filesystem::path demo();

/// The words of `assay run` for the demo campaign with `extra` options, writing `output`.
[[nodiscard]] std::vector<std::string> run_words(const std::filesystem::path& output,
                                                 const std::vector<std::string>& extra);

/// `mpirun -np N` in front of words, with what a small machine and root need.
[[nodiscard]] std::vector<std::string> under_mpirun(int ranks, const std::vector<std::string>& words);

/// `assay words...` alone.
[[nodiscard]] ProgramResult run_assay(const std::vector<std::string>& words,
                                      const ProgramOptions& options = {});

/// `assay run` on the demo campaign on `ranks` ranks.
[[nodiscard]] ProgramResult assay_run(int ranks, const std::filesystem::path& output,
                                      const std::vector<std::string>& extra,
                                      const ProgramOptions& options = {});

/// All ranks must have left so many seconds after the first rank said why. Start-up, which takes long on a
/// loaded machine, is not in it.
inline constexpr double most_seconds_after_error = 5;

struct FailedRun {
  ProgramResult result;
  std::vector<std::string> sentences;  ///< lines of stderr by which assay reports an error
  double seconds_after_error = 0;      ///< from the first of them to the end of the last rank
};
/// Runs a whole command line (with or without mpirun) that is expected to fail.
[[nodiscard]] FailedRun run_to_failure(const std::vector<std::string>& line, const ProgramOptions& options);

/// Environment for mpirun in tests.
[[nodiscard]] ProgramOptions mpi_options(ProgramOptions options = {});

}  // namespace assay::test
