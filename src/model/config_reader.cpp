#include "model/config_reader.hpp"

#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "assay/util/error.hpp"

namespace assay::model {
namespace {

// A value for an error message, cut short: config.json may hold anything.
std::string shown(const util::Json& value) {
  constexpr std::size_t longest = 40;
  if (value.is_structured()) return value.is_array() ? "a list" : "an object";
  std::string text = value.dump(-1, ' ', true);
  return text.size() <= longest ? text : text.substr(0, longest) + "...";
}

bool in_bounds(const util::Json& value, IntegerBounds bounds) {
  if (value.is_number_unsigned()) {
    const auto number = value.get<std::uint64_t>();
    if (number > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) return false;
  }
  const auto number = value.get<std::int64_t>();
  return number >= bounds.min && number <= bounds.max;
}

}  // namespace

ConfigReader::ConfigReader(const util::Json& value, std::string source, std::string prefix)
    : value_(&value), source_(std::move(source)), prefix_(std::move(prefix)) {
  const std::string what = prefix_.empty() ? "" : " " + prefix_.substr(0, prefix_.size() - 1);
  util::check_input(value.is_object(), "{}:{} must be a JSON object (it is {})", source_, what, shown(value));
}

void ConfigReader::fail(std::string_view key, const std::string& problem) const {
  util::fail_input("{}: {}{} {}", source_, prefix_, key, problem);
}

bool ConfigReader::has(std::string_view key) const {
  return value_->find(key) != value_->end();
}

const util::Json* ConfigReader::find(std::string_view key) {
  const auto member = value_->find(key);
  if (member == value_->end()) return nullptr;
  read_.emplace(key);
  return member->is_null() ? nullptr : &*member;
}

std::optional<std::int64_t> ConfigReader::optional_integer(std::string_view key, IntegerBounds bounds) {
  const util::Json* member = find(key);
  if (member == nullptr) return std::nullopt;
  if (!member->is_number_integer() || !in_bounds(*member, bounds)) {
    fail(key,
         fmt::format("is {}; it must be an integer from {} to {}", shown(*member), bounds.min, bounds.max));
  }
  return member->get<std::int64_t>();
}

std::int64_t ConfigReader::integer(std::string_view key, IntegerBounds bounds) {
  const auto value = optional_integer(key, bounds);
  if (!value) fail(key, "is missing; the model cannot be built without it");
  return *value;
}

std::optional<double> ConfigReader::optional_number(std::string_view key, NumberBounds bounds) {
  const util::Json* member = find(key);
  if (member == nullptr) return std::nullopt;
  const double number = member->is_number() ? member->get<double>() : std::nan("");
  if (!std::isfinite(number) || number < bounds.min || number > bounds.max) {
    fail(key,
         fmt::format("is {}; it must be a number from {} to {}", shown(*member), bounds.min, bounds.max));
  }
  return number;
}

double ConfigReader::number(std::string_view key, NumberBounds bounds) {
  const auto value = optional_number(key, bounds);
  if (!value) fail(key, "is missing; the model cannot be built without it");
  return *value;
}

bool ConfigReader::flag_or(std::string_view key, bool fallback) {
  const util::Json* member = find(key);
  if (member == nullptr) return fallback;
  if (!member->is_boolean()) fail(key, fmt::format("is {}; it must be true or false", shown(*member)));
  return member->get<bool>();
}

std::optional<std::string> ConfigReader::optional_text(std::string_view key) {
  const util::Json* member = find(key);
  if (member == nullptr) return std::nullopt;
  if (!member->is_string()) fail(key, fmt::format("is {}; it must be a string", shown(*member)));
  return member->get<std::string>();
}

std::vector<std::string> ConfigReader::texts(std::string_view key, std::size_t max_count) {
  const util::Json* member = find(key);
  if (member == nullptr) return {};
  if (!member->is_array() || member->size() > max_count) {
    fail(key, fmt::format("must be a list of at most {} strings", max_count));
  }
  std::vector<std::string> result;
  for (const auto& item : *member) {
    if (!item.is_string()) fail(key, fmt::format("holds {}; it must be a list of strings", shown(item)));
    result.push_back(item.get<std::string>());
  }
  return result;
}

std::vector<double> ConfigReader::numbers(std::string_view key, std::size_t count, NumberBounds bounds) {
  const util::Json* member = find(key);
  if (member == nullptr || !member->is_array() || member->size() != count) {
    fail(key, fmt::format("must be a list of {} numbers", count));
  }
  std::vector<double> result;
  for (const auto& item : *member) {
    const double number = item.is_number() ? item.get<double>() : std::nan("");
    if (!std::isfinite(number) || number < bounds.min || number > bounds.max) {
      fail(key,
           fmt::format("holds {}; its numbers must lie from {} to {}", shown(item), bounds.min, bounds.max));
    }
    result.push_back(number);
  }
  return result;
}

std::vector<std::int32_t> ConfigReader::token_ids(std::string_view key) {
  constexpr std::size_t most = 1024;
  constexpr IntegerBounds bounds{0, std::numeric_limits<std::int32_t>::max()};
  const util::Json* member = find(key);
  if (member == nullptr) return {};
  const auto list = member->is_array() ? *member : util::Json::array({*member});
  if (list.size() > most) fail(key, fmt::format("lists more than {} token ids", most));
  std::vector<std::int32_t> result;
  for (const auto& item : list) {
    if (!item.is_number_integer() || !in_bounds(item, bounds)) {
      fail(key, fmt::format("holds {}; it must be a token id or a list of token ids", shown(item)));
    }
    result.push_back(item.get<std::int32_t>());
  }
  return result;
}

const util::Json* ConfigReader::object(std::string_view key) {
  const util::Json* member = find(key);
  if (member == nullptr) return nullptr;
  if (!member->is_object()) fail(key, fmt::format("is {}; it must be an object", shown(*member)));
  return member->empty() ? nullptr : member;
}

std::vector<std::string> ConfigReader::unread() const {
  std::vector<std::string> result;
  for (const auto& [key, member] : value_->items()) {
    if (!read_.contains(key)) result.push_back(key);
  }
  return result;
}

}  // namespace assay::model
