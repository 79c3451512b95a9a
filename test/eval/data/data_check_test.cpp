#include "assay/eval/data_check.hpp"

#include "eval/support.hpp"

namespace assay::eval {
namespace {

using test::TemporaryFolder;

TaskConfig made_up_task(const std::string& name, const std::string& dataset, const std::string& config) {
  TaskConfig task;
  task.task = name;
  task.dataset_path = dataset;
  task.dataset_name = config;
  task.test_split = "test";
  task.fewshot_split = "train";
  return task;
}

TEST_CASE("a task needs its scored split, and that of its shots if it has any") {
  TaskConfig task = made_up_task("t", "o/d", "c");
  const SplitName test{"o/d", "c", "test"};
  CHECK(needed_splits(task) == std::vector<SplitName>{test});
  task.num_fewshot = 3;
  CHECK(needed_splits(task) == std::vector<SplitName>{test, {"o/d", "c", "train"}});
  task.fewshot.samples = util::OrderedJson::array({{{"a", 1}}});
  CHECK(needed_splits(task) == std::vector<SplitName>{test});
  task.fewshot.samples = nullptr;
  task.fewshot_split = "test";
  CHECK(needed_splits(task) == std::vector<SplitName>{test});
}

TEST_CASE("data are present, missing or unusable, once a split") {
  const TemporaryFolder root;
  root.write("o/here/main/test.jsonl", "{\"a\":1}\n{\"a\":2}\n");
  root.write("o/empty/default/test.jsonl", "\n");
  root.write("o/card/README.md", "---\nconfigs: 3\n---\n");
  root.write("o/several/a/test.jsonl", "{}");
  root.write("o/several/b/test.jsonl", "{}");
  TaskConfig shots = made_up_task("shots", "o/here", "main");
  shots.num_fewshot = 1;
  const std::vector<TaskConfig> tasks{
      made_up_task("here", "o/here", "main"), shots,
      made_up_task("away", "o/away", ""),     made_up_task("empty", "o/empty", ""),
      made_up_task("card", "o/card", ""),     made_up_task("several", "o/several", "")};
  const auto reports = check_data(root.path(), tasks, CountRows::yes);
  REQUIRE(reports.size() == 6);
  const auto report = [&](const std::string& dataset, const std::string& split) {
    for (const SplitReport& known : reports) {
      if (known.name.dataset == dataset && known.name.split == split) return known;
    }
    FAIL("no report of " << dataset << " " << split);
    return SplitReport{};
  };
  const SplitReport here = report("o/here", "test");
  CHECK(here.state == DataState::present);
  CHECK(here.tasks == std::vector<std::string>{"here", "shots"});
  CHECK(here.rows == 2);
  CHECK(here.bytes == 16);
  CHECK(report("o/here", "train").state == DataState::missing);
  CHECK(report("o/here", "train").problem.find("splits there: test") != std::string::npos);
  CHECK(report("o/away", "test").state == DataState::missing);
  CHECK(report("o/empty", "test").state == DataState::unusable);
  CHECK(report("o/card", "test").state == DataState::unusable);
  CHECK(report("o/several", "test").problem.find("several folders (a, b)") != std::string::npos);
  // Rows are not read unless they are to be counted.
  for (const SplitReport& known : check_data(root.path(), tasks)) {
    CHECK(known.rows == -1);
    if (known.name.dataset == "o/empty") CHECK(known.state == DataState::present);
  }
}

TEST_CASE("a dataset's download command names the place where it is looked for") {
  const TemporaryFolder root;
  CHECK(download_command("/data", "openai/gsm8k") ==
        "hf download --repo-type dataset openai/gsm8k --local-dir /data/openai/gsm8k");
  CHECK(download_command("/my data/it's", "a;b") ==
        "hf download --repo-type dataset 'a;b' --local-dir '/my data/it'\\''s/a;b'");
  root.write("o/script/script.py", "");
  CHECK(download_command(root.path(), "o/script").find(" --revision refs/convert/parquet ") !=
        std::string::npos);
}

TEST_CASE("rows are shown as JSON, whatever is in them") {
  const TemporaryFolder root;
  root.write("o/d/default/test.jsonl", "{\"a\": \"é\\n\", \"b\": [1.50, null]}\n{}\n{}\n");
  std::vector<std::string> rows;
  const auto take = [&](std::string_view row) { rows.emplace_back(row); };
  CHECK(show_rows(root.path(), {"o/d", "", "test"}, 2, take) == 3);
  CHECK(rows == std::vector<std::string>{"{\"a\":\"é\\n\",\"b\":[1.5,null]}", "{}"});
}

}  // namespace
}  // namespace assay::eval
