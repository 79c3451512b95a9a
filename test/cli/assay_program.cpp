#include "cli/assay_program.hpp"

#include <chrono>
#include <sstream>

#include "support/mpi_environment.hpp"

namespace assay::test {

std::filesystem::path demo() {
  return std::filesystem::path(ASSAY_SOURCE_DIR) / "share" / "demo";
}

std::vector<std::string> run_words(const std::filesystem::path& output,
                                   const std::vector<std::string>& extra) {
  std::vector<std::string> words{"run", (demo() / "campaign.yaml").string(), "-o", output.string()};
  words.insert(words.end(), extra.begin(), extra.end());
  return words;
}

std::vector<std::string> under_mpirun(int ranks, const std::vector<std::string>& words) {
  std::vector<std::string> line;
  if (ranks > 1) line = {"mpirun", "-np", std::to_string(ranks)};
  line.emplace_back(ASSAY_BINARY);
  line.insert(line.end(), words.begin(), words.end());
  return line;
}

ProgramOptions mpi_options(ProgramOptions options) {
  const auto variables = mpi_environment();
  options.environment.insert(options.environment.end(), variables.begin(), variables.end());
  return options;
}

FailedRun run_to_failure(const std::vector<std::string>& line, const ProgramOptions& options) {
  Program program(line, options);
  (void)program.wait_for("error: ", options.timeout_seconds);
  const auto said = std::chrono::steady_clock::now();
  FailedRun run{.result = program.wait(), .sentences = {}};
  run.seconds_after_error = std::chrono::duration<double>(std::chrono::steady_clock::now() - said).count();
  std::istringstream lines(run.result.err);
  for (std::string text; std::getline(lines, text);) {
    if (text.starts_with("assay: ") && text.find("error: ") != std::string::npos)
      run.sentences.push_back(text);
  }
  return run;
}

ProgramResult run_assay(const std::vector<std::string>& words, const ProgramOptions& options) {
  return run_program(under_mpirun(1, words), options);
}

ProgramResult assay_run(int ranks, const std::filesystem::path& output, const std::vector<std::string>& extra,
                        const ProgramOptions& options) {
  return run_program(under_mpirun(ranks, run_words(output, extra)), mpi_options(options));
}

}  // namespace assay::test
