#include "assay/util/yaml.hpp"

#include <yaml-cpp/yaml.h>

#include <cctype>
#include <charconv>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>

#include "assay/util/error.hpp"
#include "assay/util/files.hpp"

namespace assay::util {
namespace {

constexpr std::size_t max_bytes = std::size_t{16} << 20;
constexpr int max_depth = 64;
constexpr std::size_t max_nodes = 1'000'000;
constexpr std::size_t max_expanded_bytes = std::size_t{64} << 20;  // an alias is a copy

struct Converter {
  std::string_view source;
  std::size_t nodes = 0;
  std::size_t bytes = 0;                         // of scalars, keys and tags so far
  std::vector<std::set<std::string>> keys = {};  // of every mapping being read

  YamlNode convert(const YAML::Node& node, int depth) {
    const int line = node.Mark().is_null() ? 0 : node.Mark().line + 1;
    check_input(depth <= max_depth, "{}:{}: nested deeper than {} levels (or an alias refers to itself)",
                source, line, max_depth);
    check_input(++nodes <= max_nodes, "{}:{}: expands to more than {} nodes", source, line, max_nodes);
    YamlNode result;
    result.line = line;
    const std::string tag = node.Tag();
    result.quoted = tag == "!";
    if (tag != "?" && tag != "!" && !tag.empty()) {
      count_text(tag, line);
      result.tag = tag;
    }
    switch (node.Type()) {
      case YAML::NodeType::Undefined:
      case YAML::NodeType::Null:
        break;
      case YAML::NodeType::Scalar:
        result.kind = YamlNode::Kind::scalar;
        count_text(node.Scalar(), line);
        result.text = node.Scalar();
        break;
      case YAML::NodeType::Sequence:
        result.kind = YamlNode::Kind::sequence;
        for (const auto& item : node) result.items.push_back(convert(item, depth + 1));
        break;
      case YAML::NodeType::Map:
        result.kind = YamlNode::Kind::mapping;
        keys.emplace_back();
        for (const auto& member : node) {
          check_input(member.first.IsScalar() || member.first.IsNull(), "{}:{}: a key is not a scalar",
                      source, line);
          const std::string key = member.first.IsNull() ? "null" : member.first.Scalar();
          check_input(keys.back().insert(key).second, "{}:{}: key \"{}\" appears twice", source,
                      member.first.Mark().line + 1, key);
          count_text(key, line);
          result.members.emplace_back(key, convert(member.second, depth + 1));
        }
        keys.pop_back();
        break;
    }
    return result;
  }

  void count_text(const std::string& text, int line) {
    bytes += text.size();
    check_input(bytes <= max_expanded_bytes, "{}:{}: expands to more than {} bytes of text", source, line,
                max_expanded_bytes);
  }
};

// yaml-cpp recurses on the C++ stack for nested flow collections; refuse deep ones before it does.
void check_flow_depth(std::string_view text, std::string_view source) {
  int depth = 0;
  int line = 1;
  for (const char c : text) {
    if (c == '\n') ++line;
    if (c == '[' || c == '{') ++depth;
    if ((c == ']' || c == '}') && depth > 0) --depth;
    // Brackets inside strings count too: templates are full of them, but never hundreds unclosed.
    check_input(depth <= 8 * max_depth, "{}:{}: nested deeper than {} levels", source, line, max_depth);
  }
}

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
  if (node.quoted || (!node.tag.empty() && node.tag[0] == '!')) return text;
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

const YamlNode* YamlNode::find(std::string_view key) const {
  for (const auto& [name, value] : members) {
    if (name == key) return &value;
  }
  return nullptr;
}

YamlNode parse_yaml(std::string_view text, std::string_view source) {
  check_input(text.size() <= max_bytes, "{} is too large ({} bytes, limit {})", source, text.size(),
              max_bytes);
  check_flow_depth(text, source);
  try {
    const YAML::Node root = YAML::Load(std::string(text));
    return Converter{source}.convert(root, 0);
  } catch (const YAML::Exception& error) {
    fail_input("{}:{}: not valid YAML ({})", source, error.mark.line + 1, error.msg);
  }
}

YamlNode read_yaml_file(const std::filesystem::path& path) {
  return parse_yaml(read_file(path, max_bytes), path.string());
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
