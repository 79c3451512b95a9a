#include "eval/sandbox/interpreter.hpp"

#include <poll.h>

#include <algorithm>
#include <filesystem>
#include <sstream>
#include <system_error>

#include "assay/util/clock.hpp"
#include "assay/util/error.hpp"
#include "eval/sandbox/child_process.hpp"

namespace assay::eval {
namespace {

constexpr double answer_seconds = 60;  // a cold interpreter on a shared file system is slow
constexpr std::size_t answer_bytes = 1 << 16;

constexpr const char* question =
    "import os, sys\n"
    "real = os.path.realpath(sys.executable)\n"
    "print('%d.%d.%d' % sys.version_info[:3])\n"
    "print('yes' if sys.version_info >= (3, 8) else 'no')\n"
    "print(sys.executable)\n"
    "for folder in (sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix,\n"
    "               os.path.dirname(os.path.dirname(real))):\n"
    "    print(folder)\n";

std::string answer_of(const std::string& python) {
  Pipe out = make_pipe();
  const util::FileDescriptor in = empty_file();
  const util::FileDescriptor errors = memory_file("");
  ChildProcess child({python, "-E", "-s", "-c", question},
                     {{0, in.get()}, {1, out.write_end.get()}, {2, errors.get()}});
  out.write_end = util::FileDescriptor();
  const double deadline = util::now_seconds() + answer_seconds;
  std::string answer;
  while (out.read_end.valid() && answer.size() < answer_bytes) {
    pollfd event{out.read_end.get(), POLLIN, 0};
    const double left = deadline - util::now_seconds();
    if (left <= 0) {
      child.kill();
      break;
    }
    if (::poll(&event, 1, static_cast<int>(left * 1e3) + 1) > 0) read_available(out.read_end, answer);
  }
  return child.wait().exit_code == 0 ? answer : std::string();
}

bool is_within(const std::string& path, const std::string& folder) {
  return path == folder || path.starts_with(folder + "/");
}

}  // namespace

Interpreter find_interpreter(const std::string& python) {
  const std::string advice = "give a Python 3.8 or newer with --sandbox-python";
  std::string answer;
  try {
    answer = answer_of(python);
  } catch (const std::system_error& error) {
    util::fail_input("cannot run the Python interpreter {} ({}); {}", python, error.code().message(), advice);
  }
  std::istringstream lines(answer);
  Interpreter found;
  std::string new_enough;
  std::getline(lines, found.version);
  std::getline(lines, new_enough);
  std::getline(lines, found.executable);
  util::check_input(!new_enough.empty() && found.executable.starts_with("/"),
                    "{} does not answer as a Python interpreter; {}", python, advice);
  util::check_input(new_enough == "yes", "{} is Python {} (too old for the sandbox); {}", python,
                    found.version, advice);
  for (std::string folder; std::getline(lines, folder);) {
    folder = std::filesystem::path(folder).lexically_normal().string();
    util::check_input(folder.starts_with("/") && folder != "/",
                      "{} is installed in {} (a sandbox that shows this folder hides nothing); {}", python,
                      folder, advice);
    const auto shown = [&](const std::string& other) { return is_within(folder, other); };
    if (!shown("/usr") && std::none_of(found.folders.begin(), found.folders.end(), shown))
      found.folders.push_back(folder);
  }
  // A link to an interpreter elsewhere: the sandbox shows its installation, not the link.
  const auto holds = [&](const std::string& folder) { return is_within(found.executable, folder); };
  if (!holds("/usr") && std::none_of(found.folders.begin(), found.folders.end(), holds)) {
    std::error_code error;
    const auto target = std::filesystem::canonical(found.executable, error);
    if (!error) found.executable = target.string();
  }
  return found;
}

}  // namespace assay::eval
