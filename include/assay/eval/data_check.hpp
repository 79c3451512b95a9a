// Which data of tasks lie under a data root, before anything runs. Reads names and cards, no rows unless
// asked.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "assay/eval/task.hpp"

namespace assay::eval {

/// A split of a dataset on the hub. `config`: the task's dataset_name; empty: the dataset's default.
struct SplitName {
  std::string dataset;
  std::string config;
  std::string split;
  auto operator<=>(const SplitName&) const = default;
};

/// What a task reads: the split that is scored, and that of its shots if it has any.
[[nodiscard]] std::vector<SplitName> needed_splits(const TaskConfig& task);

enum class DataState {
  present,
  missing,  ///< not there: to be downloaded
  unusable  ///< there, and not to be read or not clear which files are meant
};

struct SplitReport {
  SplitName name;
  std::vector<std::string> tasks;  ///< that read it, in the order given
  DataState state = DataState::missing;
  std::vector<std::filesystem::path> files;
  std::uint64_t bytes = 0;  ///< of the files
  std::int64_t rows = -1;   ///< -1: not counted
  std::string problem;      ///< a sentence, unless present
};

enum class CountRows { no, yes };

/// A report for every split that the tasks need, by dataset, configuration and split. Throws only for names
/// that leave the root.
[[nodiscard]] std::vector<SplitReport> check_data(const std::filesystem::path& root,
                                                  const std::vector<TaskConfig>& tasks,
                                                  CountRows count = CountRows::no);

/// Calls `row` with the first `limit` rows of a split (all if negative), each a JSON text in one line;
/// numbers that JSON cannot say are null there. Returns the number of rows in the files. Throws InputError as
/// tasks would.
std::int64_t show_rows(const std::filesystem::path& root, const SplitName& name, std::int64_t limit,
                       const std::function<void(std::string_view)>& row);

/// The command that downloads a dataset to where tasks look for it, for a shell: the hub's Parquet form of it
/// where what is there already holds a program (`<name>.py`) in place of data.
[[nodiscard]] std::string download_command(const std::filesystem::path& root, const std::string& dataset);

}  // namespace assay::eval
