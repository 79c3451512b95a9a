// Helpers of the eval tests: recorded data, and a folder that is removed afterwards.
#pragma once

#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "assay/util/error.hpp"
#include "assay/util/files.hpp"
#include "assay/util/json.hpp"

namespace assay::eval::test {

inline std::filesystem::path data_folder() {
  return std::filesystem::path(ASSAY_TEST_DATA) / "eval";
}
inline std::filesystem::path task_file(const std::string& name) {
  return std::filesystem::path(ASSAY_SOURCE_DIR) / "configs" / "tasks" / (name + ".yaml");
}
inline util::OrderedJson recorded(const std::filesystem::path& name) {
  const auto path = data_folder() / name;
  return util::parse_ordered_json(util::read_file(path), path.string());
}

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "assay-eval-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  /// Writes a file below the folder and returns its path.
  std::filesystem::path write(const std::filesystem::path& name, const std::string& text) const {
    std::filesystem::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name, std::ios::binary) << text;
    return path_ / name;
  }

 private:
  std::filesystem::path path_;
};

/// The message of the InputError that `function` throws; fails the test if it throws none.
template <class Function>
std::string input_error(Function function) {
  try {
    function();
  } catch (const util::InputError& error) {
    return error.what();
  }
  FAIL("no InputError was thrown");
  return "";
}

}  // namespace assay::eval::test
