// Splits told by the names of files and folders, as Hugging Face's `datasets` 5 tells them where a repository
// has no card that says which file is what.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace assay::eval {

/// Splits with their files, from relative paths. The first rule that finds any file decides for all:
///   data/<split>-00000-of-00001*   for splits of any name
///   a folder named after train, validation or test (also training, valid, dev, val, testing, eval,
///   evaluation) a file named so; in both, the word may stand between any of "-._ " and digits every file is
///   "train"
[[nodiscard]] std::vector<std::pair<std::string, std::vector<std::string>>> tell_splits_apart(
    const std::vector<std::string>& files);

/// The folder above what gives a file its split: files of one split with different ones may be of different
/// configurations.
[[nodiscard]] std::string config_folder_of(const std::string& file, const std::string& split);

}  // namespace assay::eval
