#include "comm/launch.hpp"

#include <charconv>
#include <cstdlib>
#include <optional>
#include <string_view>
#include <utility>

#include "assay/comm/communicator.hpp"

namespace assay::comm {
namespace {

// A whole number from `least`.
std::optional<int> number(const char* text, int least) {
  if (text == nullptr) return std::nullopt;
  const std::string_view digits = text;
  int value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size() || value < least) return std::nullopt;
  return value;
}

std::optional<int> positive(const char* text) {
  return number(text, 1);
}

// SLURM's own count of this step's tasks. SLURM_NTASKS will not do: a batch script has it too, and is one
// process. Steps are numbered from 0; the batch script and other special steps count down from 2^32.
std::optional<int> slurm_step_tasks(const Environment& environment) {
  constexpr std::string_view special_steps = "42949672";
  const char* step = environment("SLURM_STEP_ID");
  if (step == nullptr || environment("SLURM_PROCID") == nullptr) return std::nullopt;
  if (std::string_view(step).starts_with(special_steps) && std::string_view(step).size() == 10)
    return std::nullopt;
  if (const auto tasks = positive(environment("SLURM_STEP_NUM_TASKS"))) return tasks;
  return positive(environment("SLURM_NTASKS"));
}

}  // namespace

int launched_ranks(const Environment& environment) {
  // mpirun first: under SLURM its daemons are tasks of a step of their own, whose variables leak to ranks.
  for (const char* name : {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE"}) {
    if (const auto ranks = positive(environment(name))) return *ranks;
  }
  if (const auto ranks = slurm_step_tasks(environment)) return *ranks;
  return positive(environment("MPI_LOCALNRANKS")).value_or(1);
}

int launched_rank(const Environment& environment) {
  // In the same order, each rank beside its count.
  for (const auto& [count, rank] :
       {std::pair("OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK"), std::pair("PMI_SIZE", "PMI_RANK")}) {
    if (positive(environment(count))) return number(environment(rank), 0).value_or(0);
  }
  if (slurm_step_tasks(environment)) return number(environment("SLURM_PROCID"), 0).value_or(0);
  return number(environment("MPI_LOCALRANKID"), 0).value_or(0);
}

bool srun_without_pmi(const Environment& environment) {
  for (const char* name :
       {"OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "PMIX_NAMESPACE", "PMI_SIZE", "PMI_RANK", "PMI_FD"}) {
    if (environment(name) != nullptr) return false;
  }
  return slurm_step_tasks(environment).value_or(1) > 1;
}

int launched_ranks() {
  return launched_ranks([](const char* name) -> const char* { return std::getenv(name); });
}

int launched_rank() {
  return launched_rank([](const char* name) -> const char* { return std::getenv(name); });
}

}  // namespace assay::comm
