// Aggregations and their standard errors against lm-evaluation-harness with scikit-learn and sacrebleu.
#include "assay/eval/group_aggregation.hpp"
#include "eval/classification.hpp"
#include "eval/metric.hpp"
#include "eval/metric_support.hpp"

namespace assay::eval {
namespace {

using util::OrderedJson;

TEST_CASE("values and bootstrapped errors are lm-eval's, bit for bit") {
  std::map<std::string, int> compared;
  for (const OrderedJson& entry : test::metric_record("aggregations")) {
    const std::string name = entry["aggregation"];
    const auto values = entry["values"].get<std::vector<OrderedJson>>();
    CAPTURE(name, values.size());
    const Aggregation* aggregation = find_aggregation(name);
    REQUIRE(aggregation != nullptr);
    CHECK(test::same(aggregation->value(values), entry["value"]));
    const auto error = aggregation->standard_error(values, entry["resamples"].get<std::size_t>());
    if (error)
      CHECK(test::same(*error, entry["error"]));
    else
      CHECK(entry["error"].is_null());
    ++compared[name];
  }
  // All but bypass, which is a constant.
  CHECK(compared.size() == all_aggregations().size() - 1);
  CHECK(find_aggregation("bypass")->value(std::vector<OrderedJson>{nullptr}) == 999);
}

TEST_CASE("labels that f1 does not take are named") {
  const Aggregation* f1 = find_aggregation("f1");
  CHECK(f1->value(std::vector<OrderedJson>{{0, 0}, {0, 0}}) == 0);
  CHECK(f1->value(std::vector<OrderedJson>{{true, 1}, {1.0, 0}}) == Approx(2.0 / 3));
  for (const std::vector<OrderedJson>& values :
       {std::vector<OrderedJson>{{0, 1}, {2, 1}}, {{0, 2}, {0, 2}}, {{-100, 0}, {1, 0}}}) {
    CHECK_THROWS_AS(f1->value(values), util::InputError);
  }
  CHECK(test::input_error([&] {
          f1->value(std::vector<OrderedJson>{{{0, 1}, 1}});
        }).find("[0,1]") != std::string::npos);
  const Aggregation* brier = find_aggregation("brier_score");
  CHECK_THROWS_AS(brier->value(std::vector<OrderedJson>{{2, {0.5, 0.5}}}), util::InputError);
  CHECK_THROWS_AS(brier->value(std::vector<OrderedJson>{{-1, {0.5, 0.5}}}), util::InputError);
  const Aggregation* bleu = find_aggregation("bleu");
  CHECK_THROWS_AS(bleu->value(std::vector<OrderedJson>{{"a", {"b", "c"}}}), util::InputError);
  CHECK_THROWS_AS(bleu->value(std::vector<OrderedJson>{{OrderedJson::array(), "c"}}), util::InputError);
  CHECK_THROWS_AS(bleu->value(std::vector<OrderedJson>{1}), util::InputError);
}

std::vector<MetricResult> results_of(const OrderedJson& leaf) {
  std::vector<MetricResult> results;
  for (const auto& [key, value] : leaf.items()) {
    const auto comma = key.find(',');
    if (comma == std::string::npos || key.find("_stderr") != std::string::npos) continue;
    MetricResult result;
    result.metric = key.substr(0, comma);
    result.filter = key.substr(comma + 1);
    result.value = value;
    const OrderedJson& error = leaf.at(result.metric + "_stderr," + result.filter);
    if (error.is_number()) result.standard_error = error.get<double>();
    results.push_back(result);
  }
  return results;
}

void check_group(const OrderedJson& record) {
  std::vector<std::vector<MetricResult>> results;
  for (const auto& [name, leaf] : record["leaves"].items()) results.push_back(results_of(leaf));
  std::vector<GroupLeaf> leaves;
  for (const auto& [name, leaf] : record["leaves"].items())
    leaves.push_back({name, leaf["sample_len"], results[leaves.size()]});
  std::vector<GroupMetric> metrics;
  for (const OrderedJson& config : record["configs"]) {
    GroupMetric metric{config["metric"], {}, config.value("weight_by_size", true)};
    const OrderedJson filters = config.value("filter_list", OrderedJson::array());
    if (filters.is_string()) metric.filters = {filters.get<std::string>()};
    if (filters.is_array()) metric.filters = filters.get<std::vector<std::string>>();
    metrics.push_back(metric);
  }
  OrderedJson ours = OrderedJson::object();
  for (const GroupResult& group : aggregate_group(metrics, leaves)) {
    const MetricResult& result = group.result;
    ours[result.metric + "," + result.filter] = result.value;
    ours[result.metric + "_stderr," + result.filter] =
        result.standard_error ? OrderedJson(*result.standard_error) : OrderedJson("N/A");
    CHECK(result.samples == record["result"]["sample_count"][result.metric + "," + result.filter]);
  }
  OrderedJson theirs = record["result"];
  for (const char* key : {"alias", "name", "sample_len", "sample_count"}) theirs.erase(key);
  CHECK(ours == theirs);
}

TEST_CASE("groups are weighted and pooled as lm-eval's") {
  const OrderedJson records = test::metric_record("groups");
  CHECK(records.size() == 12);
  for (const OrderedJson& record : records) check_group(record);
}

TEST_CASE("a group says which of its tasks lack a metric") {
  MetricResult result;
  result.metric = "acc";
  result.filter = "none";
  result.value = 0.5;
  const std::vector<MetricResult> some = {result};
  const std::vector<GroupLeaf> leaves = {{"with", 10, some}, {"without", 5, {}}};
  const std::vector<GroupMetric> metrics = {{"acc", {}, true}, {"f1", {"none"}, false}};
  const auto group = aggregate_group(metrics, leaves);
  REQUIRE(group.size() == 1);
  CHECK(group[0].result.value == 0.5);
  CHECK_FALSE(group[0].result.standard_error);
  CHECK(group[0].missing == std::vector<std::string>{"without"});
}

TEST_CASE("the mass of true answers is TruthfulQA's") {
  for (const OrderedJson& entry : test::metric_record("samples")["mc2"]) {
    std::vector<bool> is_true;
    for (const OrderedJson& label : entry[1]) is_true.push_back(label == 1);
    const auto values = entry[0].get<std::vector<double>>();
    CHECK(test::close(true_probability_mass(values, is_true), entry[2]));
  }
}

}  // namespace
}  // namespace assay::eval
