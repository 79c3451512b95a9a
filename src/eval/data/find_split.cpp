#include "eval/data/find_split.hpp"

#include <algorithm>

#include "assay/util/error.hpp"
#include "assay/util/files.hpp"
#include "eval/data/byte_source.hpp"
#include "eval/data/format.hpp"

namespace assay::eval {
namespace {

namespace fs = std::filesystem;
using util::check_input;

// A name from a task file becomes part of a path: it must stay below the root.
void check_relative(const std::string& name, std::string_view what) {
  const fs::path path(name);
  check_input(!name.empty() && !path.is_absolute() && name.find('\0') == std::string::npos &&
                  std::ranges::none_of(path, [](const fs::path& part) { return part == ".."; }),
              "{} \"{}\" is not a name inside the data root", what, name);
}

std::string list_of(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

// What a folder offers: splits where there are any, else sub-folders.
std::string contents(const fs::path& folder) {
  std::vector<std::string> splits;
  std::vector<std::string> folders;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    const std::string name = it->path().filename().string();
    if (it->is_directory(error))
      folders.push_back(name);
    else if (const std::string split = stem_of(name); !split.empty())
      splits.push_back(split);
  }
  std::ranges::sort(splits);
  std::ranges::sort(folders);
  if (!splits.empty()) return "splits there: " + list_of(splits);
  if (!folders.empty()) return "folders there: " + list_of(folders);
  return "nothing readable is there";
}

// "<split>.<ext>" in a folder laid out by hand; of several, the first kind in this order.
fs::path plain_file(const fs::path& folder, const std::string& split) {
  for (const std::string_view extension : {".jsonl", ".json", ".csv", ".tsv", ".parquet", ".ndjson"}) {
    for (const std::string_view compression : compression_suffixes()) {
      const std::string name = split + std::string(extension) + std::string(compression);
      std::error_code error;
      if (format_of(name) != DataFormat::none && fs::exists(folder / name, error)) return folder / name;
    }
  }
  return {};
}

// The revision that `main` means, else the only one.
fs::path revision_folder(const fs::path& repository) {
  std::error_code error;
  const fs::path reference = repository / "refs" / "main";
  if (fs::is_regular_file(reference, error)) {
    std::string revision = util::read_file(reference, 4096);
    revision.erase(revision.find_last_not_of(" \r\n") + 1);
    const bool is_name = !revision.empty() && revision.find('/') == std::string::npos && revision[0] != '.';
    check_input(is_name, "{} names no revision; download the dataset anew", reference.string());
    if (fs::is_directory(repository / "snapshots" / revision, error))
      return repository / "snapshots" / revision;
  }
  std::vector<std::string> found;
  for (fs::directory_iterator it(repository / "snapshots", error), end; !error && it != end;
       it.increment(error))
    found.push_back(it->path().filename().string());
  std::ranges::sort(found);
  if (found.size() == 1) return repository / "snapshots" / found[0];
  check_input(found.size() < 2,
              "{} holds several revisions ({}) and refs/main names none of them; remove all but one",
              repository.string(), list_of(found));
  return {};
}

}  // namespace

// The repository's folder in the hub's cache, or empty.
fs::path SplitFinder::cache_folder(const std::string& dataset) const {
  std::string name = "datasets--";
  for (const char c : dataset) name += c == '/' ? std::string("--") : std::string(1, c);
  for (const fs::path& folder : {root_ / name, root_ / "hub" / name}) {
    std::error_code error;
    if (fs::is_directory(folder / "snapshots", error)) return folder;
  }
  return {};
}

const Snapshot* SplitFinder::snapshot(const fs::path& folder, const fs::path& boundary) {
  if (listed_ != folder) {
    last_ = std::make_shared<Snapshot>(folder, fs::canonical(boundary));
    listed_ = folder;
  }
  return last_.get();
}

SplitFiles SplitFinder::find(const SplitName& name) {
  const std::string config = name.config.empty() ? "default" : name.config;
  check_relative(name.dataset, "dataset_path");
  check_relative(config, "dataset_name");
  check_relative(name.split, "the split");
  SplitFiles found;
  if (const fs::path file = plain_file(root_ / name.dataset / config, name.split); !file.empty()) {
    found.files = {file};
    return found;
  }
  std::error_code error;
  if (const fs::path folder = root_ / name.dataset; fs::is_directory(folder, error)) {
    found = snapshot(folder, folder)->find(name.config, name.split);
    if (!found.files.empty()) return found;
    found.missing = folder.string() + ": " + found.missing;
  }
  if (const fs::path repository = cache_folder(name.dataset); !repository.empty()) {
    if (const fs::path revision = revision_folder(repository); !revision.empty()) {
      SplitFiles cached = snapshot(revision, repository)->find(name.config, name.split);
      if (!cached.files.empty()) return cached;
      found.missing = revision.string() + ": " + cached.missing;
    }
  }
  found.missing = why_missing(name, found.missing);
  return found;
}

// `seen`: what the dataset's own folder holds instead, or empty if there is none.
std::string SplitFinder::why_missing(const SplitName& name, const std::string& seen) const {
  std::error_code error;
  if (!fs::is_directory(root_, error)) {
    return fmt::format(
        "the data root {} is not a folder; name the folder of datasets with --data-root or ASSAY_DATA_ROOT",
        root_.string());
  }
  std::string there = seen;
  if (there.empty()) {
    fs::path exists = root_ / name.dataset;
    while (exists != root_ && !fs::is_directory(exists, error)) exists = exists.parent_path();
    there = exists.string() + ": " + contents(exists);
  }
  const std::string config = name.config.empty() ? "" : fmt::format(" of configuration \"{}\"", name.config);
  return fmt::format(
      "the split \"{}\"{} of {} is not under the data root ({}); `assay data check` says what to download, "
      "or "
      "put it at {} (or {})",
      name.split, config, name.dataset, there,
      (root_ / name.dataset / (name.config.empty() ? "default" : name.config) / (name.split + ".jsonl"))
          .string(),
      readable_extensions());
}

}  // namespace assay::eval
