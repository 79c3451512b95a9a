#include "assay/campaign/run.hpp"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <thread>

#include "assay/campaign/agreement.hpp"
#include "assay/comm/cpu_binding.hpp"
#include "assay/comm/mesh.hpp"
#include "assay/engine/engine.hpp"
#include "assay/ops/linear.hpp"
#include "assay/plan/deployment.hpp"
#include "assay/results/journal.hpp"
#include "assay/results/results_file.hpp"
#include "assay/results/results_reader.hpp"
#include "assay/util/files.hpp"
#include "assay/util/log.hpp"
#include "assay/util/version.hpp"
#include "campaign/collector.hpp"
#include "campaign/feeds.hpp"
#include "campaign/preparation.hpp"
#include "campaign/stop_signal.hpp"

namespace assay::campaign {
namespace {

constexpr const char* numerics = "fast";  // see CONTRIBUTING.md, "Numerics"

/// What every rank knows before anything is loaded.
struct Launch {
  model::ArchSpec spec;
  comm::MeshShape shape;
  engine::EngineOptions options;
};

/// What only rank 0 holds.
struct Coordinator {
  std::unique_ptr<text::Tokenizer> tokenizer;
  Preparation preparation;
  std::unique_ptr<results::Journal> journal;
  std::unique_ptr<Collector> collector;
  std::unique_ptr<results::ResultsWriter> writer;
};

Launch plan_launch(const CampaignConfig& config, int ranks, int threads) {
  Launch launch;
  launch.spec = model::read_arch_spec(config.model);
  launch.shape = plan::choose_mesh(config.mesh, ranks);
  launch.options = engine_options(config, launch.spec, threads);
  (void)plan::plan_deployment(launch.spec, launch.shape, launch.options);  // refuses what cannot be split
  return launch;
}

// Everything that a recorded answer depends on beside its own request.
std::string journal_identity(const Launch& launch, const std::string& model_fingerprint,
                             const text::Tokenizer& tokenizer) {
  util::OrderedJson identity;
  identity["model"] = model_fingerprint;
  identity["tokenizer"] = tokenizer.fingerprint();
  identity["dtype"] = tensor::name_of(launch.options.dtype);
  identity["max_length"] = launch.options.max_length;
  identity["eos_ids"] = launch.spec.eos_ids;
  identity["numerics"] = numerics;
  return identity.dump();
}

// When a launcher is killed, its ranks take about a second to notice and leave: the next launch waits for
// them rather than being refused.
void wait_for_last_run(const std::filesystem::path& journal) {
  constexpr double patience_seconds = 3;
  const util::Stopwatch watch;
  std::error_code error;
  while (std::filesystem::exists(journal, error) && !util::try_lock(journal).valid()) {
    util::check_input(watch.seconds() < patience_seconds,
                      "{} is in use by another run; wait for it, stop it, or choose another output",
                      journal.string());
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
}

// Refuses an output that cannot be, before time is spent on tasks and data. Removes nothing.
void check_output(const CampaignConfig& config) {
  const auto folder =
      config.output.has_parent_path() ? config.output.parent_path() : std::filesystem::path(".");
  const auto journal = results::journal_path(config.output);
  std::error_code error;
  util::check_input(std::filesystem::is_directory(folder, error), "the output's folder {} does not exist",
                    folder.string());
  util::check_input(!std::filesystem::is_directory(config.output, error),
                    "the output {} is a folder; name a file", config.output.string());
  util::check_input(::access(folder.c_str(), W_OK) == 0, "the output's folder {} is not writable",
                    folder.string());
  wait_for_last_run(journal);
  util::check_input(config.overwrite || std::filesystem::exists(journal, error) ||
                        !std::filesystem::exists(config.output, error),
                    "{} exists but its journal {} does not, so it cannot be resumed; choose another output "
                    "or give --overwrite",
                    config.output.string(), journal.string());
}

// A file holds one campaign's tasks: refuses to drop those of another that is there already.
void check_tasks_kept(const CampaignConfig& config, const Preparation& preparation) {
  std::error_code error;
  if (config.overwrite || !std::filesystem::exists(config.output, error)) return;
  const results::ResultsReader reader(config.output);
  for (const auto& there : reader.tasks()) {
    const auto asked =
        std::any_of(preparation.tasks.begin(), preparation.tasks.end(),
                    [&](const PreparedTask& prepared) { return prepared.task.task == there.task; });
    util::check_input(
        asked,
        "{} holds results of task {}, which this command does not name; name it too, choose another output, "
        "or give --overwrite",
        config.output.string(), there.task);
  }
}

std::unique_ptr<results::Journal> open_journal(const CampaignConfig& config, const std::string& identity) {
  const auto journal = results::journal_path(config.output);
  std::error_code error;
  if (config.overwrite && std::filesystem::exists(journal, error)) {
    // Emptied under its lock and never unlinked: another run that holds it keeps what it has.
    const auto lock = util::try_lock(journal);
    util::check_input(lock.valid(),
                      "{} is in use by another run; wait for it, stop it, or choose another output",
                      journal.string());
    std::filesystem::resize_file(journal, 0);
  }
  if (config.overwrite) std::filesystem::remove(config.output, error);
  return std::make_unique<results::Journal>(journal, identity);
}

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
  info.model_path = std::filesystem::absolute(config.model).lexically_normal().string();
  info.model_fingerprint = model_fingerprint;
  info.tokenizer_fingerprint = coordinator.tokenizer->fingerprint();
  info.mesh = comm::to_string(launch.shape);
  info.dtype = tensor::name_of(launch.options.dtype);
  info.numerics = numerics;
  info.cpu_isa = ops::cpu_isa_name();
  info.started_at = utc_now();
  info.max_length = launch.options.max_length;
  info.identity = journal_identity(launch, model_fingerprint, *coordinator.tokenizer);
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
  check_output(config);
  coordinator.preparation = prepare(config, *coordinator.tokenizer, launch.options.max_length);
  check_tasks_kept(config, coordinator.preparation);
  coordinator.journal =
      open_journal(config, journal_identity(launch, model_fingerprint, *coordinator.tokenizer));
  coordinator.collector =
      std::make_unique<Collector>(coordinator.preparation, *coordinator.journal, config.fail_fast);
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
    try {
      engine.follow();
    } catch (const engine::LeaderFailed& error) {
      throw util::Error(error.code(), "");  // the leader says why and ends the job
    }
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
  const auto* known = dynamic_cast<const util::Error*>(&error);
  if (*error.what() != '\0') {
    util::log_error("{}", error.what());
  } else {
    // Another rank ends the job, by its own exit code; this is the net under it.
    std::this_thread::sleep_for(std::chrono::seconds(3));
  }
  world.abort(static_cast<int>(known == nullptr ? util::ExitCode::internal : known->code()));
}

results::RankTiming timing_of(comm::Communicator& world, const engine::Engine* engine,
                              std::vector<util::PhaseTiming> phases) {
  results::RankTiming timing{world.rank(), world.host(), std::move(phases), 0, 0};
  if (engine == nullptr) return timing;
  const engine::EngineStats& stats = engine->stats();
  timing.phases.insert(timing.phases.end(), stats.phases.begin(), stats.phases.end());
  timing.prefill_tokens = stats.prefill_tokens;
  timing.generated_tokens = stats.generated_tokens;
  return timing;
}

std::vector<results::RankTiming> gather_timings(comm::Communicator& world, const results::RankTiming& mine) {
  util::ByteWriter out;
  out.put_string(mine.host);
  out.put(mine.prefill_tokens);
  out.put(mine.generated_tokens);
  out.put<std::uint64_t>(mine.phases.size());
  for (const auto& phase : mine.phases) {
    out.put_string(phase.phase);
    out.put(phase.seconds);
  }
  std::vector<results::RankTiming> timings;
  for (const auto& bytes : world.gather_messages(out.take(), 0)) {
    util::ByteReader in(bytes);
    results::RankTiming timing;
    timing.rank = static_cast<int>(timings.size());
    timing.host = in.get_string();
    timing.prefill_tokens = in.get<std::int64_t>();
    timing.generated_tokens = in.get<std::int64_t>();
    for (auto count = in.get<std::uint64_t>(); count > 0; --count) {
      std::string name = in.get_string();
      timing.phases.push_back({std::move(name), in.get<double>()});
    }
    timings.push_back(std::move(timing));
  }
  return timings;
}

}  // namespace

util::ExitCode run_campaign(const CampaignConfig& config, comm::Communicator& world) {
  const util::Stopwatch watch;
  watch_stop_signals();
  int wanted_threads = 0;
  on_every_rank(world, [&] { wanted_threads = comm::threads_from_environment(); });
  const int threads = comm::bind_to_cores(world, wanted_threads);
  Launch launch;
  std::optional<model::Checkpoint> checkpoint;
  on_every_rank(world, [&] {
    check(config);
    launch = plan_launch(config, world.size(), threads);
    checkpoint.emplace(config.model, launch.spec);
  });
  const comm::Mesh mesh(world, launch.shape);
  Coordinator coordinator;
  on_rank_zero(world, [&] { prepare_coordinator(config, launch, checkpoint->fingerprint(), coordinator); });
  std::vector<util::PhaseTiming> phases{{"prepare", watch.seconds()}};

  std::uint8_t nothing_to_do[] = {
      static_cast<std::uint8_t>(world.rank() == 0 && coordinator.collector->all_done() ? 1 : 0)};
  world.broadcast(std::as_writable_bytes(std::span(nothing_to_do)), 0);
  std::unique_ptr<text::Tokenizer> replica_tokenizer;
  std::unique_ptr<engine::Engine> engine;
  if (nothing_to_do[0] == 0) {
    on_every_rank(world, [&] {
      if (mesh.is_leader() && world.rank() != 0) replica_tokenizer = text::load_tokenizer(config.model);
    });
    on_every_rank(world, [&] {
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
  on_rank_zero(world, [] {});  // the ranks that finish early wait here for the last
  const auto timings = gather_timings(world, timing_of(world, engine.get(), std::move(phases)));
  auto code = util::ExitCode::ok;
  on_rank_zero(world, [&] {
    coordinator.collector->clear_progress();
    if (!coordinator.collector->all_done()) {
      coordinator.journal->sync();
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
