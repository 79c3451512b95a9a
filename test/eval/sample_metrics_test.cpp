// Values of single samples, and filters, against lm-evaluation-harness's process_results and filters.
#include "assay/eval/score.hpp"
#include "eval/filter.hpp"
#include "eval/metric.hpp"
#include "eval/metric_support.hpp"

namespace assay::eval {
namespace {

using util::OrderedJson;

TaskConfig task_of(OutputType type, const OrderedJson& metrics, const OrderedJson& options) {
  TaskConfig task;
  task.task = "t";
  task.output_type = type;
  task.filters = {{"none", {{"take_first", OrderedJson::object()}}}};
  for (const OrderedJson& name : metrics) task.metrics.push_back({name, "", {}, options});
  return task;
}

void check_value(const OrderedJson& ours, const OrderedJson& theirs) {
  if (ours.is_array()) {
    REQUIRE(ours.size() == theirs.size());
    for (std::size_t i = 0; i < ours.size(); ++i) check_value(ours[i], theirs[i]);
  } else if (ours.is_number_float()) {
    CHECK(test::close(ours.get<double>(), theirs));
  } else {
    // True is 1 to Python, and a label all the same.
    CHECK(ours == (theirs.is_boolean() ? OrderedJson(theirs.get<bool>() ? 1 : 0) : theirs));
  }
}

TEST_CASE("values of multiple-choice samples are lm-eval's") {
  const OrderedJson cases = test::metric_record("samples")["choice"];
  CHECK(cases.size() > 100);
  for (const OrderedJson& entry : cases) {
    const TaskConfig task = task_of(OutputType::multiple_choice, entry["metrics"], OrderedJson::object());
    Sample sample;
    sample.target = entry["target"];
    sample.choices = entry["choices"].get<std::vector<std::string>>();
    sample.several_targets = entry["several"];
    std::vector<engine::Completion> answers;
    for (const OrderedJson& result : entry["results"]) {
      answers.emplace_back();
      answers.back().log_probability = result[0];
      answers.back().is_greedy = result[1];
    }
    sample.requests.resize(answers.size());
    const auto scores = score_sample(task, sample, answers).at(0).metrics;
    CAPTURE(entry["target"].dump(), entry["choices"].dump());
    CHECK(scores.size() == entry["scores"].size());
    for (const auto& [name, value] : scores) {
      CAPTURE(name);
      check_value(value, entry["scores"].at(name));
    }
  }
}

std::map<std::string, OrderedJson> score_text(const TaskConfig& task, const OrderedJson& response,
                                              const OrderedJson& target, bool several = false) {
  Sample sample;
  sample.target = target;
  sample.several_targets = several;
  ScoreInput input{task, sample, {}, {}, response};
  std::map<std::string, OrderedJson> scores;
  for (const MetricConfig& metric : task.metrics)
    scores[metric.metric] = find_metric(metric.metric)->score(input, metric);
  return scores;
}

TEST_CASE("exact matches are lm-eval's") {
  const OrderedJson cases = test::metric_record("samples")["generated"];
  CHECK(cases.size() > 500);
  for (const OrderedJson& entry : cases) {
    const TaskConfig task = task_of(OutputType::generate_until, {"exact_match"}, entry["options"]);
    CAPTURE(entry.dump());
    CHECK(score_text(task, entry["response"], entry["target"], entry["several"]).at("exact_match") ==
          entry["score"]);
  }
}

TEST_CASE("metrics of all samples keep texts for each") {
  const TaskConfig task =
      task_of(OutputType::generate_until, {"bleu", "chrf", "chrf++", "ter"}, OrderedJson::object());
  const auto pairs = score_text(task, "a b", "c d");
  for (const auto& [name, value] : test::metric_record("samples")["pairs"].items())
    CHECK(pairs.at(name) == value);
  // Where lm-eval fails, several references are what the metrics are made for.
  CHECK(score_text(task, "a", {"b", "c"}, true).at("bleu") == OrderedJson({{"b", "c"}, "a"}));
  CHECK(score_text(task, {"a"}, "b").at("ter") == OrderedJson({"b", "a"}));
  CHECK_THROWS_AS(score_text(task, {"a", "b"}, "b"), util::InputError);
  CHECK_THROWS_AS(score_text(task, nullptr, "b"), util::InputError);
}

TEST_CASE("text similarity takes the best of several answers") {
  const OrderedJson names = {"rouge1", "rouge2", "rougeL", "rougeLsum", "token_f1", "quasi_exact_match"};
  const TaskConfig task = task_of(OutputType::generate_until, names, OrderedJson::object());
  const auto scores = score_text(task, "The cat sat.", {"no", "the cat ran", "cat sat"}, true);
  CHECK(scores.at("rouge1") == 0.8);  // 2 of 3 and 2 of 2 words
  CHECK(scores.at("rouge2").get<double>() == Approx(2.0 / 3));
  CHECK(scores.at("rougeL") == 0.8);
  CHECK(scores.at("token_f1") == 1.0);
  CHECK(scores.at("quasi_exact_match") == 1.0);
  const TaskConfig stemmed = task_of(OutputType::generate_until, {"rouge1"}, {{"use_stemmer", true}});
  CHECK(score_text(stemmed, "running", "runs").at("rouge1") == 1.0);
  const Metric* rouge = find_metric("rouge1");
  CHECK_THROWS_AS(rouge->check({"rouge1", "mean", {}, {{"use_stemmer", 1}}}), util::InputError);
  CHECK_THROWS_AS(find_metric("likelihood")->check({"likelihood", "mean", {}, OrderedJson::object()}),
                  util::InputError);
}

TEST_CASE("filters leave what lm-eval's leave") {
  const OrderedJson record = test::metric_record("filters");
  int compared = 0;
  for (const OrderedJson& entry : record["filters"]) {
    const std::string name = entry["filter"];
    const FilterPipeline pipeline{"f", {{name, entry["options"]}}};
    const Filter* filter = find_filter(name);
    REQUIRE(filter != nullptr);
    if (filter->check != nullptr) filter->check(entry["options"]);
    for (std::size_t i = 0; i < entry["results"].size(); ++i) {
      const OrderedJson& expected = entry["results"][i];
      CAPTURE(name, entry["options"].dump(), record["responses"][i].dump());
      const OrderedJson ours = apply_filters(pipeline, record["responses"][i], record["docs"][i]);
      // lm-eval stops where there are fewer matches than group_select asks for; here that is none.
      if (expected.contains("result")) CHECK(ours == expected["result"]);
      ++compared;
    }
  }
  CHECK(compared == 23 * 8);
  CHECK(all_filters().size() == 11);
}

TEST_CASE("filters refuse what they cannot work on") {
  const OrderedJson none = OrderedJson::object();
  const auto apply = [&](const char* name, const OrderedJson& options, const OrderedJson& responses,
                         const OrderedJson& document) {
    return apply_filters({"f", {{name, options}}}, responses, document);
  };
  CHECK_THROWS_AS(apply("take_first_k", {{"k", 3}}, {"a", "b"}, none), util::InputError);
  CHECK(apply("take_first_k", {{"k", 2}}, {"a", "b", "c"}, none) == OrderedJson({"a", "b"}));
  CHECK_THROWS_AS(apply("multi_choice_regex", none, {"a"}, none), util::InputError);
  CHECK_THROWS_AS(apply("multi_choice_regex", none, {"a"}, {{"choices", {1, 2}}}), util::InputError);
  CHECK_THROWS_AS(apply("multi_choice_regex", none, {"a"}, {{"choices", std::vector<std::string>(27, "x")}}),
                  util::InputError);
  CHECK_THROWS_AS(apply("lowercase", none, {1}, none), util::InputError);
  CHECK_THROWS_AS(apply("lowercase", none, "a", none), util::InputError);
  CHECK_THROWS_AS(apply("take_first", none, OrderedJson::array(), none), util::InputError);
  CHECK_THROWS_AS(apply("majority_vote", none, OrderedJson::array(), none), util::InputError);
  for (const OrderedJson& options : {none, OrderedJson{{"k", 0}}, OrderedJson{{"k", "1"}}})
    CHECK_THROWS_AS(find_filter("take_first_k")->check(options), util::InputError);
  for (const OrderedJson& options : {OrderedJson{{"ignore_case", 1}}, OrderedJson{{"regexes_to_ignore", "a"}},
                                     OrderedJson{{"regexes_to_ignore", {"("}}},
                                     OrderedJson{{"regex_pattern", "("}}, OrderedJson{{"group_select", "x"}}})
    CHECK_THROWS_AS(find_filter("multi_choice_regex")->check(options), util::InputError);
}

}  // namespace
}  // namespace assay::eval
