#include "eval/data/snapshot.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "assay/util/error.hpp"
#include "assay/util/suggest.hpp"
#include "eval/data/format.hpp"
#include "eval/data/glob.hpp"
#include "eval/data/split_names.hpp"

namespace assay::eval {
namespace {

namespace fs = std::filesystem;
using util::check_input;
using util::fail_input;

constexpr std::size_t max_files = 100'000;
constexpr int max_depth = 16;
constexpr std::size_t max_shown = 30;

template <class Range>
std::string list_of(const Range& names) {
  std::string text;
  std::size_t shown = 0;
  for (const std::string& name : names) {
    if (shown++ == max_shown) return text + ", ...";
    text += (text.empty() ? "" : ", ") + name;
  }
  return text;
}

// Metadata of a repository, which `datasets` passes over too.
bool is_metadata(const std::string& name) {
  static const std::set<std::string> names = {"config.json", "dataset_info.json", "dataset_infos.json",
                                              "dataset_dict.json", "state.json"};
  return names.contains(name);
}

std::string in_folder(const std::string& folder, const std::string& name) {
  return folder.empty() ? name : folder + "/" + name;
}

std::string parent_of(const std::string& file) {
  const std::size_t slash = file.rfind('/');
  return slash == std::string::npos ? "" : file.substr(0, slash);
}

std::string_view file_name_of(std::string_view file) {
  return file.substr(file.rfind('/') + 1);
}

// Hidden files, and folders for caches, are data only where a pattern names them: count how often either
// does.
std::size_t special_parts(std::string_view path) {
  std::size_t count = 0;
  for (std::size_t at = 0; at < path.size();) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    const std::string_view part = path.substr(at, end - at);
    const bool is_folder = end < path.size();
    if (part.starts_with('.') || (is_folder && part.starts_with("__"))) ++count;
    at = end + 1;
  }
  return count;
}

// The files of the format that most have; "json" and "csv" of either kind.
std::vector<std::string> of_one_family(std::vector<std::string> files) {
  std::map<std::string_view, std::size_t> counts;
  for (const std::string& file : files) ++counts[family_of(format_of(file))];
  std::string_view best;
  for (const std::string_view family : {"parquet", "json", "csv"}) {
    if (counts[family] > (best.empty() ? 0 : counts[best])) best = family;
  }
  std::erase_if(files, [&](const std::string& file) { return family_of(format_of(file)) != best; });
  return files;
}

}  // namespace

Snapshot::Snapshot(fs::path folder, fs::path boundary)
    : folder_(std::move(folder)), boundary_(std::move(boundary)), card_(read_dataset_card(folder_)) {
  std::error_code error;
  std::size_t seen = 0;
  fs::recursive_directory_iterator it(folder_, fs::directory_options::none, error);
  for (const fs::recursive_directory_iterator end; !error && it != end; it.increment(error)) {
    check_input(++seen <= max_files, "{} holds more than {} files, which is no dataset that can be read",
                folder_.string(), max_files);
    const std::string name = it->path().filename().string();
    if (it.depth() >= max_depth || name == ".cache" || name == ".git") it.disable_recursion_pending();
    std::error_code ignored;
    if (format_of(name) == DataFormat::none || is_metadata(name) || !it->is_regular_file(ignored)) continue;
    files_.push_back(it->path().lexically_relative(folder_).generic_string());
  }
  // Part of a split would pass for the whole.
  check_input(!error, "{} cannot be listed ({})", folder_.string(), error.message());
  std::ranges::sort(files_);
}

SplitFiles Snapshot::find(const std::string& config, const std::string& split) const {
  if (const CardConfig* chosen = choose(config)) return find_by_card(*chosen, split);
  if (config.empty() || config == "default") {
    if (has_folder("default")) return find_in_folder("default", split);
    if (card_.configs.empty()) return find_in_folder("", split);
    Names names;
    for (const CardConfig& known : card_.configs) names.push_back(known.name);
    fail_input("{} names no default among its configurations ({}); give one as dataset_name",
               card_.file.string(), list_of(names));
  }
  for (const std::string& folder : {config, "data/" + config}) {
    if (has_folder(folder)) return find_in_folder(folder, split);
  }
  Names names;
  for (const CardConfig& known : card_.configs) names.push_back(known.name);
  SplitFiles none;
  none.missing = fmt::format("no configuration \"{}\"{}", config, util::did_you_mean(config, names));
  if (!names.empty())
    none.missing += "; configurations there: " + list_of(names);
  else if (!folders().empty())
    none.missing += "; folders there: " + folders();
  return none;
}

// nullptr: the card does not say. As `datasets` chooses: the only one, "default", or the one marked so.
const CardConfig* Snapshot::choose(const std::string& config) const {
  if (!config.empty()) {
    const auto found = std::ranges::find(card_.configs, config, &CardConfig::name);
    return found == card_.configs.end() ? nullptr : &*found;
  }
  if (card_.configs.size() == 1) return &card_.configs[0];
  const CardConfig* chosen = nullptr;
  for (const CardConfig& known : card_.configs) {
    if (!known.is_default && known.name != "default") continue;
    check_input(chosen == nullptr,
                "{} marks two configurations as default ({}, {}); give one as dataset_name",
                card_.file.string(), chosen == nullptr ? "" : chosen->name, known.name);
    chosen = &known;
  }
  return chosen;
}

Snapshot::Names Snapshot::matching(const std::string& pattern) const {
  Names files;
  const bool simple = !is_pattern(pattern);
  const std::size_t special = special_parts(pattern);
  for (const std::string& file : files_) {
    if (simple ? file == pattern : special_parts(file) == special && glob_match(pattern, file))
      files.push_back(file);
  }
  return files;
}

