#include "results/group_summary.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "assay/eval/group_aggregation.hpp"
#include "assay/util/error.hpp"

namespace assay::results {
namespace {

using util::check_input;
using util::OrderedJson;

constexpr std::size_t max_groups = 10'000;

std::vector<std::string> names(const OrderedJson& list, const std::string& where, const char* key) {
  check_input(list.is_array(), "{}: {} is not a list", where, key);
  std::vector<std::string> result;
  for (const OrderedJson& name : list) {
    check_input(name.is_string(), "{}: {} holds something that is not a name", where, key);
    result.push_back(name.get<std::string>());
  }
  return result;
}

const OrderedJson& member(const OrderedJson& object, const std::string& where, const char* key) {
  check_input(object.is_object() && object.contains(key), "{}: {} is missing", where, key);
  return object[key];
}

std::string text(const OrderedJson& object, const std::string& where, const char* key) {
  const OrderedJson& value = member(object, where, key);
  check_input(value.is_string(), "{}: {} is not text", where, key);
  return value.get<std::string>();
}

// The tasks below a group, each once, in the order in which groups and lists name them.
void collect_leaves(const std::vector<eval::TaskGroup>& groups, const std::string& name,
                    std::vector<std::string>& path, std::vector<std::string>& leaves) {
  const auto group = std::ranges::find(groups, name, &eval::TaskGroup::group);
  if (group == groups.end()) {
    if (std::ranges::find(leaves, name) == leaves.end()) leaves.push_back(name);
    return;
  }
  if (std::ranges::find(path, name) != path.end()) return;  // a file may say anything
  path.push_back(name);
  for (const std::string& inner : group->members) collect_leaves(groups, inner, path, leaves);
  path.pop_back();
}

}  // namespace

OrderedJson to_json(const std::vector<eval::TaskGroup>& groups) {
  OrderedJson list = OrderedJson::array();
  for (const eval::TaskGroup& group : groups) {
    OrderedJson metrics = OrderedJson::array();
    for (const eval::GroupMetric& metric : group.metrics) {
      metrics.push_back({{"metric", metric.metric},
                         {"filter_list", metric.filters},
                         {"aggregation", "mean"},
                         {"weight_by_size", metric.weight_by_size}});
    }
    list.push_back({{"group", group.group},
                    {"alias", group.alias},
                    {"task", group.members},
                    {"aggregate_metric_list", std::move(metrics)},
                    {"metadata", group.metadata}});
  }
  return {{"groups", std::move(list)}};
}

std::vector<eval::TaskGroup> groups_from_json(const OrderedJson& json, const std::string& where) {
  const OrderedJson& list = member(json, where, "groups");
  check_input(list.is_array() && list.size() <= max_groups, "{}: groups is not a list of groups", where);
  std::vector<eval::TaskGroup> groups;
  for (const OrderedJson& object : list) {
    eval::TaskGroup group;
    group.group = text(object, where, "group");
    group.alias = text(object, where, "alias");
    group.members = names(member(object, where, "task"), where, "task");
    group.metadata = member(object, where, "metadata");
    const OrderedJson& metrics = member(object, where, "aggregate_metric_list");
    check_input(metrics.is_array(), "{}: aggregate_metric_list is not a list", where);
    for (const OrderedJson& metric : metrics) {
      const OrderedJson& weighted = member(metric, where, "weight_by_size");
      check_input(weighted.is_boolean(), "{}: weight_by_size is not true or false", where);
      group.metrics.push_back({text(metric, where, "metric"),
                               names(member(metric, where, "filter_list"), where, "filter_list"),
                               weighted.get<bool>()});
    }
    groups.push_back(std::move(group));
  }
  return groups;
}

std::vector<GroupSummary> summarize_groups(const std::vector<eval::TaskGroup>& groups,
                                           const std::map<std::string, GroupedTask>& tasks) {
  std::vector<GroupSummary> summaries;
  for (const eval::TaskGroup& group : groups) {
    GroupSummary summary;
    summary.group = group;
    std::vector<std::string> path;
    collect_leaves(groups, group.group, path, summary.tasks);
    std::vector<eval::GroupLeaf> leaves;
    for (const std::string& name : summary.tasks) {
      const auto task = tasks.find(name);
      if (task == tasks.end()) {
        ++summary.missing_tasks;
        continue;
      }
      summary.samples += task->second.samples;
      leaves.push_back({name, task->second.samples, task->second.metrics});
    }
    // A mean over some of the tasks would pass for the group's.
    if (summary.missing_tasks == 0) {
      for (eval::GroupResult& result : eval::aggregate_group(group.metrics, leaves))
        summary.metrics.push_back(std::move(result.result));
    }
    summaries.push_back(std::move(summary));
  }
  return summaries;
}

}  // namespace assay::results
