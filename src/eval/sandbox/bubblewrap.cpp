#include "eval/sandbox/bubblewrap.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <system_error>

#include "eval/sandbox/child_process.hpp"
#include "eval/sandbox/runner.hpp"
#include "eval/sandbox/seccomp_filter.hpp"

namespace assay::eval {
namespace {

namespace fs = std::filesystem;

// What every interpreter needs of the system: its libraries. Merged layouts have links from /lib to /usr/lib.
void add_system_folders(std::vector<std::string>& command) {
  command.insert(command.end(), {"--ro-bind", "/usr", "/usr"});
  for (const char* folder : {"/lib", "/lib64", "/bin"}) {
    std::error_code error;
    if (fs::is_symlink(folder, error)) {
      const std::string target = fs::read_symlink(folder, error).string();
      if (!error) command.insert(command.end(), {"--symlink", target, folder});
    } else if (fs::is_directory(folder, error)) {
      command.insert(command.end(), {"--ro-bind", folder, folder});
    }
  }
  for (const char* path : {"/etc/ld.so.cache", "/etc/alternatives", "/etc/localtime"})
    command.insert(command.end(), {"--ro-bind-try", path, path});
}

// Files of the machine that hold a number; -1 where there is none.
long kernel_setting(const char* path) {
  std::ifstream file(path);
  long value = -1;
  return file >> value ? value : -1;
}

}  // namespace

std::vector<std::string> bubblewrap_command(const SandboxSettings& settings, const Interpreter& interpreter) {
  std::vector<std::string> command = {"bwrap",
                                      "--unshare-all",
                                      "--die-with-parent",
                                      "--new-session",
                                      "--cap-drop",
                                      "ALL",
                                      "--uid",
                                      "65534",
                                      "--gid",
                                      "65534",
                                      "--hostname",
                                      "sandbox",
                                      "--info-fd",
                                      fmt::to_string(info_fd),
                                      "--clearenv"};
  add_system_folders(command);
  for (const std::string& folder : interpreter.folders)
    command.insert(command.end(), {"--ro-bind", folder, folder});
  command.insert(command.end(), {"--dir", "/dev"});
  for (const char* device : {"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"})
    command.insert(command.end(), {"--dev-bind", device, device});
  // No /proc: it cannot be mounted in every container, and whether programs see one must not depend on the
  // machine.
  command.insert(command.end(), {"--size", fmt::to_string(settings.file_bytes), "--tmpfs", "/tmp",
                                 "--symlink", "/tmp", "/dev/shm", "--remount-ro", "/", "--chdir", "/tmp"});
  // Libraries that keep a thread or a memory pool for every core would make the limits depend on the machine.
  for (const auto& [name, value] : {std::pair{"PATH", "/usr/bin:/bin"},
                                    {"HOME", "/tmp"},
                                    {"TMPDIR", "/tmp"},
                                    {"LANG", "C.UTF-8"},
                                    {"TZ", "UTC"},
                                    {"PYTHONHASHSEED", "0"},
                                    {"PYTHONDONTWRITEBYTECODE", "1"},
                                    {"PYTHONUTF8", "1"},
                                    {"OMP_NUM_THREADS", "1"},
                                    {"OPENBLAS_NUM_THREADS", "1"},
                                    {"MKL_NUM_THREADS", "1"},
                                    {"MALLOC_ARENA_MAX", "2"}})
    command.insert(command.end(), {"--setenv", name, value});
  if (seccomp_filter_known()) command.insert(command.end(), {"--seccomp", fmt::to_string(seccomp_fd)});
  command.insert(command.end(), {"--", interpreter.executable, "-s", "-c", std::string(runner_source())});
  return command;
}

std::string bubblewrap_version() {
  Pipe out = make_pipe();
  const util::FileDescriptor in = empty_file();
  const util::FileDescriptor errors = memory_file("");
  try {
    ChildProcess child({"bwrap", "--version"}, {{0, in.get()}, {1, out.write_end.get()}, {2, errors.get()}});
    out.write_end = util::FileDescriptor();
    std::string text;
    while (out.read_end.valid() && text.size() < 4096) read_available(out.read_end, text, 256);
    if (child.wait().exit_code != 0) return {};
    while (!text.empty() && text.back() == '\n') text.pop_back();
    return text.substr(text.rfind(' ') + 1);
  } catch (const std::system_error&) {
    return {};
  }
}

std::string why_no_sandbox(const std::string& said) {
  const std::string sorry = "cannot build a sandbox for generated code ";
  if (said.find("nknown option") != std::string::npos)
    return fmt::format(
        "{}(bubblewrap {} is too old: {}); install 0.7 or newer, for example with "
        "`conda install -c conda-forge bubblewrap`",
        sorry, bubblewrap_version(), said);
  if (kernel_setting("/proc/sys/user/max_user_namespaces") == 0)
    return sorry + "(user namespaces are switched off); ask for `sysctl user.max_user_namespaces=15000`";
  if (kernel_setting("/proc/sys/kernel/unprivileged_userns_clone") == 0)
    return sorry + "(user namespaces are for root only); ask for `sysctl kernel.unprivileged_userns_clone=1`";
  if (kernel_setting("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") == 1)
    return sorry +
           "(AppArmor restricts user namespaces); ask for an AppArmor profile that allows bwrap `userns`, or "
           "for `sysctl kernel.apparmor_restrict_unprivileged_userns=0`";
  return fmt::format(
      "{}({}); in a container, start it so that user namespaces are allowed: docker and podman do "
      "with `--security-opt seccomp=unconfined --security-opt apparmor=unconfined`",
      sorry, said.empty() ? "bubblewrap did not say why" : said);
}

}  // namespace assay::eval
