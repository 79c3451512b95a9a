// The example of FORMAT.md, run as a user would run it: plain h5py and pandas.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <iostream>

#include "assay/results/results_file.hpp"
#include "assay/util/files.hpp"
#include "results/sample_results.hpp"
#include "results/temporary_folder.hpp"
#include "support/skip.hpp"

using namespace assay;
using Catch::Contains;

namespace {

std::string example() {
  const std::string page = util::read_file(std::string(ASSAY_SOURCE_DIR) + "/src/results/FORMAT.md");
  const auto begin = page.find("```python\n") + 10;
  return page.substr(begin, page.find("```", begin) - begin);
}

bool python_has_the_libraries() {
  if (std::system("/usr/bin/python3 -c 'import h5py, pandas' >/dev/null 2>&1") == 0) return true;
  test::skip(
      "/usr/bin/python3 lacks h5py or pandas (Debian: python3-h5py, python3-pandas); the example of "
      "FORMAT.md was not run");
  return false;
}

// Runs a Python script in `folder`; what it printed, or fails with its errors.
std::string run_python(const test::TemporaryFolder& folder, const std::string& script) {
  std::ofstream(folder / "script.py") << script;
  const std::string command = "cd " + folder.path().string() +
                              " && PYTHONIOENCODING=utf-8 /usr/bin/python3 script.py >printed 2>errors";
  const int status = std::system(command.c_str());
  INFO(util::read_file(folder / "errors"));
  REQUIRE(status == 0);
  return util::read_file(folder / "printed");
}

}  // namespace

TEST_CASE("the example of FORMAT.md is short and prints what is in the file") {
  if (!python_has_the_libraries()) return;
  const std::string script = example();
  CHECK(std::count(script.begin(), script.end(), '\n') <= 15);
  const test::TemporaryFolder folder;
  {
    results::ResultsWriter writer(folder / "out.h5", test::run_info());
    writer.add(test::choice_result());
    writer.add(test::generation_result());
    writer.finish({}, 1);
  }
  const std::string printed = run_python(folder, script);
  CHECK(printed ==
        "     metric           filter  value  standard_error  samples  higher_is_better     task\n"
        "        acc             none    1.0             0.0        2              True choosing\n"
        "   acc_norm             none    0.5             0.5        2              True choosing\n"
        "exact_match     strict-match    0.0             NaN        1              True  writing\n"
        "exact_match flexible-extract    1.0             NaN        1              True  writing\n"
        "sample\n"
        "0   -0.250\n"
        "1   -4.125\n");
}

TEST_CASE("h5py reads every column with the documented type") {
  if (!python_has_the_libraries()) return;
  const test::TemporaryFolder folder;
  {
    results::ResultsWriter writer(folder / "out.h5", test::run_info());
    writer.add(test::choice_result());
    writer.add(test::generation_result());
    writer.add(test::rolling_result());
    writer.finish(test::rank_timings(), 4.5);
  }
  const std::string functions = example().substr(0, example().find("with h5py"));
  const std::string printed = run_python(folder, functions + R"(
import json
f = h5py.File("out.h5")
print(list(f["tasks"]), f.attrs["format"], f.attrs["format_version"], f.attrs["finished"], f.attrs["wall_seconds"])
print(json.loads(f["configuration"][:].tobytes())["model"], json.loads(f["identity"][:].tobytes())["dtype"])
t = f["tasks/choosing"]
r = table(t["requests"])
print(r.dtypes["is_greedy"], r.dtypes["log_probability"], r.dtypes["sample"], r.dtypes["index"])
print(r["continuation"].tolist(), r["is_greedy"].tolist())
print([x.tolist() for x in r["token_log_probabilities"]], r["token_log_probabilities"][0].dtype)
print([json.loads(d) for d in table(t["samples"])["doc"]])
print(repr(table(t["prompts"])["text"].tolist()))
w = table(f["tasks/writing/requests"])
print(repr(w["text"][0]), w["finish_reason"][0], w["generated"][0].tolist(), json.loads(w["gen_kwargs"][0])["until"])
print(table(f["tasks/reading/scores"])[["metric", "json"]].values.tolist())
print(table(f["timings/phases"]).to_csv(index=False))
)");
  CHECK(printed == R"(['choosing', 'writing', 'reading'] b'assay-results' 1 True 4.5
models/tiny float32
bool float64 int64 int32
[' one', ' two', ' three', ' yes', ' no'] [False, True, False, False, False]
[[-1.5, -2.0], [-0.25], [-9.0], [-4.125], []] float32
[{'question': 'what', 'weight': 1e-05, 'empty': []}, {'question': 'café'}]
['Question: "what"\n🙂?\nAnswer:', 'A NUL: \x00 here']
'It is 42.\n' stop [5, 6, 7, 29871] ['Question:', '</s>']
[['bits_per_byte', '[-12.5,15]'], ['byte_perplexity', '[-12.5,15]'], ['word_perplexity', '[-12.5,3]']]
rank,host,phase,seconds
0,node-a,load,0.5
0,node-a,compute,2.0
1,node-b,load,0.25
1,node-b,compute,2.5

)");
}
