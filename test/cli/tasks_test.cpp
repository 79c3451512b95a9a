// assay tasks and assay list: what task files mean, before anything runs.
#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "cli/assay_program.hpp"
#include "support/temp_dir.hpp"

using namespace assay::test;
using Catch::Contains;
namespace fs = std::filesystem;

namespace {

void write(const fs::path& path, const std::string& text) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// Without the data root of whoever runs the tests.
ProgramResult assay_tasks(std::vector<std::string> words) {
  words.insert(words.begin(), "tasks");
  return run_assay(words, {.unset = {"ASSAY_DATA_ROOT"}});
}

ProgramResult show_demo(const std::string& task, const std::vector<std::string>& more) {
  std::vector<std::string> words{
      "show", task, "--data-root", (demo() / "data").string(), "--include-path", (demo() / "tasks").string()};
  words.insert(words.end(), more.begin(), more.end());
  return assay_tasks(words);
}

const std::string tiny = "dataset_path: a/b\ntest_split: test\n";

// A folder with data of two documents and a task of each kind.
void write_tiny_tasks(const TempDir& folder) {
  write(folder / "data" / "a" / "b" / "default" / "test.jsonl",
        "{\"q\":\"Was \\\"\u00e9\\\"\\n?\",\"a\":\"b\",\"c\":[\"b\",\"cc\"],\"n\":1}\n"
        "{\"q\":\"Zwei \U0001F642\",\"a\":\"d\",\"c\":[\"d\"],\"n\":0}\n");
  write(folder / "tasks" / "writing.yaml",
        "task: tiny_writing\ncategory: tiny_trials\n" + tiny +
            "output_type: generate_until\ndoc_to_text: \"Q: {{q}} A:\"\ndoc_to_target: a\nrepeats: 2\n"
            "generation_kwargs: {until: [\"\\n\", \"Q:\"], max_gen_toks: 5, temperature: 0, do_sample: "
            "true}\n");
  write(folder / "tasks" / "choosing.yaml",
        "task: tiny_choosing\ncategory: [tiny_trials, tiny_choices]\n" + tiny +
            "output_type: multiple_choice\ndoc_to_text: \"{{q}}\"\ndoc_to_choice: c\ndoc_to_target: n\n");
  write(folder / "tasks" / "reading.yaml",
        "task: tiny_reading\n" + tiny +
            "output_type: loglikelihood_rolling\ndoc_to_text: \"\"\ndoc_to_target: q\n");
}

std::ptrdiff_t lines_of(const std::string& text) {
  return std::count(text.begin(), text.end(), '\n');
}

}  // namespace

TEST_CASE("tasks show prints the prompt, the continuations and the metrics of one document") {
  const auto result = show_demo("demo_choice", {"--doc", "2"});
  INFO(result.err);
  CHECK(result.exit_code == 0);
  CHECK(result.err.empty());
  CHECK(
      result.out ==
      "task      demo_choice\ndocument  2\ntarget    2\n"
      "request   0\nprompt\n┌\nQuestion: Where is the frog?\nAnswer:\n└\ncontinuation\n┌\n in the house\n└\n"
      "request   1\ncontinuation\n┌\n in the sea\n└\nrequest   2\ncontinuation\n┌\n in the pond\n└\n"
      "request   3\ncontinuation\n┌\n in the barn\n└\nmetric    acc (mean)\nmetric    acc_norm (mean)\n");
}

TEST_CASE("tasks show prints stop strings, and with a model the tokens") {
  const auto result =
      show_demo("demo_arith", {"--doc", "1", "--num-fewshot", "0", "--model", (demo() / "model").string()});
  INFO(result.err);
  CHECK(result.exit_code == 0);
  CHECK_THAT(result.out,
             Contains("┌\nQuestion: There are 81 socks in the forest and 36 in the school. How many socks "
                      "are there in all?\nAnswer:\n└\n") &&
                 Contains("stops     [\"Question:\",\"</s>\"]\nat most   64 tokens\n") &&
                 Contains("\n  30 tokens: 0:\"<s>\" 281:\"Question\" 27:\":\"") &&
                 Contains(" 287:\"?\\n\" 280:\"Answer\" 27:\":\"\nmetric    exact_match (mean)\n"));
  // The document of that number, whatever a campaign would draw.
  CHECK(show_demo("demo_choice", {"--doc", "2", "--sample-seed", "3", "--limit", "5"}).out ==
        show_demo("demo_choice", {"--doc", "2"}).out);
  // As releases that begin no prompt with BOS have it; and what the engine would be given at most.
  const auto bare = show_demo("demo_arith", {"--num-fewshot", "0", "--model", (demo() / "model").string(),
                                             "--profile", "lm-eval-0.4.9.1", "--max-length", "66"});
  CHECK(bare.exit_code == 0);
  CHECK_THAT(bare.out, Contains("\n  2 tokens: 280:\"Answer\" 27:\":\"\n") && !Contains("<s>\""));
}

