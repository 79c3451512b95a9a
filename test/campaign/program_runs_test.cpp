// Programs in the real sandbox, beside the answers that still come.
#include "campaign/program_runs.hpp"

#include <catch2/catch.hpp>
#include <thread>

#include "assay/results/results_reader.hpp"
#include "assay/util/clock.hpp"
#include "assay/util/error.hpp"
#include "campaign/code_campaign.hpp"
#include "campaign/collector.hpp"
#include "support/temp_dir.hpp"

using namespace assay;
using Catch::Contains;

namespace {

const std::string right = "right = True";
const std::string wrong = "right = False";
const std::string sleeping = "import time; time.sleep(8); right = True";

void wait_until_ready(const campaign::ProgramRuns& runs, std::size_t task) {
  const util::Stopwatch watch;
  while (!runs.ready(task) && watch.seconds() < 60) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  REQUIRE(runs.ready(task));
}

// A collector with its output, over answers that the test writes.
struct Campaign {
  campaign::Preparation preparation;
  results::Journal journal;
  campaign::ProgramRuns programs{campaign::CampaignConfig()};
  campaign::Collector collector;
  results::ResultsWriter writer;

  Campaign(const test::TempDir& folder, campaign::Preparation prepared, bool fail_fast = false)
      : preparation(std::move(prepared)),
        journal(folder / "journal", "{}"),
        collector(preparation, journal, fail_fast, &programs),
        writer(folder / "out.h5", test::run_info()) {
    collector.start(writer);
  }
  void take(std::uint64_t id, const std::string& text) { CHECK_FALSE(collector.take(test::wrote(id, text))); }
};

// The one task's metrics as "pass@1=0.5 pass@2=1", or its error.
std::string outcome_of(const test::TempDir& folder) {
  const auto tasks = results::ResultsReader(folder / "out.h5").tasks();
  REQUIRE(tasks.size() == 1);
  if (!tasks[0].error.empty()) return tasks[0].error;
  std::string text;
  for (const eval::MetricResult& metric : tasks[0].metrics)
    text += (text.empty() ? "" : " ") + fmt::format("{}={:.4}", metric.metric, metric.value);
  return text;
}

bool never() {
  return false;
}
bool at_once() {
  return true;
}

}  // namespace

TEST_CASE("verdicts come in the order of the programs, whatever ends first") {
  if (!test::can_run_programs()) return;
  campaign::ProgramRuns runs{campaign::CampaignConfig()};
  runs.start(0, 2, {"import time\ntime.sleep(0.3)", "assert False", "x = 1", "1 +"});
  runs.start(0, 0, {"assert False"});
  runs.start(1, 2, {"x = 1", "assert False"});
  wait_until_ready(runs, 1);
  CHECK(runs.take(1, 2) == std::vector<bool>{true, false});
  CHECK(runs.take(0, 2) == std::vector<bool>{true, false, true, false});  // waits for them
  CHECK(runs.take(0, 0) == std::vector<bool>{false});
  CHECK(runs.take(0, 2).empty());  // each once
}

TEST_CASE("a task is ready when its own programs have ended, and a sample without programs at once") {
  if (!test::can_run_programs()) return;
  campaign::ProgramRuns runs{campaign::CampaignConfig()};
  CHECK(runs.ready(0));
  CHECK(runs.take(0, 0).empty());
  runs.start(0, 0, {});
  CHECK(runs.ready(0));
  CHECK(runs.take(0, 0).empty());
  const util::Stopwatch watch;
  runs.start(3, 1, {"x = 1"});
  runs.start(3, 5, {"import time\ntime.sleep(0.5)"});
  const bool ready = runs.ready(3);
  if (watch.seconds() < 0.5) CHECK_FALSE(ready);
  CHECK(runs.ready(2));
  CHECK(runs.ready(4));
  wait_until_ready(runs, 3);
  CHECK(runs.take(3, 5) == std::vector<bool>{true});
  CHECK(runs.take(3, 1) == std::vector<bool>{true});
}

TEST_CASE("what still runs at the end is ended, not waited for") {
  if (!test::can_run_programs()) return;
  const util::Stopwatch watch;
  {
    campaign::ProgramRuns runs{campaign::CampaignConfig()};
    for (std::size_t sample = 0; sample < 10; ++sample) runs.start(0, sample, {sleeping, sleeping});
  }
  CHECK(watch.seconds() < 80);  // one after the other they sleep for 160
}

TEST_CASE("an interpreter that is not there is refused with what to do") {
  campaign::CampaignConfig config;
  config.sandbox_python = "/nowhere/python3";
  CHECK_THROWS_WITH(campaign::ProgramRuns(config), Contains("/nowhere/python3"));
}

