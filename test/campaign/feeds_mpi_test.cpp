// How work reaches the replicas and results come back. Each rank is a replica of its own here.
#include "campaign/feeds.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include "assay/results/results_reader.hpp"
#include "campaign/made_up_campaign.hpp"
#include "campaign/stop_signal.hpp"
#include "support/mpi_world.hpp"
#include "support/temp_dir.hpp"

using namespace assay;
using test::answer;
using test::work_off;
using test::world;

namespace {

/// What rank 0 holds of a campaign.
struct Desk {
  explicit Desk(campaign::Preparation& preparation, const std::filesystem::path& output,
                bool fail_fast = false)
      : journal(results::journal_path(output), "{}"),
        collector(preparation, journal, fail_fast),
        writer(output, test::run_info()) {
    collector.start(writer);
  }
  results::Journal journal;
  campaign::Collector collector;
  results::ResultsWriter writer;
};

// Documents recorded for each task, sorted; a document twice is there twice.
std::vector<std::pair<std::string, std::int64_t>> recorded(const std::filesystem::path& output) {
  std::vector<std::pair<std::string, std::int64_t>> keys;
  for (const auto& record : results::Journal(results::journal_path(output), "{}").take_records())
    keys.emplace_back(record.key.task, record.key.doc_id);
  std::sort(keys.begin(), keys.end());
  return keys;
}

// Runs the campaign on all ranks and returns how many requests this one computed.
int compute_all(Desk* desk, const campaign::Preparation& preparation, std::size_t slots,
                const std::function<engine::Completion(const engine::Request&)>& compute) {
  const comm::Mesh mesh(world(), {1, 1, world().size()});
  int computed = 0;
  const auto counted = [&](const engine::Request& request) {
    ++computed;
    return compute(request);
  };
  if (world().rank() == 0) {
    campaign::CoordinatorFeed feed(mesh, preparation, desk->collector);
    work_off(feed, slots, counted);
    feed.serve_until_all_left();
  } else {
    campaign::ReplicaFeed feed(world());
    work_off(feed, slots, counted);
    feed.leave();
  }
  world().barrier();
  return computed;
}

int sum(int value) {
  double values[] = {static_cast<double>(value)};
  world().all_reduce_sum(std::span<double>(values));
  return static_cast<int>(values[0]);
}

}  // namespace

TEST_CASE("every request is computed once, whoever computes it") {
  const test::TempDir folder;
  auto preparation = test::made_up_tasks(3, 21);
  std::optional<Desk> desk;
  if (world().rank() == 0) desk.emplace(preparation, folder / "out.h5");
  const int computed = compute_all(desk ? &*desk : nullptr, preparation,
                                   static_cast<std::size_t>(1 + 2 * world().rank()), answer);
  CHECK(sum(computed) == 63);
  if (!desk) return;
  CHECK(desk->collector.all_done());
  CHECK(desk->collector.failed_tasks() == 0);
  desk->writer.finish({}, 0);
  desk.reset();
  const auto keys = recorded(folder / "out.h5");
  CHECK(keys.size() == 63);
  CHECK(std::set(keys.begin(), keys.end()).size() == 63);
  const results::ResultsReader reader(folder / "out.h5");
  REQUIRE(reader.tasks().size() == 3);
  // Ids count on through the tasks, and the even ones are right: 11 of 21, 10 of 21, 11 of 21.
  CHECK(reader.tasks()[0].metrics.at(0).value == Approx(11.0 / 21));
  CHECK(reader.tasks()[1].metrics.at(0).value == Approx(10.0 / 21));
}

