// What people see of a results file.
#include "assay/results/show.hpp"

#include <catch2/catch.hpp>

#include "assay/results/results_file.hpp"
#include "assay/util/error.hpp"
#include "results/sample_results.hpp"
#include "results/temporary_folder.hpp"

using namespace assay;
using Catch::Contains;

TEST_CASE("a finished file is shown with metrics, speed and phases") {
  const test::TemporaryFolder folder;
  results::ResultsWriter writer(folder / "out.h5", test::run_info());
  writer.add(test::choice_result());
  auto failed = test::generation_result();
  failed.error = "the data is gone\x1b[31m";
  failed.metrics.clear();
  writer.add(failed);
  CHECK_THAT(results::show(folder / "out.h5"), Contains("not finished: the same command resumes it"));
  writer.finish(test::rank_timings(), 4.5);
  CHECK(results::show(folder / "out.h5") ==
        "model    models/tiny (float32, reproducible numerics)\n"
        "mesh     tp=2 pp=1 dp=2, 2 ranks on node-a, node-b\n"
        "run      2025-01-02T03:04:05Z by assay 0.1.0-test, finished after 4.5 s\n"
        "\n"
        "task      metric    filter  shots  samples   value  \u00b1 stderr\n"
        "choosing  acc       none        0        2  1.0000  \u00b1 0.0000\n"
        "choosing  acc_norm  none        0        2  0.5000  \u00b1 0.5000\n"
        "FAILED   writing: the data is gone?[31m\n"
        "\n"
        "tokens   300 read + 40 generated in 2.50 s: 136 tokens/s\n"
        "seconds  load 0.50 compute 2.50 (slowest rank)\n"
        "resumed  2 requests were finished by an earlier run\n");
  CHECK_THROWS_AS(results::show(folder / "none.h5"), util::InputError);
}
