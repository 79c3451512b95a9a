#include "eval/math/math_verify.hpp"

#include <iostream>
#include <string>

#include "eval/math/recorded_rows.hpp"
#include "eval/math/verify_normalize.hpp"

namespace assay::eval::math {
namespace {

using util::OrderedJson;

template <class Check>
int for_each(const std::string& kind, Check&& check) {
  return test::for_each_row("math_verify.jsonl.gz", kind, check);
}

TEST_CASE("formulas are cleaned as math-verify cleans them") {
  const int count = for_each("clean", [](const OrderedJson& row) {
    const auto text = row["text"].get<std::string>();
    CAPTURE(text);
    CHECK(normalize_latex(text, Boxes::all) == row["clean"].get<std::string>());
  });
  CHECK(count > 300);
}

TEST_CASE("answers are found where math-verify finds them") {
  int unread = 0;
  const int count = for_each("pair", [&](const OrderedJson& row) {
    const auto response = row["response"].get<std::string>();
    CAPTURE(response);
    const VerifyAnswer found = math_verify_parse(response);
    CHECK(found.text.value_or("") == (row["found"][1].is_null() ? "" : row["found"][1].get<std::string>()));
    if (found.value.has_value() == row["found"][0].is_null()) {
      ++unread;
      std::cout << (found.value ? "read here only: " : "not read here: ") << OrderedJson(response).dump()
                << "\n";
    }
  });
  std::cout << unread << " of " << count << " are read by one side only\n";
  CHECK(unread * 100 <= count);
}

TEST_CASE("answers compared by math_verify have the package's verdicts") {
  int differing = 0;
  const int count = for_each("pair", [&](const OrderedJson& row) {
    const auto gold = row["gold"].get<std::string>();
    const auto response = row["response"].get<std::string>();
    const bool same = math_verify(gold, response);
    if (same == (row["equal"] == 1)) return;
    ++differing;
    std::cout << (same ? "equal here: " : "unequal here: ") << OrderedJson(gold).dump() << "   "
              << OrderedJson(response).dump() << "\n";
  });
  std::cout << differing << " of " << count << " differ\n";
  CHECK(differing * 100 <= count);
}

}  // namespace
}  // namespace assay::eval::math
