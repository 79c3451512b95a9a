#include "eval/data/split_names.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <span>
#include <string_view>

namespace assay::eval {
namespace {

struct Keywords {
  std::string_view split;
  std::vector<std::string_view> words;
};

const std::vector<Keywords>& keywords() {
  static const std::vector<Keywords> all = {{"train", {"train", "training"}},
                                            {"validation", {"validation", "valid", "dev", "val"}},
                                            {"test", {"test", "testing", "eval", "evaluation"}}};
  return all;
}

bool separates(char c) {
  return std::string_view("-._ 0123456789").find(c) != std::string_view::npos;
}

// Where in a name the word stands. Files are taken in this order, and within it by name.
enum class Place { whole, beginning, end, middle };

bool has_word(std::string_view name, std::string_view word, Place place) {
  const std::size_t rest = name.size() - std::min(word.size(), name.size());
  switch (place) {
    case Place::whole:
      return name == word;
    case Place::beginning:
      return name.starts_with(word) && rest > 0 && separates(name[word.size()]);
    case Place::end:
      return name.ends_with(word) && rest > 0 && separates(name[rest - 1]);
    case Place::middle:
      for (std::size_t at = name.find(word, 1); at != std::string_view::npos; at = name.find(word, at + 1)) {
        const std::size_t end = at + word.size();
        if (end < name.size() && separates(name[at - 1]) && separates(name[end])) return true;
      }
      return false;
  }
  return false;
}

constexpr Place folder_places[] = {Place::whole, Place::beginning, Place::end, Place::middle};
constexpr Place file_places[] = {Place::beginning, Place::middle};

bool names_split(std::string_view folder, const Keywords& split) {
  return std::ranges::any_of(split.words, [&](std::string_view word) {
    return std::ranges::any_of(folder_places, [&](Place place) { return has_word(folder, word, place); });
  });
}

std::vector<std::string_view> folders_of(std::string_view file) {
  std::vector<std::string_view> parts;
  for (std::size_t slash = file.find('/'); slash != std::string_view::npos; slash = file.find('/')) {
    parts.push_back(file.substr(0, slash));
    file.remove_prefix(slash + 1);
  }
  return parts;
}

std::string_view name_of(std::string_view file) {
  return file.substr(file.rfind('/') + 1);
}

bool is_digits(std::string_view text, std::size_t at) {
  const std::string_view five = text.substr(std::min(at, text.size()), 5);
  return five.size() == 5 && five.find_first_not_of("0123456789") == std::string_view::npos;
}

// "validation" of "data/validation-00000-of-00002-1a2b.parquet", or empty.
std::string_view sharded_split(std::string_view file) {
  if (!file.starts_with("data/") || file.rfind('/') != 4) return {};
  const std::string_view name = file.substr(5);
  for (std::size_t at = name.rfind("-of-"); at != std::string_view::npos && at > 0;
       at = name.rfind("-of-", at - 1)) {
    const bool shard = at >= 6 && name[at - 6] == '-' && is_digits(name, at - 5) && is_digits(name, at + 4) &&
                       name.find('.', at + 9) != std::string_view::npos;
    if (shard) return name.substr(0, at - 6);
  }
  return {};
}

using Splits = std::vector<std::pair<std::string, std::vector<std::string>>>;

Splits sharded(const std::vector<std::string>& files) {
  std::map<std::string, std::vector<std::string>> splits;
  for (const std::string& file : files) {
    if (const std::string_view split = sharded_split(file); !split.empty())
      splits[std::string(split)].push_back(file);
  }
  return {splits.begin(), splits.end()};
}

template <class Matches>
Splits by_keyword(const std::vector<std::string>& files, std::span<const Place> places, Matches matches) {
  Splits splits;
  for (const Keywords& split : keywords()) {
    std::vector<std::string> found;
    std::set<std::string_view> taken;
    for (const std::string_view word : split.words) {
      for (const Place place : places) {
        for (const std::string& file : files) {
          if (matches(file, word, place) && taken.insert(file).second) found.push_back(file);
        }
      }
    }
    if (!found.empty()) splits.emplace_back(split.split, std::move(found));
  }
  return splits;
}

bool folder_has_word(const std::string& file, std::string_view word, Place place) {
  return std::ranges::any_of(folders_of(file),
                             [&](std::string_view folder) { return has_word(folder, word, place); });
}

bool name_has_word(const std::string& file, std::string_view word, Place place) {
  return has_word(name_of(file), word, place);
}

}  // namespace

Splits tell_splits_apart(const std::vector<std::string>& files) {
  Splits splits = sharded(files);
  if (splits.empty()) splits = by_keyword(files, folder_places, folder_has_word);
  if (splits.empty()) splits = by_keyword(files, file_places, name_has_word);
  if (splits.empty() && !files.empty()) splits.emplace_back("train", files);
  return splits;
}

std::string config_folder_of(const std::string& file, const std::string& split) {
  const auto known = std::ranges::find(keywords(), split, &Keywords::split);
  std::string above;
  for (const std::string_view folder : folders_of(file)) {
    const bool named = folder == split || (known != keywords().end() && names_split(folder, *known));
    if (named) return above;
    above += (above.empty() ? "" : "/") + std::string(folder);
  }
  return above;
}

}  // namespace assay::eval
