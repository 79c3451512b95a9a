// What programs may do, and which verdict each gets. Every case runs real programs in real sandboxes.
#include "assay/eval/sandbox.hpp"

#include <signal.h>  // NOLINT: POSIX signals
#include <sys/types.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "assay/util/error.hpp"
#include "assay/util/files.hpp"
#include "eval/sandbox/sandboxes.hpp"
#include "support/temp_dir.hpp"

namespace assay::eval {
namespace {

using Catch::Contains;

// The program's verdict and message, as "failed: ValueError: no".
std::string outcome(const Sandbox& sandbox, const std::string& source) {
  const Execution execution = sandbox.run({.source = source});
  INFO(source);
  CHECK(execution.verdict != Verdict::sandbox_error);
  return std::string(name_of(execution.verdict)) +
         (execution.message.empty() ? std::string() : ": " + execution.message);
}

// A program whose body must raise an exception that contains `text`; it passes if that happens.
std::string refused(const std::string& body, const std::string& exception) {
  std::string indented;
  for (std::size_t begin = 0; begin < body.size();) {
    const std::size_t end = std::min(body.find('\n', begin), body.size());
    indented += "    " + body.substr(begin, end - begin) + "\n";
    begin = end + 1;
  }
  return "import os, sys\ntry:\n" + indented + "except " + exception +
         ":\n    pass\nelse:\n    raise AssertionError('allowed')\n";
}

}  // namespace

TEST_CASE("A program passes if and only if it runs to its end", "[sandbox]") {
  const auto sandbox = test::sandbox_or_skip();
  if (!sandbox) return;
  CHECK(outcome(*sandbox, "def f(x):\n    return x + 1\nassert f(1) == 2\n") == "passed");
  CHECK(outcome(*sandbox, "") == "passed");
  CHECK(outcome(*sandbox, "print('\u00e4\u4e2d' * 1000)\nassert '\u4e2d' > 'a'") == "passed");
  CHECK(outcome(*sandbox, "if __name__ == '__main__':\n    raise ValueError") == "passed");
  CHECK(
      outcome(*sandbox, "import threading, time\nthreading.Thread(target=time.sleep, args=(60,)).start()") ==
      "passed");
  CHECK(outcome(*sandbox, "raise ValueError('no\\nway')") == "failed: ValueError: no");
  CHECK(outcome(*sandbox, "assert 1 == 2") == "failed: AssertionError");
  CHECK_THAT(outcome(*sandbox, "def f(:\n"), Contains("failed: SyntaxError: invalid syntax"));
  CHECK_THAT(outcome(*sandbox, std::string("x = 1\0y", 7)), Contains("null bytes"));
  CHECK_THAT(outcome(*sandbox, "x = '\xff'"), Contains("failed: UnicodeEncodeError"));
  CHECK_THAT(outcome(*sandbox, "def f(n):\n    return f(n + 1)\nf(0)"), Contains("failed: RecursionError"));
  CHECK_THAT(outcome(*sandbox, "input()"), Contains("failed: OSError"));
  CHECK_THAT(
      outcome(*sandbox, "class E(Exception):\n    def __str__(self):\n        raise KeyError\nraise E"),
      Contains("failed: E"));
}

TEST_CASE("What the reference disables is disabled", "[sandbox]") {
  const auto sandbox = test::sandbox_or_skip();
  if (!sandbox) return;
  for (const char* call :
       {"exit()", "quit()", "help()", "import os; os.remove('x')", "import os; os.getcwd()",
        "import os; os.fork()", "import os; os.kill(0, 9)", "import os; os.system('true')",
        "import shutil; shutil.rmtree('/tmp')", "import subprocess; subprocess.run(['true'])"}) {
    INFO(call);
    CHECK_THAT(outcome(*sandbox, call), Contains("failed: TypeError: 'NoneType' object is not callable"));
  }
  for (const char* name : {"resource", "psutil", "joblib", "tkinter", "ipdb"})
    CHECK_THAT(outcome(*sandbox, std::string("import ") + name), Contains("failed: ModuleNotFoundError"));
  CHECK(outcome(*sandbox, "import asyncio\nasync def f():\n    return 1\nassert asyncio.run(f()) == 1") ==
        "passed");
  CHECK(outcome(*sandbox, "import shutil, tempfile, subprocess, random, re, typing, collections") ==
        "passed");
}

TEST_CASE("Leaving early does not pass", "[sandbox]") {
  const auto sandbox = test::sandbox_or_skip();
  if (!sandbox) return;
  CHECK(outcome(*sandbox, "import sys\nsys.exit(0)") == "failed: SystemExit: 0");
  CHECK(outcome(*sandbox, "raise SystemExit") == "failed: SystemExit");
  CHECK(outcome(*sandbox, "raise KeyboardInterrupt") == "failed: KeyboardInterrupt");
  CHECK(outcome(*sandbox, "import os\nos._exit(0)") == "failed: left with exit code 0 before its end");
  CHECK(outcome(*sandbox, "import os\nos._exit(7)") == "failed: left with exit code 7 before its end");
  CHECK(outcome(*sandbox, "import os\nos.execv('/usr/bin/true', ['true'])") ==
        "failed: left with exit code 0 before its end");
  const std::string markers = "for line in ('passed', 'R', 'Rpassed ', '0' * 32 + ' passed '):\n";
  CHECK(outcome(*sandbox, markers + "    print(line)\nraise ValueError") == "failed: ValueError");
  CHECK_THAT(outcome(*sandbox,
                     "import os\n" + markers +
                         "    for fd in range(32):\n        try:\n            os.write(fd, line.encode())\n"
                         "        except OSError:\n            pass\nos._exit(0)"),
             Contains("failed: left with exit code 0"));
  CHECK_THAT(outcome(*sandbox, "import os\nos.closerange(0, 1000)"), Contains("failed"));
  CHECK_THAT(outcome(*sandbox, "import os\nos.closerange(0, 1000)\nraise ValueError"), Contains("failed"));
}

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
  CHECK(
      outcome(
          *sandbox,
          "import threading\nfor _ in range(4):\n    threading.Thread(target=lambda: 10 ** 10 ** 9).start()\n"
          "while True:\n    pass") == "timed out: 1 s of processor time used up");
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

TEST_CASE("Nothing can be written but /tmp", "[sandbox]") {
  const auto sandbox = test::sandbox_or_skip();
  if (!sandbox) return;
  const test::TempDir outside;
  std::ofstream(outside / "secret") << "secret";
  const std::string folder = outside.path().string();
  for (const std::string& path : {std::string("/x"), std::string("/usr/x"), std::string("/usr/lib/x"),
                                  std::string("/dev/x"), std::string("/etc/x"), folder + "/x"})
    CHECK(outcome(*sandbox, refused("open('" + path + "', 'w')", "OSError")) == "passed");
  CHECK(outcome(*sandbox, refused("open('" + folder + "/secret')", "FileNotFoundError")) == "passed");
  CHECK_FALSE(std::filesystem::exists(outside / "x"));
  CHECK(outcome(*sandbox, refused("os.mkdir('/x')", "OSError")) == "passed");
  CHECK(outcome(*sandbox, refused("os.symlink('/tmp', '/usr/x')", "OSError")) == "passed");
  // A program's files end with it.
  CHECK(outcome(*sandbox, "open('/tmp/left', 'w').write('x')") == "passed");
  CHECK(outcome(*sandbox, "import os\nassert os.listdir('/tmp') == []") == "passed");
}

TEST_CASE("Homes, credentials, other processes and the environment are not seen", "[sandbox]") {
  const auto sandbox = test::sandbox_or_skip();
  if (!sandbox) return;
  ::setenv("ASSAY_SANDBOX_TEST_SECRET", "hunter2", 1);
  CHECK(outcome(*sandbox,
                "import os\nassert 'hunter2' not in str(dict(os.environ)), os.environ\n"
                "assert not {k for k in os.environ if k.startswith(('ASSAY', 'OMPI', 'SLURM', 'PMIX'))}") ==
        "passed");
  CHECK(outcome(*sandbox, refused("open('/proc/1/environ')", "FileNotFoundError")) == "passed");
  CHECK(outcome(*sandbox, refused("open('/proc/self/status')", "FileNotFoundError")) == "passed");
  CHECK(outcome(*sandbox, refused("open('/etc/passwd')", "FileNotFoundError")) == "passed");
  CHECK(outcome(*sandbox, refused("os.listdir('/home')", "FileNotFoundError")) == "passed");
  CHECK(outcome(*sandbox, refused("os.listdir('/sys')", "FileNotFoundError")) == "passed");
  CHECK(outcome(*sandbox, "import os\nassert os.getuid() == os.getgid() == 65534") == "passed");
  CHECK(
      outcome(*sandbox,
              "import os\nfds = []\nfor fd in range(256):\n    try:\n        os.fstat(fd)\n"
              "        fds.append(fd)\n    except OSError:\n        pass\nassert fds == [0, 1, 2, 4], fds") ==
      "passed");
  ::unsetenv("ASSAY_SANDBOX_TEST_SECRET");
}

TEST_CASE("There is no network", "[sandbox]") {
  const auto sandbox = test::sandbox_or_skip();
  if (!sandbox) return;
  for (const char* body : {"import socket\nsocket.create_connection(('127.0.0.1', 22), 1)",
                           "import socket\nsocket.create_connection(('192.0.2.1', 80), 1)",
                           "import socket\nsocket.socket(socket.AF_UNIX)",
                           "import socket\nsocket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)",
                           "import urllib.request\nurllib.request.urlopen('http://192.0.2.1/', timeout=1)"})
    CHECK(outcome(*sandbox, refused(body, "OSError")) == "passed");
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

TEST_CASE("Signals reach nobody outside", "[sandbox]") {
  const auto sandbox = test::sandbox_or_skip();
  if (!sandbox) return;
  const std::string c = "import ctypes, os\nkill = ctypes.CDLL(None).kill\n";
  const std::string self = std::to_string(::getpid());
  CHECK(outcome(*sandbox, c + "assert kill(-1, 9) == -1") == "passed");
  CHECK(outcome(*sandbox, c + "kill(1, 9)\nkill(os.getppid(), 9)\nkill(os.getppid(), 15)") == "passed");
  CHECK(outcome(*sandbox, c + "assert kill(" + self + ", 9) == -1") == "passed");
  CHECK_THAT(outcome(*sandbox, c + "kill(os.getpid(), 9)"), Contains("killed: ended by signal 9"));
  CHECK_THAT(outcome(*sandbox, c + "kill(0, 9)"), Contains("killed: ended by signal 9"));
  CHECK_THAT(outcome(*sandbox, "import ctypes\nctypes.CDLL(None).abort()"),
             Contains("killed: ended by signal 6"));
}

TEST_CASE("System calls that sandboxes are left by are refused", "[sandbox]") {
  const auto sandbox = test::sandbox_or_skip();
  if (!sandbox) return;
  if (!Contains("system calls filtered").match(sandbox->description()) ||
      Contains("not filtered").match(sandbox->description())) {
    test::skip("system calls are not filtered on this processor");
    return;
  }
  // Functions of the C library with arguments that are valid but for the permission.
  for (const char* call :
       {"unshare(0x10000000)", "ptrace(0, 0, 0, 0)", "mount(b'/tmp', b'/tmp', None, 4096, None)",
        "umount2(b'/tmp', 2)", "chroot(b'/tmp')", "socket(16, 3, 0)", "setns(0, 0)", "personality(0)"}) {
    INFO(call);
    CHECK(outcome(*sandbox, std::string("import ctypes\nc = ctypes.CDLL(None, use_errno=True)\nassert c.") +
                                call + " == -1 and ctypes.get_errno() == 1, ctypes.get_errno()") == "passed");
  }
  for (const int number : {425 /* io_uring_setup */, 430 /* fsopen */, 438 /* pidfd_getfd */}) {
    CHECK(outcome(*sandbox, "import ctypes\nc = ctypes.CDLL(None, use_errno=True)\nassert c.syscall(" +
                                std::to_string(number) + ", 1, 0, 0) == -1 and ctypes.get_errno() == 1") ==
          "passed");
  }
}

TEST_CASE("Input is read, and output kept, where a program has input", "[sandbox]") {
  const auto sandbox = test::sandbox_or_skip();
  if (!sandbox) return;
  const Execution sum =
      sandbox->run({.source = "print(sum(map(int, input().split())))", .input = "1 2 39\n"});
  CHECK(sum.verdict == Verdict::passed);
  CHECK(sum.output == "42\n");
  const Execution all = sandbox->run(
      {.source = "import sys\nsys.stdout.buffer.write(sys.stdin.buffer.read()[::-1])", .input = "abc"});
  CHECK(all.verdict == Verdict::passed);
  CHECK(all.output == "cba");
  CHECK(sandbox->run({.source = "input()", .input = ""}).message == "EOFError: EOF when reading a line");
  CHECK(sandbox->run({.source = "print(1)"}).output.empty());
}

TEST_CASE("A verdict does not depend on the run", "[sandbox]") {
  const auto sandbox = test::sandbox_or_skip();
  if (!sandbox) return;
  const std::string source = "print(list({str(i) for i in range(100)}), hash('x'))";
  const std::string first = sandbox->run({.source = source, .input = ""}).output;
  CHECK(first.size() > 500);
  CHECK(sandbox->run({.source = source, .input = ""}).output == first);
}

TEST_CASE("Where no sandbox can be built, that and the remedy are said", "[sandbox]") {
  CHECK_THROWS_WITH(Sandbox({.cpu_seconds = 0}), Contains("limit"));
  const std::string path = std::getenv("PATH");
  const test::TempDir empty;
  ::setenv("PATH", empty.path().c_str(), 1);
  const SandboxProbe none = probe_sandbox();
  ::setenv("PATH", path.c_str(), 1);
  CHECK_FALSE(none.available);
  CHECK_THAT(none.sentence, Contains("bubblewrap is not installed") && Contains("apt install bubblewrap"));
  const auto sandbox = test::sandbox_or_skip();
  if (!sandbox) return;
  CHECK_THAT(sandbox->description(), Contains("bubblewrap") && Contains("Python 3"));
  CHECK_THROWS_WITH(Sandbox({.python = "/no/such/python"}), Contains("--sandbox-python"));
  CHECK_THROWS_WITH(Sandbox({.python = "true"}), Contains("does not answer"));
}

}  // namespace assay::eval
