// Start and end of MPI.
#include <mpi.h>
#include <sched.h>
#include <unistd.h>

#include <cstdlib>
#include <exception>

#include "assay/comm/communicator.hpp"
#include "assay/util/error.hpp"
#include "assay/util/log.hpp"
#include "comm/host_name.hpp"
#include "comm/launch.hpp"
#include "comm/mpi_communicator.hpp"

namespace assay::comm {
namespace {

constexpr double leave_seconds_in_failure = 2;

void initialize() {
  int initialized = 0;
  check_mpi(MPI_Initialized(&initialized), "MPI_Initialized");
  ASSAY_CHECK(initialized == 0);
  if (srun_without_pmi([](const char* name) -> const char* { return std::getenv(name); })) {
    util::fail_input(  // before MPI does, whose words for this are a page long
        "srun started several processes without a service by which they find each other; use srun "
        "--mpi=pmix");
  }
  int provided = MPI_THREAD_SINGLE;
  check_mpi(MPI_Init_thread(nullptr, nullptr, MPI_THREAD_SERIALIZED, &provided), "MPI_Init_thread");
  check_mpi(MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN), "MPI_Comm_set_errhandler");
  check_mpi(MPI_Comm_set_errhandler(MPI_COMM_SELF, MPI_ERRORS_RETURN), "MPI_Comm_set_errhandler");
  if (provided < MPI_THREAD_SERIALIZED) {
    MPI_Finalize();
    util::fail_internal("this MPI library does not support threads (level {} of {}); use one built with them",
                        provided, static_cast<int>(MPI_THREAD_SERIALIZED));
  }
}

void check_not_singleton(int world_size) {
  const int launched = launched_ranks();
  if (launched <= 1 || world_size > 1) return;
  MPI_Finalize();
  util::fail_input(
      "the launcher started {} processes, but MPI sees only this one (they did not find each other); use "
      "srun --mpi=pmix, or the mpirun of the MPI library that assay was built with",
      launched);
}

struct Placement {
  Member me;
  bool oversubscribed = false;
};

Placement find_placement() {
  Placement placement;
  check_mpi(MPI_Comm_rank(MPI_COMM_WORLD, &placement.me.world_rank), "MPI_Comm_rank");
  placement.me.host = host_name();
  MPI_Comm node = MPI_COMM_NULL;
  check_mpi(MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, placement.me.world_rank, MPI_INFO_NULL,
                                &node),
            "MPI_Comm_split_type");
  check_mpi(MPI_Comm_set_errhandler(node, MPI_ERRORS_RETURN), "MPI_Comm_set_errhandler");
  int local_size = 1;
  check_mpi(MPI_Comm_size(node, &local_size), "MPI_Comm_size");
  placement.me.node = placement.me.world_rank;
  check_mpi(MPI_Bcast(&placement.me.node, 1, MPI_INT, 0, node), "MPI_Bcast");
  // The job's cores on this node, whether the launcher dealt them out among the ranks already or not.
  cpu_set_t cores;
  CPU_ZERO(&cores);
  const bool known = ::sched_getaffinity(0, sizeof(cores), &cores) == 0;
  check_mpi(MPI_Allreduce(MPI_IN_PLACE, &cores, sizeof(cores), MPI_BYTE, MPI_BOR, node), "MPI_Allreduce");
  const long usable_cores = known ? CPU_COUNT(&cores) : ::sysconf(_SC_NPROCESSORS_ONLN);
  check_mpi(MPI_Comm_free(&node), "MPI_Comm_free");
  placement.oversubscribed = local_size > usable_cores;
  return placement;
}

}  // namespace

MpiRuntime::MpiRuntime() : exceptions_at_start_(std::uncaught_exceptions()) {
  (void)comm_settings();  // a bad setting is better refused before the other ranks are involved
  initialize();
  int world_size = 1;
  check_mpi(MPI_Comm_size(MPI_COMM_WORLD, &world_size), "MPI_Comm_size");
  check_not_singleton(world_size);
  const Placement placement = find_placement();
  MPI_Comm comm = MPI_COMM_NULL;
  check_mpi(MPI_Comm_dup(MPI_COMM_WORLD, &comm), "MPI_Comm_dup");
  world_ = std::make_unique<MpiCommunicator>(comm, "world", placement.me, placement.oversubscribed);
}

MpiRuntime::~MpiRuntime() {
  auto& world = static_cast<MpiCommunicator&>(*world_);
  const bool unwinding = std::uncaught_exceptions() > exceptions_at_start_;
  const double patience = unwinding ? leave_seconds_in_failure : comm_settings().timeout_seconds;
  // MPI_Finalize waits for all ranks without a deadline: enter it only with all of them at the door.
  if (!world.leave_together(patience)) {
    if (!unwinding) util::log_warning("some ranks did not reach the end; leaving without them");
    return;
  }
  world_.reset();
  MPI_Finalize();
}

Communicator& MpiRuntime::world() {
  return *world_;
}

}  // namespace assay::comm
