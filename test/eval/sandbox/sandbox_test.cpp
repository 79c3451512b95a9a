// Which verdict programs get. Every case runs real programs in real sandboxes.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <string>

#include "assay/eval/sandbox.hpp"
#include "eval/sandbox/sandboxes.hpp"
#include "support/temp_dir.hpp"

namespace assay::eval {

using Catch::Contains;
using test::outcome;

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
