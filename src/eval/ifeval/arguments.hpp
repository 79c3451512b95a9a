// The arguments of one instruction: its entry of an IFEval document's `kwargs`.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "assay/util/json.hpp"

namespace assay::eval {

/// Which comparison a document asks for.
enum class Relation { less_than, at_least };

/// Reads arguments by name. What Python takes for false (null, 0, false, "", []) is absent, as it is to
/// lm-eval. Every getter throws InputError, naming document, instruction and argument, if the argument is
/// absent or of another kind.
class Arguments {
 public:
  /// `kwargs` must outlive this. `where` begins messages: `IFEval document 12: keywords:frequency`.
  Arguments(const util::OrderedJson& kwargs, std::string where);

  /// A number that is not negative.
  [[nodiscard]] double number(std::string_view name) const;
  /// A whole number of at least 1.
  [[nodiscard]] std::size_t whole(std::string_view name) const;
  [[nodiscard]] std::string text(std::string_view name) const;
  [[nodiscard]] std::vector<std::string> texts(std::string_view name) const;
  [[nodiscard]] Relation relation(std::string_view name) const;
  /// What messages begin with.
  [[nodiscard]] const std::string& where() const { return where_; }
  /// Throws InputError if there is an argument beside these.
  void allow_only(std::initializer_list<std::string_view> names) const;
  [[noreturn]] void refuse(std::string_view name, std::string_view why) const;

 private:
  [[nodiscard]] const util::OrderedJson& value(std::string_view name) const;

  const util::OrderedJson* kwargs_;
  std::string where_;
};

}  // namespace assay::eval
