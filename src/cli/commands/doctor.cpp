// assay doctor: looks at this machine and says what to fix. Starts no MPI and loads no model.
#include <fmt/format.h>
#include <sched.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "assay/campaign/config.hpp"
#include "assay/comm/communicator.hpp"
#include "assay/eval/sandbox.hpp"
#include "assay/eval/task.hpp"
#include "assay/ops/backend.hpp"
#include "assay/ops/linear.hpp"
#include "assay/tensor/dtype.hpp"
#include "assay/util/version.hpp"
#include "cli/arguments.hpp"
#include "cli/command.hpp"

namespace assay::cli {
namespace {

int problems = 0;

void good(const std::string& what, const std::string& finding) {
  fmt::print("ok    {:<14} {}\n", what, finding);
}
void note(const std::string& what, const std::string& finding) {
  fmt::print("note  {:<14} {}\n", what, finding);
}
void bad(const std::string& what, const std::string& finding) {
  fmt::print("FIX   {:<14} {}\n", what, finding);
  ++problems;
}

double gib(double bytes) {
  return bytes / (1 << 30);
}

void check_cpu() {
  cpu_set_t cores;
  CPU_ZERO(&cores);
  const long online = ::sysconf(_SC_NPROCESSORS_ONLN);
  const int usable =
      ::sched_getaffinity(0, sizeof(cores), &cores) == 0 ? CPU_COUNT(&cores) : static_cast<int>(online);
  good("cores", fmt::format("{} usable of {}", usable, online));
  good("instructions", fmt::format("{}; --dtype auto computes 16-bit checkpoints in {}", ops::cpu_isa_name(),
                                   tensor::name_of(ops::preferred_cpu_dtype())));
  const double memory =
      static_cast<double>(::sysconf(_SC_PHYS_PAGES)) * static_cast<double>(::sysconf(_SC_PAGESIZE));
  good("memory", fmt::format("{:.1f} GiB", gib(memory)));
}

void check_launcher() {
  const int ranks = comm::launched_ranks();
  good("launcher", ranks > 1 ? fmt::format("{} ranks", ranks)
                             : "none: one rank (start with mpirun or srun --mpi=pmix for more)");
  if (std::getenv("OMP_NUM_THREADS") != nullptr) {
    note("threads",
         "OMP_NUM_THREADS is ignored: every rank takes its share of the cores; ASSAY_THREADS overrides");
  }
}

void check_gpu() {
  const std::string why = ops::cuda_backend_problem();
  if (why.empty())
    good("GPU backend", "loads");
  else
    note("GPU backend", why + "; computing on CPU ranks");
}

void check_tasks() {
  try {
    const eval::TaskCatalogue catalogue(campaign::task_search_path({}));
    if (catalogue.entries().empty())
      bad("tasks", "no task files are found; set ASSAY_CONFIG_DIR to the configs folder");
    else
      good("tasks", fmt::format("{} shipped", catalogue.entries().size()));
  } catch (const util::Error& error) {
    bad("tasks", error.what());
  }
  const char* root = std::getenv("ASSAY_DATA_ROOT");
  std::error_code error;
  if (root == nullptr)
    note("data root", "ASSAY_DATA_ROOT is not set; give --data-root to every run");
  else if (!std::filesystem::is_directory(root, error))
    bad("data root", fmt::format("ASSAY_DATA_ROOT={} is not a folder", root));
  else
    good("data root", root);
}

void check_sandbox() {
  const eval::SandboxProbe probe = eval::probe_sandbox();
  if (probe.available)
    good("code sandbox", probe.sentence);
  else
    note("code sandbox", probe.sentence);
}

void check_disk() {
  struct statvfs info {};
  if (::statvfs(".", &info) != 0 || ::access(".", W_OK) != 0) {
    bad("output folder", "the current folder is not writable");
    return;
  }
  const double free_bytes = static_cast<double>(info.f_bavail) * static_cast<double>(info.f_frsize);
  if (gib(free_bytes) < 1)
    bad("output folder", fmt::format("only {:.2f} GiB free here", gib(free_bytes)));
  else
    good("output folder", fmt::format("{:.1f} GiB free here", gib(free_bytes)));
}

util::ExitCode run(const std::vector<std::string>& arguments) {
  po::options_description options("Options");
  const auto values = parse_arguments(arguments, options, {}, "doctor");
  if (values.count("help") > 0) {
    print_help("assay doctor",
               "Checks this machine: cores, instruction set, memory, launcher, GPU backend, tasks, data,\n"
               "sandbox for generated code, disk.\n"
               "Lines marked FIX need attention; the exit code is then 2.",
               options, "  assay doctor\n  srun -n 1 assay doctor\n");
    return util::ExitCode::ok;
  }
  problems = 0;
  good("assay", std::string(util::version()));
  check_cpu();
  check_launcher();
  check_gpu();
  check_tasks();
  check_sandbox();
  check_disk();
  return problems == 0 ? util::ExitCode::ok : util::ExitCode::usage;
}

}  // namespace

extern const Command command_doctor{"doctor", "check this machine and say what to fix", run};

}  // namespace assay::cli
