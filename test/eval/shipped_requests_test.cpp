// The requests of the shipped tasks against lm-evaluation-harness's, on the real data where they are there:
// recorded by scripts/reference/task_requests.py as hashes, since the data may not be copied.
#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <sstream>

#include "assay/eval/request_list.hpp"
#include "assay/text/chat_template.hpp"
#include "assay/util/hash.hpp"
#include "eval/functions/call.hpp"
#include "eval/support.hpp"
#include "support/skip.hpp"

namespace assay::eval {
namespace {

namespace fs = std::filesystem;
using util::OrderedJson;

ChatRenderer renderer(const std::string& source) {
  const test::TemporaryFolder model;
  model.write("chat_template.jinja", source);
  const auto chat = std::make_shared<const text::ChatTemplate>(*text::ChatTemplate::load(model.path()));
  return [chat](const std::vector<text::ChatMessage>& turns, bool add_generation_prompt) {
    return chat->render(turns, add_generation_prompt ? text::ChatEnding::generation_prompt
                                                     : text::ChatEnding::continue_final_message);
  };
}

BuildOptions options_of(const OrderedJson& record, const fs::path& data_root) {
  const OrderedJson& setting = record["setting"];
  BuildOptions options;
  options.data_root = data_root;
  options.limit = record["limit"];
  options.fewshot_seed = record["fewshot_seed"];
  if (setting.contains("num_fewshot")) options.num_fewshot = setting["num_fewshot"].get<int>();
  if (setting.value("apply_chat_template", false)) options.chat = renderer(record["chat_template"]);
  options.fewshot_as_multiturn = setting.value("fewshot_as_multiturn", true);
  return options;
}

// Where the requests differ from the recorded ones; empty if they do not.
std::string difference(const TaskConfig& task, const BuildOptions& options, const OrderedJson& expected) {
  std::string all;
  try {
    for (const Sample& sample : build_samples(task, options).samples) all += request_lines(task, sample);
  } catch (const util::InputError& error) {
    return error.what();
  }
  if (util::sha256_hex(all) == expected["sha256"].get<std::string>()) return "";
  std::istringstream in(all);
  std::size_t count = 0;
  for (std::string line; std::getline(in, line); ++count) {
    line += '\n';
    if (count >= expected["first"].size()) continue;
    const OrderedJson& request = expected["first"][count];
    if (util::sha256_hex(line).substr(0, 16) != request[1].get<std::string>())
      return fmt::format("request {} has {} bytes, not {}, or others", count, line.size(), request[0].dump());
  }
  return fmt::format("{} requests, recorded {}; the first are the same", count, expected["requests"].dump());
}

bool is_present(const TaskConfig& task, const fs::path& root) {
  return fs::is_directory(root / task.dataset_path /
                          (task.dataset_name.empty() ? "default" : task.dataset_name));
}

void compare(const std::string& setting) {
  const char* root = std::getenv("ASSAY_DATA_ROOT");
  if (root == nullptr || !fs::is_directory(root)) {
    return assay::test::skip("requests of real data are not compared (ASSAY_DATA_ROOT names no folder)");
  }
  const OrderedJson record = test::read_recorded(test::data_folder() / "requests" / (setting + ".json.gz"));
  const BuildOptions options = options_of(record, root);
  const TaskCatalogue catalogue({fs::path(ASSAY_SOURCE_DIR) / "configs" / "tasks"});
  std::vector<std::string> names;
  for (const auto& [name, expected] : record["tasks"].items()) names.push_back(name);
  const TaskSelection selection = catalogue.select(names);
  CHECK(selection.broken.empty());
  CHECK(selection.tasks.size() == names.size());
  int compared = 0;
  int refused = 0;  // by lm-eval itself
  int absent = 0;
  for (const TaskConfig& task : selection.tasks) {
    const OrderedJson& expected = record["tasks"][task.task];
    if (expected.contains("error")) {
      ++refused;
    } else if (!is_present(task, root)) {
      ++absent;
    } else {
      ++compared;
      const std::string found = difference(task, options, expected);
      if (!found.empty()) FAIL_CHECK(task.task << ": " << found);
    }
  }
  std::cout << setting << ": " << compared << " tasks compared, " << refused << " that lm-eval cannot ask, "
            << absent << " without data\n";
  if (compared == 0) assay::test::skip("none of the recorded tasks' data are below ASSAY_DATA_ROOT");
}

TEST_CASE("the tasks' own number of shots: requests are lm-eval's, byte for byte") {
  compare("default");
}
TEST_CASE("no shots: requests are lm-eval's, byte for byte") {
  compare("0-shot");
}
TEST_CASE("five shots: requests are lm-eval's, byte for byte") {
  compare("5-shot");
}
TEST_CASE("shots as turns of a chat: requests are lm-eval's, byte for byte") {
  compare("multiturn");
}
TEST_CASE("shots in one turn of a chat: requests are lm-eval's, byte for byte") {
  compare("one_turn");
}

}  // namespace
}  // namespace assay::eval
