// assay data: which data are here and which are to be downloaded; what a split holds. Touches no MPI and no
// model.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "assay/campaign/task_options.hpp"
#include "assay/eval/data_check.hpp"
#include "assay/eval/task.hpp"
#include "assay/util/suggest.hpp"
#include "cli/campaign_options.hpp"
#include "cli/command.hpp"

namespace assay::cli {
namespace {

namespace fs = std::filesystem;
using eval::DataState;
using eval::SplitReport;
using util::check_input;

constexpr const char* examples =
    "  assay data check --data-root DATA\n"
    "  assay data check --tasks hellaswag,gsm8k --rows\n"
    "  assay data check --category mathematics\n"
    "  assay data show openai/gsm8k --config main --split test --limit 2\n";

struct Wanted {
  campaign::CampaignConfig config;  ///< tasks, categories, folders of task files, data root
  eval::CountRows count = eval::CountRows::no;
  [[nodiscard]] bool names_tasks() const { return !config.tasks.empty() || !config.categories.empty(); }
};

constexpr std::string_view settings[] = {"tasks", "category", "data_root", "include_path"};

// The tasks that are meant. Those whose files cannot be read are told and passed over in a survey, and
// refused where they were asked for.
std::vector<eval::TaskConfig> selected_tasks(const Wanted& wanted) {
  campaign::CampaignConfig config = wanted.config;
  const bool survey = !wanted.names_tasks();
  if (survey) {
    const eval::TaskCatalogue catalogue(campaign::task_search_path(config.task_folders));
    for (const auto& [name, entry] : catalogue.entries()) {
      if (entry.kind == eval::EntryKind::task) config.tasks.push_back(name);
    }
  }
  eval::TaskSelection selection = campaign::select_tasks(config);
  for (const eval::BrokenTask& broken : selection.broken) {
    check_input(survey, "{}", broken.error);
    fmt::print("passed over: {}\n", broken.error);
  }
  return std::move(selection.tasks);
}

template <class Names>
std::string few(const Names& names, std::size_t most) {
  std::string text;
  std::size_t shown = 0;
  for (const std::string& name : names) {
    if (shown++ == most) return text + fmt::format(", ... ({})", names.size());
    text += (text.empty() ? "" : ", ") + name;
  }
  return text;
}

std::string size_text(std::uint64_t bytes) {
  const double mib = static_cast<double>(bytes) / (1 << 20);
  return mib < 0.1 ? fmt::format("{:.1f} KiB", mib * 1024) : fmt::format("{:.1f} MiB", mib);
}

// What the splits of one dataset have in common with a state.
struct Part {
  std::set<std::string> configs;
  std::set<std::string> splits;
  std::set<std::string> tasks;
  std::set<std::string> formats;
  std::uint64_t bytes = 0;
  std::int64_t rows = -1;
  std::string problem;  // the first
  bool partly = false;  // something of the dataset is there
};

void add(Part& part, const SplitReport& report) {
  if (!report.name.config.empty()) part.configs.insert(report.name.config);
  part.splits.insert(report.name.split);
  part.tasks.insert(report.tasks.begin(), report.tasks.end());
  for (const fs::path& file : report.files) part.formats.insert(file.extension().string().substr(1));
  part.bytes += report.bytes;
  if (report.rows >= 0) part.rows = std::max<std::int64_t>(part.rows, 0) + report.rows;
  if (part.problem.empty()) part.problem = report.problem;
}

const char* word_of(DataState state) {
  switch (state) {
    case DataState::present:
      return "present";
    case DataState::missing:
      return "missing";
    case DataState::unusable:
      return "FIX";
  }
  return "";
}

void print_part(const std::string& dataset, DataState state, const Part& part) {
  std::string what = dataset;
  if (!part.configs.empty()) what += fmt::format(" [{}]", few(part.configs, 3));
  std::string holds = few(part.splits, 4);
  if (!part.formats.empty()) holds += fmt::format("; {} {}", few(part.formats, 3), size_text(part.bytes));
  if (part.rows >= 0) holds += fmt::format("; {} rows", part.rows);
  fmt::print("{:<8} {}: {}; for {}\n", word_of(state), what, holds, few(part.tasks, 4));
  if (state == DataState::unusable || part.partly) fmt::print("         {}\n", part.problem);
}

util::ExitCode check(const Wanted& wanted) {
  const auto tasks = selected_tasks(wanted);
  const auto reports = eval::check_data(wanted.config.data_root, tasks, wanted.count);
  std::map<std::string, std::map<DataState, Part>> datasets;
  std::set<std::string> not_ready;
  for (const SplitReport& report : reports) {
    add(datasets[report.name.dataset][report.state], report);
    if (report.state != DataState::present) not_ready.insert(report.tasks.begin(), report.tasks.end());
  }
  std::error_code none;
  fmt::print("data root: {}{}\n", wanted.config.data_root.string(),
             fs::is_directory(wanted.config.data_root, none) ? "" : " (not a folder)");
  std::vector<std::string> to_download;
  for (auto& [dataset, parts] : datasets) {
    std::error_code ignored;
    for (auto& [state, part] : parts) {
      part.partly = state == DataState::missing && fs::exists(wanted.config.data_root / dataset, ignored);
      print_part(dataset, state, part);
    }
    if (parts.contains(DataState::missing)) to_download.push_back(dataset);
  }
  fmt::print("\n{} of {} tasks have their data.\n", tasks.size() - not_ready.size(), tasks.size());
  if (!to_download.empty()) {
    fmt::print(
        "\nTo get what is missing, on a login node (hf comes with `pip install huggingface_hub`; older ones "
        "call it "
        "huggingface-cli):\n");
    for (const std::string& dataset : to_download)
      fmt::print("  {}\n", eval::download_command(wanted.config.data_root, dataset));
  }
  const bool named = wanted.names_tasks();
  return named && !not_ready.empty() ? util::ExitCode::usage : util::ExitCode::ok;
}

util::ExitCode show(const Wanted& wanted, const po::variables_map& values, const std::string& dataset) {
  check_input(!dataset.empty(), "say which dataset: `assay data show NAME --split SPLIT`");
  check_input(values.count("split") > 0, "say which split: `assay data show {} --split test`", dataset);
  const std::string config = values.count("config") > 0 ? values["config"].as<std::string>() : "";
  const auto limit = values["limit"].as<std::int64_t>();
  check_input(limit >= 0, "--limit is negative");
  const std::int64_t rows =
      eval::show_rows(wanted.config.data_root, {dataset, config, values["split"].as<std::string>()}, limit,
                      [](std::string_view row) { fmt::print("{}\n", row); });
  fmt::print(stderr, "{} of {} rows\n", std::min(limit, rows), rows);
  return util::ExitCode::ok;
}

Wanted read_options(const po::variables_map& values) {
  Wanted wanted;
  if (const char* root = std::getenv("ASSAY_DATA_ROOT")) wanted.config.data_root = root;
  read_setting_options(values, settings, wanted.config);
  if (values["rows"].as<bool>()) wanted.count = eval::CountRows::yes;
  return wanted;
}

util::ExitCode run(const std::vector<std::string>& arguments) {
  po::options_description options("Options");
  options.add_options()("words", po::value<std::vector<std::string>>()->value_name("WORDS"),
                        "check, or show and a dataset (also as plain words)")(
      "rows", po::bool_switch(), "check: read the files through and count their rows")(
      "config", po::value<std::string>()->value_name("NAME"), "show: configuration (dataset_name)")(
      "split", po::value<std::string>()->value_name("NAME"), "show: split")(
      "limit", po::value<std::int64_t>()->value_name("N")->default_value(5), "show: first N rows");
  add_setting_options(options, settings);
  po::positional_options_description positional;
  positional.add("words", 2);
  const auto values = parse_arguments(arguments, options, positional, "data");
  if (values.count("help") > 0) {
    print_help(
        "assay data check|show [DATASET] [OPTIONS]",
        "check: says which data of the tasks are under the data root and what to download for the rest.\n"
        "       Without --tasks or --category it looks at every task and exits with 0; with them it\n"
        "       exits with 2 unless all their data are there.\n"
        "show:  prints rows of a split as tasks see them, one JSON object a line.",
        options, examples);
    return util::ExitCode::ok;
  }
  const auto words =
      values.count("words") > 0 ? values["words"].as<std::vector<std::string>>() : std::vector<std::string>();
  check_input(!words.empty(), "say what to do: `assay data check` or `assay data show DATASET`");
  const Wanted wanted = read_options(values);
  const std::vector<std::string> verbs{"check", "show"};
  const bool known = std::ranges::count(verbs, words[0]) > 0;
  check_input(known, "cannot {} data{}; choose check or show", words[0], util::did_you_mean(words[0], verbs));
  check_input(!wanted.config.data_root.empty(),
              "no data root is named; give --data-root DIR or set ASSAY_DATA_ROOT");
  if (words[0] == "show") return show(wanted, values, words.size() > 1 ? words[1] : "");
  check_input(words.size() == 1, "too many words after check; tasks are named by --tasks");
  return check(wanted);
}

}  // namespace

extern const Command command_data{"data", "say which data are here and what to download", run};

}  // namespace assay::cli
