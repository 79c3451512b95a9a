#include "eval/choice.hpp"

#include "assay/eval/score.hpp"
#include "eval/support.hpp"

namespace assay::eval {
namespace {

using util::OrderedJson;

TEST_CASE("a gold option is an index as Python takes it, or its text") {
  const std::vector<std::string> choices = {"no", "yes", "maybe"};
  CHECK(gold_index(2, choices) == 2U);
  CHECK(gold_index(true, choices) == 1U);
  CHECK(gold_index(false, choices) == 0U);
  CHECK(gold_index(1.0, choices) == 1U);
  CHECK(gold_index(-0.0, choices) == 0U);
  CHECK(gold_index("maybe", choices) == 2U);
  const std::vector<OrderedJson> none = {
      3, -1, 1.5, 1e300, std::uint64_t{1} << 63, "True", "1", nullptr, OrderedJson::array({1})};
  for (const OrderedJson& gold : none) {
    CAPTURE(gold.dump());
    CHECK_FALSE(gold_index(gold, choices));
  }
  CHECK_FALSE(as_index("1"));
  CHECK(as_index(-3) == -3);
  CHECK_FALSE(as_index(std::numeric_limits<double>::quiet_NaN()));
}

TaskConfig task_of(OutputType type, const std::string& metric) {
  TaskConfig task;
  task.task = "t";
  task.output_type = type;
  task.filters = {{"none", {{"take_first", OrderedJson::object()}}}};
  task.metrics.push_back({metric, "mean", {}, OrderedJson::object()});
  return task;
}

TEST_CASE("boolean and whole-number golds are scored in every metric") {
  for (const char* metric : {"acc", "acc_norm", "exact_match"}) {
    const TaskConfig task = task_of(OutputType::multiple_choice, metric);
    std::vector<engine::Completion> answers(2);
    answers[0].log_probability = -9;
    answers[0].is_greedy = false;
    answers[1].log_probability = -1;
    const auto score = [&](const OrderedJson& gold) {
      Sample sample;
      sample.target = gold;
      sample.choices = {"no", "yes"};
      sample.requests.resize(2);
      return score_sample(task, sample, answers).at(0).metrics.at(metric).get<double>();
    };
    CAPTURE(metric);
    CHECK(score(true) == 1);
    CHECK(score(1.0) == 1);
    CHECK(score(false) == 0);
    CHECK(score(0.0) == 0);
    CHECK(score(OrderedJson::array({0, true})) == 1);
  }
}

TEST_CASE("a generated choice is compared with the option that the target names") {
  TaskConfig task = task_of(OutputType::generate_until, "exact_match");
  task.doc_to_choice = {"no", "yes"};
  engine::Completion answer;
  answer.kind = engine::RequestKind::generate;
  answer.text = "yes";
  const auto score = [&](const OrderedJson& gold) {
    Sample sample;
    sample.target = gold;
    sample.choices = {"no", "yes"};
    sample.requests.resize(1);
    return score_sample(task, sample, {answer}).at(0).metrics.at("exact_match").get<double>();
  };
  CHECK(score(true) == 1);
  CHECK(score(1.0) == 1);
  CHECK(score(false) == 0);
}

TEST_CASE("a pipeline that leaves the list of its one response is scored by that response") {
  TaskConfig task = task_of(OutputType::generate_until, "exact_match");
  task.filters = {{"none", {{"lowercase", OrderedJson::object()}}}};
  engine::Completion answer;
  answer.kind = engine::RequestKind::generate;
  answer.text = "Yes";
  Sample sample;
  sample.target = "yes";
  sample.requests.resize(1);
  const auto scores = score_sample(task, sample, {answer});
  CHECK(scores.at(0).metrics.at("exact_match") == 1.0);
  CHECK(scores.at(0).filtered_response.dump() == R"([["yes"]])");
}

}  // namespace
}  // namespace assay::eval
