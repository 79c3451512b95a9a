// Processor time, sleep, memory, output, files, threads and processes.
#include <catch2/catch.hpp>
#include <string>

#include "assay/eval/sandbox.hpp"
#include "eval/sandbox/sandboxes.hpp"

namespace assay::eval {

using Catch::Contains;
using test::outcome;
using test::refused;

TEST_CASE("Only processor time makes a program time out; sleep is another limit", "[sandbox]") {
  const auto sandbox = test::sandbox_or_skip({.cpu_seconds = 1, .idle_seconds = 0.5});
  if (!sandbox) return;
  const Execution loop = sandbox->run({.source = "while True:\n    pass"});
  CHECK(name_of(loop.verdict) == "timed out");
  CHECK(loop.message == "1 s of processor time used up");
  CHECK(loop.cpu_seconds > 0.9);
  CHECK(outcome(*sandbox,
                "import signal\nsignal.signal(signal.SIGXCPU, signal.SIG_IGN)\nwhile True:\n    pass") ==
        "timed out: 1 s of processor time used up");
  const Execution sleep = sandbox->run({.source = "import time\ntime.sleep(10 ** 6)"});
  CHECK(name_of(sleep.verdict) == "timed out");
  CHECK(sleep.message == "asleep or blocked for more than 0.5 s");
  CHECK(sleep.cpu_seconds < 0.9);
  CHECK(outcome(*sandbox, "import os, signal\nsignal.pause()") ==
        "timed out: asleep or blocked for more than 0.5 s");
  CHECK(outcome(*sandbox, "import os, signal\nsignal.raise_signal(signal.SIGSTOP)") ==
        "timed out: asleep or blocked for more than 0.5 s");
  CHECK(outcome(*sandbox, "import time\ntime.sleep(0.01)") == "passed");
}

TEST_CASE("Memory is limited", "[sandbox]") {
  const auto sandbox = test::sandbox_or_skip({.memory_bytes = 1ULL << 30});
  if (!sandbox) return;
  CHECK(outcome(*sandbox, "x = bytearray(10 * 10 ** 9)") == "out of memory: MemoryError");
  CHECK(outcome(*sandbox, "x = []\nwhile True:\n    x.append(bytearray(1 << 26))") ==
        "out of memory: MemoryError");
  CHECK(outcome(*sandbox, "try:\n    x = bytearray(10 * 10 ** 9)\nexcept MemoryError:\n    pass") ==
        "passed");
  CHECK_THAT(outcome(*sandbox, "import ctypes\nctypes.string_at(0)"), Contains("killed: ended by signal 11"));
  CHECK_THAT(outcome(*sandbox,
                     "import sys\nsys.setrecursionlimit(10 ** 9)\nclass A:\n    def __getattr__(self, n):\n"
                     "        return getattr(self, n + 'x')\nA().x"),
             Contains("killed: ended by signal") || Contains("failed") || Contains("out of memory"));
  const auto usual = test::sandbox_or_skip();
  CHECK(outcome(*usual, "x = bytearray(10 * 10 ** 9)") == "out of memory: MemoryError");
  // Memory that is not part of the address space, and so of no limit.
  CHECK_THAT(outcome(*usual, "import os\nos.memfd_create('x')"), Contains("PermissionError"));
  CHECK(outcome(*usual,
                "import ctypes\nlibc = ctypes.CDLL(None)\nassert libc.shmget(0, 1 << 20, 0o1600) == -1") ==
        "passed");
}

TEST_CASE("Output is limited, and so are files", "[sandbox]") {
  const auto sandbox = test::sandbox_or_skip({.output_bytes = 1 << 20, .file_bytes = 8 << 20});
  if (!sandbox) return;
  CHECK(outcome(*sandbox, "while True:\n    print('x' * 1000)") ==
        "output limit: it wrote more than 1048576 bytes");
  CHECK(outcome(*sandbox, "import os\nwhile True:\n    os.write(2, b'x' * 1000)") ==
        "output limit: it wrote more than 1048576 bytes");
  CHECK(outcome(*sandbox, "import os\nwhile True:\n    os.write(4, b'x' * 1000)") ==
        "output limit: it wrote more than 1048576 bytes");
  CHECK(outcome(*sandbox, "print('x' * 1000000)") == "passed");
  CHECK(outcome(*sandbox, "open('a', 'w').write('x' * 1000)\nassert len(open('/tmp/a').read()) == 1000") ==
        "passed");
  CHECK_THAT(outcome(*sandbox, "f = open('/tmp/a', 'wb')\nfor _ in range(100):\n    f.write(bytes(1 << 20))"),
             Contains("failed: OSError: [Errno 27]") || Contains("failed: OSError: [Errno 28]"));
  CHECK_THAT(outcome(*sandbox, "for i in range(100):\n    open(f'/tmp/{i}', 'wb').write(bytes(1 << 20))"),
             Contains("failed: OSError: [Errno 28] No space left"));
}

TEST_CASE("Fork bombs and thread bombs end themselves", "[sandbox]") {
  const auto sandbox = test::sandbox_or_skip({.cpu_seconds = 1, .threads = 32});
  if (!sandbox) return;
  // The C library's functions, since Python's are disabled.
  const std::string c = "import ctypes\nc = ctypes.CDLL(None, use_errno=True)\n";
  CHECK(outcome(*sandbox, c + "assert c.fork() == -1 and ctypes.get_errno() == 1") == "passed");
  CHECK(outcome(*sandbox, c + "for i in range(1000):\n    assert c.fork() == -1\n") == "passed");
  CHECK(outcome(*sandbox, c + "while True:\n    c.fork()") == "timed out: 1 s of processor time used up");
  CHECK(outcome(*sandbox, refused("os.posix_spawn('/usr/bin/true', ['true'], {})", "OSError")) == "passed");
  CHECK_THAT(outcome(*sandbox,
                     "import threading, time\nthreading.stack_size(1 << 16)\nwhile True:\n"
                     "    threading.Thread(target=time.sleep, args=(100,)).start()"),
             Contains("killed: it had more than 32 threads") || Contains("can't start new thread"));
  CHECK(outcome(*sandbox,
                "import concurrent.futures as f\nwith f.ThreadPoolExecutor(16) as e:\n"
                "    assert sum(e.map(abs, range(100))) == 4950") == "passed");
}

}  // namespace assay::eval
