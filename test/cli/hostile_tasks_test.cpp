// Hostile task files, templates, patterns and rows in one campaign: each task says what is wrong with it in a
// sentence, by file and line, and the good one is evaluated.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "cli/assay_program.hpp"
#include "support/temp_dir.hpp"

using namespace assay::test;
using Catch::Contains;
namespace fs = std::filesystem;

namespace {

struct Hostile {
  std::string name;
  std::string yaml;  // beside task, dataset_path and test_split
  std::string rows;
  std::string sentence;  // of the error
};

const std::string asks =
    "output_type: generate_until\ngeneration_kwargs: {max_gen_toks: 4}\ndoc_to_text: \"{{q}}\"\n"
    "doc_to_target: \"{{a}}\"\n";
const std::string row = "{\"q\":\"x\",\"a\":\"b\"}\n";

std::vector<Hostile> hostile_tasks() {
  return {
      {"not_yaml", "doc_to_text: [\n", row, "not_yaml.yaml:5"},
      {"bomb",
       "a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\n"
       "c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\n"
       "e: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: [*e,*e,*e,*e,*e,*e,*e,*e,*e,*e]\n",
       row, "bomb.yaml:9: expands to more than"},
      {"misspelt", asks + "metrc_list: []\n", row, "misspelt.yaml:8"},
      {"python", asks + "process_docs: !function mine.process_docs\n", row, "python.yaml:8"},
      {"bad_template", "output_type: generate_until\ndoc_to_text: \"{{q\"\ndoc_to_target: a\n", row,
       "bad_template.yaml:5"},
      {"endless",
       "output_type: generate_until\ndoc_to_text: \"{% for i in range(1000000000) %}x{% endfor %}\"\n"
       "doc_to_target: a\n",
       row, "endless/default/test.jsonl:1"},
      {"redos", asks + "metric_list:\n  - metric: exact_match\n    regexes_to_ignore: ['^(a+)+$']\n",
       "{\"q\":\"x\",\"a\":\"" + std::string(64, 'a') + "!\"}\n", "redos, document 0"},
      {"missing_field", asks, row + "{\"q\":\"x\"}\n", "missing_field/default/test.jsonl:2"},
      {"wrong_type", "output_type: generate_until\ndoc_to_text: q\ndoc_to_target: a\n",
       "{\"q\":[1],\"a\":\"b\"}\n", "wrong_type/default/test.jsonl:1"},
      {"nul", asks, row + std::string("{\"q\":\"\0\",\"a\":\"b\"}\n", 19), "nul/default/test.jsonl:2"},
      {"long_line", asks, row + "{\"q\":\"" + std::string(std::size_t{50} << 20, 'x') + "\",\"a\":\"b\"}\n",
       "long_line/default/test.jsonl:2"},
  };
}

void write(const fs::path& path, const std::string& bytes) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << bytes;
}

}  // namespace

TEST_CASE("hostile tasks fail one by one, each with a sentence, and the others go on") {
  const TempDir folder;
  fs::copy(demo(), folder / "demo", fs::copy_options::recursive);
  std::string tasks = "demo_choice";
  const std::vector<Hostile> all = hostile_tasks();
  for (const Hostile& hostile : all) {
    write(folder / "demo" / "data" / "hostile" / hostile.name / "default" / "test.jsonl", hostile.rows);
    const fs::path yaml = folder / "tasks" / (hostile.name + ".yaml");
    write(yaml, "task: " + hostile.name + "\ndataset_path: hostile/" + hostile.name + "\ntest_split: test\n" +
                    hostile.yaml);
    tasks += "," + yaml.string();
  }
  const std::vector<std::string> words{"run",     (folder / "demo" / "campaign.yaml").string(),
                                       "-o",      (folder / "out.h5").string(),
                                       "--limit", "3",
                                       "--tasks", tasks};
  const auto result = run_program(under_mpirun(1, words), mpi_options());
  INFO(result.err);
  CHECK(result.exit_code == 3);
  CHECK_THAT(result.out, Contains("demo_choice  acc"));
  for (const Hostile& hostile : all) {
    CAPTURE(hostile.name);
    CHECK_THAT(result.err, Contains(hostile.sentence));
  }
  auto fast = words;
  fast[3] = (folder / "fast.h5").string();
  fast.emplace_back("--fail-fast");
  const auto stopped = run_program(under_mpirun(1, fast), mpi_options());
  CHECK(stopped.exit_code == 2);
  CHECK_THAT(stopped.err, Contains("not_yaml.yaml"));
}
