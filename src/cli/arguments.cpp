#include "cli/arguments.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <sstream>

#include "assay/util/error.hpp"
#include "assay/util/suggest.hpp"

namespace assay::cli {

po::variables_map parse_arguments(const std::vector<std::string>& arguments, po::options_description& options,
                                  const po::positional_options_description& positional,
                                  const std::string& command) {
  options.add_options()("help,h", "show this help");
  std::vector<std::string> names;
  for (const auto& option : options.options()) names.push_back("--" + option->long_name());
  const std::string hint = fmt::format("; see `assay {} --help`", command);
  try {
    po::variables_map values;
    const int style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
    po::store(po::command_line_parser(arguments).options(options).positional(positional).style(style).run(),
              values);
    po::notify(values);
    return values;
  } catch (const po::unknown_option& error) {
    const std::string name = error.get_option_name();
    util::fail_input("unknown option {}{}{}", name, util::did_you_mean(name, names), hint);
  } catch (const po::too_many_positional_options_error&) {
    util::fail_input("too many arguments{}", hint);
  } catch (const po::error& error) {
    util::fail_input("{}{}", error.what(), hint);
  }
}

void print_help(const std::string& usage, const std::string& about, const po::options_description& options,
                const std::string& examples) {
  std::ostringstream text;
  text << "Usage: " << usage << "\n\n"
       << about << "\n\n"
       << options << "\nExamples:\n"
       << examples << "\n"
       << exit_code_help();
  std::fputs(text.str().c_str(), stdout);
}

const char* exit_code_help() {
  return "Exit codes: 0 done, 1 internal error, or a failure of the machine (disk full, out of memory),\n"
         "            2 bad usage or input, or a model too large for the memory, 3 finished with failed "
         "tasks,\n"
         "            75 stopped on request (the same command resumes)\n";
}

}  // namespace assay::cli
