#include "cli/assay_program.hpp"

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
  options.environment.insert(options.environment.end(), {{"OMPI_ALLOW_RUN_AS_ROOT", "1"},
                                                         {"OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1"},
                                                         {"OMPI_MCA_rmaps_base_oversubscribe", "1"},
                                                         {"OMPI_MCA_hwloc_base_binding_policy", "none"},
                                                         {"OMPI_MCA_btl_vader_single_copy_mechanism", "none"},
                                                         {"OMPI_MCA_mpi_yield_when_idle", "1"}});
  return options;
}

ProgramResult run_assay(const std::vector<std::string>& words, const ProgramOptions& options) {
  return run_program(under_mpirun(1, words), options);
}

ProgramResult assay_run(int ranks, const std::filesystem::path& output, const std::vector<std::string>& extra,
                        const ProgramOptions& options) {
  return run_program(under_mpirun(ranks, run_words(output, extra)), mpi_options(options));
}

}  // namespace assay::test
