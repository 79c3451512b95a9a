// An MPI program for launch_failures_test: its last rank, or all of them, end in the way that the argument
// names, while the others wait in a collective. Prints what happens on stderr.
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "assay/comm/communicator.hpp"
#include "assay/util/error.hpp"

namespace {

using assay::comm::Communicator;

void misbehave(Communicator& world, const std::string& how) {
  const bool last = world.rank() == world.size() - 1;
  if (how == "all-throw" || (how == "one-throws" && last)) assay::util::fail_input("thrown on purpose");
  if (how == "all-throw-with-posts") {
    for (int peer = 0; peer < world.size(); ++peer) world.post(peer, 0, std::vector<std::byte>(1 << 20));
    assay::util::fail_input("thrown on purpose");
  }
  if (how == "abort" && last) world.abort(75);
  if (how == "kill" && last) std::raise(SIGKILL);
  if (how == "exit" && last) std::_Exit(3);
  if (how == "long-sum-without-last" && last) std::raise(SIGSTOP);
  if (how == "good") return;
  if (how == "one-throws-during-receive") {
    if (last) assay::util::fail_input("thrown on purpose");
    (void)world.receive(world.size() - 1, 0);
  }
  std::vector<float> values(how == "long-sum-without-last" ? 1 << 20 : 1);
  world.all_reduce_sum(values);
}

int run(const std::string& how) {
  assay::comm::MpiRuntime mpi;
  misbehave(mpi.world(), how);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc > 1 ? argv[1] : "");
  } catch (const assay::util::Error& error) {
    std::fprintf(stderr, "caught: %s\n", error.what());
    return static_cast<int>(error.code());
  }
}