TEST_CASE("tasks show takes every task that is named, with a shot") {
  const auto result = show_demo("demo_text,demo_arith", {"--num-fewshot", "1", "--doc", "0"});
  INFO(result.err);
  CHECK(result.exit_code == 0);
  CHECK_THAT(result.out, Contains("task      demo_text\n") && Contains("request   0\ntext\n┌\nFinn was"));
  const std::string arith = result.out.substr(result.out.find("task      demo_arith\n"));
  const std::string prompt = arith.substr(arith.find("┌"), arith.find("└") - arith.find("┌"));
  // A worked example with its answer, then the question that is asked.
  CHECK(prompt.find("#### ") < prompt.find("\n\nQuestion: Nina has 37 gloves."));
  CHECK(prompt.find("#### ") == prompt.rfind("#### "));
}

TEST_CASE("tasks show and requests say what is missing in one sentence") {
  const auto refused = [](const ProgramResult& result, const std::string& sentence) {
    INFO(result.err);
    CHECK(result.exit_code == 2);
    CHECK(result.out.empty());
    CHECK(lines_of(result.err) == 1);
    CHECK_THAT(result.err, Contains(sentence));
  };
  refused(show_demo("demo_choice", {"--doc", "220"}),
          "task demo_choice has 220 documents, so no document 220");
  refused(show_demo("demo_choice", {"--doc", "-1"}), "--doc");
  refused(show_demo("demo_choise", {}), "demo_choice");
  refused(show_demo("demo_choice", {"--profile", "lm-eval-0.4.9"}), "lm-eval-0.4.13, lm-eval-0.4.9.1");
  refused(show_demo("demo_choice", {"--apply-chat-template", "--model", (demo() / "model").string()}),
          "has no chat template");
  refused(assay_tasks({}), "validate, show or requests");
  refused(assay_tasks({"shwo"}), "\"show\"");
  refused(assay_tasks({"show"}), "say which tasks");
  refused(assay_tasks({"show", "demo_choice"}), "--data-root");
  refused(assay_tasks({"requests", "demo_choice", "--data-root", "."}), "--out");
  refused(assay_tasks({"validate"}), "say which files");
}

TEST_CASE("tasks requests writes the lines that lm-eval would ask") {
  const TempDir folder;
  write_tiny_tasks(folder);
  const auto out = folder / "requests";
  const auto result = assay_tasks({"requests", "tiny_writing,tiny_choosing,tiny_reading", "--include-path",
                                   (folder / "tasks").string(), "--data-root", (folder / "data").string(),
                                   "--out", out.string()});
  INFO(result.err);
  CHECK(result.exit_code == 0);
  CHECK_THAT(result.out,
             Contains("tiny_choosing\t2 documents\t" + (out / "tiny_choosing.jsonl").string() + "\n"));
  CHECK(read(out / "tiny_choosing.jsonl") ==
        R"({"task":"tiny_choosing","doc_id":0,"idx":0,"request_type":"loglikelihood","repeats":1,)"
        R"("context":"Was \"é\"\n?","continuation":" b"})"
        "\n"
        R"({"task":"tiny_choosing","doc_id":0,"idx":1,"request_type":"loglikelihood","repeats":1,)"
        R"("context":"Was \"é\"\n?","continuation":" cc"})"
        "\n"
        R"({"task":"tiny_choosing","doc_id":1,"idx":0,"request_type":"loglikelihood","repeats":1,)"
        R"("context":"Zwei 🙂","continuation":" d"})"
        "\n");
  CHECK(read(out / "tiny_writing.jsonl") ==
        R"({"task":"tiny_writing","doc_id":0,"idx":0,"request_type":"generate_until","repeats":2,)"
        R"("context":"Q: Was \"é\"\n? A:","generation_kwargs":{"until":["\n","Q:"],"max_gen_toks":5,)"
        R"("temperature":0.0,"do_sample":true}})"
        "\n"
        R"({"task":"tiny_writing","doc_id":1,"idx":0,"request_type":"generate_until","repeats":2,)"
        R"("context":"Q: Zwei 🙂 A:","generation_kwargs":{"until":["\n","Q:"],"max_gen_toks":5,)"
        R"("temperature":0.0,"do_sample":true}})"
        "\n");
  CHECK(read(out / "tiny_reading.jsonl") ==
        R"({"task":"tiny_reading","doc_id":0,"idx":0,"request_type":"loglikelihood_rolling","repeats":1,)"
        R"("string":"Was \"é\"\n?"})"
        "\n"
        R"({"task":"tiny_reading","doc_id":1,"idx":0,"request_type":"loglikelihood_rolling","repeats":1,)"
        R"("string":"Zwei 🙂"})"
        "\n");
}

