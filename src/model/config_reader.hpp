// Typed, bounded access to the members of config.json. Every error names the file and the key.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "assay/util/json.hpp"

namespace assay::model {

/// Inclusive bounds on an integer; the defaults suit a dimension.
struct IntegerBounds {
  std::int64_t min = 1;
  std::int64_t max = std::int64_t{1} << 24;
};

/// Inclusive bounds on a finite number.
struct NumberBounds {
  double min = 0;
  double max = 1e12;
};

/// Views one JSON object, which must outlive it. A member that is null counts as absent, except where said.
class ConfigReader {
 public:
  /// Throws InputError if `value` is not an object. `prefix` is put before keys in errors ("rope_scaling.").
  ConfigReader(const util::Json& value, std::string source, std::string prefix = "");

  [[nodiscard]] std::int64_t integer(std::string_view key, IntegerBounds bounds = {});
  [[nodiscard]] std::optional<std::int64_t> optional_integer(std::string_view key, IntegerBounds bounds = {});
  [[nodiscard]] double number(std::string_view key, NumberBounds bounds = {});
  [[nodiscard]] std::optional<double> optional_number(std::string_view key, NumberBounds bounds = {});
  [[nodiscard]] bool flag_or(std::string_view key, bool fallback);
  [[nodiscard]] std::optional<std::string> optional_text(std::string_view key);
  [[nodiscard]] std::vector<std::string> texts(std::string_view key, std::size_t max_count);
  [[nodiscard]] std::vector<double> numbers(std::string_view key, std::size_t count, NumberBounds bounds);
  /// Token ids: an integer or a list of integers; empty if absent or null.
  [[nodiscard]] std::vector<std::int32_t> token_ids(std::string_view key);
  /// An object member, or nullptr when absent, null or {}.
  [[nodiscard]] const util::Json* object(std::string_view key);

  /// True if the key is there at all, null included.
  [[nodiscard]] bool has(std::string_view key) const;
  /// Members that nothing has asked for.
  [[nodiscard]] std::vector<std::string> unread() const;
  [[nodiscard]] const util::Json& value() const { return *value_; }
  [[nodiscard]] const std::string& source() const { return source_; }

  /// Throws InputError "<source>: <prefix><key> <problem>".
  [[noreturn]] void fail(std::string_view key, const std::string& problem) const;

 private:
  const util::Json* find(std::string_view key);  // nullptr if absent or null; marks the key as read

  const util::Json* value_;
  std::string source_;
  std::string prefix_;
  std::set<std::string, std::less<>> read_;
};

}  // namespace assay::model
