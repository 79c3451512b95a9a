#include <algorithm>
#include <fstream>

#include "assay/eval/task.hpp"
#include "assay/text/python.hpp"
#include "assay/util/error.hpp"
#include "assay/util/suggest.hpp"

namespace assay::eval {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t max_files = 100'000;
constexpr int max_depth = 16;
// `task:` stands near the top of a file; what lies beyond is not searched for it.
constexpr std::size_t head_bytes = 64 * 1024;

bool is_yaml(const fs::path& path) {
  return path.extension() == ".yaml" || path.extension() == ".yml";
}

// The value of the top-level `task:` key if it is a plain word; groups (a list of tasks) have none.
std::string task_name(const fs::path& file) {
  std::string head(head_bytes, '\0');
  std::ifstream in(file, std::ios::binary);
  in.read(head.data(), static_cast<std::streamsize>(head.size()));
  head.resize(static_cast<std::size_t>(std::max<std::streamsize>(in.gcount(), 0)));
  for (std::string_view rest = head; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    if (!line.starts_with("task:")) continue;
    std::string_view value = line.substr(5);
    value = text::python::strip(value.substr(0, value.find(" #")));
    if (value.size() >= 2 && (value[0] == '"' || value[0] == '\'') && value.back() == value[0]) {
      value = value.substr(1, value.size() - 2);
    }
    const bool plain = value.find_first_of("[]{}&*!|>\"'") == std::string_view::npos;
    return plain ? std::string(value) : std::string();
  }
  return "";
}

}  // namespace

TaskCatalogue::TaskCatalogue(std::vector<fs::path> folders) {
  for (const fs::path& folder : folders) {
    std::vector<fs::path> files;
    std::error_code error;
    fs::recursive_directory_iterator it(folder, fs::directory_options::skip_permission_denied, error);
    for (const fs::recursive_directory_iterator end; !error && it != end; it.increment(error)) {
      if (it.depth() >= max_depth) it.disable_recursion_pending();
      std::error_code ignored;
      if (is_yaml(it->path()) && it->is_regular_file(ignored)) files.push_back(it->path());
      util::check_input(files.size() <= max_files, "the task folder {} holds more than {} files",
                        folder.string(), max_files);
    }
    std::ranges::sort(files);
    for (const fs::path& file : files) {
      if (const std::string name = task_name(file); !name.empty()) tasks_.try_emplace(name, file);
    }
  }
}

TaskConfig TaskCatalogue::load(const std::string& name_or_file) const {
  if (is_yaml(name_or_file)) return load_task(name_or_file);
  const auto found = tasks_.find(name_or_file);
  if (found != tasks_.end()) return load_task(found->second);
  std::vector<std::string> names;
  for (const auto& [name, file] : tasks_) names.push_back(name);
  util::fail_input(
      "there is no task \"{}\"{}; `assay list tasks` shows all, and a path ending in .yaml names a file",
      name_or_file, util::did_you_mean(name_or_file, names));
}

}  // namespace assay::eval
