// Several programs at once, order of the results, and what is left when the pool ends.
#include <unistd.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <future>
#include <iterator>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "assay/eval/sandbox.hpp"
#include "eval/sandbox/sandboxes.hpp"

namespace assay::eval {
namespace {

// Processes of the sandboxes whose /tmp has this size: bubblewrap, and the first process inside, which is the
// last one there to end.
int processes_with_tmp(std::size_t bytes) {
  const std::string mark = std::string("--size") + '\0' + std::to_string(bytes) + '\0';
  int count = 0;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", error)) {
    std::ifstream file(entry.path() / "cmdline", std::ios::binary);
    const std::string command{std::istreambuf_iterator<char>(file), {}};
    if (command.find(mark) != std::string::npos) ++count;
  }
  return count;
}

std::size_t unique_size() {
  return (std::size_t{8} << 20) + static_cast<std::size_t>(::getpid());
}

}  // namespace

TEST_CASE("A pool answers each program with its own verdict", "[sandbox]") {
  const auto sandbox = test::sandbox_or_skip({.file_bytes = unique_size()});
  if (!sandbox) return;
  std::vector<std::future<Execution>> results;
  {
    ExecutionPool pool(*sandbox, 3);
    CHECK(pool.workers() == 3);
    for (int i = 0; i < 12; ++i)
      results.push_back(pool.submit(
          {.source = "print(" + std::to_string(i) + ")\nassert " + std::to_string(i) + " % 3", .input = ""}));
    for (int i = 0; i < 12; ++i) {
      const Execution execution = results[static_cast<std::size_t>(i)].get();
      INFO(i);
      CHECK(name_of(execution.verdict) == (i % 3 == 0 ? "failed" : "passed"));
      CHECK(execution.output == std::to_string(i) + "\n");
      CHECK(execution.cpu_seconds > 0);
      CHECK(execution.wall_seconds > 0);
    }
  }
  CHECK(processes_with_tmp(unique_size()) == 0);
}

TEST_CASE("The end of a pool ends its programs", "[sandbox]") {
  const auto sandbox = test::sandbox_or_skip({.idle_seconds = 1000, .file_bytes = unique_size()});
  if (!sandbox) return;
  std::future<Execution> running;
  std::future<Execution> waiting;
  {
    ExecutionPool pool(*sandbox, 1);
    running = pool.submit({.source = "import time\ntime.sleep(10 ** 6)"});
    waiting = pool.submit({.source = ""});
    for (int wait = 0; wait < 3000 && processes_with_tmp(unique_size()) < 2; ++wait)
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  CHECK(processes_with_tmp(unique_size()) == 0);
  const Execution stopped = running.get();
  CHECK(name_of(stopped.verdict) == "sandbox error");
  CHECK(stopped.message == "stopped");
  CHECK_THROWS_AS(waiting.get(), std::future_error);
}

TEST_CASE("No process of an ended program is left", "[sandbox]") {
  const auto sandbox =
      test::sandbox_or_skip({.cpu_seconds = 1, .idle_seconds = 0.3, .file_bytes = unique_size()});
  if (!sandbox) return;
  for (const char* source : {"import threading, time\nfor _ in range(9):\n    "
                             "threading.Thread(target=time.sleep, args=(10 ** 6,)).start()",
                             "import os\nos.closerange(0, 256)\nimport time\ntime.sleep(10 ** 6)",
                             "while True:\n    print('x' * 100000)",
                             "import os\nos.setsid() if os.getpid() == 1 else None\nos._exit(0)"}) {
    INFO(source);
    CHECK(sandbox->run({.source = source}).verdict != Verdict::sandbox_error);
    CHECK(processes_with_tmp(unique_size()) == 0);
  }
}

}  // namespace assay::eval
