// What programs cannot see, write, reach or do.
#include <unistd.h>
#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "assay/eval/sandbox.hpp"
#include "eval/sandbox/sandboxes.hpp"
#include "support/skip.hpp"
#include "support/temp_dir.hpp"

namespace assay::eval {

using Catch::Contains;
using test::outcome;
using test::refused;

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

}  // namespace assay::eval
