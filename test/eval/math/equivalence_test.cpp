#include <cstdlib>
#include <iostream>
#include <optional>
#include <string>

#include "eval/math/hendrycks.hpp"
#include "eval/math/minerva.hpp"
#include "eval/math/recorded_rows.hpp"

namespace assay::eval::math {
namespace {

using util::OrderedJson;

std::optional<std::string> text_or_none(const OrderedJson& value) {
  if (value.is_null()) return std::nullopt;
  return value.get<std::string>();
}

template <class Check>
int for_each(const std::string& kind, Check&& check) {
  return test::for_each_row("equivalence.jsonl.gz", kind, check);
}

TEST_CASE("normal forms are the harness's, byte for byte") {
  const int count = for_each("text", [](const OrderedJson& row) {
    const auto text = row["text"].get<std::string>();
    CAPTURE(text);
    const auto boxed = last_boxed(text);
    CHECK(boxed == text_or_none(row["boxed"]));
    CHECK(boxed_answer(text) == text_or_none(row["inside"]));
    CHECK(remove_boxed(text) == text_or_none(row["remove"]));
    CHECK(strip_string(text) == text_or_none(row["strip"]));
    CHECK(agieval_answer(text) == text_or_none(row["agieval"]));
    CHECK(normalize_final_answer(text) == text_or_none(row["minerva"]));
    CHECK(normalize_final_answer(text, MinervaRules::leaderboard) == text_or_none(row["leaderboard"]));
  });
  CHECK(count > 500);
}

TEST_CASE("final answers are found where the harness finds them") {
  const int count = for_each("response", [](const OrderedJson& row) {
    const auto text = row["text"].get<std::string>();
    CAPTURE(text);
    CHECK(get_unnormalized_answer(text) == row["answer"].get<std::string>());
  });
  CHECK(count > 10);
}

TEST_CASE("answers compared as text have the harness's verdicts") {
  const int count = for_each("pair", [](const OrderedJson& row) {
    const auto left = row["left"].get<std::string>();
    const auto right = row["right"].get<std::string>();
    CAPTURE(left, right);
    CHECK(is_equiv(left, right) == (row["hendrycks"] == 1));
    CHECK(agieval_is_equiv(left, right) == (row["agieval"] == 1));
    CHECK(is_equiv(aime_answer(left), right) == (row["aime"] == 1));
    if (!row["scored"].is_null()) {
      CHECK(is_equiv(response_answer(left), boxed_answer("\\boxed{" + right + "}")) == (row["scored"] == 1));
    }
  });
  CHECK(count > 2000);
}

TEST_CASE("answers compared by algebra have sympy's verdicts") {
  int differing = 0;
  const int count = for_each("pair", [&](const OrderedJson& row) {
    const auto left = normalize_final_answer(row["left"].get<std::string>());
    const auto right = normalize_final_answer(row["right"].get<std::string>());
    const bool equal = minerva_is_equiv(left.value(), right.value());
    if (equal == (row["minerva"] == 1)) return;
    ++differing;
    std::cout << (equal ? "equal here: " : "unequal here: ") << *left << "   " << *right << "\n";
  });
  std::cout << differing << " of " << count << " differ\n";
  // Those are named in equality.hpp.
  CHECK(differing * 200 <= count);
}

}  // namespace
}  // namespace assay::eval::math
