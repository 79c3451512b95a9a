// Short answers against SQuAD's script as lm-evaluation-harness's ReCoRD task has it, and numbers against
// Python.
#include "eval/squad_text.hpp"

#include "eval/metric_support.hpp"
#include "eval/python_number.hpp"

namespace assay::eval {
namespace {

using util::OrderedJson;

TEST_CASE("hostile answers are normalised as SQuAD's script does") {
  const OrderedJson record = test::metric_record("answers");
  CHECK(record["texts"].size() > 50);
  for (std::size_t i = 0; i < record["texts"].size(); ++i) {
    const std::string text = record["texts"][i];
    CAPTURE(text);
    CHECK(normalize_squad(text) == record["singles"][i][0].get<std::string>());
    CHECK(python_to_float(text).has_value() == record["singles"][i][1].get<bool>());
  }
}

TEST_CASE("word F1 is SQuAD's to the last bit") {
  const OrderedJson record = test::metric_record("answers");
  const auto text = [&](const OrderedJson& at) {
    std::string result = record["texts"][at.get<std::size_t>()];
    std::ranges::replace(result, '_', ' ');
    return result;
  };
  for (const OrderedJson& pair : record["pairs"]) {
    CAPTURE(text(pair[0]), text(pair[1]));
    // Two answers without a word are equal in SQuAD's own script, and share nothing in ReCoRD's.
    const bool no_words = normalize_squad(text(pair[0])).empty() && normalize_squad(text(pair[1])).empty();
    CHECK(squad_f1(text(pair[0]), text(pair[1])) == (no_words ? OrderedJson(1) : pair[2]));
  }
}

}  // namespace
}  // namespace assay::eval
