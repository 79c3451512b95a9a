#include <cstddef>
#include <string>

#include "eval/math/verify_latex.hpp"

namespace assay::eval::math {
namespace {

// Python's precedence: + -, * / //, unary signs, **.
class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  ExpressionPtr parse() {
    ExpressionPtr value = sum();
    return value && at_end() ? value : nullptr;
  }

 private:
  static constexpr std::size_t nesting_limit = 100;

  void skip_space() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
  }
  bool at_end() {
    skip_space();
    return at_ == text_.size();
  }
  bool take(std::string_view token) {
    skip_space();
    if (!text_.substr(at_).starts_with(token)) return false;
    at_ += token.size();
    return true;
  }

  ExpressionPtr sum() {
    if (++nesting_ > nesting_limit) return nullptr;
    ExpressionPtr value = product();
    while (value) {
      if (take("+")) {
        value = make(Op::add, {value, product()});
      } else if (take("-")) {
        ExpressionPtr next = product();
        value = next ? make(Op::add, {value, negative(next)}) : nullptr;
      } else {
        break;
      }
    }
    --nesting_;
    return value;
  }

  ExpressionPtr product() {
    ExpressionPtr value = unary();
    while (value) {
      if (text_.substr(at_).find_first_not_of(" \t") != std::string_view::npos && take("//")) {
        ExpressionPtr next = unary();
        value = next ? make(Op::floor, {make(Op::multiply, {value, reciprocal(next)})}) : nullptr;
      } else if (take("*")) {
        value = make(Op::multiply, {value, unary()});
      } else if (take("/")) {
        ExpressionPtr next = unary();
        value = next ? make(Op::multiply, {value, reciprocal(next)}) : nullptr;
      } else {
        break;
      }
    }
    return value;
  }

  ExpressionPtr unary() {
    bool minus = false;
    std::size_t signs = 0;
    while (true) {
      if (take("-")) {
        minus = !minus;
      } else if (!take("+")) {
        break;
      }
      if (++signs > nesting_limit) return nullptr;
    }
    ExpressionPtr value = power();
    return minus && value ? negative(value) : value;
  }

  ExpressionPtr power() {
    if (++nesting_ > nesting_limit) return nullptr;
    ExpressionPtr base = atom();
    if (base && take("**")) base = make(Op::power, {base, unary()});
    --nesting_;
    return base;
  }

  ExpressionPtr atom() {
    if (take("(")) {
      ExpressionPtr value = sum();
      return value && take(")") ? value : nullptr;
    }
    skip_space();
    std::size_t end = at_;
    std::size_t points = 0;
    std::size_t digits = 0;
    for (; end < text_.size(); ++end) {
      const char c = text_[end];
      if (c == '.') {
        ++points;
      } else if (c >= '0' && c <= '9') {
        ++digits;
      } else {
        break;
      }
    }
    std::string number(text_.substr(at_, end - at_));
    at_ = end;
    if (digits == 0 || points > 1) return nullptr;
    const bool leading_zero =
        points == 0 && number[0] == '0' && number.find_first_not_of('0') != std::string::npos;
    if (leading_zero) return nullptr;
    if (number.front() == '.') number.insert(0, 1, '0');
    if (number.back() == '.') number += '0';
    return make_number(number);
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t nesting_ = 0;
};

}  // namespace

ExpressionPtr parse_arithmetic(std::string_view text) {
  return Parser(text).parse();
}

}  // namespace assay::eval::math
