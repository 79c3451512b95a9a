// assay results: look at results files and write them in other tools' formats.
#include <fmt/format.h>

#include <cstdio>
#include <iostream>

#include "assay/results/export.hpp"
#include "assay/results/show.hpp"
#include "assay/util/suggest.hpp"
#include "cli/arguments.hpp"
#include "cli/command.hpp"

namespace assay::cli {
namespace {

constexpr const char* usage =
    "assay results show FILE\n       assay results export FILE --format lm-eval|csv|jsonl [OPTIONS]";
constexpr const char* examples =
    "  assay results show out.h5\n"
    "  assay results export out.h5 --format lm-eval --output-dir out\n"
    "  assay results export out.h5 --format csv --table metrics > metrics.csv\n"
    "  assay results export out.h5 --format jsonl --table samples > samples.jsonl\n";

// One of `names`, or InputError with the nearest.
std::size_t choose(const std::string& option, const std::string& value,
                   const std::vector<std::string>& names) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] == value) return i;
  }
  util::fail_input("{} {} is not known{}; choose one of {}", option, value, util::did_you_mean(value, names),
                   fmt::join(names, ", "));
}

void run_export(const std::string& file, const po::variables_map& values) {
  util::check_input(values.count("format") > 0, "say in which format: --format lm-eval, csv or jsonl");
  const auto format = choose("--format", values["format"].as<std::string>(), {"lm-eval", "csv", "jsonl"});
  if (format == 0) {
    util::check_input(values.count("output-dir") > 0,
                      "--format lm-eval writes several files; give --output-dir DIR");
    util::check_input(values.count("table") == 0, "--table goes with --format csv or jsonl");
    for (const auto& written : results::export_lm_eval(file, values["output-dir"].as<std::string>()))
      fmt::print("{}\n", written.string());
    return;
  }
  util::check_input(values.count("output-dir") == 0,
                    "--output-dir goes with --format lm-eval; this table is printed");
  const std::string name = values.count("table") > 0 ? values["table"].as<std::string>() : "metrics";
  const auto table = choose("--table", name, {"metrics", "samples"});
  results::export_table(file, table == 0 ? results::ExportTable::metrics : results::ExportTable::samples,
                        format == 1 ? results::ExportFormat::csv : results::ExportFormat::jsonl, std::cout);
  if (!std::cout.flush()) util::fail_errno("cannot write the table");
}

util::ExitCode run(const std::vector<std::string>& arguments) {
  po::options_description options("Options of export");
  options.add_options()("format", po::value<std::string>()->value_name("NAME"),
                        "lm-eval (results_*.json and samples_*.jsonl), csv or jsonl (one table on stdout)")(
      "table", po::value<std::string>()->value_name("NAME"), "metrics (default) or samples")(
      "output-dir", po::value<std::string>()->value_name("DIR"), "where --format lm-eval writes");
  po::options_description all("Options of export");
  all.add(options).add_options()("action", po::value<std::string>())("file", po::value<std::string>());
  po::positional_options_description positional;
  positional.add("action", 1).add("file", 1);
  const auto values = parse_arguments(arguments, all, positional, "results");
  if (values.count("help") > 0) {
    print_help(usage, "Shows a results file, or writes it as the files of other tools.", options, examples);
    return util::ExitCode::ok;
  }
  util::check_input(values.count("action") > 0,
                    "say what to do: `assay results show FILE` or `assay results export FILE`");
  const auto action = choose("action", values["action"].as<std::string>(), {"show", "export"});
  util::check_input(values.count("file") > 0, "name the results file: `assay results {} FILE`",
                    values["action"].as<std::string>());
  const std::string file = values["file"].as<std::string>();
  if (action == 0)
    std::fputs(results::show(file).c_str(), stdout);
  else
    run_export(file, values);
  return util::ExitCode::ok;
}

}  // namespace

extern const Command command_results{"results", "show or export a results file", run};

}  // namespace assay::cli
