// assay list: what there is to choose from. Touches no MPI, no model, no data.
#include <fmt/ranges.h>

#include <nlohmann/json.hpp>

#include "assay/campaign/config.hpp"
#include "assay/eval/task.hpp"
#include "assay/model/arch_spec.hpp"
#include "assay/util/suggest.hpp"
#include "cli/arguments.hpp"
#include "cli/command.hpp"

namespace assay::cli {
namespace {

constexpr const char* examples =
    "  assay list tasks\n"
    "  assay list tasks --include-path my_tasks\n"
    "  assay list categories\n"
    "  assay list models\n";

void list_tasks(const std::vector<std::filesystem::path>& folders) {
  const eval::TaskCatalogue catalogue(campaign::task_search_path(folders));
  constexpr const char* kinds[] = {"task", "group", "tag"};
  for (const auto& [name, entry] : catalogue.entries()) {
    const std::string from = entry.kind == eval::EntryKind::tag ? fmt::format("{} tasks", entry.tasks.size())
                                                                : entry.file.string();
    fmt::print("{:<44} {:<5} {:<28} {}\n", name, kinds[static_cast<int>(entry.kind)],
               fmt::format("{}", fmt::join(entry.categories, ",")), from);
  }
}

void list_categories(const std::vector<std::filesystem::path>& folders) {
  const eval::TaskCatalogue catalogue(campaign::task_search_path(folders));
  for (const std::string& category : catalogue.categories())
    fmt::print("{:<24} {}\n", category, fmt::join(catalogue.in_category(category), ", "));
}

void list_models() {
  fmt::print("model_type of config.json:\n");
  for (const std::string& name : model::supported_model_types()) fmt::print("  {}\n", name);
}

util::ExitCode run(const std::vector<std::string>& arguments) {
  po::options_description options("Options");
  options.add_options()("what", po::value<std::string>()->value_name("KIND"),
                        "tasks, categories or models (also as a plain word)")(
      "include-path", po::value<std::vector<std::string>>()->value_name("DIR"),
      "folder of further task YAMLs, searched first");
  po::positional_options_description positional;
  positional.add("what", 1);
  const auto values = parse_arguments(arguments, options, positional, "list");
  if (values.count("help") > 0) {
    print_help("assay list tasks|categories|models [OPTIONS]",
               "Lists the tasks, groups and tags that can be named in --tasks, the categories for "
               "--category, or the "
               "models that can be loaded.",
               options, examples);
    return util::ExitCode::ok;
  }
  util::check_input(values.count("what") > 0,
                    "say what to list: `assay list tasks`, `assay list categories` or `assay list models`");
  const std::string what = values["what"].as<std::string>();
  std::vector<std::filesystem::path> folders;
  if (values.count("include-path") > 0) {
    for (const auto& folder : values["include-path"].as<std::vector<std::string>>())
      folders.emplace_back(folder);
  }
  const std::vector<std::string> kinds{"tasks", "categories", "models"};
  if (what == "tasks")
    list_tasks(folders);
  else if (what == "categories")
    list_categories(folders);
  else if (what == "models")
    list_models();
  else
    util::fail_input("cannot list {}{}; choose tasks, categories or models", what,
                     util::did_you_mean(what, kinds));
  return util::ExitCode::ok;
}

}  // namespace

extern const Command command_list{"list", "list tasks, categories or models", run};

}  // namespace assay::cli
