// Parsing a subcommand's arguments with Boost.Program_options: errors in our words, with the nearest option.
#pragma once

#include <boost/program_options.hpp>
#include <string>
#include <vector>

namespace assay::cli {

namespace po = boost::program_options;

/// Parsed arguments. Adds --help to `options`. `positional` are names of options that take plain words.
/// Throws InputError for unknown options, missing values, surplus words.
[[nodiscard]] po::variables_map parse_arguments(const std::vector<std::string>& arguments,
                                                po::options_description& options,
                                                const po::positional_options_description& positional,
                                                const std::string& command);

/// Prints usage, options and examples to stdout.
void print_help(const std::string& usage, const std::string& about, const po::options_description& options,
                const std::string& examples);

/// The exit codes, for help texts.
[[nodiscard]] const char* exit_code_help();

}  // namespace assay::cli
