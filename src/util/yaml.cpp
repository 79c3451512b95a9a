#include "assay/util/yaml.hpp"

#include <yaml.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <limits>
#include <map>
#include <new>
#include <nlohmann/json.hpp>
#include <set>

#include "assay/util/error.hpp"
#include "assay/util/files.hpp"
#include "assay/util/log.hpp"

namespace assay::util {
namespace {

constexpr int max_depth = 64;
constexpr std::size_t max_nodes = 1'000'000;
constexpr std::size_t max_expanded_bytes = std::size_t{64} << 20;  // an alias is a copy

// libyaml's parser over one text: the reader that PyYAML's fast loader uses, so that both see the same.
class Parser {
 public:
  Parser(std::string_view text, std::string_view source) : source_(source) {
    if (yaml_parser_initialize(&parser_) == 0) throw std::bad_alloc();
    yaml_parser_set_encoding(&parser_, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text.data()), text.size());
  }
  ~Parser() {
    yaml_event_delete(&event_);
    yaml_parser_delete(&parser_);
  }
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;

  /// The next event; good until the one after it.
  const yaml_event_t& next() {
    yaml_event_delete(&event_);
    if (yaml_parser_parse(&parser_, &event_) == 0) {
      event_.type = YAML_NO_EVENT;
      check_input(parser_.error != YAML_MEMORY_ERROR, "{}: there is no memory left to read it", source_);
      fail_input("{}:{}: not valid YAML ({})", source_, parser_.problem_mark.line + 1,
                 parser_.problem == nullptr ? "unreadable" : parser_.problem);
    }
    return event_;
  }

 private:
  std::string_view source_;
  yaml_parser_t parser_{};
  yaml_event_t event_{};
};

std::string text_of(const unsigned char* text) {
  return text == nullptr ? std::string() : reinterpret_cast<const char*>(text);
}

bool is_null_word(const std::string& text) {
  return text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL";
}

// Events to nodes.
class Builder {
 public:
  Builder(std::string_view text, std::string_view source, DuplicateKeys duplicates)
      : source_(source),
        shared_source_(std::make_shared<const std::string>(source)),
        duplicates_(duplicates),
        parser_(text, source) {}

  YamlNode document() {
    (void)parser_.next();  // start of the stream
    if (parser_.next().type == YAML_STREAM_END_EVENT) return node_at(1);
    YamlNode root = node(parser_.next(), 0);
    (void)parser_.next();  // end of the document
    const yaml_event_t& after = parser_.next();
    check_input(after.type == YAML_STREAM_END_EVENT, "{}:{}: a second document begins (one is read)", source_,
                after.start_mark.line + 1);
    return root;
  }

 private:
  // What an anchor stands for; an alias is a copy of it, and counts as one.
  struct Anchored {
    YamlNode node;
    std::size_t nodes = 0;
    std::size_t bytes = 0;
  };

  YamlNode node_at(int line) const {
    YamlNode result;
    result.line = line;
    result.source = shared_source_;
    return result;
  }

  YamlNode node(const yaml_event_t& event, int depth) {
    const int line = static_cast<int>(event.start_mark.line) + 1;
    check_input(depth <= max_depth, "{}:{}: nested deeper than {} levels", source_, line, max_depth);
    const std::size_t nodes_before = nodes_;
    const std::size_t bytes_before = bytes_;
    count(1, 0, line);
    std::string anchor;
    YamlNode result = node_at(line);
    switch (event.type) {
      case YAML_ALIAS_EVENT:
        return copy_of(text_of(event.data.alias.anchor), line);
      case YAML_SCALAR_EVENT:
        anchor = text_of(event.data.scalar.anchor);
        read_scalar(event, result);
        break;
      case YAML_SEQUENCE_START_EVENT:
        anchor = text_of(event.data.sequence_start.anchor);
        read_tag(event.data.sequence_start.tag, result);
        read_items(result, depth);
        break;
      case YAML_MAPPING_START_EVENT:
        anchor = text_of(event.data.mapping_start.anchor);
        read_tag(event.data.mapping_start.tag, result);
        read_members(result, depth);
        break;
      default:
        fail_input("{}:{}: not valid YAML (a value is missing)", source_, line);
    }
    if (!anchor.empty()) {
      const std::size_t nodes = nodes_ - nodes_before;
      const std::size_t bytes = bytes_ - bytes_before;
      count(nodes, bytes, line);  // the copy that is kept for the aliases
      anchors_[anchor] = {result, nodes, bytes};
    }
    return result;
  }