TEST_CASE("a result that its sender's last word has overtaken is waited for") {
  if (world().size() == 1) return;
  const test::TempDir folder;
  auto preparation = test::made_up_tasks(1, 1);
  const comm::Mesh mesh(world(), {1, 1, world().size()});
  if (world().rank() == 0) {
    Desk desk(preparation, folder / "out.h5");
    campaign::CoordinatorFeed feed(mesh, preparation, desk.collector);
    feed.serve_until_all_left();
    CHECK(desk.collector.all_done());
  } else if (world().rank() == 1) {
    util::ByteWriter room;
    room.put<std::uint64_t>(5);
    world().post(0, campaign::tag_pull, room.take());
    const comm::Message work = world().receive(0, campaign::tag_work);
    util::ByteReader in(work.bytes);
    CHECK(in.get<std::uint8_t>() == 1);  // nothing will follow
    REQUIRE(in.get<std::uint64_t>() == 1);
    const engine::Request request = engine::read_request(in);
    util::ByteWriter leaving;
    leaving.put<std::uint64_t>(1);
    world().post(0, campaign::tag_leaving, leaving.take());
    world().flush();
    std::this_thread::sleep_for(std::chrono::milliseconds(50));  // rank 0 has seen it, most likely
    util::ByteWriter result;
    engine::write(result, answer(request));
    world().post(0, campaign::tag_result, result.take());
    world().flush();
  } else {
    campaign::ReplicaFeed(world()).leave();
  }
  world().barrier();
}

TEST_CASE("a stop on rank 0 reaches every replica, and what was finished stays finished") {
  const test::TempDir folder;
  auto preparation = test::made_up_tasks(2, 40);
  campaign::watch_stop_signals();
  std::optional<Desk> desk;
  if (world().rank() == 0) desk.emplace(preparation, folder / "out.h5");
  const int computed =
      compute_all(desk ? &*desk : nullptr, preparation, 1, [&](const engine::Request& request) {
        if (world().rank() == 0) std::raise(SIGUSR1);
        return answer(request);
      });
  const int all = sum(computed);
  for (const int number : {SIGTERM, SIGINT, SIGUSR1, SIGUSR2}) std::signal(number, SIG_DFL);
  CHECK(campaign::stop_signal() == (world().rank() == 0 ? SIGUSR1 : 0));
  campaign::watch_stop_signals();  // forgets it; the next campaign of this process is not stopped
  for (const int number : {SIGTERM, SIGINT, SIGUSR1, SIGUSR2}) std::signal(number, SIG_DFL);
  if (!desk) return;
  CHECK_FALSE(desk->collector.all_done());
  desk.reset();
  CHECK(static_cast<int>(recorded(folder / "out.h5").size()) == all);
  CHECK(all >= 1);
  CHECK(all < 80);
  const Desk again(preparation, folder / "out.h5");
  CHECK(static_cast<int>(again.collector.pending().size()) == 80 - all);
}

TEST_CASE("a task that fails drops what it still had to ask, and the others go on") {
  const test::TempDir folder;
  auto preparation = test::made_up_tasks(3, 40);
  std::optional<Desk> desk;
  if (world().rank() == 0) desk.emplace(preparation, folder / "out.h5");
  const int computed =
      compute_all(desk ? &*desk : nullptr, preparation, 1, [](const engine::Request& request) {
        engine::Completion completion = answer(request);
        if (request.id == 40) completion.error = "NaN";  // t1's first to be handed out
        return completion;
      });
  const int all = sum(computed);
  CHECK(all > 80);
  CHECK(all < 120);
  if (!desk) return;
  CHECK(desk->collector.all_done());
  CHECK(desk->collector.failed_tasks() == 1);
  desk->writer.finish({}, 0);
  desk.reset();
  const results::ResultsReader reader(folder / "out.h5");
  REQUIRE(reader.tasks().size() == 3);
  for (const auto& task : reader.tasks()) {
    CAPTURE(task.task, task.error);
    if (task.task != "t1") {
      CHECK(task.error.empty());
      CHECK(task.samples == 40);
      continue;
    }
    CHECK_THAT(task.error, Catch::StartsWith("task t1: document 0: NaN; not computed after it: " +
                                             std::to_string(120 - all) + " requests, of documents ") &&
                               Catch::EndsWith("-39"));
    if (world().size() == 1) CHECK_THAT(task.error, Catch::EndsWith("39 requests, of documents 1-39"));
  }
}
