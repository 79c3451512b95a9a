#include "assay/eval/score.hpp"

#include <cmath>

#include "eval/bootstrap.hpp"
#include "eval/filter.hpp"
#include "eval/metric.hpp"
#include "eval/support.hpp"

namespace assay::eval {
namespace {

using util::OrderedJson;

TaskConfig choice_task(std::vector<std::string> metrics) {
  TaskConfig task;
  task.task = "t";
  task.output_type = OutputType::multiple_choice;
  task.filters = {{"none", {{"take_first", OrderedJson::object()}}}};
  for (auto& name : metrics) {
    task.metrics.push_back({name, std::string(find_metric(name)->aggregation), {}, OrderedJson::object()});
  }
  return task;
}

engine::Completion scored(double log_probability, bool greedy = false) {
  engine::Completion completion;
  completion.log_probability = log_probability;
  completion.is_greedy = greedy;
  return completion;
}

std::map<std::string, OrderedJson> score_choices(const TaskConfig& task, OrderedJson target,
                                                 std::vector<std::string> choices,
                                                 std::vector<engine::Completion> answers) {
  Sample sample;
  sample.target = std::move(target);
  sample.choices = std::move(choices);
  sample.requests.resize(answers.size());
  return score_sample(task, sample, answers).at(0).metrics;
}

TEST_CASE("choices are compared whole, per code point and per byte") {
  const TaskConfig task = choice_task({"acc", "acc_norm", "acc_bytes"});
  // Per code point: -6/2 = -3 against -8/4 = -2; per byte: -6/2 = -3 against -8/12 (each sign has three
  // bytes).
  auto metrics = score_choices(task, 0, {"ab", "水水水水"}, {scored(-6), scored(-8)});
  CHECK(metrics["acc"] == 1.0);
  CHECK(metrics["acc_norm"] == 0.0);
  CHECK(metrics["acc_bytes"] == 0.0);
  // 1 code point, 3 bytes: -5 against -4, but -5/3 against -4/1.
  metrics = score_choices(task, 0, {"水", "b"}, {scored(-5), scored(-4)});
  CHECK(metrics["acc_norm"] == 0.0);
  CHECK(metrics["acc_bytes"] == 1.0);
  // The first of equals wins; so does the first NaN, as numpy has it.
  CHECK(score_choices(task, 1, {"a", "b"}, {scored(-5), scored(-5)})["acc"] == 0.0);
  CHECK(score_choices(task, 1, {"a", "b"}, {scored(-5), scored(std::nan(""))})["acc"] == 1.0);
  // An empty choice has length 0: minus infinity.
  CHECK(score_choices(task, 0, {"", "b"}, {scored(-1), scored(-5)})["acc_norm"] == 0.0);
}

TEST_CASE("gold answers are indices, texts or lists") {
  const TaskConfig task = choice_task({"acc"});
  const std::vector<engine::Completion> answers = {scored(-3), scored(-1), scored(-2)};
  const std::vector<std::string> choices = {"x", "y", "z"};
  CHECK(score_choices(task, "y", choices, answers)["acc"] == 1.0);
  CHECK(score_choices(task, "absent", choices, answers)["acc"] == 0.0);
  CHECK(score_choices(task, 7, choices, answers)["acc"] == 0.0);
  CHECK(score_choices(task, {0, 1}, choices, answers)["acc"] == 1.0);
  CHECK(score_choices(task, {0, 2}, choices, answers)["acc"] == 0.0);
}

TEST_CASE("mutual information takes the unconditional log-probability off") {
  const TaskConfig task = choice_task({"acc", "acc_mutual_info"});
  const auto metrics = score_choices(task, 1, {"x", "y"}, {scored(-3), scored(-4), scored(-1), scored(-8)});
  CHECK(metrics.at("acc") == 0.0);
  CHECK(metrics.at("acc_mutual_info") == 1.0);
}

TEST_CASE("exact match normalises both sides in order") {
  TaskConfig task;
  task.task = "t";
  task.filters = {{"none", {{"take_first", OrderedJson::object()}}}};
  const auto match = [&](const std::string& answer, OrderedJson target, OrderedJson options) {
    task.metrics = {{"exact_match", "mean", {}, std::move(options)}};
    Sample sample;
    sample.several_targets = target.is_array();
    sample.target = std::move(target);
    sample.requests.resize(1);
    engine::Completion completion;
    completion.text = answer;
    return score_sample(task, sample, {completion}).at(0).metrics.at("exact_match").get<double>();
  };
  CHECK(match("a", "a", OrderedJson::object()) == 1.0);
  CHECK(match("A", "a", OrderedJson::object()) == 0.0);
  CHECK(match("ÀB", "àb", {{"ignore_case", true}}) == 1.0);
  CHECK(match("a, b!", "ab", {{"ignore_punctuation", true}}) == 0.0);
  CHECK(match("a,b!", "(ab)", {{"ignore_punctuation", true}}) == 1.0);
  CHECK(match("a1b2", "ab", {{"ignore_numbers", true}}) == 1.0);
  CHECK(match("$1,234.", "x\n#### 1234", {{"regexes_to_ignore", {",", "\\$", "(?s).*#### ", "\\.$"}}}) ==
        1.0);
  CHECK(match("b", {"a", "b"}, OrderedJson::object()) == 1.0);
  CHECK(match("c", {"a", "b"}, OrderedJson::object()) == 0.0);
  CHECK(match("5", 5, OrderedJson::object()) == 1.0);
  CHECK(match("2.5", 2.5, OrderedJson::object()) == 1.0);
}

OrderedJson filtered(const std::string& text, std::vector<FilterStep> steps) {
  return apply_filters({"f", std::move(steps)}, OrderedJson::array({text}), OrderedJson::object());
}

TEST_CASE("filters cut responses as lm-eval's do") {
  const OrderedJson none = OrderedJson::object();
  CHECK(filtered(" a\n", {{"remove_whitespace", none}, {"take_first", none}}) == "a");
  CHECK(filtered("Straße", {{"uppercase", none}, {"take_first", none}}) == "STRASSE");
  CHECK(filtered("ÀB", {{"lowercase", none}, {"take_first_k", {{"k", 1}}}}) == OrderedJson::array({"àb"}));
  CHECK(filtered("A", {{"map", {{"mapping_dict", {{"A", 1}}}}}, {"take_first", none}}) == 1);
  CHECK(filtered("B", {{"map", {{"mapping_dict", {{"A", 1}}}, {"default_value", "?"}}},
                       {"take_first", none}}) == "?");
  CHECK(filtered("x", {{"majority_vote", none}, {"take_first", none}}) == "x");
  const auto regex = [&](const std::string& text, OrderedJson options) {
    return filtered(text, {{"regex", std::move(options)}, {"take_first", none}}).get<std::string>();
  };
  CHECK(regex("#### 1 #### 22", none) == "1");
  CHECK(regex("#### 1 #### 22", {{"group_select", -1}}) == "22");
  CHECK(regex("#### 1", {{"group_select", 1}}) == "[invalid]");
  CHECK(regex("none", {{"fallback", "-"}}) == "-");
  // Of several groups the first that is not empty; white space goes.
  CHECK(regex("b", {{"regex_pattern", "(a)|( *b)"}}) == "b");
  CHECK(regex("  b", {{"regex_pattern", "(a)|( *b)"}}) == "b");
  CHECK(regex("q", {{"regex_pattern", "(a?)(b?)q"}, {"fallback", " f "}}) == "f");
}

TEST_CASE("majority votes are won by the first of equals") {
  const FilterPipeline vote{
      "v", {{"majority_vote", OrderedJson::object()}, {"take_first", OrderedJson::object()}}};
  CHECK(apply_filters(vote, {"b", "a", "a", "b", "c"}, OrderedJson::object()) == "b");
  CHECK(apply_filters(vote, {"b", "a", "a"}, OrderedJson::object()) == "a");
}

std::vector<std::vector<SampleScore>> as_scores(const std::string& metric,
                                                const std::vector<OrderedJson>& values) {
  std::vector<std::vector<SampleScore>> scores;
  for (const OrderedJson& value : values) {
    scores.emplace_back(1);
    scores.back()[0].metrics[metric] = value;
  }
  return scores;
}

TEST_CASE("aggregates and standard errors follow their formulas") {
  TaskConfig task = choice_task({"acc"});
  auto results = aggregate(task, as_scores("acc", {1.0, 0.0, 1.0, 1.0}));
  REQUIRE(results.size() == 1);
  CHECK(results[0].value == 0.75);
  CHECK(*results[0].standard_error == Approx(0.25));  // sqrt(0.75 / 3) / 2
  CHECK(results[0].samples == 4);
  results = aggregate(task, as_scores("acc", {1.0}));
  CHECK_FALSE(results[0].standard_error.has_value());
  task.metrics = {{"acc", "median", {}, OrderedJson::object()}};
  CHECK(aggregate(task, as_scores("acc", {3, 1, 2, 9}))[0].value ==
        3);  // the upper middle, as lm-eval takes it
  // Wherever a NaN stands (null in JSON), there is no middle.
  for (const std::vector<OrderedJson>& values :
       {std::vector<OrderedJson>{nullptr, 1, 2}, {1, nullptr, 2}, {1, 2, nullptr}, {nullptr}}) {
    results = aggregate(task, as_scores("acc", values));
    CHECK(std::isnan(results[0].value));
    CHECK(std::isnan(results[0].standard_error.value_or(std::nan(""))));
  }
  task.metrics = {{"word_perplexity", "weighted_perplexity", {}, OrderedJson::object()},
                  {"bits_per_byte", "bits_per_byte", {}, OrderedJson::object()}};
  auto scores = as_scores("word_perplexity", {{-10.0, 4}, {-2.0, 2}});
  scores[0][0].metrics["bits_per_byte"] = {-10.0, 40};
  scores[1][0].metrics["bits_per_byte"] = {-2.0, 8};
  results = aggregate(task, scores);
  CHECK(results[0].value == Approx(std::exp(2.0)));
  CHECK(results[1].value == Approx(0.25 / std::log(2.0)));
  CHECK_FALSE(results[0].standard_error.has_value());
  CHECK_FALSE(results[0].higher_is_better);
}

TEST_CASE("threads do not change a bootstrap") {
  std::vector<double> values;
  for (int i = 0; i < 300; ++i) values.push_back(std::sin(i) * 5);
  const auto mean = [](std::span<double> drawn) { return plain_mean(drawn); };
  const double error = bootstrap_standard_error(values, mean, 20'000, 1);
  CHECK(error == bootstrap_standard_error(values, mean, 20'000, 4));
  CHECK(error == bootstrap_standard_error(values, mean, 20'000, 7));
  // Close to the formula for a mean.
  CHECK(error == Approx(sample_deviation(values) / std::sqrt(300.0)).epsilon(0.02));
}

TEST_CASE("a failed or missing answer is an error that names the document") {
  const TaskConfig task = choice_task({"acc"});
  Sample sample;
  sample.doc_id = 41;
  sample.target = 0;
  sample.choices = {"a"};
  sample.requests.resize(1);
  engine::Completion failed;
  failed.error = "the prompt is too long";
  const std::string message = test::input_error([&] { (void)score_sample(task, sample, {failed}); });
  CHECK(message.find("41") != std::string::npos);
  CHECK(message.find("too long") != std::string::npos);
  CHECK_THROWS_AS(score_sample(task, sample, {}), util::InputError);
}

}  // namespace
}  // namespace assay::eval
