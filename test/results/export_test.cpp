// Exports: lm-eval's files by structure and by value, CSV and JSONL tables.
#include "assay/results/export.hpp"

#include <catch2/catch.hpp>
#include <map>
#include <set>
#include <sstream>

#include "assay/results/results_file.hpp"
#include "assay/util/error.hpp"
#include "assay/util/files.hpp"
#include "assay/util/hash.hpp"
#include "results/sample_results.hpp"
#include "results/temporary_folder.hpp"

using namespace assay;
using Catch::Contains;
using test::TemporaryFolder;
using util::OrderedJson;

namespace {

// What may be null though lm-eval gave something: not known to assay, or none in this run.
const std::set<std::string> nullable = {
    "/config/model_num_parameters", "/config/batch_size",    "/config/numpy_seed",   "/config/torch_seed",
    "/config/fewshot_seed",         "/transformers_version", "/tokenizer_pad_token", "/tokenizer_eos_token",
    "/tokenizer_bos_token",         "/eot_token_id"};

// `found` has the keys of `expected`, in its order, nested alike, and scalars of its types. Collects what
// differs.
void compare(const OrderedJson& expected, const OrderedJson& found, const std::string& place,
             std::string& differences) {
  const auto differ = [&](const std::string& what) { differences += place + ": " + what + "\n"; };
  if (found.is_null() && nullable.contains(place)) return;
  if (expected.is_object()) {
    if (!found.is_object()) return differ("is not an object");
    std::vector<std::string> keys, found_keys;
    for (const auto& [key, value] : expected.items()) keys.push_back(key);
    for (const auto& [key, value] : found.items()) found_keys.push_back(key);
    if (keys != found_keys) {
      differ(
          fmt::format("has the keys [{}] instead of [{}]", fmt::join(found_keys, " "), fmt::join(keys, " ")));
    }
    for (const auto& [key, value] : expected.items()) {
      if (found.contains(key)) compare(value, found[key], place + "/" + key, differences);
    }
    return;
  }
  if (expected.is_array()) {
    if (!found.is_array()) return differ("is not a list");
    if (expected.empty()) return;
    if (found.empty()) return differ("is empty");
    return compare(expected[0], found[0], place + "/0", differences);
  }
  const std::string type = expected.get<std::string>();
  if (type != "null" && found.type_name() != type) {
    differ(fmt::format("is a {} instead of a {}", found.type_name(), type));
  }
}

OrderedJson lm_eval_structure() {
  return OrderedJson::parse(
      util::read_file(std::string(ASSAY_TEST_DATA) + "/results/lm_eval_structure.json"));
}

std::string differences(const OrderedJson& expected, const OrderedJson& found) {
  std::string out;
  compare(expected, found, "", out);
  return out;
}

std::vector<OrderedJson> lines_of(const std::filesystem::path& file) {
  std::istringstream in(util::read_file(file));
  std::vector<OrderedJson> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(OrderedJson::parse(line));
  return lines;
}

struct Exported {
  TemporaryFolder folder;
  std::filesystem::path file = folder / "out.h5";
  std::vector<std::filesystem::path> paths;
};

void write_results(const std::filesystem::path& file, const std::vector<results::TaskResult>& tasks) {
  results::ResultsWriter writer(file, test::run_info());
  for (const auto& task : tasks) writer.add(task);
  writer.finish(test::rank_timings(), 4.5);
}

}  // namespace

TEST_CASE("the exported files have the structure of lm-eval's own") {
  const OrderedJson reference = lm_eval_structure();
  const std::map<std::string, results::TaskResult> pairs = {{"arc_easy", test::choice_result()},
                                                            {"gsm8k", test::generation_result()},
                                                            {"wikitext", test::rolling_result()}};
  for (const auto& [name, made] : pairs) {
    INFO(name);
    auto result = made;
    result.task.task = name;
    if (name == "gsm8k") {
      for (auto& metric : result.metrics) metric.standard_error = 0.5;
    }
    const TemporaryFolder folder;
    write_results(folder / "out.h5", {result});
    const auto paths = results::export_lm_eval(folder / "out.h5", folder / "new/out");
    REQUIRE(paths.size() == 2);
    CHECK(paths[0] == folder / "new/out/results_2025-01-02T03-04-05.000000.json");
    CHECK(paths[1] == folder / ("new/out/samples_" + name + "_2025-01-02T03-04-05.000000.jsonl"));
    OrderedJson found = OrderedJson::parse(util::read_file(paths[0]));
    CHECK(found.contains("assay"));  // the one key of our own
    found.erase("assay");
    CHECK(differences(reference["results"][name], found) == "");
    const OrderedJson& first_line = reference["samples"][name][0];
    for (const OrderedJson& line : lines_of(paths[1])) {
      OrderedJson expected = first_line;
      expected["doc"] = line["doc"].is_object() ? OrderedJson("object") : OrderedJson("string");
      // A sample has as many arguments as choices.
      while (expected["arguments"].size() > line["arguments"].size()) {
        expected["arguments"].erase("gen_args_" + std::to_string(expected["arguments"].size() - 1));
      }
      CHECK(differences(expected, line) == "");
    }
  }
}

