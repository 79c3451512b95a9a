// The six tasks against lm-evaluation-harness on invented documents: the requests it asks, and the scores it
// gives to the same answers (recorded by scripts/reference/eval_requests.py).
#include <cstdlib>
#include <iostream>

#include "assay/eval/python_value.hpp"
#include "assay/eval/score.hpp"
#include "assay/util/hash.hpp"
#include "eval/support.hpp"
#include "support/skip.hpp"

namespace assay::eval {
namespace {

using util::OrderedJson;

BuildOptions options_of(const OrderedJson& record) {
  BuildOptions options;
  options.data_root = test::data_folder() / "hub";
  if (!record["limit"].is_null()) options.limit = record["limit"];
  if (!record["num_fewshot"].is_null()) options.num_fewshot = record["num_fewshot"].get<int>();
  options.fewshot_seed = record["fewshot_seed"];
  if (record["gen_kwargs"] == "max_gen_toks=64,temperature=0.5,do_sample=true") {
    options.gen_kwargs = {{"max_gen_toks", 64}, {"temperature", 0.5}, {"do_sample", true}};
  } else {
    REQUIRE(record["gen_kwargs"].is_null());
  }
  return options;
}

// As lm-eval's Instance.arguments.
OrderedJson arguments_of(const TextRequest& request) {
  switch (request.kind) {
    case engine::RequestKind::loglikelihood:
      return {request.context, request.continuation};
    case engine::RequestKind::loglikelihood_rolling:
      return OrderedJson::array({request.context});
    case engine::RequestKind::generate:
      return OrderedJson::array({request.context, request.gen_kwargs});
  }
  return nullptr;
}

// The recorded answer to one request (lm-eval keeps a list of repeats).
engine::Completion completion_of(const OrderedJson& answers) {
  REQUIRE(answers.size() == 1);
  const OrderedJson& answer = answers[0];
  engine::Completion completion;
  if (answer.is_string()) {
    completion.text = answer;
  } else if (answer.is_array()) {
    completion.log_probability = answer[0];
    completion.is_greedy = answer[1];
  } else {
    completion.log_probability = answer;
  }
  return completion;
}

void check_scores(const std::vector<SampleScore>& scores, const OrderedJson& expected) {
  REQUIRE(scores.size() == expected.size());
  for (std::size_t i = 0; i < scores.size(); ++i) {
    CHECK(scores[i].filter == expected[i]["filter"].get<std::string>());
    CHECK(scores[i].filtered_response == expected[i]["filtered_resps"]);
    REQUIRE(scores[i].metrics.size() == expected[i]["values"].size());
    for (const auto& [name, value] : expected[i]["values"].items())
      CHECK(scores[i].metrics.at(name) == value);
  }
}

void check_results(const std::vector<MetricResult>& results, const OrderedJson& expected) {
  CHECK(2 * results.size() == expected.size());
  for (const MetricResult& result : results) {
    CAPTURE(result.metric, result.filter);
    CHECK(result.value == expected[result.metric + "," + result.filter].get<double>());
    const OrderedJson& error = expected[result.metric + "_stderr," + result.filter];
    CHECK(result.standard_error.has_value() == error.is_number());
    if (error.is_number()) CHECK(result.standard_error == error.get<double>());
  }
}

TEST_CASE("requests, targets, scores and standard errors are lm-eval's, bit for bit") {
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(test::data_folder() / "lm_eval")) {
    if (entry.path().filename() == "real_requests.json") continue;
    ++files;
    CAPTURE(entry.path().filename());
    const OrderedJson record = test::recorded(entry.path());
    const TaskConfig task = load_task(test::task_file(record["task"]));
    const BuildOptions options = options_of(record);
    CHECK(effective_num_fewshot(task, options) == record["n_shot"].get<int>());
    const auto samples = build_samples(task, options).samples;
    REQUIRE(samples.size() == record["samples"].size());
    std::vector<std::vector<SampleScore>> scores;
    for (std::size_t i = 0; i < samples.size(); ++i) {
      const Sample& sample = samples[i];
      const OrderedJson& expected = record["samples"][i];
      CAPTURE(i);
      CHECK(sample.doc_id == expected["doc_id"].get<std::int64_t>());
      CHECK(sample.doc.dump() == expected["doc"].dump());
      CHECK(sample.target == expected["target"]);
      CHECK(util::sha256_hex(python_str(sample.target)) == expected["target_hash"].get<std::string>());
      CHECK(util::sha256_hex(sample.requests.at(0).context) == expected["prompt_hash"].get<std::string>());
      CHECK(util::sha256_hex(sample.doc.dump(2)) == expected["doc_hash"].get<std::string>());
      REQUIRE(sample.requests.size() == expected["arguments"].size());
      std::vector<engine::Completion> completions;
      for (std::size_t r = 0; r < sample.requests.size(); ++r) {
        CHECK(arguments_of(sample.requests[r]).dump() == expected["arguments"][r].dump());
        completions.push_back(completion_of(expected["resps"][r]));
      }
      scores.push_back(score_sample(task, sample, completions));
      check_scores(scores.back(), expected["scores"]);
    }
    check_results(aggregate(task, scores), record["results"]);
  }
  CHECK(files == 13);
}

TEST_CASE("request lists of the real datasets are lm-eval's, byte for byte") {
  const char* shared = std::getenv("ASSAY_SHARED_DATA");
  const std::filesystem::path root = std::filesystem::path(shared == nullptr ? "" : shared) / "hub_data";
  if (shared == nullptr || !std::filesystem::is_directory(root)) {
    return assay::test::skip(
        "real request lists are not compared (ASSAY_SHARED_DATA names no folder with hub_data in "
        "it)");
  }
  const OrderedJson record = test::recorded("lm_eval/real_requests.json");
  BuildOptions options;
  options.data_root = root;
  options.limit = record["limit"];
  for (const auto& [name, hash] : record["sha256"].items()) {
    std::string lines;
    const TaskConfig task = load_task(test::task_file(name));
    const SampleSet set = build_samples(task, options);
    for (const Sample& sample : set.samples) {
      for (std::size_t r = 0; r < sample.requests.size(); ++r) {
        OrderedJson row = {sample.doc_id, r};
        for (const auto& argument : arguments_of(sample.requests[r])) row.push_back(argument);
        lines += row.dump() + "\n";
      }
    }
    CAPTURE(name);
    CHECK(util::sha256_hex(lines) == hash.get<std::string>());
  }
}

}  // namespace
}  // namespace assay::eval
