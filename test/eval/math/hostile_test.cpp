// Answers made to hurt: everything ends, soon, and as "not equal".
#include <string>
#include <vector>

#include "eval/math/hendrycks.hpp"
#include "eval/math/math_verify.hpp"
#include "eval/math/minerva.hpp"
#include "eval/math/sympy_latex.hpp"
#include "eval/support.hpp"

namespace assay::eval::math {
namespace {

std::string repeated(const std::string& piece, std::size_t bytes) {
  std::string out;
  while (out.size() < bytes) out += piece;
  return out;
}

constexpr std::size_t megabyte = 1 << 20;

TEST_CASE("a megabyte of anything is compared in time") {
  for (const char* piece : {"{",        "}",        "\\frac",   "\\frac{",
                            "\\sqrt{",  "\\sqrt",   "(",        "x(",
                            "|",        "1",        "1+",       "-",
                            "x^",       "\\boxed{", "\\boxed ", "\\text{",
                            "\\text{ ", "$",        "=",        "/",
                            "\\left(",  ",",        ".",        "\\overline{",
                            "!",        "\xff",     "\n",       "Final Answer: The final answer is",
                            "sqrt[",    "frac",     "d ",       "\\",
                            "_",        "é"}) {
    CAPTURE(piece);
    const std::string text = repeated(piece, megabyte);
    CHECK_FALSE(is_equiv(text, std::string("5")));
    CHECK_FALSE(is_equiv(text + "1", text + "2"));
    CHECK_FALSE(agieval_is_equiv("\\boxed{1}", text + "\\boxed{2}"));
    CHECK_FALSE(
        minerva_exact_match("Final Answer: The final answer is $" + text + "$. I hope it is correct.", "5"));
    CHECK_FALSE(minerva_is_equiv(text, "5"));
    CHECK_FALSE(minerva_is_equiv("5", text));
    CHECK_FALSE(minerva_exact_match(text, "5"));
  }
}

TEST_CASE("math_verify of a large response ends") {
  for (const char* piece : {"$", "$$", "\\[", "\\boxed{", "{", "answer ", "final answer is ", "1 ", "1+",
                            "$x$ and ", "\\frac{1}{", "\\text{", "x=", "x_", "\\sin ", "x^", "{x,"}) {
    CAPTURE(piece);
    for (const std::size_t size : {100U, 8000U}) {
      const std::string text = repeated(piece, size);
      CHECK_FALSE(math_verify("So $\\boxed{123}$.", text));
      CHECK_FALSE(math_verify("So $\\boxed{123}$.", "$" + text + "$"));
    }
  }
}

TEST_CASE("deep and ambiguous formulas end") {
  for (const std::size_t size : {50U, 1000U, 5000U, 20000U}) {
    for (const char* piece :
         {"{",       "(", "x(", "x(y", "|x",  "\\frac{1}{", "\\sqrt{",     "x^{", "x_{",     "f(x,", "\\sin",
          "\\log_{", "-", "2!", "x^2", "(x)", "1,234",      "\\binom{5}{", "[",   "\\lfloor"}) {
      CAPTURE(piece, size);
      const std::string text = repeated(piece, size);
      CHECK_FALSE(minerva_is_equiv(text, "12345"));
      CHECK_FALSE(minerva_is_equiv(text + "7" + repeated("}", size), "12345"));
      CHECK_FALSE(minerva_is_equiv(text + "7" + repeated(")", size), "12345"));
    }
  }
}

TEST_CASE("numbers beyond all bounds are equal to nothing") {
  const std::vector<std::string> huge = {"9^{9^{9^{9^{9}}}}", "10^{10^{10}}",   "(10^{1000000})!",
                                         "100000000!",        "2^{-9^{9^{9}}}", "\\binom{10^{15}}{10^{14}}",
                                         "\\exp(10^{30})",    "0^{-1}",         "\\frac{1}{x-x}",
                                         "\\log 0",           "\\tan(10^{40})", "x^{10^{18}+1}",
                                         "\\infty",           "7!!!!!!",        "1.5^{999999999999999}"};
  for (const std::string& text : huge) {
    CAPTURE(text);
    CHECK_FALSE(minerva_is_equiv(text, "2"));
    CHECK_FALSE(minerva_is_equiv(text + "+1", text + "+2"));
  }
}

TEST_CASE("large whole numbers are exact") {
  CHECK(minerva_is_equiv("10^{100}+1", "1" + std::string(99, '0') + "1"));
  CHECK_FALSE(minerva_is_equiv("10^{100}+1", "10^{100}"));
  CHECK_FALSE(minerva_is_equiv("2305843009213693951", "0"));
  CHECK_FALSE(minerva_is_equiv("2305843009213693951\\cdot 2305843009213693921", "0"));
  CHECK(minerva_is_equiv("x^{100000}\\cdot x", "x^{100001}"));
  CHECK(minerva_is_equiv("\\frac{50!}{48!}", "2450"));
}

}  // namespace
}  // namespace assay::eval::math
