// assay: evaluates large language models on clusters. One subcommand a file in commands/.
#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <exception>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "assay/comm/agreement.hpp"
#include "assay/util/log.hpp"
#include "assay/util/suggest.hpp"
#include "cli/arguments.hpp"
#include "cli/command.hpp"

namespace {

using assay::cli::Command;
using assay::util::ExitCode;

void print_usage() {
  std::string text =
      "assay evaluates large language models: one model, loaded once and sharded over the ranks of\n"
      "mpirun or srun, many datasets, one HDF5 file of results.\n\nUsage: assay COMMAND "
      "[OPTIONS]\n\nCommands:\n";
  for (const Command* command : assay::cli::commands())
    text += fmt::format("  {:<9} {}\n", command->name, command->summary);
  text +=
      "\nExamples:\n"
      "  assay list tasks\n"
      "  mpirun -np 4 assay run --model DIR --tasks hellaswag,gsm8k --tp 2 --pp 2 --data-root DATA -o "
      "out.h5\n"
      "  assay results show out.h5\n\n"
      "`assay COMMAND --help` shows a command's options and examples.\n\n";
  text += assay::cli::exit_code_help();
  std::fputs(text.c_str(), stdout);
}

const Command& find_command(const std::string& name) {
  std::vector<std::string> names;
  for (const Command* command : assay::cli::commands()) {
    if (name == command->name) return *command;
    names.emplace_back(command->name);
  }
  assay::util::fail_input("unknown command {}{}; see `assay --help`", name,
                          assay::util::did_you_mean(name, names));
}

ExitCode run(const std::vector<std::string>& arguments) {
  if (arguments.empty() || arguments[0] == "--help" || arguments[0] == "-h" || arguments[0] == "help") {
    print_usage();
    return arguments.empty() ? ExitCode::usage : ExitCode::ok;
  }
  const std::string name = arguments[0] == "--version" ? "version" : arguments[0];
  return find_command(name).run({arguments.begin() + 1, arguments.end()});
}

// A failure that the ranks have not agreed about. Bad usage is the same on all of them: the first says it,
// and the others stay until it has, because a launcher may end the job when one leaves.
void say(const assay::comm::Failure& failure) {
  if (failure.message.empty()) return;
  if (failure.code == ExitCode::usage && assay::comm::launched_rank() > 0) {
    std::this_thread::sleep_for(std::chrono::seconds(1));
    return;
  }
  assay::util::log_error("{}", failure.message);
}

}  // namespace

int main(int argc, char** argv) {
  assay::util::set_log_rank(assay::comm::launched_rank());
  try {
    return static_cast<int>(run({argv + 1, argv + argc}));
  } catch (const std::exception& error) {
    const auto failure = assay::comm::describe_failure(error);
    say(failure);
    return static_cast<int>(failure.code);
  }
}
