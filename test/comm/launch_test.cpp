#include "comm/launch.hpp"

#include <catch2/catch.hpp>
#include <map>
#include <string>

#include "assay/comm/communicator.hpp"

namespace {

using Variables = std::map<std::string, std::string>;

assay::comm::Environment environment_of(const Variables& variables) {
  return [&variables](const char* name) -> const char* {
    const auto found = variables.find(name);
    return found == variables.end() ? nullptr : found->second.c_str();
  };
}

int ranks(const Variables& variables) {
  return assay::comm::launched_ranks(environment_of(variables));
}
int rank(const Variables& variables) {
  return assay::comm::launched_rank(environment_of(variables));
}
bool no_pmi(const Variables& variables) {
  return assay::comm::srun_without_pmi(environment_of(variables));
}

const Variables batch_script{
    {"SLURM_JOB_ID", "7"}, {"SLURM_NTASKS", "16"}, {"SLURM_PROCID", "0"}, {"SLURM_LOCALID", "0"}};

Variables step_of(const std::string& tasks) {
  Variables variables = batch_script;
  variables["SLURM_STEP_ID"] = "0";
  variables["SLURM_STEP_NUM_TASKS"] = tasks;
  return variables;
}

}  // namespace

TEST_CASE("without a launcher there is one rank") {
  CHECK(ranks({}) == 1);
  CHECK(ranks({{"OMPI_COMM_WORLD_SIZE", ""}}) == 1);
  CHECK(ranks({{"PMIX_RANK", "0"}}) == 1);
}

TEST_CASE("each launcher's count is found") {
  CHECK(ranks({{"OMPI_COMM_WORLD_SIZE", "4"}}) == 4);
  CHECK(ranks({{"PMI_SIZE", "8"}, {"PMI_RANK", "3"}}) == 8);
  CHECK(ranks({{"MPI_LOCALNRANKS", "2"}}) == 2);
  CHECK(ranks(step_of("16")) == 16);
  CHECK(ranks(step_of("1")) == 1);
}

TEST_CASE("a batch script is one process however many tasks its job may have") {
  CHECK(ranks(batch_script) == 1);
  Variables numbered = batch_script;
  numbered["SLURM_STEP_ID"] = "4294967291";  // the batch step's own number
  CHECK(ranks(numbered) == 1);
  numbered["SLURM_STEP_ID"] = "4294967290";  // the interactive step of salloc
  CHECK(ranks(numbered) == 1);
  // salloc without a step: the allocation's variables alone
  CHECK(ranks({{"SLURM_JOB_ID", "7"}, {"SLURM_NTASKS", "16"}}) == 1);
}

TEST_CASE("mpirun inside a SLURM job counts, not the step of its daemons") {
  Variables variables = step_of("2");
  variables["OMPI_COMM_WORLD_SIZE"] = "8";
  CHECK(ranks(variables) == 8);
  variables["OMPI_COMM_WORLD_SIZE"] = "1";
  CHECK(ranks(variables) == 1);
}

TEST_CASE("a count that is none is ignored") {
  for (const char* text : {"0", "-4", "4x", " 4", "99999999999999999999", "four", "+4"}) {
    CAPTURE(text);
    CHECK(ranks({{"OMPI_COMM_WORLD_SIZE", text}}) == 1);
    CHECK(ranks({{"OMPI_COMM_WORLD_SIZE", text}, {"PMI_SIZE", "3"}}) == 3);
  }
}

TEST_CASE("each launcher's rank is found beside its count") {
  CHECK(rank({}) == 0);
  CHECK(rank({{"OMPI_COMM_WORLD_SIZE", "4"}, {"OMPI_COMM_WORLD_RANK", "3"}}) == 3);
  CHECK(rank({{"PMI_SIZE", "8"}, {"PMI_RANK", "5"}}) == 5);
  CHECK(rank({{"MPI_LOCALNRANKS", "2"}, {"MPI_LOCALRANKID", "1"}}) == 1);
  Variables variables = step_of("2");
  variables["SLURM_PROCID"] = "1";
  CHECK(rank(variables) == 1);
  variables["OMPI_COMM_WORLD_SIZE"] = "8";  // mpirun's, not its daemon's
  variables["OMPI_COMM_WORLD_RANK"] = "0";
  CHECK(rank(variables) == 0);
  CHECK(rank(batch_script) == 0);
  for (const char* text : {"-1", "x", ""}) {
    CHECK(rank({{"OMPI_COMM_WORLD_SIZE", "4"}, {"OMPI_COMM_WORLD_RANK", text}}) == 0);
  }
}

TEST_CASE("srun without a PMI service is recognised") {
  Variables variables = step_of("4");
  CHECK(no_pmi(variables));
  variables["PMIX_RANK"] = "0";
  CHECK_FALSE(no_pmi(variables));
  CHECK_FALSE(no_pmi(step_of("1")));
  CHECK_FALSE(no_pmi(batch_script));
  CHECK_FALSE(no_pmi({}));
}
