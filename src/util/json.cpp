#include "assay/util/json.hpp"

#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include "assay/util/error.hpp"
#include "assay/util/files.hpp"

namespace assay::util {
namespace {

// Builds the value through nlohmann's DOM parser callback, which sees every event with its depth.
template <class J>
J parse(std::string_view text, std::string_view source, const JsonLimits& limits) {
  check_input(text.size() <= limits.max_bytes, "{} is too large ({} bytes, limit {})", source, text.size(),
              limits.max_bytes);
  // The parser takes NUL for the end and skips a byte order mark; neither is JSON (RFC 8259).
  check_input(text.find('\0') == std::string_view::npos, "{} is not valid JSON (it holds a NUL byte)",
              source);
  check_input(!text.starts_with("\xef\xbb\xbf"), "{} is not valid JSON (it starts with a byte order mark)",
              source);
  std::vector<std::set<std::string>> keys;  // one set an open object or array
  bool too_deep = false;
  std::string duplicate;
  using Event = typename J::parse_event_t;
  const auto callback = [&](int depth, Event event, J& value) {
    if (depth > limits.max_depth) too_deep = true;
    if (too_deep || !duplicate.empty()) {
      // The parser has no way to stop early other than an exception.
      throw InputError("stop");
    }
    switch (event) {
      case Event::object_start:
      case Event::array_start:
        keys.emplace_back();
        break;
      case Event::object_end:
      case Event::array_end:
        keys.pop_back();
        break;
      case Event::key: {
        const auto& name = value.template get_ref<const std::string&>();
        if (!keys.back().insert(name).second) duplicate = name.empty() ? "(empty)" : name;
        break;
      }
      case Event::value:
        break;
    }
    return true;
  };
  try {
    J value = J::parse(text.begin(), text.end(), callback);
    check_input(duplicate.empty(), "{} has the key \"{}\" twice in one object", source, duplicate);
    return value;
  } catch (const InputError&) {
    if (too_deep) fail_input("{} is nested deeper than {} levels", source, limits.max_depth);
    fail_input("{} has the key \"{}\" twice in one object", source, duplicate);
  } catch (const nlohmann::json::exception& error) {
    const std::string why = error.what();
    const auto bracket = why.find("] ");
    fail_input("{} is not valid JSON ({})", source,
               bracket == std::string::npos ? why : why.substr(bracket + 2));
  }
}

}  // namespace

Json parse_json(std::string_view text, std::string_view source, const JsonLimits& limits) {
  return parse<Json>(text, source, limits);
}

OrderedJson parse_ordered_json(std::string_view text, std::string_view source, const JsonLimits& limits) {
  return parse<OrderedJson>(text, source, limits);
}

Json read_json_file(const std::filesystem::path& path, const JsonLimits& limits) {
  return parse_json(read_file(path, limits.max_bytes), path.string(), limits);
}

}  // namespace assay::util
