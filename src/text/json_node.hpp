// A JSON value that knows its file and path, so that every complaint names both.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "assay/util/error.hpp"
#include "assay/util/json.hpp"

namespace assay::text {

/// The value as an integer in [0, max], if it is one.
[[nodiscard]] inline std::optional<std::int64_t> natural(const util::Json& value, std::int64_t max) {
  if (!value.is_number_integer()) return std::nullopt;
  if (value.is_number_unsigned() && value.get<std::uint64_t>() > static_cast<std::uint64_t>(max))
    return std::nullopt;
  const auto number = value.get<std::int64_t>();
  return number >= 0 && number <= max ? std::optional(number) : std::nullopt;
}

/// Does not own the value.
class JsonNode {
 public:
  JsonNode(const util::Json& value, std::string source, std::string path = {})
      : value_(&value), source_(std::move(source)), path_(std::move(path)) {}

  [[nodiscard]] const util::Json& value() const { return *value_; }
  /// "file: path.to.key"
  [[nodiscard]] std::string where() const { return path_.empty() ? source_ : source_ + ": " + path_; }

  /// Throws InputError "file: path: problem".
  [[noreturn]] void fail(std::string_view problem) const { util::fail_input("{}: {}", where(), problem); }
  void check(bool ok, std::string_view problem) const {
    if (!ok) fail(problem);
  }

  /// Member of an object; absent and null are the same.
  [[nodiscard]] std::optional<JsonNode> find(std::string_view key) const {
    check(value_->is_object(), "must be an object");
    const auto it = value_->find(key);
    if (it == value_->end() || it->is_null()) return std::nullopt;
    return JsonNode(*it, source_, path_.empty() ? std::string(key) : path_ + "." + std::string(key));
  }
  [[nodiscard]] JsonNode at(std::string_view key) const {
    auto member = find(key);
    if (!member) util::fail_input("{}: the key \"{}\" is missing", where(), key);
    return *std::move(member);
  }

  /// Refuses keys that are not listed: what is not understood must not be ignored.
  void allow_only(std::initializer_list<std::string_view> keys) const {
    check(value_->is_object(), "must be an object");
    for (auto it = value_->begin(); it != value_->end(); ++it) {
      bool known = false;
      for (const auto key : keys) known = known || key == it.key();
      if (!known) util::fail_input("{}: the key \"{}\" is not supported", where(), it.key());
    }
  }

  [[nodiscard]] const std::string& string() const {
    check(value_->is_string(), "must be a string");
    return value_->get_ref<const std::string&>();
  }
  [[nodiscard]] bool boolean() const {
    check(value_->is_boolean(), "must be true or false");
    return value_->get<bool>();
  }
  /// An integer in [0, max].
  [[nodiscard]] std::int64_t integer(std::int64_t max) const {
    const auto number = natural(*value_, max);
    if (!number) util::fail_input("{}: must be an integer from 0 to {}", where(), max);
    return *number;
  }
  [[nodiscard]] std::vector<JsonNode> items() const {
    check(value_->is_array(), "must be a list");
    std::vector<JsonNode> nodes;
    nodes.reserve(value_->size());
    for (std::size_t i = 0; i < value_->size(); ++i) {
      nodes.emplace_back((*value_)[i], source_, path_ + "[" + std::to_string(i) + "]");
    }
    return nodes;
  }

  [[nodiscard]] bool boolean_or(std::string_view key, bool fallback) const {
    const auto member = find(key);
    return member ? member->boolean() : fallback;
  }

 private:
  const util::Json* value_;
  std::string source_;
  std::string path_;
};

}  // namespace assay::text