  YamlNode copy_of(const std::string& anchor, int line) {
    const auto found = anchors_.find(anchor);
    check_input(found != anchors_.end(), "{}:{}: the alias *{} refers to nothing before it, or to itself",
                source_, line, anchor);
    count(found->second.nodes, found->second.bytes, line);
    return found->second.node;
  }

  void read_tag(const unsigned char* tag, YamlNode& result) {
    std::string text = text_of(tag);
    if (text.empty() || text == "!") return;
    count(0, text.size(), result.line);
    result.tag = std::move(text);
  }

  void read_scalar(const yaml_event_t& event, YamlNode& result) {
    const auto& scalar = event.data.scalar;
    result.quoted = scalar.style != YAML_PLAIN_SCALAR_STYLE;
    result.text.assign(reinterpret_cast<const char*>(scalar.value), scalar.length);
    count(0, scalar.length, result.line);
    read_tag(scalar.tag, result);
    if (result.quoted || !result.tag.empty() || !is_null_word(result.text)) {
      result.kind = YamlNode::Kind::scalar;
    } else {
      result.text.clear();
    }
  }

  void read_items(YamlNode& result, int depth) {
    result.kind = YamlNode::Kind::sequence;
    for (;;) {
      const yaml_event_t& event = parser_.next();
      if (event.type == YAML_SEQUENCE_END_EVENT) return;
      result.items.push_back(node(event, depth + 1));
    }
  }

  void read_members(YamlNode& result, int depth) {
    result.kind = YamlNode::Kind::mapping;
    std::set<std::string> keys;
    std::vector<YamlNode> merged;
    for (;;) {
      const yaml_event_t& event = parser_.next();
      if (event.type == YAML_MAPPING_END_EVENT) break;
      const YamlNode key_node = node(event, depth + 1);
      check_input(key_node.kind == YamlNode::Kind::scalar || key_node.kind == YamlNode::Kind::null,
                  "{}:{}: a key is not a scalar", source_, key_node.line);
      const std::string key = key_node.kind == YamlNode::Kind::null ? "null" : key_node.text;
      YamlNode value = node(parser_.next(), depth + 1);
      if (key == "<<" && !key_node.quoted) {
        merged.push_back(std::move(value));
        continue;
      }
      if (keys.insert(key).second) {
        result.members.emplace_back(key, std::move(value));
        continue;
      }
      check_input(duplicates_ == DuplicateKeys::last_counts, "{}:{}: key \"{}\" appears twice", source_,
                  key_node.line, key);
      log_warning("{}:{}: key \"{}\" appears twice; the last one counts", source_, key_node.line, key);
      std::ranges::find(result.members, key, &std::pair<std::string, YamlNode>::first)->second =
          std::move(value);
    }
    for (const YamlNode& value : merged) merge(value, keys, result);
  }

  // The merge key: what another mapping has and this one has not (https://yaml.org/type/merge.html).
  void merge(const YamlNode& value, std::set<std::string>& keys, YamlNode& result) {
    if (value.kind == YamlNode::Kind::sequence) {
      for (const YamlNode& item : value.items) merge(item, keys, result);
      return;
    }
    check_input(value.kind == YamlNode::Kind::mapping, "{}:{}: << merges something that is not a mapping",
                source_, value.line);
    for (const auto& [key, member] : value.members) {
      if (keys.insert(key).second) result.members.emplace_back(key, member);
    }
  }

  void count(std::size_t nodes, std::size_t bytes, int line) {
    nodes_ += nodes;
    bytes_ += bytes;
    check_input(nodes_ <= max_nodes, "{}:{}: expands to more than {} nodes", source_, line, max_nodes);
    check_input(bytes_ <= max_expanded_bytes, "{}:{}: expands to more than {} bytes of text", source_, line,
                max_expanded_bytes);
  }

  std::string_view source_;
  std::shared_ptr<const std::string> shared_source_;
  DuplicateKeys duplicates_;
  Parser parser_;
  std::map<std::string, Anchored> anchors_;
  std::size_t nodes_ = 0;
  std::size_t bytes_ = 0;
};

// A number without its sign and its underscores.
struct Unsigned {
  bool negative = false;
  std::string digits;
};

Unsigned split_sign(std::string_view text) {
  Unsigned number;
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) {
    number.negative = text[0] == '-';
    text.remove_prefix(1);
  }
  if (text.starts_with('_')) return number;
  for (const char c : text) {
    if (c != '_') number.digits += c;
  }
  return number;
}

