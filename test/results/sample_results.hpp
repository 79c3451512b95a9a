// Handmade task results of three kinds, small enough to check by eye.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "assay/results/results_file.hpp"

namespace assay::test {

inline engine::Completion scored(double log_probability, bool is_greedy, std::vector<float> tokens) {
  engine::Completion completion;
  completion.kind = engine::RequestKind::loglikelihood;
  completion.log_probability = log_probability;
  completion.is_greedy = is_greedy;
  completion.token_log_probabilities = std::move(tokens);
  completion.prompt_tokens = 12;
  return completion;
}

inline eval::TaskConfig task_config(const std::string& name, eval::OutputType type) {
  eval::TaskConfig task;
  task.task = name;
  task.dataset_path = "someone/" + name;
  task.dataset_name = "default";
  task.file = "configs/tasks/" + name + ".yaml";
  task.output_type = type;
  task.test_split = "test";
  task.doc_to_text = "{{question}}";
  task.doc_to_target = "{{answer}}";
  task.metadata = {{"version", 1}};
  task.raw = {{"task", name},
              {"dataset_path", task.dataset_path},
              {"dataset_name", "default"},
              {"training_split", "train"},
              {"test_split", "test"},
              {"doc_to_text", "{{question}}"},
              {"doc_to_target", "{{answer}}"}};
  return task;
}

/// Two samples with three and two choices; the contexts hold quotes, NUL and emoji.
inline results::TaskResult choice_result() {
  using engine::RequestKind;
  results::TaskResult result;
  result.task = task_config("choosing", eval::OutputType::multiple_choice);
  result.task.doc_to_choice = "{{choices}}";
  result.task.metrics = {{"acc", "mean", true, {}}, {"acc_norm", "mean", true, {}}};
  result.task.raw["metric_list"] = {
      {{"metric", "acc"}, {"aggregation", "mean"}, {"higher_is_better", true}},
      {{"metric", "acc_norm"}, {"aggregation", "mean"}, {"higher_is_better", true}}};
  result.task.raw["validation_split"] = "validation";
  result.task.raw["should_decontaminate"] = true;
  result.task.raw["doc_to_decontamination_query"] = "{{question}}";
  result.documents = 40;
  const std::string first = "Question: \"what\"\n\xF0\x9F\x99\x82?\nAnswer:";
  const std::string second = std::string("A NUL: \0 here", 13);
  eval::Sample a;
  a.doc_id = 0;
  a.doc = {{"question", "what"}, {"weight", 1e-05}, {"empty", util::OrderedJson::array()}};
  a.target = 1;
  a.choices = {"one", "two", "three"};
  for (const std::string& choice : a.choices)
    a.requests.push_back({RequestKind::loglikelihood, first, " " + choice, {}});
  eval::Sample b;
  b.doc_id = 3;
  b.doc = {{"question", "caf\u00e9"}};
  b.target = 0;
  b.choices = {"yes", "no"};
  for (const std::string& choice : b.choices)
    b.requests.push_back({RequestKind::loglikelihood, second, " " + choice, {}});
  result.samples = {a, b};
  result.completions = {
      {scored(-3.5, false, {-1.5F, -2.0F}), scored(-0.25, true, {-0.25F}), scored(-9, false, {-9.0F})},
      {scored(-4.125, false, {-4.125F}), scored(-141.07301330566406, false, {})}};
  result.scores = {
      {{"none", util::OrderedJson::array({-3.5, -0.25, -9.0}), {{"acc", 1.0}, {"acc_norm", 1.0}}}},
      {{"none", util::OrderedJson::array({-4.125, -141.07301330566406}), {{"acc", 1.0}, {"acc_norm", 0.0}}}}};
  for (auto& of_sample : result.scores) {
    of_sample[0].filtered_response = util::OrderedJson::array();
  }
  result.scores[0][0].filtered_response = {{-3.5, false}, {-0.25, true}, {-9.0, false}};
  result.scores[1][0].filtered_response = {{-4.125, false}, {-141.07301330566406, false}};
  result.metrics = {{"acc", "none", 1.0, 0.0, 2, true}, {"acc_norm", "none", 0.5, 0.5, 2, true}};
  result.seconds = 1.25;
  result.resumed_requests = 2;
  return result;
}

/// One generation under two filters.
inline results::TaskResult generation_result() {
  results::TaskResult result;
  result.task = task_config("writing", eval::OutputType::generate_until);
  result.task.generation_kwargs = {
      {"until", {"Question:", "</s>"}}, {"do_sample", false}, {"temperature", 0.0}};
  result.task.metrics = {{"exact_match", "mean", true, {}}};
  result.task.raw["metric_list"] = {{{"metric", "exact_match"},
                                     {"aggregation", "mean"},
                                     {"higher_is_better", true},
                                     {"ignore_case", true},
                                     {"ignore_punctuation", false},
                                     {"regexes_to_ignore", {",", "\\$"}}}};
  result.task.raw["fewshot_split"] = "train";
  result.task.raw["generation_kwargs"] = result.task.generation_kwargs;
  result.task.raw["filter_list"] = {
      {{"name", "strict-match"},
       {"filter", {{{"function", "regex"}, {"regex_pattern", "#### (\\-?[0-9\\.\\,]+)"}}}}},
      {{"name", "flexible-extract"}, {"filter", {{{"function", "take_first"}}}}}};
  result.num_fewshot = 5;
  eval::Sample sample;
  sample.doc_id = 7;
  sample.doc = {{"question", "How many?"}, {"answer", "#### 42"}};
  sample.target = "#### 42";
  sample.requests = {
      {engine::RequestKind::generate, "Question: How many?\nAnswer:", "", result.task.generation_kwargs}};
  engine::Completion completion;
  completion.kind = engine::RequestKind::generate;
  completion.generated = {5, 6, 7, 29871};
  completion.text = "It is 42.\n";
  completion.finish_reason = engine::FinishReason::stop_string;
  completion.prompt_tokens = 9;
  result.samples = {sample};
  result.completions = {{completion}};
  result.scores = {{{"strict-match", {"[invalid]"}, {{"exact_match", 0.0}}},
                    {"flexible-extract", {"42"}, {{"exact_match", 1.0}}}}};
  result.metrics = {{"exact_match", "strict-match", 0.0, std::nullopt, 1, true},
                    {"exact_match", "flexible-extract", 1.0, std::nullopt, 1, true}};
  return result;
}

/// One document scored for perplexity: metrics over pairs.
inline results::TaskResult rolling_result() {
  results::TaskResult result;
  result.task = task_config("reading", eval::OutputType::loglikelihood_rolling);
  result.task.raw["validation_split"] = "validation";
  result.task.raw["should_decontaminate"] = true;
  result.task.raw["doc_to_decontamination_query"] = "{{page}}";
  result.task.process_results = "wikitext.process_results";
  result.task.raw["process_results"] = "!function wikitext.process_results";
  result.task.doc_to_text = "";
  result.task.raw["doc_to_text"] = "";
  result.task.metrics = {{"word_perplexity", "weighted_perplexity", false, {}},
                         {"byte_perplexity", "weighted_perplexity", false, {}},
                         {"bits_per_byte", "bits_per_byte", false, {}}};
  result.task.raw["metric_list"] = {
      {{"metric", "word_perplexity"}}, {{"metric", "byte_perplexity"}}, {{"metric", "bits_per_byte"}}};
  eval::Sample sample;
  sample.doc = {{"page", "Some words here"}};
  sample.target = "Some words here";
  sample.requests = {{engine::RequestKind::loglikelihood_rolling, "Some words here", "", {}}};
  auto completion = scored(-12.5, false, {-4.0F, -4.0F, -4.5F});
  completion.kind = engine::RequestKind::loglikelihood_rolling;
  result.samples = {sample};
  result.completions = {{completion}};
  const util::OrderedJson by_word = {-12.5, 3};
  const util::OrderedJson by_byte = {-12.5, 15};
  result.scores = {
      {{"none",
        {-12.5},
        {{"word_perplexity", by_word}, {"byte_perplexity", by_byte}, {"bits_per_byte", by_byte}}}}};
  result.metrics = {{"word_perplexity", "none", 64.5, std::nullopt, 1, false},
                    {"byte_perplexity", "none", 2.3, std::nullopt, 1, false},
                    {"bits_per_byte", "none", 1.2022458674074693, std::nullopt, 1, false}};
  return result;
}

inline results::RunInfo run_info() {
  results::RunInfo info;
  info.assay_version = "0.1.0-test";
  info.configuration = {{"model", "models/tiny"}, {"limit", 2}, {"seed", 0}};
  info.identity = R"({"model":"m1","tokenizer":"t1","dtype":"float32"})";
  info.model_path = "models/tiny";
  info.model_fingerprint = "m1";
  info.tokenizer_fingerprint = "t1";
  info.mesh = "tp=2 pp=1 dp=2";
  info.dtype = "float32";
  info.numerics = "reproducible";
  info.cpu_isa = "avx512_core";
  info.started_at = "2025-01-02T03:04:05Z";
  info.max_length = 512;
  return info;
}

inline std::vector<results::RankTiming> rank_timings() {
  return {{0, "node-a", {{"load", 0.5}, {"compute", 2.0}}, 300, 40},
          {1, "node-b", {{"load", 0.25}, {"compute", 2.5}}, 0, 0}};
}

}  // namespace assay::test
