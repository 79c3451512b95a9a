#include "campaign/collector.hpp"

#include <catch2/catch.hpp>

#include "assay/results/results_reader.hpp"
#include "campaign/made_up_campaign.hpp"
#include "support/temp_dir.hpp"

using namespace assay;

namespace {

engine::Completion failed(const engine::Request& request) {
  engine::Completion completion = test::answer(request);
  completion.error = "too long";
  return completion;
}

}  // namespace

TEST_CASE("with fail_fast the first failure ends the campaign, keeping what was answered") {
  const test::TempDir folder;
  auto preparation = test::made_up_tasks(2, 5);
  {
    results::Journal journal(folder / "journal", "{}");
    campaign::Collector collector(preparation, journal, true);
    CHECK_FALSE(collector.take(test::answer(preparation.requests[0].request)));
    CHECK_THROWS_WITH(collector.take(failed(preparation.requests[1].request)),
                      "task t0: document 1: too long");
  }
  CHECK(results::Journal(folder / "journal", "{}").take_records().size() == 1);
}

TEST_CASE("a second answer to a request, and one to none, is an internal error") {
  const test::TempDir folder;
  auto preparation = test::made_up_tasks(1, 2);
  results::Journal journal(folder / "journal", "{}");
  campaign::Collector collector(preparation, journal, false);
  CHECK_FALSE(collector.take(test::answer(preparation.requests[0].request)));
  CHECK_THROWS_AS(collector.take(test::answer(preparation.requests[0].request)), util::Error);
  engine::Completion unknown = test::answer(preparation.requests[1].request);
  unknown.id = 2;
  CHECK_THROWS_AS(collector.take(unknown), util::Error);
  CHECK(collector.pending() == std::vector<std::uint64_t>{1});
}

TEST_CASE("a failed task names the documents that were not asked, and only then") {
  const test::TempDir folder;
  auto preparation = test::made_up_tasks(1, 30);
  results::Journal journal(folder / "journal", "{}");
  campaign::Collector collector(preparation, journal, false);
  results::ResultsWriter writer(folder / "out.h5", test::run_info());
  collector.start(writer);
  CHECK_FALSE(collector.drop(3));  // nothing has failed yet
  for (std::size_t id = 0; id < 30; ++id) {
    const engine::Request& request = preparation.requests[id].request;
    if (id == 4) {
      CHECK(collector.take(failed(request)));
    } else if (id < 4 || id % 2 == 0 || id == 7) {
      CHECK(collector.take(test::answer(request)) == (id > 4));
    } else {
      CHECK(collector.drop(id));
    }
  }
  CHECK(collector.all_done());
  writer.finish({}, 0);
  // Dropped: 5, 9, 11, 13, ... 29.
  CHECK(
      results::ResultsReader(folder / "out.h5").tasks().at(0).error ==
      "task t0: document 4: too long; not computed after it: 12 requests, of documents 5, 9, 11, 13, 15, 17, "
      "19, 21 and 4 more");
}
