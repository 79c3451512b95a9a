#include "assay/eval/data_check.hpp"

#include <algorithm>
#include <map>
#include <new>

#include "assay/util/error.hpp"
#include "eval/data/dataset.hpp"
#include "eval/data/find_split.hpp"
#include "eval/data/format.hpp"
#include "eval/data/parquet.hpp"

namespace assay::eval {
namespace {

namespace fs = std::filesystem;

bool holds_parquet(const std::vector<fs::path>& files) {
  return std::ranges::any_of(
      files, [](const fs::path& file) { return format_of(file.filename().string()) == DataFormat::parquet; });
}

void look(SplitFinder& finder, CountRows count, SplitReport& report) {
  try {
    SplitFiles found = finder.find(report.name);
    report.problem = found.missing;
    if (found.files.empty()) return;
    report.files = std::move(found.files);
    for (const fs::path& file : report.files) {
      std::error_code error;
      const std::uintmax_t size = fs::file_size(file, error);
      report.bytes += error ? 0 : size;
    }
    report.state = DataState::unusable;
    if (holds_parquet(report.files)) report.problem = parquet_problem();
    if (!report.problem.empty()) return;
    if (count == CountRows::yes) {
      report.rows = read_rows(report.files, 0, {}, found.separator).rows;
      util::check_input(report.rows > 0, "{} is empty; a split needs at least one document",
                        report.files[0].string());
    }
    report.state = DataState::present;
  } catch (const util::InputError& error) {
    report.state = DataState::unusable;
    report.problem = error.what();
  } catch (const std::bad_alloc&) {
    report.state = DataState::unusable;
    report.problem = "reading it needs more memory than there is";
  }
}

// A repository that was downloaded and holds a program in place of data: the hub keeps what it makes as
// Parquet.
bool is_script(const fs::path& folder) {
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    if (it->path().extension() == ".py") return true;
  }
  return false;
}

// As one word of a shell.
std::string quoted(const std::string& word) {
  const bool plain = !word.empty() && word.find_first_not_of(
                                          "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                          "0123456789/._-+:@%=,") == std::string::npos;
  if (plain) return word;
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

}  // namespace

std::vector<SplitName> needed_splits(const TaskConfig& task) {
  std::vector<SplitName> splits{{task.dataset_path, task.dataset_name, task.test_split}};
  const bool reads_shots = task.num_fewshot > 0 && task.fewshot.samples.is_null();
  if (reads_shots && task.fewshot_split != task.test_split)
    splits.push_back({task.dataset_path, task.dataset_name, task.fewshot_split});
  return splits;
}

std::vector<SplitReport> check_data(const fs::path& root, const std::vector<TaskConfig>& tasks,
                                    CountRows count) {
  std::map<SplitName, SplitReport> reports;
  for (const TaskConfig& task : tasks) {
    for (const SplitName& name : needed_splits(task)) {
      SplitReport& report = reports[name];
      report.name = name;
      report.tasks.push_back(task.task);
    }
  }
  SplitFinder finder(root);
  std::vector<SplitReport> result;
  for (auto& [name, report] : reports) {
    look(finder, count, report);
    result.push_back(std::move(report));
  }
  return result;
}

std::int64_t show_rows(const fs::path& root, const SplitName& name, std::int64_t limit,
                       const std::function<void(std::string_view)>& row) {
  const Split split = read_split(root, name.dataset, name.config, name.split, limit);
  for (const Document& document : split.documents) row(document.fields.dump());
  return split.rows;
}

std::string download_command(const fs::path& root, const std::string& dataset) {
  return fmt::format("hf download --repo-type dataset {}{} --local-dir {}", quoted(dataset),
                     is_script(root / dataset) ? " --revision refs/convert/parquet" : "",
                     quoted((root / dataset).string()));
}

}  // namespace assay::eval
