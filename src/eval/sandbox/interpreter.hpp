// The Python interpreter of the sandbox: where it is and which folders it needs.
#pragma once

#include <string>
#include <vector>

namespace assay::eval {

struct Interpreter {
  std::string executable;  ///< absolute path, as the interpreter itself gives it
  std::string version;     ///< "3.11.2"
  std::vector<std::string>
      folders;  ///< absolute; what it reads beside /usr and /lib: its installation, its venv
};

/// Asks `python` (a path, or a name looked up in PATH). Throws InputError: not there, too old, or spread over
/// folders that a sandbox cannot show.
[[nodiscard]] Interpreter find_interpreter(const std::string& python);

}  // namespace assay::eval
