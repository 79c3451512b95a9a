#include "assay/campaign/run.hpp"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <thread>

#include "assay/campaign/task_options.hpp"
#include "assay/comm/agreement.hpp"
#include "assay/comm/cpu_binding.hpp"
#include "assay/comm/mesh.hpp"
#include "assay/engine/engine.hpp"
#include "assay/ops/linear.hpp"
#include "assay/plan/memory_share.hpp"
#include "assay/results/journal.hpp"
#include "assay/results/results_file.hpp"
#include "assay/util/log.hpp"
#include "assay/util/version.hpp"
#include "campaign/collector.hpp"
#include "campaign/feeds.hpp"
#include "campaign/launch.hpp"
#include "campaign/output.hpp"
#include "campaign/preparation.hpp"
#include "campaign/shared_config.hpp"
#include "campaign/stop_signal.hpp"
#include "campaign/timings.hpp"

namespace assay::campaign {
namespace {

/// What only rank 0 holds.
struct Coordinator {
  std::unique_ptr<text::Tokenizer> tokenizer;
  Preparation preparation;
  std::unique_ptr<results::Journal> journal;
  std::optional<Output> output;  // after the journal: who held it is said until it is let go
  std::unique_ptr<ProgramRuns> programs;
  std::unique_ptr<Collector> collector;
  std::unique_ptr<results::ResultsWriter> writer;
};

std::string utc_now() {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  char text[32];
  (void)std::strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

results::RunInfo run_info(const CampaignConfig& config, const Launch& launch, const Coordinator& coordinator,
                          const std::string& model_fingerprint) {
  results::RunInfo info;
  info.assay_version = util::version();
  info.configuration = to_json(config);
  if (const auto chat = load_chat_template(config)) {
    info.configuration["chat_template"] = chat->source();
    info.configuration["chat_template_sha"] = chat->sha256();
  }
  info.model_path = std::filesystem::absolute(config.model).lexically_normal().string();
  info.model_fingerprint = model_fingerprint;
  info.tokenizer_fingerprint = coordinator.tokenizer->fingerprint();
  info.mesh = comm::to_string(launch.shape);
  info.dtype = tensor::name_of(launch.options.dtype);
  info.numerics = numerics;
  info.cpu_isa = ops::cpu_isa_name();
  info.started_at = utc_now();
  info.max_length = launch.options.max_length;
  info.groups = coordinator.preparation.groups;
  info.identity = journal_identity(launch, model_fingerprint, coordinator.tokenizer->fingerprint());
  return info;
}

void prepare_coordinator(const CampaignConfig& config, const Launch& launch,
                         const std::string& model_fingerprint, Coordinator& coordinator) {
  coordinator.tokenizer = text::load_tokenizer(config.model);
  if (coordinator.tokenizer->vocab_size() > launch.spec.vocab) {
    util::log_warning(
        "the tokenizer has {} tokens but the model's embedding only {}; a prompt with one beyond fails its "
        "task",
        coordinator.tokenizer->vocab_size(), launch.spec.vocab);
  }
  coordinator.output.emplace(config);
  coordinator.preparation =
      prepare(config, *coordinator.tokenizer, launch.options.max_length, launch.spec.generation);
  coordinator.output->check_tasks_kept(coordinator.preparation);
  coordinator.journal = coordinator.output->open_journal(
      journal_identity(launch, model_fingerprint, coordinator.tokenizer->fingerprint()));
  const auto& prepared = coordinator.preparation.tasks;
  if (std::ranges::any_of(prepared,
                          [](const PreparedTask& task) { return task.task.runs_code && task.error.empty(); }))
    coordinator.programs = std::make_unique<ProgramRuns>(config);
  coordinator.collector = std::make_unique<Collector>(coordinator.preparation, *coordinator.journal,
                                                      config.fail_fast, coordinator.programs.get());
  coordinator.writer = std::make_unique<results::ResultsWriter>(
      config.output, run_info(config, launch, coordinator, model_fingerprint));
  const auto resumed = coordinator.collector->resumed_requests();
  const std::size_t tasks = coordinator.preparation.tasks.size();
  util::log_info("{} task{}, {} requests{}", tasks, tasks == 1 ? "" : "s",
                 coordinator.preparation.requests.size(),
                 resumed > 0 ? fmt::format(", {} of them finished earlier", resumed) : "");
  coordinator.collector->start(*coordinator.writer);
}

void compute(const comm::Mesh& mesh, engine::Engine& engine, Coordinator& coordinator) {
  if (!mesh.is_leader()) {
    engine.follow();
    return;
  }
  if (mesh.world().rank() != 0) {
    ReplicaFeed feed(mesh.world());
    engine.run(feed);
    feed.leave();
    return;
  }
  CoordinatorFeed feed(mesh, coordinator.preparation, *coordinator.collector);
  engine.run(feed);
  feed.serve_until_all_left();
}

// A failure while computing: the other ranks may be waiting for this one, so the whole job ends. What was
// finished is in the journal.
void end_job(comm::Communicator& world, const std::exception& error) {
  if (world.size() == 1) return;
  const comm::Failure failure = comm::describe_failure(error);
  if (dynamic_cast<const engine::LeaderFailed*>(&error) == nullptr) {
    util::log_error("{}", failure.message);
  } else {
    // The leader says why and ends the job, by its own exit code; this is the net under it.
    std::this_thread::sleep_for(std::chrono::seconds(3));
  }
  world.abort(static_cast<int>(failure.code));
}

}  // namespace

util::ExitCode run_campaign(const CampaignConfig& given, comm::Communicator& world) {
  const util::Stopwatch watch;
  watch_stop_signals();
  const CampaignConfig config = share_config(given, world);
  int wanted_threads = 0;
  comm::on_every_rank(world, [&] { wanted_threads = comm::threads_from_environment(); });
  int threads = 1;
  comm::on_every_rank(world, [&] { threads = comm::bind_to_cores(world, wanted_threads); });
  check_same_kernels(world);
  Launch launch;
  std::optional<model::Checkpoint> checkpoint;
  comm::on_every_rank(world, [&] {
    launch = plan_launch(config, world.size(), threads);
    checkpoint.emplace(config.model, launch.spec);
  });
  const comm::Mesh mesh(world, launch.shape);
  Coordinator coordinator;
  comm::on_rank_zero(world,
                     [&] { prepare_coordinator(config, launch, checkpoint->fingerprint(), coordinator); });
  std::vector<util::PhaseTiming> phases{{"prepare", watch.seconds()}};

  std::uint8_t nothing_to_do[] = {
      static_cast<std::uint8_t>(world.rank() == 0 && coordinator.collector->pending().empty() ? 1 : 0)};
  world.broadcast(std::as_writable_bytes(std::span(nothing_to_do)), 0);
  std::unique_ptr<text::Tokenizer> replica_tokenizer;
  std::unique_ptr<engine::Engine> engine;
  if (nothing_to_do[0] == 0) {
    engine::Demand demand;
    if (world.rank() == 0) {
      for (const std::uint64_t id : coordinator.collector->pending())
        demand.add(coordinator.preparation.requests[id].request, launch.options.max_length);
    }
    plan::fit_to_work(launch.options, demand, world);
    comm::on_every_rank(world, [&] {
      if (mesh.is_leader() && world.rank() != 0) replica_tokenizer = text::load_tokenizer(config.model);
    });
    comm::on_every_rank(world, [&] {
      const text::Tokenizer* tokenizer =
          world.rank() == 0 ? coordinator.tokenizer.get() : replica_tokenizer.get();
      engine = std::make_unique<engine::Engine>(mesh, launch.spec, *checkpoint, tokenizer, launch.options);
    });
    const double ready = util::process_age_seconds();
    try {
      compute(mesh, *engine, coordinator);
    } catch (const std::exception& error) {
      end_job(world, error);
      throw;
    }
    if (const double first = engine->stats().first_token_seconds; first >= 0)
      phases.push_back({"until_first_token", ready + first});
  }
  comm::on_rank_zero(world, [] {});  // the ranks that finish early wait here for the last
  const auto timings = gather_timings(world, timing_of(world, engine.get(), std::move(phases)));
  auto code = util::ExitCode::ok;
  comm::on_rank_zero(world, [&] {
    coordinator.collector->wait_for_programs([] { return stop_signal() != 0; });
    coordinator.collector->clear_progress();
    if (!coordinator.collector->all_done()) {
      coordinator.journal->sync();
      coordinator.writer->save();
      util::log_warning("stopped on request (signal {}); the same command resumes", stop_signal());
      code = util::ExitCode::resumable;
      return;
    }
    coordinator.writer->finish(timings, watch.seconds());
    if (coordinator.collector->failed_tasks() > 0) code = util::ExitCode::failed_tasks;
  });
  std::int64_t agreed[] = {static_cast<std::int64_t>(code)};
  world.broadcast(std::as_writable_bytes(std::span(agreed)), 0);
  return static_cast<util::ExitCode>(agreed[0]);
}

}  // namespace assay::campaign
