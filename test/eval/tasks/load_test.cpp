#include "assay/eval/task.hpp"
#include "eval/support.hpp"

namespace assay::eval {
namespace {

using test::input_error;
using test::TemporaryFolder;

const std::string minimal = R"(task: t
dataset_path: a/b
test_split: test
output_type: generate_until
doc_to_text: "{{q}}"
doc_to_target: "{{a}}"
)";

TaskConfig load(const std::string& text) {
  const TemporaryFolder folder;
  return load_task(folder.write("t.yaml", text));
}

TEST_CASE("a task without more than is needed gets lm-eval's defaults") {
  const TaskConfig task = load(minimal);
  CHECK(task.task == "t");
  CHECK(task.dataset_name.empty());
  CHECK(task.test_split == "test");
  CHECK(task.num_fewshot == 0);
  CHECK_FALSE(task.num_fewshot_fixed);
  CHECK(task.target_delimiter == " ");
  CHECK(task.fewshot_delimiter == "\n\n");
  CHECK(task.generation_kwargs.dump() ==
        R"({"temperature":0.0,"do_sample":false,"max_gen_toks":256,"until":["\n\n"]})");
  REQUIRE(task.filters.size() == 1);
  CHECK(task.filters[0].name == "none");
  CHECK(task.filters[0].steps.at(0).function == "take_first");
  REQUIRE(task.metrics.size() == 1);
  CHECK(task.metrics[0].metric == "exact_match");
  CHECK(task.metrics[0].aggregation == "mean");
  CHECK(task.raw["doc_to_text"] == "{{q}}");
}

TEST_CASE("generation settings are completed as lm-eval completes them") {
  const TaskConfig task =
      load(minimal + "fewshot_delimiter: \"###\"\ngeneration_kwargs:\n  temperature: 1\n  top_p: 0.5\n");
  CHECK(task.generation_kwargs.dump() == R"({"temperature":1.0,"top_p":0.5,"until":["###"]})");
  CHECK(load(minimal + "generation_kwargs: {until: stop}\n").generation_kwargs["until"] == "stop");
}

TEST_CASE("splits decide where shots come from and whether the document is kept out") {
  const auto fewshot = [](const std::string& splits) {
    std::string text = minimal;
    text.replace(text.find("test_split: test\n"), 17, splits);
    const TaskConfig task = load(text);
    return task.fewshot_split + (task.fewshot.exclude_document ? " without" : "") + " for " + task.test_split;
  };
  CHECK(fewshot("training_split: tr\nvalidation_split: va\n") == "tr without for va");
  CHECK(fewshot("validation_split: va\n") == "va without for va");
  CHECK(fewshot("validation_split: va\ntest_split: te\n") == "va for te");
  CHECK(fewshot("test_split: te\n") == "te for te");
  CHECK(fewshot("test_split: te\nfewshot_split: te\n") == "te without for te");
  CHECK(fewshot("test_split: te\nfewshot_config: {split: dev, sampler: first_n}\n") == "dev for te");
  CHECK(fewshot("training_split: tr\ntest_split: null\nvalidation_split: va\n") == "tr without for va");
}

TEST_CASE("num_fewshot 0 in the file is final") {
  BuildOptions options;
  options.num_fewshot = 3;
  CHECK(effective_num_fewshot(load(minimal), options) == 3);
  CHECK(effective_num_fewshot(load(minimal + "num_fewshot: 5\n"), options) == 3);
  CHECK(effective_num_fewshot(load(minimal + "num_fewshot: 0\n"), options) == 0);
  options.num_fewshot.reset();
  CHECK(effective_num_fewshot(load(minimal + "num_fewshot: 5\n"), options) == 5);
}

TEST_CASE("mistakes are named by file, line and nearest word") {
  const auto message = [](const std::string& text) {
    std::string error = input_error([&] { (void)load(text); });
    return error.substr(error.find("t.yaml:"));
  };
  const auto expect = [&](const std::string& text, const std::string& place, const std::string& word) {
    CAPTURE(text);
    const std::string error = message(text);
    CAPTURE(error);
    CHECK(error.starts_with("t.yaml:" + place + ":"));
    CHECK(error.find(word) != std::string::npos);
  };
  expect(minimal + "doc_to_txt: x\n", "7", "\"doc_to_text\"");
  expect(minimal + "include: other.yaml\n", "7", "include");
  expect(minimal + "repeats: 0\n", "7", "repeats");
  expect(minimal + "gen_prefix: '{{'\n", "7", "gen_prefix");
  expect(minimal + "unsafe_code: maybe\n", "7", "unsafe_code");
  expect(minimal + "class: !function task.Mine\n", "7", "Python");
  expect(minimal + "process_docs: !function utils.process_docs\n", "7", "utils.process_docs");
  expect(minimal + "process_docs: !function hellaswag.nothing\n", "7", "hellaswag.process_docs");
  expect(minimal + "process_docs: !function wikitext.process_results\n", "7", "does not process documents");
  expect(minimal + "dataset_kwargs: {column_names: [x]}\n", "7", "column_names");
  expect(minimal + "dataset_kwargs: {data_files: []}\n", "7", "data_files");
  expect(minimal + "num_fewshot: many\n", "7", "num_fewshot");
  expect(minimal + "num_fewshot: -1\n", "7", "num_fewshot");
  expect(minimal + "fewshot_config: {sampler: frist_n}\n", "7", "\"first_n\"");
  expect(minimal + "fewshot_config: {samples: [1]}\n", "7", "samples");
  expect(minimal + "metric_list:\n  - metric: exact_mach\n", "8", "\"exact_match\"");
  expect(minimal + "metric_list:\n  - metric: acc_norm\n", "8", "output_type");
  expect(minimal + "metric_list:\n  - metric: exact_match\n    aggregation: maen\n", "9", "\"mean\"");
  expect(minimal + "metric_list:\n  - metric: exact_match\n    ignore_cas: true\n", "9", "\"ignore_case\"");
  expect(minimal + "metric_list:\n  - metric: exact_match\n    ignore_case: 3\n", "8", "ignore_case");
  expect(minimal + "metric_list:\n  - metric: exact_match\n    regexes_to_ignore: ['(']\n", "8", "(");
  expect(minimal + "metric_list:\n  - metric: exact_match\n    hf_evaluate: true\n", "9", "evaluate");
  expect(minimal + "metric_list:\n  - {metric: exact_match}\n  - {metric: exact_match}\n", "9", "twice");
  expect(minimal + "metric_list: acc\n", "7", "metric_list");
  expect(minimal + "filter_list:\n  - name: x\n    filter:\n      - function: regx\n", "10", "\"regex\"");
  expect(minimal +
             "filter_list:\n  - name: x\n    filter:\n      - function: regex\n        regex_pattern: '['\n",
         "10", "[");
  expect(minimal + "filter_list:\n  - name: x\n    filter:\n      - function: regex\n        group: 1\n",
         "11", "group");
  expect(minimal + "fewshot_config:\n  doc_to_text: 3.5\n", "8", "doc_to_text is neither");
  expect(minimal + "filter_list:\n  - name: x\n    filter: [{function: take_first}, {function: lowercase}]\n",
         "9", "take_first");
  expect(minimal + "filter_list:\n  - name: x\n", "8", "filter");
  expect(minimal + "generation_kwargs: [1]\n", "7", "generation_kwargs");
  expect(minimal + "description: \"{% x %}\"\n", "7", "no statement");
  expect("task: t\ndataset_path: a\n", "1", "test_split");
  expect("dataset_path: a\ntest_split: t\n", "1", "\"task\"");
  expect("task: [a, b]\n", "1", "task");
  expect("- a\n", "1", "mapping");
  expect("task: &x [*x]\n", "1", "");
  expect("task: [unclosed\n", "2", "YAML");
}

TEST_CASE("expected wrong pieces of a prompt are found when the task is loaded") {
  std::string text = minimal;
  text.replace(text.find("{{q}}"), 5, "{{q");
  CHECK(input_error([&] { (void)load(text); }).find("t.yaml:5:") != std::string::npos);
  text = minimal;
  text.replace(text.find("generate_until"), 14, "generate_untill");
  CHECK(input_error([&] { (void)load(text); }).find("\"generate_until\"") != std::string::npos);
  text.replace(text.find("generate_untill"), 15, "multiple_choice");
  CHECK(input_error([&] { (void)load(text); }).find("doc_to_choice") != std::string::npos);
}

}  // namespace
}  // namespace assay::eval