TEST_CASE("exported values are the ones that were stored") {
  const TemporaryFolder folder;
  write_results(folder / "out.h5",
                {test::choice_result(), test::generation_result(), test::rolling_result()});
  const auto paths = results::export_lm_eval(folder / "out.h5", folder / "out");
  REQUIRE(paths.size() == 4);
  const OrderedJson all = OrderedJson::parse(util::read_file(paths[0]));
  CHECK(
      all["results"]["choosing"].dump() ==
      R"({"name":"choosing","alias":"choosing","sample_len":2,"acc,none":1.0,"acc_stderr,none":0.0,"acc_norm,none":0.5,"acc_norm_stderr,none":0.5})");
  CHECK(all["results"]["writing"]["exact_match,flexible-extract"] == 1.0);
  CHECK(all["results"]["writing"]["exact_match_stderr,flexible-extract"] == "N/A");
  CHECK(all["n-samples"]["choosing"].dump() == R"({"original":40,"effective":2})");
  CHECK(all["n-shot"].dump() == R"({"choosing":0,"reading":0,"writing":5})");
  CHECK(all["versions"]["choosing"] == 1.0);
  CHECK(all["higher_is_better"]["reading"]["word_perplexity"] == false);
  CHECK(all["date"] == 1735787045.0);
  CHECK(all["config"]["limit"] == 2);
  CHECK(all["model_name_sanitized"] == "models__tiny");
  CHECK(all["total_evaluation_time_seconds"] == "4.5");

  const auto choosing = lines_of(paths[1]);
  REQUIRE(choosing.size() == 2);
  CHECK(choosing[0]["target"] == "1");
  CHECK(choosing[0]["resps"].dump() == R"([[["-3.5","False"]],[["-0.25","True"]],[["-9.0","False"]]])");
  CHECK(choosing[0]["filtered_resps"].dump() == R"([["-3.5","False"],["-0.25","True"],["-9.0","False"]])");
  CHECK(choosing[0]["arguments"]["gen_args_2"]["arg_1"] == " three");
  CHECK(choosing[0]["metrics"].dump() == R"(["acc","acc_norm"])");
  CHECK(choosing[0]["doc"]["weight"] == 1e-05);
  CHECK(choosing[1]["doc_id"] == 3);
  CHECK(choosing[1]["acc_norm"] == 0.0);
  const auto context = choosing[1]["arguments"]["gen_args_0"]["arg_0"].get<std::string>();
  CHECK(context == std::string("A NUL: \0 here", 13));
  CHECK(choosing[1]["prompt_hash"] == util::sha256_hex(context));
  std::string hashes;
  for (const auto& line : choosing) {
    for (const char* key : {"doc_hash", "prompt_hash", "target_hash"}) hashes += line[key].get<std::string>();
  }
  CHECK(all["task_hashes"]["choosing"] == util::sha256_hex(hashes));

  const auto writing = lines_of(paths[2]);  // one line a filter
  REQUIRE(writing.size() == 2);
  CHECK(writing[0]["filter"] == "strict-match");
  CHECK(writing[0]["filtered_resps"].dump() == R"(["[invalid]"])");
  CHECK(writing[1]["exact_match"] == 1.0);
  CHECK(writing[1]["resps"].dump() == R"([["It is 42.\n"]])");
  CHECK(writing[1]["arguments"]["gen_args_0"]["arg_1"]["until"][1] == "</s>");

  const auto reading = lines_of(paths[3]);
  CHECK(reading[0]["resps"].dump() == R"([["-12.5"]])");
  CHECK(reading[0]["filtered_resps"].dump() == R"(["-12.5"])");
  CHECK(reading[0]["word_perplexity"].dump() == "[-12.5,3]");
  CHECK(reading[0]["metrics"].dump() == R"(["word_perplexity","byte_perplexity","bits_per_byte"])");
}

