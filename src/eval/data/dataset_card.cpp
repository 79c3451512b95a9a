#include "eval/data/dataset_card.hpp"

#include <algorithm>
#include <set>
#include <string_view>

#include "assay/util/error.hpp"
#include "assay/util/files.hpp"
#include "assay/util/yaml.hpp"

namespace assay::eval {
namespace {

namespace fs = std::filesystem;
using util::check_input;
using util::fail_input;
using util::YamlNode;
using Kind = YamlNode::Kind;

constexpr std::size_t max_card_bytes = std::size_t{16} << 20;
constexpr std::size_t max_path_length = 4096;

// Keys of a configuration by which a reader of CSV or JSON would give other rows than ours do.
constexpr std::string_view changing_keys[] = {
    "column_names",    "names",       "header",          "skiprows",  "quoting",    "quotechar",
    "escapechar",      "field",       "encoding",        "thousands", "decimal",    "comment",
    "keep_default_na", "na_values",   "columns",         "index_col", "skipfooter", "true_values",
    "false_values",    "doublequote", "skipinitialspace"};

std::string_view trimmed(std::string_view line) {
  const std::size_t end = line.find_last_not_of(" \t\r");
  return line.substr(0, end == std::string_view::npos ? 0 : end + 1);
}

// The lines of the top-level key `configs` with all others blank, so that line numbers stay. The rest of a
// head may be long, and is not ours to judge.
std::string configs_block(std::string_view text, bool has_fences) {
  std::string block;
  bool inside = !has_fences;
  bool wanted = false;
  while (!text.empty()) {
    const std::string_view whole = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(whole.size() + 1, text.size()));
    const std::string_view line = trimmed(whole);
    if (has_fences && line == "---") {
      if (inside) return block;
      inside = true;
    } else if (!inside && !line.empty()) {
      return "";  // the text does not begin with a head
    } else if (inside) {
      const bool continues =
          line.empty() || std::string_view(" \t-#").find(line[0]) != std::string_view::npos;
      if (!continues) wanted = line.starts_with("configs:");
      if (wanted) block += line;
    }
    block += '\n';
  }
  return has_fences ? "" : block;
}

class CardReader {
 public:
  explicit CardReader(fs::path file) : file_(std::move(file)) {}

  DatasetCard read(const std::string& block) {
    DatasetCard card{file_, {}};
    const YamlNode root = util::parse_yaml(block, file_.string());
    const YamlNode* configs = root.find("configs");
    if (configs == nullptr || configs->kind == Kind::null) return card;
    if (configs->kind != Kind::sequence) fail(*configs, "configs is not a list");
    std::set<std::string> names;
    for (const YamlNode& node : configs->items) {
      card.configs.push_back(config(node));
      if (!names.insert(card.configs.back().name).second)
        fail(node, "the configuration " + card.configs.back().name + " appears twice");
    }
    return card;
  }

 private:
  [[noreturn]] void fail(const YamlNode& node, const std::string& problem) const {
    fail_input("{}:{}: {}; download the dataset anew, or lay its files out as <config>/<split>.jsonl",
               file_.string(), node.line, problem);
  }

  std::string text(const YamlNode& node, const std::string& what) const {
    if (node.kind != Kind::scalar) fail(node, what + " is not a text");
    return node.text;
  }

  // A path from the card must stay in the repository.
  std::string path(const YamlNode& node) const {
    std::string path = text(node, "a path of data_files");
    while (path.starts_with("./")) path.erase(0, 2);
    const fs::path parts(path);
    const bool inside = !path.empty() && path.size() <= max_path_length && !parts.is_absolute() &&
                        path.find('\0') == std::string::npos && path.find("://") == std::string::npos &&
                        std::ranges::none_of(parts, [](const fs::path& part) { return part == ".."; });
    if (!inside) fail(node, "data_files names a file that is not in the dataset's folder");
    return path;
  }

  std::vector<std::string> paths(const YamlNode& node) const {
    std::vector<std::string> all;
    if (node.kind != Kind::sequence) return {path(node)};
    for (const YamlNode& item : node.items) all.push_back(path(item));
    return all;
  }

  // One path or a list of paths is the split "train"; else a list of {split, path}.
  std::vector<SplitPatterns> splits(const YamlNode& node) const {
    const bool named =
        node.kind == Kind::sequence &&
        std::ranges::any_of(node.items, [](const YamlNode& item) { return item.kind == Kind::mapping; });
    if (!named) return {{"train", paths(node)}};
    std::vector<SplitPatterns> all;
    for (const YamlNode& item : node.items) {
      const YamlNode* split = item.find("split");
      const YamlNode* path = item.find("path");
      if (split == nullptr || path == nullptr) fail(item, "an entry of data_files needs split and path");
      all.push_back({text(*split, "split"), paths(*path)});
      const bool twice = std::ranges::count(all, all.back().split, &SplitPatterns::split) > 1;
      if (twice) fail(item, "the split " + all.back().split + " appears twice");
    }
    return all;
  }

  CardConfig config(const YamlNode& node) const {
    if (node.kind != Kind::mapping) fail(node, "an entry of configs is not a mapping");
    CardConfig config;
    const YamlNode* name = node.find("config_name");
    if (name == nullptr) fail(node, "an entry of configs has no config_name");
    config.name = text(*name, "config_name");
    for (const auto& [key, value] : node.members) {
      if (value.kind == Kind::null) continue;
      if (key == "data_files") {
        config.names_files = true;
        config.splits = splits(value);
      } else if (key == "data_dir") {
        config.data_dir = path(value);
        while (config.data_dir.ends_with('/')) config.data_dir.pop_back();
      } else if (key == "default") {
        config.is_default = text(value, "default") == "true";
      } else if (key == "sep" || key == "delimiter") {
        const std::string separator = text(value, key);
        if (separator.size() != 1) fail(value, key + " is not one character");
        config.separator = separator[0];
      } else if (std::ranges::find(changing_keys, key) != std::end(changing_keys)) {
        config.unknown_option = key;
      }
    }
    return config;
  }

  fs::path file_;
};

}  // namespace

DatasetCard parse_dataset_card(std::string_view text, const fs::path& file) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  const std::string block = configs_block(text, file.extension() == ".md");
  if (block.find_first_not_of('\n') == std::string::npos) return {file, {}};
  // One dataset is often asked for many configurations in a row, and its card may take ten times as long to
  // read as the rows of one.
  struct Last {
    std::string block;
    DatasetCard card;
  };
  static thread_local Last last;
  if (last.card.file != file || last.block != block) last = {block, CardReader(file).read(block)};
  return last.card;
}

DatasetCard read_dataset_card(const fs::path& folder) {
  for (const char* name : {".huggingface.yaml", "README.md"}) {
    const fs::path file = folder / name;
    std::error_code error;
    if (!fs::is_regular_file(file, error)) continue;
    DatasetCard card = parse_dataset_card(util::read_file(file, max_card_bytes), file);
    if (!card.configs.empty()) return card;
  }
  return {};
}

}  // namespace assay::eval