std::optional<double> parse_float(const std::string& text) {
  const auto [negative, body] = split_sign(text);
  const double sign = negative ? -1 : 1;
  if (body == ".inf" || body == ".Inf" || body == ".INF")
    return sign * std::numeric_limits<double>::infinity();
  if (text == ".nan" || text == ".NaN" || text == ".NAN") return std::numeric_limits<double>::quiet_NaN();
  // A second sign, "inf" and the like are no numbers to PyYAML, though they are to from_chars.
  if (body.empty() || (body[0] != '.' && std::isdigit(static_cast<unsigned char>(body[0])) == 0))
    return std::nullopt;
  // PyYAML's resolver wants a dot, and a sign in the exponent: "1e5" is a string, "1.0e+5" a float.
  if (body.find('.') == std::string::npos || body.size() == 1) return std::nullopt;
  const auto exponent = body.find_first_of("eE");
  if (exponent != std::string::npos &&
      (exponent + 1 >= body.size() || (body[exponent + 1] != '+' && body[exponent + 1] != '-'))) {
    return std::nullopt;
  }
  double value = 0;
  const auto [end, error] = std::from_chars(body.data(), body.data() + body.size(), value);
  if (error != std::errc() || end != body.data() + body.size()) return std::nullopt;
  return sign * value;
}

std::optional<std::int64_t> parse_int(const std::string& text) {
  const auto [negative, digits] = split_sign(text);
  std::string_view body = digits;
  if (body.empty() || std::isdigit(static_cast<unsigned char>(body[0])) == 0) return std::nullopt;
  int base = 10;
  if (body.size() > 1 && body[0] == '0') {
    if (body[1] == 'x')
      base = 16, body.remove_prefix(2);
    else if (body[1] == 'b')
      base = 2, body.remove_prefix(2);
    else
      base = 8, body.remove_prefix(1);
  }
  std::uint64_t magnitude = 0;  // unsigned: no sign is taken behind the first one or a base
  const auto [end, error] = std::from_chars(body.data(), body.data() + body.size(), magnitude, base);
  if (error != std::errc() || end != body.data() + body.size()) return std::nullopt;
  constexpr auto largest = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (magnitude > largest + (negative ? 1 : 0)) return std::nullopt;
  return static_cast<std::int64_t>(negative ? 0 - magnitude : magnitude);
}

OrderedJson scalar_to_json(const YamlNode& node) {
  const std::string& text = node.text;
  const bool is_text = node.tag == "tag:yaml.org,2002:str" || (!node.tag.empty() && node.tag[0] == '!');
  if (node.quoted || is_text) return text;
  if (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL") return nullptr;
  for (const char* word : {"true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"}) {
    if (text == word) return true;
  }
  for (const char* word : {"false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"}) {
    if (text == word) return false;
  }
  if (const auto value = parse_int(text)) return *value;
  if (const auto value = parse_float(text)) return *value;
  return text;
}

}  // namespace

YamlNode::YamlNode() = default;
YamlNode::YamlNode(const YamlNode&) = default;
YamlNode::YamlNode(YamlNode&&) noexcept = default;
YamlNode& YamlNode::operator=(const YamlNode&) = default;
YamlNode& YamlNode::operator=(YamlNode&&) noexcept = default;
YamlNode::~YamlNode() = default;

std::string YamlNode::where() const {
  return fmt::format("{}:{}", source ? *source : std::string("YAML"), line);
}

const YamlNode* YamlNode::find(std::string_view key) const {
  for (const auto& [name, value] : members) {
    if (name == key) return &value;
  }
  return nullptr;
}

YamlNode parse_yaml(std::string_view text, std::string_view source, DuplicateKeys duplicates) {
  check_input(text.size() <= max_yaml_bytes, "{} is too large ({} bytes, limit {})", source, text.size(),
              max_yaml_bytes);
  return Builder(text, source, duplicates).document();
}

YamlNode read_yaml_file(const std::filesystem::path& path, DuplicateKeys duplicates) {
  return parse_yaml(read_file(path, max_yaml_bytes), path.string(), duplicates);
}

OrderedJson to_json(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::null:
      return nullptr;
    case YamlNode::Kind::scalar:
      return scalar_to_json(node);
    case YamlNode::Kind::sequence: {
      OrderedJson list = OrderedJson::array();
      for (const YamlNode& item : node.items) list.push_back(to_json(item));
      return list;
    }
    case YamlNode::Kind::mapping: {
      OrderedJson object = OrderedJson::object();
      // The keys are known to differ: no look-up, which would be linear for each of them.
      auto& members = object.get_ref<OrderedJson::object_t&>();
      for (const auto& [key, value] : node.members) members.emplace_back(key, to_json(value));
      return object;
    }
  }
  return nullptr;
}

}  // namespace assay::util