SplitFiles Snapshot::find_by_card(const CardConfig& config, const std::string& split) const {
  check_input(
      config.unknown_option.empty(),
      "{} asks for \"{}\" in reading its configuration {}, which is not supported; convert its files to "
      "JSON lines as <config>/<split>.jsonl",
      card_.file.string(), config.unknown_option, config.name);
  if (!config.names_files) {
    SplitFiles found = find_in_folder(config.data_dir, split);
    found.separator = config.separator;
    return found;
  }
  Names names;
  for (const SplitPatterns& known : config.splits) names.push_back(known.split);
  const auto wanted = std::ranges::find(config.splits, split, &SplitPatterns::split);
  SplitFiles none;
  if (wanted == config.splits.end()) {
    none.missing = fmt::format("no split \"{}\"; splits there: {}", split, list_of(names));
    return none;
  }
  Names files;
  for (const std::string& pattern : wanted->paths) {
    const Names more = matching(pattern);
    if (more.empty() && !is_pattern(pattern)) {
      none.missing = fmt::format("{} is not there, or of a kind that is not read, though {} names it",
                                 pattern, card_.file.filename().string());
      return none;
    }
    for (const std::string& file : more) {
      if (std::ranges::find(files, file) == files.end()) files.push_back(file);
    }
  }
  if (files.empty()) {
    none.missing = fmt::format("no file matches {}, as which {} gives the split \"{}\"",
                               list_of(wanted->paths), card_.file.filename().string(), split);
    return none;
  }
  return resolved(std::move(files), config.separator);
}

bool Snapshot::has_folder(const std::string& folder) const {
  return std::ranges::any_of(files_, [&](const std::string& file) { return file.starts_with(folder + "/"); });
}

std::string Snapshot::folders() const {
  std::set<std::string> names;
  for (const std::string& file : files_) {
    if (const std::string parent = parent_of(file); !parent.empty()) names.insert(parent);
  }
  return list_of(names);
}

// "<split>.jsonl", "<split>-00000-of-00002.parquet", "<split>/0000.parquet".
Snapshot::Names Snapshot::named_exactly(const std::string& folder, const std::string& split) const {
  Names files;
  const std::string start = in_folder(folder, split);
  for (const std::string& file : files_) {
    if (!file.starts_with(start) || file.size() <= start.size() + 1) continue;
    const char next = file[start.size()];
    const bool shard = next == '-' && file[start.size() + 1] >= '0' && file[start.size() + 1] <= '9';
    const bool alone = next == '.' && start.size() == file.size() - (file_name_of(file).size() -
                                                                     stem_of(file_name_of(file)).size());
    if (next == '/' || ((shard || alone) && parent_of(file) == parent_of(start))) files.push_back(file);
  }
  return files;
}

std::vector<Snapshot::NamedSplit> Snapshot::splits_by_name(const std::string& folder) const {
  Names below;
  for (const std::string& file : files_) {
    if (special_parts(file) > special_parts(folder)) continue;
    if (folder.empty())
      below.push_back(file);
    else if (file.starts_with(folder + "/"))
      below.push_back(file.substr(folder.size() + 1));
  }
  std::vector<NamedSplit> splits;
  for (auto& [split, files] : tell_splits_apart(below)) {
    for (std::string& file : files) file = in_folder(folder, file);
    splits.push_back({split, files});
  }
  return splits;
}

// Without a card, folders beside each other whose files would all be read as one split may as well be
// configurations.
void Snapshot::check_one_config(const std::string& split, const Names& files) const {
  std::set<std::string> places;
  for (const std::string& file : files) places.insert(config_folder_of(file, split));
  const std::string& first = *places.begin();  // an ancestor of the others, if any is
  const bool below_first = std::ranges::all_of(places, [&](const std::string& place) {
    return first.empty() || place == first || place.starts_with(first + "/");
  });
  check_input(
      below_first,
      "{} holds the split \"{}\" in several folders ({}) and no card that says how they belong together; "
      "give one of them as dataset_name, or download the dataset's README.md too",
      folder_.string(), split, list_of(places));
}

SplitFiles Snapshot::find_in_folder(const std::string& folder, const std::string& split) const {
  const auto splits = splits_by_name(folder);
  const auto by_name = std::ranges::find(splits, split, &NamedSplit::split);
  // A configuration's folder is our own reading, so its files' exact names come first there; a whole
  // repository is read as `datasets` reads it.
  Names files = named_exactly(folder, split);
  const bool whole = folder.empty();
  if (by_name != splits.end() && (whole || files.empty())) files = by_name->files;
  if (!files.empty()) {
    if (whole) check_one_config(split, files);
    return resolved(std::move(files), '\0');
  }
  SplitFiles none;
  Names names;
  for (const NamedSplit& known : splits) names.push_back(known.split);
  none.missing = names.empty() ? "nothing readable is there"
                               : fmt::format("no split \"{}\"; splits there: {}", split, list_of(names));
  return none;
}

SplitFiles Snapshot::resolved(Names files, char separator) const {
  SplitFiles result;
  result.separator = separator;
  for (const std::string& file : of_one_family(std::move(files))) {
    std::error_code error;
    const fs::path real = fs::canonical(folder_ / file, error);
    const bool inside = !error && std::ranges::mismatch(boundary_, real).in1 == boundary_.end();
    check_input(inside, "{} is a link that leads out of the dataset's folder; put a copy in its place",
                (folder_ / file).string());
    result.files.push_back(folder_ / file);
  }
  return result;
}

}  // namespace assay::eval
