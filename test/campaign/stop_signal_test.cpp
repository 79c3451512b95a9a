#include "campaign/stop_signal.hpp"

#include <signal.h>  // NOLINT: POSIX signals
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <initializer_list>

using namespace assay;

namespace {

// How a process ends that gets these signals: by the signal that killed it, or 0 with the one it noted.
struct End {
  int killed_by = 0;
  int noted = 0;
};

End after(std::initializer_list<int> signals) {
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    campaign::watch_stop_signals();
    for (const int number : signals) ::raise(number);
    ::_exit(campaign::stop_signal());
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  if (WIFSIGNALED(status)) return {WTERMSIG(status), 0};
  return {0, WEXITSTATUS(status)};
}

}  // namespace

TEST_CASE("the first stop signal is the one that is told") {
  CHECK(after({}).noted == 0);
  CHECK(after({SIGTERM}).noted == SIGTERM);
  CHECK(after({SIGUSR1, SIGUSR2}).noted == SIGUSR1);
}

TEST_CASE("a warning and then SIGTERM is still a stop in order") {
  CHECK(after({SIGUSR1, SIGTERM}).noted == SIGUSR1);
  CHECK(after({SIGTERM, SIGUSR1}).noted == SIGTERM);
}

TEST_CASE("a second SIGINT or SIGTERM kills") {
  CHECK(after({SIGTERM, SIGTERM}).killed_by == SIGTERM);
  CHECK(after({SIGINT, SIGTERM}).killed_by == SIGTERM);
  CHECK(after({SIGUSR1, SIGINT, SIGINT}).killed_by == SIGINT);
}