TEST_CASE("tasks requests with a model counts the tokens that it would be given") {
  const TempDir folder;
  const auto result =
      assay_tasks({"requests", "demo_arith", "--include-path", (demo() / "tasks").string(), "--data-root",
                   (demo() / "data").string(), "--model", (demo() / "model").string(), "--num-fewshot", "0",
                   "--limit", "2", "--out", (folder / "o").string()});
  INFO(result.err);
  CHECK(result.exit_code == 0);
  // Document 1 has 30 tokens, as `show` prints them; document 0 has its own.
  const auto first = show_demo("demo_arith", {"--num-fewshot", "0", "--model", (demo() / "model").string()});
  const auto at = first.out.find(" tokens: 0:");
  REQUIRE(at != std::string::npos);
  const auto begin = first.out.rfind(' ', at - 1) + 1;
  const int tokens = std::stoi(first.out.substr(begin, at - begin));
  CHECK_THAT(result.out, Contains("demo_arith\t2 documents\t" + std::to_string(tokens + 30) + " tokens\t"));
}

TEST_CASE("tasks requests takes a category and a limit, and goes on without a task that cannot be asked") {
  const TempDir folder;
  write_tiny_tasks(folder);
  write(folder / "tasks" / "broken.yaml",
        "task: tiny_broken\ncategory: tiny_trials\n" + tiny +
            "output_type: generate_until\ndoc_to_text: nothing_of_it\ndoc_to_target: \"{{nothing}}\"\n");
  const std::vector<std::string> where{"--include-path", (folder / "tasks").string(), "--data-root",
                                       (folder / "data").string()};
  std::vector<std::string> words{"requests", "--category", "tiny_trials",          "--limit",
                                 "1",        "--out",      (folder / "o").string()};
  words.insert(words.end(), where.begin(), where.end());
  const auto result = assay_tasks(words);
  INFO(result.err);
  CHECK(result.exit_code == 3);
  CHECK(lines_of(result.err) == 1);
  CHECK_THAT(result.err,
             Contains("tiny_broken") && Contains("test.jsonl:1") && Contains("the other tasks go on"));
  CHECK(lines_of(read(folder / "o" / "tiny_choosing.jsonl")) == 2);
  CHECK(lines_of(read(folder / "o" / "tiny_writing.jsonl")) == 1);
  CHECK_FALSE(fs::exists(folder / "o" / "tiny_broken.jsonl"));
  CHECK_FALSE(fs::exists(folder / "o" / "tiny_reading.jsonl"));
}

TEST_CASE("tasks validate names every problem by file and line") {
  const TempDir folder;
  write_tiny_tasks(folder);
  const std::string first = (folder / "first.yaml").string();
  const std::string second = (folder / "second.yaml").string();
  write(first,
        "task: first\ndataset_path: a/b\ntest_split: test\noutput_type: generate_untl\n"
        "doc_to_text: \"{{q\"\ndoc_to_target: a\n");
  write(second,
        "task: second\ndataset_path: a/b\ntest_split: test\noutput_type: generate_until\n"
        "doc_to_text: \"{{q}}\"\ndoc_to_target: a\nmetric_list:\n  - metric: exact_mach\n");
  const std::string good = (folder / "tasks" / "writing.yaml").string();
  const auto result = assay_tasks({"validate", first, good, second});
  CHECK(result.exit_code == 2);
  CHECK_THAT(result.out, Contains(first + ":4: ") && Contains("\"generate_until\"") &&
                             Contains(first + ":5: ") && Contains(second + ":8: ") &&
                             Contains("\"exact_match\"") && !Contains(good));
  CHECK(lines_of(result.out) == 3);
  CHECK_THAT(result.err, Contains("3 problems found"));

  const auto one = assay_tasks({"validate", good});
  CHECK(one.exit_code == 0);
  CHECK(one.out == "1 file is valid\n");
  CHECK(one.err.empty());
  CHECK(assay_tasks({"validate", good, (folder / "tasks" / "reading.yaml").string()}).out ==
        "2 files are valid\n");
  const auto missing = assay_tasks({"validate", (folder / "no.yaml").string()});
  CHECK(missing.exit_code == 2);
  CHECK_THAT(missing.out, Contains("no.yaml"));
}

TEST_CASE("list categories names each with its tasks") {
  const TempDir folder;
  write_tiny_tasks(folder);
  const std::vector<std::string> include{"--include-path", (folder / "tasks").string()};
  const auto result = run_assay({"list", "categories", include[0], include[1]});
  CHECK(result.exit_code == 0);
  CHECK(result.err.empty());
  CHECK_THAT(result.out, Contains("tiny_trials              tiny_choosing, tiny_writing\n") &&
                             Contains("tiny_choices             tiny_choosing\n"));
  const auto tasks = run_assay({"list", "tasks", include[0], include[1]});
  CHECK_THAT(
      tasks.out,
      Contains("tiny_choosing                                task  tiny_trials,tiny_choices     /") &&
          Contains("tiny_reading                                 task                               /"));
}