TEST_CASE("answers in any order give each document the verdicts of its own programs") {
  if (!test::can_run_programs()) return;
  const test::TempDir folder;
  Campaign run(folder, test::code_task(3, 2));
  // Documents 0, 1, 2 pass with 2, 1 and 0 of their two programs.
  const std::vector<std::string> texts = {right, right, wrong, right, wrong, "right ="};
  for (const std::uint64_t id : {3, 0, 5, 4, 1, 2}) {
    CHECK_FALSE(run.collector.all_done());
    run.take(id, texts[id]);
  }
  CHECK(run.collector.pending().empty());
  run.collector.wait_for_programs(never);
  CHECK(run.collector.all_done());
  CHECK(run.collector.failed_tasks() == 0);
  run.writer.finish({}, 0);
  CHECK(outcome_of(folder) == "pass@1=0.5 pass@2=0.6667");
  results::ResultsReader reader(folder / "out.h5");
  const auto& task = reader.tasks().at(0);
  CHECK(task.metrics.at(0).filter == "code");
  CHECK(task.metrics.at(0).samples == 3);
}

TEST_CASE("a task is written by polling, once its programs have ended") {
  if (!test::can_run_programs()) return;
  const test::TempDir folder;
  Campaign run(folder, test::code_task(1, 1));
  const util::Stopwatch watch;
  run.take(0, "import time; time.sleep(0.5); right = True");
  run.collector.poll_programs();
  const bool done = run.collector.all_done();
  if (watch.seconds() < 0.5) CHECK_FALSE(done);
  while (!run.collector.all_done() && watch.seconds() < 60) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    run.collector.poll_programs();
  }
  CHECK(run.collector.all_done());
  run.collector.poll_programs();  // nothing is left to write twice
  run.collector.wait_for_programs(never);
  run.writer.finish({}, 0);
  CHECK(outcome_of(folder) == "pass@1=1");
}

TEST_CASE("stopped while programs run, the answers are kept") {
  if (!test::can_run_programs()) return;
  const test::TempDir folder;
  const util::Stopwatch watch;
  {
    Campaign run(folder, test::code_task(2, 1));
    run.take(0, wrong);
    run.take(1, sleeping);
    run.collector.wait_for_programs(at_once);
    const bool done = run.collector.all_done();
    if (watch.seconds() < 8) CHECK_FALSE(done);
  }
  CHECK(results::Journal(folder / "journal", "{}").take_records().size() == 2);
}

TEST_CASE("complete documents of a journal are judged without asking again") {
  if (!test::can_run_programs()) return;
  const test::TempDir folder;
  {
    Campaign run(folder, test::code_task(2, 2));
    for (const std::uint64_t id : {0, 1, 2}) run.take(id, id == 1 ? wrong : right);  // document 1 lacks one
    CHECK_FALSE(run.collector.all_done());
  }
  {
    Campaign run(folder, test::code_task(2, 2));
    CHECK(run.collector.resumed_requests() == 3);
    CHECK(run.collector.pending() == std::vector<std::uint64_t>{3});
    run.take(3, right);
  }
  // Now the whole task is in the journal, but was not judged.
  Campaign run(folder, test::code_task(2, 2));
  CHECK(run.collector.resumed_requests() == 4);
  CHECK(run.collector.pending().empty());
  run.collector.wait_for_programs(never);
  CHECK(run.collector.all_done());
  run.writer.finish({}, 0);
  CHECK(outcome_of(folder) == "pass@1=0.75 pass@2=1");
}

TEST_CASE("a failed answer fails its task, whatever the programs of the others do") {
  if (!test::can_run_programs()) return;
  const test::TempDir folder;
  Campaign run(folder, test::code_task(3, 1));
  run.take(0, sleeping);
  engine::Completion failed = test::wrote(1, "");
  failed.error = "too long";
  CHECK(run.collector.take(std::move(failed)));
  CHECK(run.collector.drop(2));
  CHECK(run.collector.all_done());
  run.collector.wait_for_programs(never);
  run.writer.finish({}, 0);
  CHECK(outcome_of(folder) ==
        "task code: document 1: too long; not computed after it: 1 request, of document 2");
}

TEST_CASE("an answer that the filters cannot take fails the task by its document") {
  if (!test::can_run_programs()) return;
  const test::TempDir folder;
  auto preparation = test::code_task(2, 1);
  preparation.tasks[0].task.filters[0].steps[0].options["k"] = 2;  // of one answer
  Campaign run(folder, std::move(preparation));
  CHECK(run.collector.take(test::wrote(0, right)));
  CHECK(run.collector.drop(1));
  CHECK(run.collector.all_done());
  CHECK(run.collector.failed_tasks() == 1);
  run.writer.finish({}, 0);
  CHECK_THAT(outcome_of(folder), Catch::StartsWith("task code, document 0: take_first_k"));
}

TEST_CASE("with fail_fast an answer that the filters cannot take ends the campaign, and is kept") {
  if (!test::can_run_programs()) return;
  const test::TempDir folder;
  auto preparation = test::code_task(2, 1);
  preparation.tasks[0].task.filters[0].steps[0].options["k"] = 2;
  {
    Campaign run(folder, std::move(preparation), true);
    CHECK_THROWS_WITH(run.collector.take(test::wrote(0, right)),
                      Catch::StartsWith("task code, document 0: take_first_k"));
  }
  CHECK(results::Journal(folder / "journal", "{}").take_records().size() == 1);
}
