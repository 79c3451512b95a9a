// The shipped task files against lm-evaluation-harness's own, key by key, by hashes that
// scripts/reference/task_definitions.py recorded. Needs no data.
#include <set>

#include "assay/util/hash.hpp"
#include "assay/util/yaml.hpp"
#include "eval/functions/call.hpp"
#include "eval/support.hpp"
#include "eval/tasks/definition.hpp"

namespace assay::eval {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using util::OrderedJson;
using util::YamlNode;

// As the recorder writes it: keys sorted, functions without their module.
json normal(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::mapping: {
      json object = json::object();
      for (const auto& [key, value] : node.members) object[key] = normal(value);
      return object;
    }
    case YamlNode::Kind::sequence: {
      json array = json::array();
      for (const YamlNode& item : node.items) array.push_back(normal(item));
      return array;
    }
    default:
      if (node.tag == "!function") return "!function " + node.text.substr(node.text.rfind('.') + 1);
      return json::parse(util::to_json(node).dump());
  }
}

std::string digest(const std::string& key, const YamlNode& node) {
  json value = normal(node);
  if (key == "tag" && value.is_string()) value = json::array({value});
  return util::sha256_hex(value.dump()).substr(0, 16);
}

// Keys of our definition that are not as recorded, and recorded ones that are missing.
std::string differences(const YamlNode& own, const OrderedJson& recorded, const std::set<std::string>& ours) {
  std::string found;
  std::set<std::string> seen;
  for (const auto& [key, node] : own.members) {
    if (ours.contains(key) || util::to_json(node).is_null()) continue;
    seen.insert(key);
    if (!recorded.contains(key) || recorded[key] != digest(key, node)) found += " " + key;
  }
  for (const auto& [key, value] : recorded.items()) {
    if (!seen.contains(key)) found += " " + key + " (missing)";
  }
  return found;
}

TEST_CASE("shipped tasks and groups say what lm-eval's files of the same names say") {
  const OrderedJson recorded = test::read_recorded(test::data_folder() / "requests" / "definitions.json.gz");
  const std::set<std::string> own_tasks = {"aqua_rat", "gsm_hard", "mbpp_sanitized", "svamp"};
  std::size_t compared = 0;
  for (const auto& entry :
       fs::recursive_directory_iterator(fs::path(ASSAY_SOURCE_DIR) / "configs" / "tasks")) {
    if (entry.path().extension() != ".yaml") continue;
    const Definitions definitions = read_definitions(entry.path());
    for (const YamlNode& task : definitions.tasks) {
      const std::string name = task.find("task")->text;
      CAPTURE(name);
      CHECK(recorded["tasks"].contains(name) != own_tasks.contains(name));
      if (!recorded["tasks"].contains(name)) continue;
      CHECK(differences(task, recorded["tasks"][name], {"task", "category"}) == "");
      ++compared;
    }
    for (const YamlNode& group : definitions.groups) {
      const std::string name = group.find("group")->text;
      CAPTURE(name);
      CHECK(recorded["groups"].contains(name) == (name != "mgsm"));
      if (!recorded["groups"].contains(name)) continue;
      CHECK(differences(group, recorded["groups"][name], {"group", "category"}) == "");
      ++compared;
    }
  }
  CHECK(compared == recorded["tasks"].size() + recorded["groups"].size());
}

}  // namespace
}  // namespace assay::eval
