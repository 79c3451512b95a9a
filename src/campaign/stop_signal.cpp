#include "campaign/stop_signal.hpp"

#include <csignal>
#include <initializer_list>

namespace assay::campaign {
namespace {

volatile std::sig_atomic_t received = 0;
volatile std::sig_atomic_t urged = 0;  // a SIGINT or SIGTERM was among them

extern "C" void note_stop_signal(int number) {
  if (received == 0) received = number;
  if (number != SIGINT && number != SIGTERM) return;
  if (urged != 0) {
    std::signal(number, SIG_DFL);
    std::raise(number);
  }
  urged = 1;
}

}  // namespace

void watch_stop_signals() {
  received = 0;
  urged = 0;
  struct sigaction action {};
  action.sa_handler = note_stop_signal;
  action.sa_flags = SA_RESTART;
  for (const int number : {SIGTERM, SIGINT, SIGUSR1, SIGUSR2}) ::sigaction(number, &action, nullptr);
}

int stop_signal() {
  return received;
}

}  // namespace assay::campaign
