#include "eval/math/function_names.hpp"

#include <utility>

namespace assay::eval::math {

std::optional<Op> function_op(std::string_view name) {
  static constexpr std::pair<std::string_view, Op> functions[] = {
      {"exp", Op::exponential}, {"sin", Op::sin},        {"cos", Op::cos},       {"tan", Op::tan},
      {"csc", Op::csc},         {"sec", Op::sec},        {"cot", Op::cot},       {"arcsin", Op::arcsin},
      {"arccos", Op::arccos},   {"arctan", Op::arctan},  {"arccsc", Op::arccsc}, {"arcsec", Op::arcsec},
      {"arccot", Op::arccot},   {"sinh", Op::sinh},      {"cosh", Op::cosh},     {"tanh", Op::tanh},
      {"arsinh", Op::arsinh},   {"arcosh", Op::arcosh},  {"artanh", Op::artanh}, {"arcsinh", Op::arsinh},
      {"arccosh", Op::arcosh},  {"arctanh", Op::artanh}, {"floor", Op::floor},   {"ceil", Op::ceiling},
      {"gcd", Op::gcd},         {"lcm", Op::lcm},        {"max", Op::maximum},   {"min", Op::minimum}};
  for (const auto& [text, op] : functions) {
    if (text == name) return op;
  }
  return std::nullopt;
}

std::optional<Op> inverse_function(Op op) {
  switch (op) {
    case Op::sin:
      return Op::arcsin;
    case Op::cos:
      return Op::arccos;
    case Op::tan:
      return Op::arctan;
    case Op::csc:
      return Op::arccsc;
    case Op::sec:
      return Op::arcsec;
    case Op::cot:
      return Op::arccot;
    case Op::sinh:
      return Op::arsinh;
    case Op::cosh:
      return Op::arcosh;
    case Op::tanh:
      return Op::artanh;
    default:
      return std::nullopt;
  }
}

}  // namespace assay::eval::math
