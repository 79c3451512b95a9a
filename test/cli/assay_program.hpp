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

/// Environment for mpirun in tests.
[[nodiscard]] ProgramOptions mpi_options(ProgramOptions options = {});

}  // namespace assay::test
