// Groups in a results file: written, read back, computed from their tasks, exported.
#include "results/group_summary.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <nlohmann/json.hpp>

#include "assay/results/show.hpp"
#include "assay/util/error.hpp"
#include "results/sample_results.hpp"
#include "results/temporary_folder.hpp"

using namespace assay;
using test::TemporaryFolder;

namespace {

eval::TaskGroup group(const std::string& name, std::vector<std::string> members, bool weighted) {
  eval::TaskGroup made;
  made.group = name;
  made.alias = "The " + name;
  made.members = std::move(members);
  made.metrics = {{"acc", {}, weighted}};
  made.metadata = {{"version", 2}};
  return made;
}

results::GroupedTask task(std::int64_t samples, double value, double error) {
  return {samples, {{"acc", "none", value, error, samples, true}}};
}

}  // namespace

TEST_CASE("a group's value is its tasks' mean by size or not, through inner groups, each task once") {
  const std::vector<eval::TaskGroup> groups = {group("outer", {"inner", "c"}, true),
                                               group("inner", {"a", "b", "a"}, false)};
  const std::map<std::string, results::GroupedTask> tasks = {
      {"a", task(10, 0.5, 0.1)}, {"b", task(30, 0.9, 0.2)}, {"c", task(60, 0.1, 0.05)}};
  const auto summaries = results::summarize_groups(groups, tasks);
  REQUIRE(summaries.size() == 2);
  CHECK(summaries[0].tasks == std::vector<std::string>{"a", "b", "c"});
  CHECK(summaries[0].samples == 100);
  REQUIRE(summaries[0].metrics.size() == 1);
  CHECK(summaries[0].metrics[0].value == Approx(0.05 + 0.27 + 0.06));
  const double pooled = (9 * 0.01 * 10 + 29 * 0.04 * 30 + 59 * 0.0025 * 60) / (100.0 - 3) / 100;
  CHECK(*summaries[0].metrics[0].standard_error == Approx(std::sqrt(pooled)));
  CHECK(summaries[1].metrics.at(0).value == Approx(0.7));
  CHECK(*summaries[1].metrics[0].standard_error == Approx(std::sqrt(0.01 + 0.04) / 2));
}

TEST_CASE("a group that lacks a task has no metrics, and one that holds itself ends") {
  const std::vector<eval::TaskGroup> groups = {group("g", {"a", "gone", "g"}, true)};
  const auto summaries = results::summarize_groups(groups, {{"a", task(2, 1, 0)}});
  CHECK(summaries.at(0).missing_tasks == 1);
  CHECK(summaries[0].metrics.empty());
}

TEST_CASE("definitions come back from their JSON, and other JSON is refused") {
  const std::vector<eval::TaskGroup> groups = {group("outer", {"inner", "c"}, true)};
  const auto back = results::groups_from_json(results::to_json(groups), "file");
  REQUIRE(back.size() == 1);
  CHECK(back[0].members == groups[0].members);
  CHECK(back[0].metrics.at(0).weight_by_size);
  CHECK(back[0].metadata == groups[0].metadata);
  for (const char* bad :
       {"[]", "{}", "{\"groups\":3}", "{\"groups\":[3]}", "{\"groups\":[{\"group\":\"g\"}]}",
        "{\"groups\":[{\"group\":\"g\",\"alias\":\"\",\"task\":[1],\"metadata\":null,"
        "\"aggregate_metric_list\":[]}]}"}) {
    CHECK_THROWS_AS(results::groups_from_json(util::OrderedJson::parse(bad), "file"), util::InputError);
  }
}

TEST_CASE("groups stand in the file, in what is shown and in lm-eval's export") {
  const TemporaryFolder folder;
  const auto path = folder / "out.h5";
  {
    auto info = test::run_info();
    const auto result = test::choice_result();
    info.groups = {group("family", {result.task.task}, true), group("broken", {"never_run"}, true)};
    results::ResultsWriter writer(path, info);
    writer.add(result);
    writer.finish(test::rank_timings(), 1.5);
  }
  const results::ResultsReader reader(path);
  const auto groups = reader.groups();
  REQUIRE(groups.size() == 2);
  REQUIRE(groups[0].metrics.size() == 1);
  CHECK(groups[0].metrics[0].value == Approx(reader.tasks().at(0).metrics.at(0).value));
  const std::string shown = results::show(path);
  CHECK(shown.find("The family (1 tasks)") != std::string::npos);
  CHECK(shown.find("The broken (lacks 1 of 1 tasks)") != std::string::npos);
}
