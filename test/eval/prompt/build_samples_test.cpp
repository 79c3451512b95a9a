#include "assay/eval/task.hpp"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "eval/support.hpp"

namespace assay::eval {
namespace {

using test::input_error;
using test::TemporaryFolder;

struct World {
  TemporaryFolder folder;
  BuildOptions options;
  std::int64_t documents = 0;  ///< of the last build

  World() {
    options.data_root = folder.path() / "data";
    std::string rows;
    for (int i = 0; i < 10; ++i)
      rows += "{\"q\":\"q" + std::to_string(i) + "\",\"a\":\"a" + std::to_string(i) + "\"}\n";
    data("test", rows);
  }
  void data(const std::string& split, const std::string& rows) const {
    folder.write("data/org/set/default/" + split + ".jsonl", rows);
  }
  [[nodiscard]] std::vector<Sample> build(const std::string& more, const std::string& target = "a") {
    const auto file = folder.write(
        "t.yaml", "task: t\ndataset_path: org/set\ntest_split: test\ndoc_to_text: q\ndoc_to_target: \"" +
                      target + "\"\n" + more);
    SampleSet set = build_samples(load_task(file), options);
    documents = set.documents;
    return std::move(set.samples);
  }
};

TEST_CASE("contexts are description, shots and question") {
  World world;
  const auto samples = world.build(
      "description: \"About {{q}}:\\n\\n\"\nnum_fewshot: 2\ntarget_delimiter: \"=\"\nfewshot_delimiter: "
      "\";\"\n"
      "fewshot_config: {sampler: first_n}\n");
  REQUIRE(samples.size() == 10);
  CHECK(samples[7].requests.at(0).context == "About q7:\n\nq0=a0;q1=a1;q7");
  CHECK(samples[7].target == "a7");
}

TEST_CASE("a document is never its own shot where the splits are the same") {
  World world;
  for (const Sample& sample : world.build("num_fewshot: 9\nfewshot_split: test\n")) {
    const std::string& context = sample.requests[0].context;
    CHECK(context.find(sample.target.get<std::string>()) == std::string::npos);
  }
  const auto first = world.build("num_fewshot: 2\nfewshot_config: {sampler: first_n, split: test}\n");
  CHECK(first[0].requests[0].context == "q1 a1\n\nq2 a2\n\nq0");
}

TEST_CASE("shots can be written in the task and formatted on their own") {
  World world;
  const auto samples = world.build(
      "num_fewshot: 1\nfewshot_config:\n  sampler: first_n\n  doc_to_text: \"Q:{{x}}\"\n  doc_to_target: "
      "\"{{y}}\"\n"
      "  target_delimiter: \"\"\n  samples:\n    - {x: one, y: \"1\"}\n    - {x: two, y: \"2\"}\n");
  CHECK(samples[0].requests[0].context == "Q:one1\n\nq0");
}

TEST_CASE("limits take the first documents and seeds draw others, in order") {
  World world;
  world.options.limit = 3;
  auto samples = world.build("");
  REQUIRE(samples.size() == 3);
  CHECK(world.documents == 10);
  CHECK(samples[2].doc_id == 2);
  world.options.sample_seed = 5;
  samples = world.build("");
  std::vector<std::int64_t> ids;
  for (const Sample& sample : samples) ids.push_back(sample.doc_id);
  // sorted(random.Random(5).sample(range(10), 3))
  CHECK(ids == std::vector<std::int64_t>{4, 5, 9});
  CHECK(samples[0].doc["q"] == "q4");
  CHECK(world.documents == 10);
  world.options.limit = 50;
  CHECK(world.build("").size() == 10);
}

TEST_CASE("settings from the command line replace the task's, key by key") {
  World world;
  world.options.limit = 1;
  world.options.gen_kwargs = {{"max_gen_toks", 7}, {"until", "x"}};
  const auto samples = world.build("generation_kwargs: {until: [a], do_sample: false}\n");
  CHECK(samples[0].requests[0].gen_kwargs.dump() == R"({"until":"x","do_sample":false,"max_gen_toks":7})");
}

TEST_CASE("mutual information asks every choice without its context too") {
  World world;
  world.options.limit = 1;
  const auto samples = world.build(
      "output_type: multiple_choice\ndoc_to_choice: [x, y]\nmetric_list: [{metric: acc_mutual_info}]\n", "0");
  REQUIRE(samples[0].requests.size() == 4);
  CHECK(samples[0].requests[1].context == "q0");
  CHECK(samples[0].requests[3].context.empty());
  CHECK(samples[0].requests[3].continuation == " y");
  CHECK(samples[0].target == 0);
}

TEST_CASE("a document that does not fit its task is named by file and line") {
  World world;
  const auto message = [&](const std::string& row, const std::string& more = "",
                           const std::string& target = "{{a}}") {
    world.data("test", "{\"q\":\"q\",\"a\":\"a\",\"c\":[\"x\"]}\n\n" + row + "\n");
    const std::string error = input_error([&] { (void)world.build(more, target); });
    CAPTURE(error);
    CHECK(error.find("task t") != std::string::npos);
    CHECK(error.find("test.jsonl:3: ") != std::string::npos);
    return error;
  };
  CHECK(message("{\"q\":\"q\"}").find("'a' is undefined") != std::string::npos);
  CHECK(message("{\"q\":5,\"a\":\"a\"}").find("\"q\"") != std::string::npos);
  CHECK(message("{\"q\":\"q\",\"a\":\"a\"").find("JSON") != std::string::npos);
  const std::string choice = "output_type: multiple_choice\ndoc_to_choice: \"{{c}}\"\n";
  CHECK(message("{\"q\":\"q\",\"a\":\"a\",\"c\":\"x\"}", choice).find("choices") != std::string::npos);
  CHECK(message("{\"q\":\"q\",\"a\":\"a\",\"c\":[1]}", choice).find("choice") != std::string::npos);
  CHECK(message("{\"q\":\"q\",\"a\":\"a\",\"c\":[]}", choice).find("choices") != std::string::npos);
  CHECK(message("{\"q\":\"q\",\"a\":5}", "output_type: loglikelihood\n", "a").find("target") !=
        std::string::npos);
}

TEST_CASE("whether a key names a field is decided once for the split") {
  World world;
  const auto error = [&](const std::string& rows, const std::string& more = "") {
    world.data("test", rows);
    return input_error([&] { (void)world.build(more); });
  };
  // Never scored against the word "a", wherever the document without that field stands.
  CHECK_THAT(error("{\"q\":\"q0\",\"a\":\"a0\"}\n{\"q\":\"q1\"}\n"),
             Catch::Contains("test.jsonl:2: ") && Catch::Contains("the field \"a\" is missing"));
  CHECK_THAT(error("{\"q\":\"q0\"}\n{\"q\":\"q1\",\"a\":\"a1\"}\n"),
             Catch::Contains("test.jsonl:1: ") && Catch::Contains("the field \"a\" is missing"));
  CHECK_THAT(error("{\"a\":\"a0\"}\n{\"q\":\"q1\",\"a\":\"a1\"}\n"), Catch::Contains("the field \"q\""));
  CHECK_THAT(error("{\"q\":\"q\",\"a\":0,\"c\":[\"x\"]}\n{\"q\":\"q\",\"a\":0}\n",
                   "output_type: multiple_choice\ndoc_to_choice: c\n"),
             Catch::Contains("test.jsonl:2: ") && Catch::Contains("the field \"c\" is missing"));
  world.data("train", "{\"q\":\"shot\"}\n");
  CHECK_THAT(error("{\"q\":\"q0\",\"a\":\"a0\"}\n", "num_fewshot: 1\nfewshot_split: train\n"),
             Catch::Contains("train.jsonl:1: ") && Catch::Contains("the field \"a\" is missing"));
  // A word that names no field of any document is text.
  world.data("test", "{\"q\":\"q0\"}\n");
  CHECK(world.build("").at(0).target == "a");
}

TEST_CASE("a question that is a number beside choices is an index of contexts") {
  World world;
  world.data("test", "{\"q\":\"1\",\"a\":\"x\",\"n\":1}\n");
  const std::string choice = "output_type: multiple_choice\ndoc_to_choice: [x, z]\n";
  const auto build = [&](const std::string& text, const std::string& more) {
    const auto file = world.folder.write(
        "n.yaml", "task: n\ndataset_path: org/set\ntest_split: test\ndoc_to_target: a\ndoc_to_text: \"" +
                      text + "\"\n" + more);
    return build_samples(load_task(file), world.options).samples;
  };
  CHECK(build("{{n}}", choice).at(0).requests.at(1).context == "z");
  CHECK(build("{{n}}", "").at(0).requests[0].context == "1");
  CHECK(build("q", choice).at(0).requests[0].context == "1");  // a field's text is never read as an index
  world.data("test", "{\"q\":\"1\",\"a\":\"x\",\"n\":\"a\"}\n{\"q\":\"1\",\"a\":\"x\",\"n\":\"1\"}\n");
  CHECK_THAT(input_error([&] { (void)build("{{n}}", choice); }),
             Catch::Contains("test.jsonl:2: ") && Catch::Contains("index of a context"));
}

TEST_CASE("targets that name no choice are refused where they would be an index") {
  World world;
  const std::string generate = "output_type: generate_until\ndoc_to_choice: [x, y]\n";
  const auto rows = [&](const std::string& a) { world.data("test", "{\"q\":\"q\",\"a\":" + a + "}\n"); };
  for (const char* bad : {"2", "-1", "\"x\"", "0.5", "[0]", "null"}) {
    CAPTURE(bad);
    rows(bad);
    CHECK_THAT(input_error([&] { (void)world.build(generate); }),
               Catch::Contains("index of one of the 2 choices"));
  }
  for (const char* good : {"1", "true", "1.0"}) {
    rows(good);
    CHECK(world.build(generate).size() == 1);
  }
  // Where options are compared it counts as wrong, with a warning.
  rows("\"z\"");
  CHECK(world.build("output_type: multiple_choice\ndoc_to_choice: [x, y]\n").size() == 1);
}

TEST_CASE("shots are written with boolean and whole-number answers") {
  World world;
  world.data("test", "{\"q\":\"q\",\"a\":true}\n");
  world.data("train", "{\"q\":\"s\",\"a\":true}\n");
  const std::string more =
      "output_type: multiple_choice\ndoc_to_choice: [\"no\", \"yes\"]\nnum_fewshot: 1\nfewshot_split: "
      "train\n";
  CHECK(world.build(more).at(0).requests[0].context == "s yes\n\nq");
  world.data("train", "{\"q\":\"s\",\"a\":0.0}\n");
  CHECK(world.build(more).at(0).requests[0].context == "s no\n\nq");
}

TEST_CASE("the model's generation settings are part of the request") {
  World world;
  world.options.limit = 1;
  world.options.model_generation = {{"temperature", 0.7}, {"repetition_penalty", 1.1}};
  const std::string task = "generation_kwargs: {until: [a], do_sample: false}\n";
  CHECK(world.build(task)[0].requests[0].gen_kwargs.dump() ==
        R"({"until":["a"],"do_sample":false,"repetition_penalty":1.1})");
  world.options.gen_kwargs = {{"repetition_penalty", 1.0}};
  CHECK(world.build(task)[0].requests[0].gen_kwargs["repetition_penalty"] == 1.0);
}

TEST_CASE("missing shots and data are said before anything runs") {
  World world;
  CHECK(input_error([&] { (void)world.build("num_fewshot: 11\n"); }).find("offers 10") != std::string::npos);
  CHECK(input_error([&] { (void)world.build("num_fewshot: 1\nfewshot_split: train\n"); }).find("train") !=
        std::string::npos);
  world.options.limit = 0;
  CHECK(input_error([&] { (void)world.build(""); }).find("no documents") != std::string::npos);
  world.data("test", "");
  world.options.limit = -1;
  CHECK(input_error([&] { (void)world.build(""); }).find("is empty") != std::string::npos);
}

TEST_CASE("prompts that no model could take are refused by document") {
  World world;
  const std::string row = "{\"q\":\"" + std::string(std::size_t{2} << 20, 'x') + "\",\"a\":\"a\"}\n";
  const auto repeated = [](int times) {
    std::string text;
    for (int i = 0; i < times; ++i) text += "{{q}}";
    return "\"" + text + "\"";
  };
  world.data("train", row + row);
  const std::string shots = input_error([&] {
    (void)world.build("num_fewshot: 2\nfewshot_split: train\nfewshot_config: {doc_to_text: " + repeated(17) +
                      "}\n");
  });
  CHECK(shots.find("train.jsonl:") != std::string::npos);
  CHECK(shots.find("64 MiB") != std::string::npos);
  world.data("test", row);
  const std::string context = input_error([&] { (void)world.build("description: " + repeated(33) + "\n"); });
  CHECK(context.find("test.jsonl:1: ") != std::string::npos);
  CHECK(context.find("64 MiB") != std::string::npos);
}

#if !defined(__SANITIZE_ADDRESS__)  // its allocator ends the process instead of throwing
TEST_CASE("memory that runs out is one sentence about the split") {
  World world;
  const std::string row = "{\"q\":\"" + std::string(std::size_t{1} << 20, 'x') + "\",\"a\":\"a\"}\n";
  std::string rows;
  for (int i = 0; i < 40; ++i) rows += row;
  world.data("test", rows);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    std::size_t pages = 0;
    std::ifstream("/proc/self/statm") >> pages;
    const rlim_t bytes = pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)) + (std::size_t{16} << 20);
    const rlimit limit{bytes, bytes};
    ::setrlimit(RLIMIT_AS, &limit);
    try {
      (void)world.build("");
      ::_exit(1);
    } catch (const util::InputError& error) {
      ::_exit(std::string(error.what()).find("task t: its split \"test\" needs more memory") == 0 ? 0 : 2);
    } catch (...) {
      ::_exit(3);
    }
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  REQUIRE(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
}
#endif

}  // namespace
}  // namespace assay::eval
