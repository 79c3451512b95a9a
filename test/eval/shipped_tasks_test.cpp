// The tasks of configs/tasks: that all can be read, what their files say about themselves, groups and
// categories; and the prompts of those that are the project's own, on invented documents.
#include <algorithm>
#include <fstream>
#include <set>

#include "assay/eval/score.hpp"
#include "assay/eval/task.hpp"
#include "eval/metric.hpp"
#include "eval/support.hpp"
#include "eval/tasks/definition.hpp"

namespace assay::eval {
namespace {

namespace fs = std::filesystem;
using Names = std::vector<std::string>;

fs::path folder() {
  return fs::path(ASSAY_SOURCE_DIR) / "configs" / "tasks";
}

std::vector<fs::path> files() {
  std::vector<fs::path> found;
  for (const auto& entry : fs::recursive_directory_iterator(folder())) {
    if (entry.path().extension() == ".yaml") found.push_back(entry.path());
  }
  return found;
}

const TaskCatalogue& catalogue() {
  static const TaskCatalogue shipped({folder()});
  return shipped;
}

Names names_of(EntryKind kind) {
  Names names;
  for (const auto& [name, entry] : catalogue().entries()) {
    if (entry.kind == kind) names.push_back(name);
  }
  return names;
}

// Every task, each file read once.
const TaskSelection& all_tasks() {
  static const TaskSelection selection = catalogue().select(names_of(EntryKind::task));
  return selection;
}

const TaskConfig& task_named(const std::string& name) {
  const auto found = std::ranges::find(all_tasks().tasks, name, &TaskConfig::task);
  REQUIRE(found != all_tasks().tasks.end());
  return *found;
}

std::size_t size_of(const std::string& group) {
  return catalogue().select({group}).tasks.size();
}

TEST_CASE("every shipped task loads and has its version") {
  for (const BrokenTask& broken : all_tasks().broken) FAIL_CHECK(broken.error);
  CHECK(all_tasks().tasks.size() == names_of(EntryKind::task).size());
  for (const TaskConfig& task : all_tasks().tasks) {
    INFO(task.task);
    // lm-evaluation-harness gives this one none.
    CHECK(task.metadata.contains("version") == (task.task != "commonsense_qa"));
    CHECK(fs::equivalent(task.file, catalogue().entries().at(task.task).file));
  }
  for (const fs::path& file : files()) CHECK(validate_task_file(file) == Names{});
}

TEST_CASE("no name of a shipped task or group is given twice") {
  std::map<std::string, int> uses;
  for (const fs::path& file : files()) {
    for (const FileNames::Named& named : scan_names(file).names) ++uses[named.name];
  }
  for (const auto& [name, count] : uses) {
    INFO(name);
    CHECK(count == 1);
  }
}

TEST_CASE("thirty datasets and more are shipped as tasks") {
  std::set<std::string> datasets;
  for (const TaskConfig& task : all_tasks().tasks) datasets.insert(task.dataset_path);
  CHECK(datasets.size() >= 30);
}

// The comment a file begins with, its lines joined.
std::string opening_comment(const fs::path& file) {
  std::ifstream in(file);
  std::string comment;
  for (std::string line; std::getline(in, line) && line.starts_with("# ");) comment += line.substr(1);
  return comment;
}

TEST_CASE("the file of every shipped task says what it is and which data it needs") {
  for (const TaskConfig& task : all_tasks().tasks) {
    CAPTURE(task.task, task.file);
    const std::string comment = opening_comment(task.file);
    const auto data = comment.find(" Data: ");
    REQUIRE(data != std::string::npos);
    const std::string note = comment.substr(data);
    CHECK(data > 40);  // a sentence before it
    const std::string owner = task.dataset_path.substr(0, task.dataset_path.find('/') + 1);
    CHECK(note.find(owner) != std::string::npos);
    CHECK(note.find("field") != std::string::npos);
    CHECK(note.find("split") != std::string::npos);
    CHECK(note.find(task.test_split) != std::string::npos);
  }
}

TEST_CASE("every category has tasks, each once") {
  CHECK(catalogue().categories() == Names{"coding", "commonsense", "instruction-following", "knowledge",
                                          "language", "mathematics", "multilingual", "reasoning"});
  for (const std::string& category : catalogue().categories()) {
    CAPTURE(category);
    const TaskSelection selection = catalogue().select(catalogue().in_category(category));
    CHECK(selection.broken.empty());
    CHECK_FALSE(selection.tasks.empty());
    for (const TaskConfig& task : selection.tasks) {
      if (category == "coding") CHECK(task.runs_code);
    }
  }
}

bool reports(const TaskConfig& task, const GroupMetric& wanted) {
  const bool has_metric =
      std::ranges::any_of(task.metrics, [&](const MetricConfig& m) { return m.metric == wanted.metric; });
  const auto has_filter = [&](const std::string& name) {
    return std::ranges::find(task.filters, name, &FilterPipeline::name) != task.filters.end();
  };
  return has_metric && std::ranges::all_of(wanted.filters, has_filter);
}

TEST_CASE("the members of every shipped group exist and report what it aggregates") {
  for (const std::string& name : names_of(EntryKind::group)) {
    CAPTURE(name);
    const TaskSelection selection = catalogue().select({name});
    CHECK(selection.broken.empty());
    CHECK_FALSE(selection.tasks.empty());
    REQUIRE_FALSE(selection.groups.empty());
    CHECK(selection.groups[0].group == name);
    for (const GroupMetric& metric : selection.groups[0].metrics) {
      CHECK(std::ranges::any_of(selection.tasks, [&](const TaskConfig& t) { return reports(t, metric); }));
    }
  }
}

TEST_CASE("families are complete") {
  CHECK(size_of("mmlu") == 57);
  CHECK(size_of("mmlu_stem") == 19);
  CHECK(size_of("mmlu_other") == 13);
  CHECK(size_of("mmlu_social_sciences") == 12);
  CHECK(size_of("mmlu_humanities") == 13);
  CHECK(size_of("mmlu_continuation") == 57);
  CHECK(size_of("mmlu_generative") == 57);
  for (const char* variant : {"bbh", "bbh_fewshot", "bbh_zeroshot", "bbh_cot_fewshot", "bbh_cot_zeroshot"})
    CHECK(size_of(variant) == 27);
  for (const char* variant : {"mgsm", "mgsm_en_cot_*", "mgsm_native_cot_*", "xcopa", "xstorycloze"})
    CHECK(size_of(variant) == 11);
  CHECK(size_of("blimp") == 67);
  CHECK(size_of("agieval_en") == 10);
  CHECK(size_of("agieval_nous") == 8);
  CHECK(size_of("hendrycks_math") == 7);
  CHECK(size_of("minerva_math") == 7);
  CHECK(size_of("mmlu_pro") == 14);
}

// Prompt (what follows the last shot) and target of the first of some invented documents.
struct Asked {
  std::string prompt;
  std::string target;
};
Asked ask(const std::string& name, const std::string& documents) {
  const test::TemporaryFolder root;
  const TaskConfig& task = task_named(name);
  const std::string config = task.dataset_name.empty() ? "default" : task.dataset_name;
  root.write(fs::path(task.dataset_path) / config / (task.test_split + ".jsonl"), documents);
  BuildOptions options;
  options.data_root = root.path();
  const Sample sample = build_samples(task, options).samples.at(0);
  const std::string& context = sample.requests.at(0).context;
  const auto last = context.rfind(task.fewshot_delimiter);
  return {last == std::string::npos ? context : context.substr(last + task.fewshot_delimiter.size()),
          sample.target.is_string() ? sample.target.get<std::string>() : sample.target.dump()};
}

TEST_CASE("svamp asks the question behind its story and wants a plain number") {
  const Asked asked =
      ask("svamp",
          R"({"Body": "A hen lays 3 eggs a day", "Question": "How many in 4 days?", "Answer": "12.0"}
{"Body": "A cat sleeps.", "Question": "How long?", "Answer": "1.5"})");
  CHECK(asked.prompt == "Q: A hen lays 3 eggs a day, How many in 4 days?\nA:");
  CHECK(asked.target == "12");
  CHECK(ask("svamp", R"({"Body": "It rained.", "Question": "How much?", "Answer": "1.5"})").target == "1.5");
  CHECK(ask("svamp", R"({"Body": "It rained.", "Question": "How much?", "Answer": "1.5"})").prompt ==
        "Q: It rained. How much?\nA:");
}

// Whether an answer counts, by the task's own filters and metric.
double exact_match(const std::string& name, const std::string& documents, const std::string& answer) {
  const test::TemporaryFolder root;
  const TaskConfig& task = task_named(name);
  root.write(fs::path(task.dataset_path) / "default" / (task.test_split + ".jsonl"), documents);
  BuildOptions options;
  options.data_root = root.path();
  const Sample sample = build_samples(task, options).samples.at(0);
  engine::Completion completion;
  completion.text = answer;
  return score_sample(task, sample, std::vector{completion}).at(0).metrics.at("exact_match").get<double>();
}

TEST_CASE("gsm_hard compares numbers up to the first decimal place") {
  const std::string before = R"({"input": "What is left of 7?", "code": "", "target": )";
  CHECK(ask("gsm_hard", before + "5.0}").prompt == "Q: What is left of 7?\nA:");
  CHECK(ask("gsm_hard", before + "5.0}").target == "5");
  CHECK(ask("gsm_hard", before + "-4892011}").target == "-4892011");
  CHECK(ask("gsm_hard", before + "3244047.0999999996}").target == "3244047.1");
  CHECK(exact_match("gsm_hard", before + "5.0}", " So 7 - 2. The answer is 5.") == 1);
  CHECK(exact_match("gsm_hard", before + "5.0}", " The answer is 5.00 dollars.") == 1);
  CHECK(exact_match("gsm_hard", before + "5.0}", " The answer is 5.1 dollars.") == 0);
  CHECK(exact_match("gsm_hard", before + "14053029.666666666}", " The answer is 14,053,029.67.") == 1);
  CHECK(exact_match("gsm_hard", before + "14053029.666666666}", " The answer is 14053029.") == 0);
  CHECK(exact_match("gsm_hard", before + "-15.0}", " The answer is 15.") == 0);
}

TEST_CASE("mbpp_sanitized shows all tests and runs them with their imports") {
  const Asked asked = ask(
      "mbpp_sanitized", R"({"prompt": "Write f.", "code": "def f(): pass", "test_imports": ["import math"],)"
                        R"( "test_list": ["assert f() is None", "assert f"]})");
  CHECK(asked.prompt == "assert f() is None\nassert f\n[BEGIN]\n");
  CHECK(asked.target == "import math\nassert f() is None\nassert f");
  CHECK(task_named("mbpp_sanitized").runs_code);
}

TEST_CASE("aqua_rat lists its options and scores their letters") {
  const Asked asked = ask("aqua_rat", R"({"question": "2 + 2?", "options": ["A)3", "B)4"], "correct": "B"})");
  CHECK(asked.prompt == "Question: 2 + 2?\nA)3\nB)4\nAnswer:");
  CHECK(asked.target == "B");
}

}  // namespace
}  // namespace assay::eval
