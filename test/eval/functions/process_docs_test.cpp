// process_docs functions that drop, multiply or shuffle, through a task's samples.
#include "assay/eval/task.hpp"
#include "eval/support.hpp"

namespace assay::eval {
namespace {

using test::TemporaryFolder;

std::vector<Sample> samples_of(const TemporaryFolder& folder, const std::string& rows,
                               const std::string& more, std::int64_t limit = -1) {
  folder.write("data/org/set/default/test.jsonl", rows);
  const auto file = folder.write("t.yaml",
                                 "task: t\ndataset_path: org/set\ntest_split: test\n"
                                 "output_type: generate_until\n" +
                                     more);
  BuildOptions options;
  options.data_root = folder.path() / "data";
  options.limit = limit;
  return build_samples(load_task(file), options).samples;
}

TEST_CASE("documents that stay are counted after those that go") {
  const TemporaryFolder folder;
  std::string rows;
  for (int i = 0; i < 6; ++i)
    rows += "{\"q\":\"q" + std::to_string(i) + "\",\"multiple_choice_targets\":[" +
            (i % 2 == 0 ? "" : "\"x\"") + "]}\n";
  const std::string task =
      "process_docs: !function bigbench.filter_multiple_choice\ndoc_to_text: q\ndoc_to_target: q\n";
  CHECK(samples_of(folder, rows, task).size() == 3);
  const auto two = samples_of(folder, rows, task, 2);
  REQUIRE(two.size() == 2);
  CHECK(two[0].requests.at(0).context == "q1");
  CHECK(two[1].requests.at(0).context == "q3");
}

TEST_CASE("one document becomes several") {
  const TemporaryFolder folder;
  const std::string rows =
      "{\"q\":\"one\",\"answers\":[\"a\",\"b\"]}\n{\"q\":\"two\",\"answers\":[]}\n{\"q\":\"three\","
      "\"answers\":[\"c\"]}\n";
  const std::string task =
      "process_docs: !function super_glue_record_t5.process_docs\ndoc_to_text: q\ndoc_to_target: answers\n";
  const auto all = samples_of(folder, rows, task);
  REQUIRE(all.size() == 3);
  CHECK(all[0].target == "a");
  CHECK(all[1].target == "b");
  CHECK(all[1].requests.at(0).context == "one");
  CHECK(all[2].requests.at(0).context == "three");
  CHECK(samples_of(folder, rows, task, 2).size() == 2);
}

TEST_CASE("random orders go on from document to document and are the same each time") {
  const TemporaryFolder folder;
  std::string rows;
  for (int i = 0; i < 4; ++i)
    rows +=
        "{\"Correct Answer\":\"c\",\"Incorrect Answer 1\":\"a\",\"Incorrect Answer 2\":\"b\","
        "\"Incorrect Answer 3\":\"d\"}\n";
  const std::string task =
      "process_docs: !function gpqa_zeroshot.process_docs\n"
      "doc_to_text: \"{{choice1}}{{choice2}}{{choice3}}{{choice4}}\"\ndoc_to_target: answer\n";
  const auto samples = samples_of(folder, rows, task);
  REQUIRE(samples.size() == 4);
  // As lm-eval orders them, run with this task alone.
  const std::vector<std::string> orders = {"dabc", "abcd", "adbc", "bacd"};
  for (std::size_t i = 0; i < orders.size(); ++i) CHECK(samples[i].requests.at(0).context == orders[i]);
  CHECK(samples[0].target == "(D)");
  CHECK(samples_of(folder, rows, task, 2)[1].requests.at(0).context == orders[1]);
}

}  // namespace
}  // namespace assay::eval
