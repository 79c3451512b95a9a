#include "assay/util/json.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "assay/util/error.hpp"
#include "assay/util/files.hpp"

namespace assay::util {
namespace {

// Builds a value from nlohmann's SAX events (their names and signatures are its interface). Its own DOM
// builders know no duplicate keys, and look every new key of an ordered object up among all before it.
template <class J>
class Builder {
 public:
  Builder(std::string_view source, int max_depth)
      : source_(source), max_depth_(static_cast<std::size_t>(max_depth)) {}

  J take() { return std::move(root_); }

  bool null() { return place(nullptr); }
  bool boolean(bool value) { return place(value); }
  bool number_integer(typename J::number_integer_t value) { return place(value); }
  bool number_unsigned(typename J::number_unsigned_t value) { return place(value); }
  bool number_float(typename J::number_float_t value, const std::string& /*text*/) { return place(value); }
  bool string(std::string& value) { return place(std::move(value)); }
  bool binary(typename J::binary_t& /*value*/) { return false; }  // JSON text has none

  bool start_object(std::size_t /*size*/) { return open(J::object()); }
  bool start_array(std::size_t /*size*/) { return open(J::array()); }
  bool end_array() {
    open_.pop_back();
    return true;
  }
  bool end_object() {
    if constexpr (ordered) check_keys(members());
    open_.pop_back();
    return true;
  }
  bool key(std::string& name) {
    if constexpr (ordered) {
      slot_ = &members().emplace_back(std::move(name), nullptr).second;
    } else {
      const auto [member, is_new] =
          open_.back()->template get_ref<typename J::object_t&>().try_emplace(std::move(name), nullptr);
      if (!is_new) fail_duplicate(member->first);
      slot_ = &member->second;
    }
    return true;
  }

  bool parse_error(std::size_t /*position*/, const std::string& /*token*/,
                   const nlohmann::json::exception& error) {
    const std::string why = error.what();
    const auto bracket = why.find("] ");
    fail_input("{} is not valid JSON ({})", source_,
               bracket == std::string::npos ? why : why.substr(bracket + 2));
  }

 private:
  static constexpr bool ordered = std::is_same_v<J, OrderedJson>;
  // What an ordered object is made of; growing that needs no look-up.
  using Members = std::vector<std::pair<const std::string, OrderedJson>>;

  Members& members() { return open_.back()->template get_ref<typename J::object_t&>(); }

  template <class Value>
  bool place(Value&& value) {
    J* to = &root_;
    if (!open_.empty()) to = open_.back()->is_array() ? &open_.back()->emplace_back() : slot_;
    *to = std::forward<Value>(value);
    placed_ = to;
    return true;
  }

  bool open(J&& container) {
    if (open_.size() >= max_depth_) fail_input("{} is nested deeper than {} levels", source_, max_depth_);
    place(std::move(container));
    open_.push_back(placed_);
    return true;
  }

  [[noreturn]] void fail_duplicate(const std::string& name) const {
    fail_input("{} has the key \"{}\" twice in one object", source_, name.empty() ? "(empty)" : name);
  }

  void check_keys(const Members& members) const {
    std::vector<const std::string*> names;
    names.reserve(members.size());
    for (const auto& member : members) names.push_back(&member.first);
    const auto by_text = [](const std::string* name) -> const std::string& { return *name; };
    std::ranges::sort(names, {}, by_text);
    const auto twice = std::ranges::adjacent_find(names, {}, by_text);
    if (twice != names.end()) fail_duplicate(**twice);
  }

  std::string_view source_;
  std::size_t max_depth_;
  J root_;
  std::vector<J*> open_;  // containers that are not closed yet, outermost first; they stay where they are
  J* slot_ = nullptr;     // the member whose key was read last
  J* placed_ = nullptr;
};

template <class J>
J parse(std::string_view text, std::string_view source, const JsonLimits& limits) {
  check_input(text.size() <= limits.max_bytes, "{} is too large ({} bytes, limit {})", source, text.size(),
              limits.max_bytes);
  // The parser takes NUL for the end and skips a byte order mark; neither is JSON (RFC 8259).
  check_input(text.find('\0') == std::string_view::npos, "{} is not valid JSON (it holds a NUL byte)",
              source);
  check_input(!text.starts_with("\xef\xbb\xbf"), "{} is not valid JSON (it starts with a byte order mark)",
              source);
  Builder<J> builder(source, limits.max_depth);
  const bool done = J::sax_parse(text.begin(), text.end(), &builder);
  ASSAY_CHECK(done);
  return builder.take();
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