TEST_CASE("failed tasks are left out, names stay inside the folder") {
  const TemporaryFolder folder;
  auto failed = test::choice_result();
  failed.error = "no data";
  auto escaping = test::rolling_result();
  escaping.task.task = "../../out";
  write_results(folder / "out.h5", {failed, escaping});
  const auto paths = results::export_lm_eval(folder / "out.h5", folder / "a/b");
  REQUIRE(paths.size() == 2);
  CHECK(paths[1].parent_path() == folder / "a/b");
  const OrderedJson all = OrderedJson::parse(util::read_file(paths[0]));
  CHECK(all["results"].size() == 1);
  CHECK_THROWS_AS(results::export_lm_eval(folder / "out.h5", folder / "out.h5"), util::InputError);
  CHECK_THROWS_WITH(results::export_lm_eval(folder / "none.h5", folder / "a"), Contains("does not exist"));
}

TEST_CASE("tasks whose names become the same file name get files of their own") {
  const TemporaryFolder folder;
  std::vector<results::TaskResult> tasks;
  for (const std::string name : {"a/b", "a_b", "a_b_2", "a//b", "a/_b", "a_/b"}) {
    tasks.push_back(test::rolling_result());
    tasks.back().task.task = name;
    tasks.back().samples[0].doc = {{"page", name}};
  }
  write_results(folder / "out.h5", tasks);
  const auto paths = results::export_lm_eval(folder / "out.h5", folder / "out");
  REQUIRE(paths.size() == 7);
  CHECK(std::set(paths.begin(), paths.end()).size() == 7);
  for (std::size_t i = 0; i < tasks.size(); ++i)
    CHECK(lines_of(paths[i + 1]).at(0)["doc"]["page"] == tasks[i].task.task);
  const auto name_of = [&](std::size_t i) { return paths[i + 1].filename().string().substr(8); };
  CHECK(name_of(0).starts_with("a_b_3_20"));
  CHECK(name_of(1).starts_with("a_b_20"));
  CHECK(name_of(2).starts_with("a_b_2_20"));
}

TEST_CASE("metrics as CSV and JSONL") {
  const TemporaryFolder folder;
  write_results(folder / "out.h5", {test::choice_result(), test::generation_result()});
  std::ostringstream csv;
  results::export_table(folder / "out.h5", results::ExportTable::metrics, results::ExportFormat::csv, csv);
  CHECK(csv.str() ==
        "task,metric,filter,value,standard_error,samples,higher_is_better,num_fewshot\n"
        "choosing,acc,none,1.0,0.0,2,true,0\n"
        "choosing,acc_norm,none,0.5,0.5,2,true,0\n"
        "writing,exact_match,strict-match,0.0,,1,true,5\n"
        "writing,exact_match,flexible-extract,1.0,,1,true,5\n");
  std::ostringstream jsonl;
  results::export_table(folder / "out.h5", results::ExportTable::metrics, results::ExportFormat::jsonl,
                        jsonl);
  const std::string lines = jsonl.str();
  CHECK(OrderedJson::parse(lines.substr(0, lines.find('\n')))["standard_error"] == 0.0);
  CHECK(std::count(lines.begin(), lines.end(), '\n') == 4);
}

TEST_CASE("samples as CSV and JSONL") {
  const TemporaryFolder folder;
  write_results(folder / "out.h5", {test::generation_result(), test::choice_result()});
  std::ostringstream csv;
  results::export_table(folder / "out.h5", results::ExportTable::samples, results::ExportFormat::csv, csv);
  std::istringstream in(csv.str());
  std::string line;
  std::getline(in, line);
  CHECK(line ==
        "task,doc_id,filter,target,response,log_probabilities,is_greedy,text,finish_reason,prompt_tokens,"
        "generated_tokens,prompt_hash,acc,acc_norm,exact_match");
  const std::string hash = util::sha256_hex("Question: How many?\nAnswer:");
  CHECK_THAT(csv.str(), Contains("\nwriting,7,flexible-extract,#### 42,42,,,\"It is 42.\n\",stop,9,4," +
                                 hash + ",,,1.0\n"));
  CHECK_THAT(
      csv.str(),
      Contains(
          "\nchoosing,0,none,1,\"[[-3.5, false], [-0.25, true], [-9.0, false]]\",\"[-3.5, -0.25, -9.0]\","
          "\"[false, true, false]\",,,\"[12, 12, 12]\",\"[0, 0, 0]\","));
  std::ostringstream jsonl;
  results::export_table(folder / "out.h5", results::ExportTable::samples, results::ExportFormat::jsonl,
                        jsonl);
  std::istringstream rows(jsonl.str());
  std::vector<OrderedJson> parsed;
  while (std::getline(rows, line)) parsed.push_back(OrderedJson::parse(line));
  REQUIRE(parsed.size() == 4);
  CHECK(parsed[0]["text"] == "It is 42.\n");
  CHECK(parsed[2]["prompts"][1]["continuation"] == " two");
  CHECK(parsed[3]["acc"] == 1.0);
}
