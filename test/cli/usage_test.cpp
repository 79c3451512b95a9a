#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "cli/assay_program.hpp"
#include "support/temp_dir.hpp"

using namespace assay::test;
using Catch::Contains;

TEST_CASE("help names every command, shows examples and exit codes") {
  const auto result = run_assay({"--help"});
  CHECK(result.exit_code == 0);
  for (const char* word :
       {"run", "plan", "list", "tasks", "data", "results", "doctor", "version", "Examples:", "75"}) {
    CHECK_THAT(result.out, Contains(word));
  }
  CHECK(result.err.empty());
}

TEST_CASE("every command explains itself with examples") {
  for (const char* command : {"run", "plan", "list", "tasks", "data", "results", "doctor", "version"}) {
    const auto result = run_assay({command, "--help"});
    INFO(command);
    CHECK(result.exit_code == 0);
    CHECK_THAT(result.out, Contains("Usage:") && Contains("Examples:") && Contains(command));
  }
}

TEST_CASE("mistakes in words are one sentence, suggest the nearest, and exit with 2") {
  const auto check = [](const std::vector<std::string>& words, const std::string& expected) {
    const auto result = run_assay(words);
    INFO(result.err);
    CHECK(result.exit_code == 2);
    CHECK_THAT(result.err, Contains(expected));
    CHECK(std::count(result.err.begin(), result.err.end(), '\n') == 1);
    CHECK(result.out.empty());
  };
  check({"runn"}, "\"run\"");
  check({"run", "--modle", "x"}, "\"--model\"");
  check({"run", "--tp", "two"}, "whole number");
  check({"run", "--tasks", "a"}, "--model");
  check({"run", "--model"}, "--model");
  check({"list", "task"}, "\"tasks\"");
  check({"run", "a.yaml", "b.yaml"}, "too many");
  check({"run", "no_such.yaml"}, "no_such.yaml");
  check({"results", "show", "no_such.h5"}, "no_such.h5");
}

TEST_CASE("list names the shipped tasks and the model types") {
  const auto tasks = run_assay({"list", "tasks"});
  CHECK(tasks.exit_code == 0);
  for (const char* task : {"hellaswag", "arc_easy", "arc_challenge", "gsm8k", "wikitext", "lambada_openai"}) {
    CHECK_THAT(tasks.out, Contains(task));
  }
  const auto models = run_assay({"list", "models"});
  CHECK_THAT(models.out, Contains("llama") && Contains("mistral") && Contains("qwen2") && Contains("qwen3"));
}

TEST_CASE("plan shows every rank's memory and refuses splits that cannot be") {
  const auto result = run_assay({"plan", "--model", (demo() / "model").string(), "--tp", "2", "--pp", "2"});
  CHECK(result.exit_code == 0);
  CHECK_THAT(result.out, Contains("tp=2 pp=2 dp=1") && Contains("weights MiB") && Contains("KV cache"));
  const auto refused = run_assay({"plan", "--model", (demo() / "model").string(), "--tp", "7"});
  CHECK(refused.exit_code == 2);
  CHECK_THAT(refused.err, Contains("tp"));
}

TEST_CASE("doctor reports on this machine") {
  // Whatever this machine is like, its word and its exit code agree, and what a test breaks is found.
  const TempDir folder;
  const auto healthy = run_assay({"doctor"}, {.unset = {"ASSAY_DATA_ROOT"}, .folder = folder.path()});
  INFO(healthy.out);
  CHECK(healthy.exit_code == (healthy.out.find("FIX") == std::string::npos ? 0 : 2));
  CHECK_THAT(healthy.out, Contains("cores") && Contains("instructions") && Contains("shipped"));
  const auto broken = run_assay({"doctor"}, {.environment = {{"ASSAY_DATA_ROOT", "/nowhere"},
                                                             {"ASSAY_CONFIG_DIR", folder.path().string()}}});
  INFO(broken.out);
  CHECK(broken.exit_code == 2);
  CHECK_THAT(broken.out, Contains("ASSAY_DATA_ROOT=/nowhere is not a folder"));
  CHECK_THAT(broken.out, Contains("FIX   tasks"));
}
