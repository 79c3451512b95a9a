#include "eval/tasks/group.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "assay/util/error.hpp"
#include "assay/util/suggest.hpp"

namespace assay::eval {
namespace {

using util::fail_input;
using util::OrderedJson;
using util::YamlNode;
using Kind = YamlNode::Kind;

const std::vector<std::string> metric_keys = {"metric", "filter_list", "aggregation", "weight_by_size"};

std::vector<std::string> filters_of(const YamlNode& node) {
  std::vector<std::string> filters;
  const OrderedJson value = util::to_json(node);
  if (value.is_string()) return {value.get<std::string>()};
  if (value.is_null()) return filters;
  if (!value.is_array()) fail_input("{}: filter_list is not a list of names", node.where());
  for (const OrderedJson& name : value) {
    if (!name.is_string()) fail_input("{}: filter_list is not a list of names", node.where());
    filters.push_back(name.get<std::string>());
  }
  return filters;
}

GroupMetric read_metric(const YamlNode& node) {
  if (node.kind != Kind::mapping)
    fail_input("{}: an entry of aggregate_metric_list is a mapping", node.where());
  GroupMetric metric;
  for (const auto& [key, value] : node.members) {
    const OrderedJson json = util::to_json(value);
    if (key == "metric") {
      if (!json.is_string()) fail_input("{}: metric is not a name", value.where());
      metric.metric = json.get<std::string>();
    } else if (key == "filter_list") {
      metric.filters = filters_of(value);
    } else if (key == "aggregation") {
      if (json != "mean") fail_input("{}: groups are aggregated by their mean alone", value.where());
    } else if (key == "weight_by_size") {
      if (!json.is_boolean()) fail_input("{}: weight_by_size is not true or false", value.where());
      metric.weight_by_size = json.get<bool>();
    } else {
      fail_input("{}: the key \"{}\" is not known{}", value.where(), key,
                 util::did_you_mean(key, metric_keys));
    }
  }
  if (metric.metric.empty())
    fail_input("{}: an entry of aggregate_metric_list has no \"metric\"", node.where());
  return metric;
}

}  // namespace

bool is_group_key(const std::string& key) {
  static const std::vector<std::string> keys = {"group",    "group_alias", "task",    "aggregate_metric_list",
                                                "metadata", "tag",         "category"};
  return std::ranges::find(keys, key) != keys.end();
}

void check_group_member(const YamlNode& member) {
  if (member.kind == Kind::scalar) return;
  if (member.kind != Kind::mapping || (member.find("group") == nullptr && member.find("task") == nullptr))
    fail_input("{}: a member of a group is a name, or a mapping with \"task\" or \"group\"", member.where());
}

void check_group(const YamlNode& node) {
  (void)read_group(node);
  const YamlNode* members = node.find("task");
  if (members == nullptr) fail_input("{}: the group has no list \"task\"", node.where());
  if (members->kind == Kind::scalar) return;
  if (members->kind != Kind::sequence) fail_input("{}: the group's \"task\" is not a list", members->where());
  for (const YamlNode& member : members->items) {
    check_group_member(member);
    if (const YamlNode* inner = member.find("group"); inner != nullptr && member.find("task") != nullptr)
      check_group(member);
  }
}

TaskGroup read_group(const YamlNode& node) {
  TaskGroup group;
  group.group = node.find("group")->text;
  if (group.group.empty()) fail_input("{}: the group has no name", node.where());
  if (const YamlNode* alias = node.find("group_alias"); alias != nullptr) group.alias = alias->text;
  if (const YamlNode* metadata = node.find("metadata")) group.metadata = util::to_json(*metadata);
  const YamlNode* metrics = node.find("aggregate_metric_list");
  if (metrics == nullptr) return group;
  if (metrics->kind == Kind::mapping) group.metrics.push_back(read_metric(*metrics));
  for (const YamlNode& item : metrics->items) group.metrics.push_back(read_metric(item));
  return group;
}

}  // namespace assay::eval
