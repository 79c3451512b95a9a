// Metrics that run programs: which programs a sample wants, what their verdicts make, and one number of all.
#include <cmath>

#include "assay/eval/score.hpp"
#include "eval/support.hpp"

namespace assay::eval {
namespace {

using test::input_error;
using util::OrderedJson;

TaskConfig load(const std::string& answers) {
  const test::TemporaryFolder folder;
  return load_task(folder.write("t.yaml",
                                "task: t\ndataset_path: a/b\ntest_split: test\noutput_type: generate_until\n"
                                "doc_to_text: \"{{prompt}}\"\ndoc_to_target: \"{{test}}\"\n" +
                                    answers));
}

// As lm-eval's humaneval has it; `k` as YAML.
TaskConfig humaneval(const std::string& k, int repeats) {
  return load("repeats: " + std::to_string(repeats) +
              "\nmetric_list:\n  - metric: !function humaneval.pass_at_k\n    k: " + k +
              "\nfilter_list:\n  - name: create_test\n    filter:\n      - function: custom\n"
              "        filter_fn: !function humaneval.build_predictions\n");
}

// A sample whose one question gets these answers.
Sample asked(std::size_t answers) {
  Sample sample;
  sample.doc_id = 41;
  sample.doc = {{"prompt", "P "}, {"test", "T"}};
  sample.target = "T";
  sample.requests.resize(answers);
  for (std::size_t i = 0; i < answers; ++i) sample.requests[i].repeat = static_cast<int>(i);
  return sample;
}

std::vector<engine::Completion> answered(const std::vector<std::string>& texts) {
  std::vector<engine::Completion> completions(texts.size());
  for (std::size_t i = 0; i < texts.size(); ++i) completions[i].text = texts[i];
  return completions;
}

const std::vector<std::string> five = {"a", "b", "c", "d", "e"};

std::map<std::string, OrderedJson> metrics_of(const TaskConfig& task, const std::vector<bool>& passed) {
  return score_sample(task, asked(5), answered(five), passed).at(0).metrics;
}

TEST_CASE("every repeat is a program of the prompt, an answer and the test") {
  const TaskConfig task = humaneval("[1]", 5);
  CHECK(task.runs_code);
  CHECK(programs_to_run(task, asked(5), answered(five)) ==
        std::vector<std::string>{"P a\nT", "P b\nT", "P c\nT", "P d\nT", "P e\nT"});
  const auto scores =
      score_sample(task, asked(5), answered(five), std::vector<bool>{true, false, false, false, false});
  REQUIRE(scores.size() == 1);
  CHECK(scores[0].filter == "create_test");
  CHECK(scores[0].filtered_response == OrderedJson::array({{"P a", "P b", "P c", "P d", "P e"}}));
}

TEST_CASE("each k of a list is a metric") {
  const TaskConfig task = humaneval("[1, 2, 4, 5]", 5);
  // 1 - C(n-c, k) / C(n, k) of n = 5 programs, c of which passed.
  const auto two = metrics_of(task, {false, true, false, false, true});
  REQUIRE(two.size() == 4);
  CHECK(two.at("pass@1").get<double>() == Approx(0.4));
  CHECK(two.at("pass@2").get<double>() == Approx(0.7));  // 1 - 3/10
  CHECK(two.at("pass@4") == 1.0);                        // of any 4, one of the two
  CHECK(two.at("pass@5") == 1.0);
  const auto none = metrics_of(task, std::vector<bool>(5, false));
  CHECK(none.at("pass@1") == 0.0);
  CHECK(none.at("pass@5") == 0.0);
  const auto all = metrics_of(task, std::vector<bool>(5, true));
  CHECK(all.at("pass@1") == 1.0);
  CHECK(metrics_of(humaneval("2", 5), {true, false, false, false, false}) ==
        std::map<std::string, OrderedJson>{{"pass@2", 1 - 6.0 / 10}});
}

TEST_CASE("a k that is no number of programs is refused by its line") {
  for (const char* k : {"0", "[1.5]", "[two]", "[-1]", "{}", "[]", "true", "6", "[1, 6]"}) {
    CAPTURE(k);
    const std::string message = input_error([&] { (void)humaneval(k, 5); });
    CHECK(message.find("t.yaml:10: k ") != std::string::npos);
  }
}

// Two pipelines, of five programs and of two, and two metrics that run them.
TaskConfig two_pipelines() {
  return load(
      "repeats: 5\nmetric_list:\n  - metric: !function humaneval.pass_at_k\n    k: [1, 3]\n"
      "  - metric: !function mbpp.pass_at_1\n"
      "filter_list:\n"
      "  - name: all\n    filter: [{function: custom, filter_fn: !function humaneval.build_predictions}]\n"
      "  - name: two\n    filter:\n      - {function: take_first_k, k: 2}\n"
      "      - {function: custom, filter_fn: !function humaneval.build_predictions}\n");
}

TEST_CASE("verdicts are taken pipeline by pipeline, and in each metric by metric") {
  const TaskConfig task = two_pipelines();
  const std::vector<std::string> programs = programs_to_run(task, asked(5), answered(five));
  REQUIRE(programs.size() == 14);
  for (const std::size_t first : {0, 5}) {
    CHECK(programs[first] == "P a\nT");
    CHECK(programs[first + 4] == "P e\nT");
  }
  for (const std::size_t first : {10, 12}) {
    CHECK(programs[first] == "P a\nT");
    CHECK(programs[first + 1] == "P b\nT");
  }
  // No two stretches have the same share of passes, so that none can stand for another.
  const std::vector<bool> passed = {true,  false, false, false, false,  // 1 of 5
                                    true,  true,  true,  false, false,  // 3 of 5
                                    true,  false,                       // 1 of 2
                                    false, false};                      // 0 of 2
  const auto scores = score_sample(task, asked(5), answered(five), passed);
  REQUIRE(scores.size() == 2);
  CHECK(scores[0].filter == "all");
  CHECK(scores[0].metrics.at("pass@1").get<double>() == Approx(0.2));
  CHECK(scores[0].metrics.at("pass@3").get<double>() == Approx(0.6));  // 1 - C(4,3) / C(5,3)
  CHECK(scores[0].metrics.at("pass_at_1").get<double>() == Approx(0.6));
  CHECK(scores[1].filter == "two");
  CHECK(scores[1].metrics.at("pass@1") == 0.5);
  CHECK(scores[1].metrics.count("pass@3") == 0);  // of two programs there is none
  CHECK(scores[1].metrics.at("pass_at_1") == 0.0);
  CHECK(scores[0].metrics.size() + scores[1].metrics.size() == 5);
}

TEST_CASE("mbpp's metric has its own name and takes one text or a list") {
  const std::string metric = "metric_list:\n  - metric: !function mbpp.pass_at_1\n";
  const TaskConfig plain = load(metric);
  CHECK(programs_to_run(plain, asked(1), answered({"a"})) == std::vector<std::string>{"a\nT"});
  CHECK(score_sample(plain, asked(1), answered({"a"}), {true}).at(0).metrics ==
        std::map<std::string, OrderedJson>{{"pass_at_1", 1.0}});
  const TaskConfig blocks =
      load(metric +
           "repeats: 2\nfilter_list:\n  - name: code\n    filter: [{function: custom, filter_fn: !function "
           "mbpp.build_predictions}]\n");
  const auto completions = answered({"python\nx = 1\n``` and so on", "\ny = 2\n```"});
  CHECK(programs_to_run(blocks, asked(2), completions) == std::vector<std::string>{"x = 1\nT", "y = 2\nT"});
  CHECK(score_sample(blocks, asked(2), completions, {false, true}).at(0).metrics ==
        std::map<std::string, OrderedJson>{{"pass_at_1", 0.5}});
}

TEST_CASE("as many verdicts as programs, or the document is refused") {
  const TaskConfig task = two_pipelines();
  for (const std::size_t verdicts : {0, 13, 15}) {
    const std::string message =
        input_error([&] { (void)score_sample(task, asked(5), answered(five), std::vector<bool>(verdicts)); });
    CHECK(message == std::string("task t, document 41: ") + (verdicts < 14
                                                                 ? "verdicts on its programs are missing"
                                                                 : "there are more verdicts than programs"));
  }
  // A task that runs none takes none.
  const TaskConfig other = load("metric_list: [{metric: exact_match}]\n");
  CHECK_FALSE(other.runs_code);
  CHECK(programs_to_run(other, asked(1), answered({"T"})).empty());
  CHECK(score_sample(other, asked(1), answered({"T"})).at(0).metrics.at("exact_match") == 1.0);
  CHECK_THROWS_AS(score_sample(other, asked(1), answered({"T"}), {true}), util::InputError);
}

TEST_CASE("an answer that is an error makes no program") {
  const TaskConfig task = humaneval("[1]", 2);
  auto completions = answered({"a", "b"});
  completions[1].error = "the prompt is too long";
  const std::string message = input_error([&] { (void)programs_to_run(task, asked(2), completions); });
  CHECK(message == "task t, document 41: the prompt is too long");
}

using Values = std::map<std::string, OrderedJson>;

std::vector<std::vector<SampleScore>> scores_of(const std::vector<Values>& samples) {
  std::vector<std::vector<SampleScore>> scores;
  for (const Values& values : samples) scores.push_back({{"none", OrderedJson::array(), values}});
  return scores;
}

TEST_CASE("pass@k is the mean over the samples, by the settings of the metric that runs programs") {
  TaskConfig task = humaneval("[1, 2]", 2);
  task.metrics[0].higher_is_better = false;  // nothing else says so
  const auto results = aggregate(task, scores_of({{{"pass@1", 0.5}, {"pass@2", 1.0}},
                                                  {{"pass@1", 0.0}, {"pass@2", 0.0}},
                                                  {{"pass@1", 1.0}, {"pass@2", 1.0}}}));
  REQUIRE(results.size() == 2);
  CHECK(results[0].metric == "pass@1");
  CHECK(results[0].filter == "create_test");
  CHECK(results[0].value == 0.5);
  CHECK(*results[0].standard_error == Approx(0.5 / std::sqrt(3.0)));  // deviation 0.5
  CHECK(results[0].samples == 3);
  CHECK_FALSE(results[0].higher_is_better);
  CHECK(results[1].metric == "pass@2");
  CHECK(results[1].value == Approx(2.0 / 3));
}

TEST_CASE("metrics beside the list follow it, by their means; a sample without one does not count") {
  const TaskConfig task = load(
      "process_results: !function coqa.process_results\nmetric_list:\n  - metric: f1\n    aggregation: "
      "median\n  - metric: exact_match\n    aggregation: "
      "mean\n    higher_is_better: false\n  - metric: bleu\n");
  // As a process_results function may give them: "zebra" and "aside" are not in the list, bleu never comes.
  const auto results = aggregate(task, scores_of({{{"exact_match", 1}, {"zebra", 1}, {"f1", 5}},
                                                  {{"exact_match", 0}, {"f1", 1}},
                                                  {{"exact_match", 0}, {"zebra", 0}, {"aside", 7}, {"f1", 2}},
                                                  {{"exact_match", 1}, {"zebra", 1}}}));
  REQUIRE(results.size() == 4);
  CHECK(results[0].metric == "f1");
  CHECK(results[0].value == 2);  // the median of 5, 1, 2
  CHECK(results[0].samples == 3);
  CHECK(results[1].metric == "exact_match");
  CHECK(results[1].value == 0.5);
  CHECK(results[1].samples == 4);
  CHECK_FALSE(results[1].higher_is_better);
  CHECK(results[2].metric == "aside");
  CHECK(results[2].value == 7);
  CHECK(results[2].samples == 1);
  CHECK_FALSE(results[2].standard_error.has_value());
  CHECK(results[3].metric == "zebra");
  CHECK(results[3].value == Approx(2.0 / 3));
  CHECK(*results[3].standard_error == Approx(1.0 / 3));  // sqrt(1/3) / sqrt(3)
  CHECK(results[3].samples == 3);
  CHECK(results[3].higher_is_better);
}

TEST_CASE("a sample that lacks a filter's scores is refused, and no samples make no metrics") {
  const TaskConfig task = humaneval("[1]", 1);
  CHECK(aggregate(task, {}).empty());
  auto scores = scores_of({{{"pass@1", 1.0}}, {{"pass@1", 1.0}}});
  scores[1].clear();
  CHECK(input_error([&] { (void)aggregate(task, scores); }) == "task t: a sample lacks scores");
}

}  // namespace
}  // namespace assay::eval
