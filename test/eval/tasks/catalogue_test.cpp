// Tasks, groups, tags and families by name; what a list of names means.
#include <algorithm>

#include "assay/eval/task.hpp"
#include "eval/support.hpp"

namespace assay::eval {
namespace {

using test::input_error;
using test::TemporaryFolder;

const std::string body =
    "dataset_path: a/b\ntest_split: test\noutput_type: generate_until\ndoc_to_text: \"{{q}}\"\n"
    "doc_to_target: \"{{a}}\"\n";

std::vector<std::string> names_of(const TaskSelection& selection) {
  std::vector<std::string> names;
  for (const TaskConfig& task : selection.tasks) names.push_back(task.task);
  return names;
}
using Names = std::vector<std::string>;

TEST_CASE("tasks are found by name, first folder first, and a misspelt one is suggested") {
  const TemporaryFolder folder;
  folder.write("one/deep/x.yaml", "# a comment\ntask: alpha  # its name\ndoc: [\n");
  folder.write("one/y.yml", "\"task\": 'beta'\n");
  folder.write("one/group.yaml", "group: g\ntask:\n  - alpha\n  - beta\n");
  folder.write("one/notes.txt", "task: gamma\n");
  folder.write("two/x.yaml", "task: t\n" + body + "# task: delta\n");
  folder.write("two/again.yaml", "task: alpha\n");
  const TaskCatalogue catalogue({folder.path() / "one", folder.path() / "absent", folder.path() / "two"});
  Names names;
  for (const auto& [name, entry] : catalogue.entries()) names.push_back(name);
  CHECK(names == Names{"alpha", "beta", "g", "t"});
  CHECK(catalogue.entries().at("alpha").file == folder.path() / "one/deep/x.yaml");
  CHECK(catalogue.entries().at("g").kind == EntryKind::group);
  CHECK(catalogue.load("t").dataset_path == "a/b");
  CHECK(catalogue.load((folder.path() / "two/x.yaml").string()).task == "t");
  CHECK(input_error([&] { (void)catalogue.load("alhpa"); }).find("\"alpha\"") != std::string::npos);
  CHECK(input_error([&] { (void)catalogue.load("gamma"); }).find("gamma") != std::string::npos);
  // A broken file is the task's own trouble.
  const TaskSelection selection = catalogue.select({"t", "beta"});
  CHECK(names_of(selection) == Names{"t"});
  REQUIRE(selection.broken.size() == 1);
  CHECK(selection.broken[0].task == "beta");
  CHECK(selection.broken[0].error.find("y.yml:1") != std::string::npos);
}

TEST_CASE(
    "includes are merged, the including file's keys over them, and errors name the file they stand in") {
  const TemporaryFolder folder;
  folder.write("base/_defaults", "tag: shared_tag\nnum_fewshot: 3\ndescription: base\n" + body);
  folder.write("base/more.inc", "description: more\nmetric_list:\n  - {metric: nonsense}\n");
  folder.write("a.yaml", "include: base/_defaults\ntask: a\nnum_fewshot: 1\n");
  folder.write("b.yaml", "include: [base/_defaults, base/more.inc]\ntask: b\ntag: own_tag\n");
  folder.write("loop.yaml", "include: loop.yaml\ntask: loop\n");
  folder.write("lost.yaml", "task: lost\ninclude: nowhere.yaml\n");
  const TaskCatalogue catalogue({folder.path()});
  const TaskConfig a = catalogue.load("a");
  CHECK(a.num_fewshot == 1);
  CHECK(a.description == "base");
  CHECK(names_of(catalogue.select({"shared_tag"})) == Names{"a"});
  CHECK(catalogue.entries().at("own_tag").tasks == Names{"b"});
  CHECK(input_error([&] { (void)catalogue.load("b"); }).find("more.inc:3") != std::string::npos);
  CHECK(validate_task_file(folder.path() / "loop.yaml").at(0).find("includes itself") != std::string::npos);
  CHECK(validate_task_file(folder.path() / "lost.yaml").at(0).find("lost.yaml:2") != std::string::npos);
  CHECK(validate_task_file(folder.path() / "a.yaml").empty());
}

TEST_CASE("validation tells every problem of a file, what tasks share once") {
  const TemporaryFolder folder;
  const auto file =
      folder.write("f.yaml", body +
                                 "num_fewshot: many\ndataset_kwargs: {column_names: [x]}\nmisspelt: 1\n"
                                 "filter_list: []\ntasks:\n  a: {description: '{{'}\n  b: {}\n");
  const auto problems = validate_task_file(file);
  const auto told = [&](const std::string& words) {
    return std::ranges::count_if(
        problems, [&](const std::string& problem) { return problem.find(words) != std::string::npos; });
  };
  CHECK(problems.size() == 5);
  CHECK(told("f.yaml:6: num_fewshot") == 1);
  CHECK(told("f.yaml:7: ") == 1);
  CHECK(told("f.yaml:8: ") == 1);
  CHECK(told("f.yaml:9: filter_list") == 1);
  CHECK(told("f.yaml:11: description") == 1);
}

TEST_CASE("groups hold tasks, tags and groups, and hand settings down") {
  const TemporaryFolder folder;
  folder.write("t1.yaml", "task: t1\ntag: pair\n" + body);
  folder.write("t2.yaml", "task: t2\ntag: pair\n" + body);
  folder.write("t3.yaml", "task: t3\n" + body);
  folder.write("outer.yaml",
               "group: outer\ngroup_alias: Outer\nnum_fewshot: 4\ntask:\n  - inner\n"
               "  - {task: t3, num_fewshot: 2}\n  - group: hidden\n    task: [t1]\n"
               "aggregate_metric_list:\n  - {metric: exact_match, weight_by_size: false, filter_list: x}\n");
  folder.write("inner.yaml", "group: inner\ntask: pair\naggregate_metric_list: {metric: acc}\n");
  folder.write("bad.yaml", "group: bad\ntask: [t1, t9]\n");
  const TaskCatalogue catalogue({folder.path()});
  const TaskSelection selection = catalogue.select({"outer"});
  CHECK(names_of(selection) == Names{"t1", "t2", "t3"});
  CHECK(selection.tasks[0].num_fewshot == 4);
  CHECK(selection.tasks[2].num_fewshot == 2);
  REQUIRE(selection.groups.size() == 3);
  const TaskGroup& outer = selection.groups[0];
  CHECK(outer.group == "outer");
  CHECK(outer.alias == "Outer");
  CHECK(outer.members == Names{"inner", "t3", "outer::hidden"});
  REQUIRE(outer.metrics.size() == 1);
  CHECK(outer.metrics[0].filters == Names{"x"});
  CHECK_FALSE(outer.metrics[0].weight_by_size);
  CHECK(selection.groups[1].group == "inner");
  CHECK(selection.groups[1].members == Names{"t1", "t2"});
  CHECK(selection.groups[1].metrics.at(0).weight_by_size);
  CHECK(selection.groups[2].members == Names{"t1"});
  CHECK(input_error([&] { (void)catalogue.select({"bad"}); }).find("bad.yaml:2") != std::string::npos);
  // t1 alone has no shots, in the group four: two tasks of one name.
  CHECK(input_error([&] { (void)catalogue.select({"t1", "outer"}); }).find("twice") != std::string::npos);
  CHECK(names_of(catalogue.select({"t[12]*", "t*"})) == Names{"t1", "t2", "t3"});
}

TEST_CASE("a family file holds many tasks and their groups") {
  const TemporaryFolder folder;
  const auto file = folder.write(
      "family.yaml", body +
                         "tasks:\n  f_one: {dataset_name: one, tag: odd}\n  f_two: {dataset_name: two}\n"
                         "groups:\n  family:\n    category: [reasoning, coding]\n    task: [f_one, f_two]\n");
  folder.write("single.yaml", "task: single\ncategory: coding\n" + body);
  const TaskCatalogue catalogue({folder.path()});
  const TaskSelection selection = catalogue.select({"family"});
  CHECK(names_of(selection) == Names{"f_one", "f_two"});
  CHECK(selection.tasks[1].dataset_name == "two");
  CHECK(names_of(catalogue.select({file.string()})) == Names{"f_one", "f_two"});
  CHECK(names_of(catalogue.select({"odd"})) == Names{"f_one"});
  CHECK(catalogue.categories() == Names{"coding", "reasoning"});
  CHECK(catalogue.in_category("coding") == Names{"family", "single"});
  CHECK(input_error([&] { (void)catalogue.in_category("codign"); }).find("\"coding\"") != std::string::npos);
}

}  // namespace
}  // namespace assay::eval
