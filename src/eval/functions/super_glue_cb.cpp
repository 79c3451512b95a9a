// super_glue's CommitmentBank: F1 averaged over its three labels, as lm-evaluation-harness's cb and its T5
// variant do.
#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "assay/util/error.hpp"
#include "eval/choice.hpp"
#include "eval/function_module.hpp"

namespace assay::eval {
namespace {

using util::check_input;
using util::OrderedJson;

constexpr std::int64_t labels = 3;

// Unweighted mean of the F1 of each label, 0 for one that neither side names. Which of a pair is the gold
// label does not matter.
double mean_f1(std::span<const OrderedJson> pairs) {
  std::array<double, labels> hits{};
  std::array<double, labels> named{};
  check_input(!pairs.empty(), "there are no values to combine");
  for (const OrderedJson& pair : pairs) {
    check_input(pair.is_array() && pair.size() == 2, "a value is not a pair of labels");
    const auto first = as_index(pair[0]);
    const auto second = as_index(pair[1]);
    check_input(first && second, "a value is not a pair of labels");
    for (const std::int64_t label : {*first, *second}) {
      if (label >= 0 && label < labels) ++named[static_cast<std::size_t>(label)];
    }
    if (*first == *second && *first >= 0 && *first < labels) ++hits[static_cast<std::size_t>(*first)];
  }
  double sum = 0;
  for (std::size_t i = 0; i < hits.size(); ++i) sum += named[i] > 0 ? 2 * hits[i] / named[i] : 0;
  return sum / labels;
}

OrderedJson mean_3class_f1(const OrderedJson& reference, const OrderedJson& prediction) {
  static constexpr std::array<std::string_view, labels> names = {"entailment", "contradiction", "neutral"};
  const auto index = [](const OrderedJson& value) {
    return value.is_string() ? std::ranges::find(names, value.get_ref<const std::string&>()) : names.end();
  };
  const auto gold = index(reference);
  check_input(gold != names.end(), "the target is no label of this task");
  const auto predicted = index(prediction);
  return OrderedJson::array({predicted == names.end() ? 0 : predicted - names.begin(), gold - names.begin()});
}

constexpr std::string_view sources[] = {"1a65ad044b6b663a7293c84a70a1d1deb1762897272b4de3328f4b9ad57d847a",
                                        "7b9f98d6833fc456b07f3a6664df94f0c9bdf64a9a502872ff76074e59ed8e42"};
constexpr NamedMetric metrics[] = {{"mean_3class_f1", mean_3class_f1}};
constexpr NamedAggregation aggregations[] = {{"cb_multi_fi", mean_f1}, {"agg_mean_3class_f1", mean_f1}};

}  // namespace

extern const FunctionModule function_module_super_glue_cb;
const FunctionModule function_module_super_glue_cb = {
    .name = "super_glue_cb", .sources = sources, .metrics = metrics, .aggregations = aggregations};

}  // namespace assay::eval
