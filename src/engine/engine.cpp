#include "assay/engine/engine.hpp"

#include <deque>
#include <exception>
#include <new>
#include <optional>
#include <set>

#include "assay/comm/agreement.hpp"
#include "assay/util/error.hpp"
#include "assay/util/log.hpp"
#include "engine/memory_plan.hpp"
#include "engine/message_tags.hpp"
#include "engine/scheduler.hpp"
#include "engine/stage.hpp"

namespace assay::engine {

struct Engine::Impl {
  Impl(const comm::Mesh& its_mesh, const model::ArchSpec& spec, const text::Tokenizer* its_tokenizer);

  void run(RequestFeed& feed);
  void follow();
  void work_through(RequestFeed& feed, Scheduler& scheduler);
  static void deliver_finished(RequestFeed& feed, Scheduler& scheduler);
  static void refill(RequestFeed& feed, Scheduler& scheduler);
  void issue(const StepPlan& plan);
  void tell_others(const StepPlan& plan);
  bool collect_results(Scheduler& scheduler, bool wait);
  void take(Scheduler& scheduler, std::span<const RowResult> results);
  [[nodiscard]] StepPlan next_message();
  [[nodiscard]] SchedulerLimits limits() const;

  const comm::Mesh& mesh;
  comm::Communicator& replica;
  const text::Tokenizer* tokenizer;
  std::int64_t vocab;
  std::vector<TokenId> eos_ids;
  EngineOptions options;
  PhaseClock clock;
  std::optional<StageExecutor> stage;
  util::Stopwatch since_ready;
  std::deque<std::vector<RowResult>> local_results;  // where the leader is the last stage as well
  EngineStats stats;
  bool failed = false;
};

namespace {

std::vector<TokenId> all_eos_ids(const model::ArchSpec& spec, const text::Tokenizer* tokenizer) {
  std::set<TokenId> ids(spec.eos_ids.begin(), spec.eos_ids.end());
  if (tokenizer != nullptr && tokenizer->eos_id()) ids.insert(*tokenizer->eos_id());
  return {ids.begin(), ids.end()};
}

}  // namespace

Engine::Impl::Impl(const comm::Mesh& its_mesh, const model::ArchSpec& spec,
                   const text::Tokenizer* its_tokenizer)
    : mesh(its_mesh),
      replica(its_mesh.replica_group()),
      tokenizer(its_tokenizer),
      vocab(spec.vocab),
      eos_ids(all_eos_ids(spec, its_tokenizer)) {}

SchedulerLimits Engine::Impl::limits() const {
  return {.max_length = options.longest_sequence,
          .vocab = vocab,
          .batch_tokens = options.batch_tokens,
          .max_sequences = options.max_sequences,
          .kv_blocks = stage->memory().kv_blocks,
          .kv_block_tokens = options.kv_block_tokens,
          .stages = mesh.shape().pp};
}

void Engine::Impl::run(RequestFeed& feed) {
  ASSAY_CHECK(mesh.is_leader() && !failed);
  Scheduler scheduler(limits(), tokenizer, eos_ids);
  StepPlan last;
  try {
    work_through(feed, scheduler);
    last.kind = PlanKind::stop;
  } catch (const std::exception& error) {
    // The others must not wait for plans from a leader that has gone: they finish those they have, then fail
    // as well. That reaches them after a failure between steps alone: one inside a step leaves them waiting
    // in it (see follow()).
    failed = true;
    last.kind = PlanKind::abort;
    last.reason = error.what();
    try {
      tell_others(last);
    } catch (const std::exception& second) {
      util::log_warning("cannot tell the other ranks of this replica to stop ({})", second.what());
    }
    throw;
  }
  tell_others(last);
  replica.flush();
}

void Engine::Impl::work_through(RequestFeed& feed, Scheduler& scheduler) {
  // One micro-batch in each stage, and one on its way so that the first stage need not wait for results.
  const std::size_t most_plans = mesh.shape().pp == 1 ? 1 : static_cast<std::size_t>(mesh.shape().pp) + 1;
  while (!feed.cancelled()) {
    while (collect_results(scheduler, false)) {
    }
    deliver_finished(feed, scheduler);
    refill(feed, scheduler);
    std::optional<StepPlan> plan;
    if (scheduler.plans_in_flight() < most_plans) plan = scheduler.next_plan();
    if (plan) {
      issue(*plan);
    } else if (scheduler.plans_in_flight() > 0) {
      collect_results(scheduler, true);
    } else if (scheduler.empty() && !scheduler.has_finished()) {
      if (feed.finished()) return;
      feed.idle();
    }
  }
  // Cancelled: what is on its way to the other ranks must come back, and what it finishes is not thrown away.
  while (scheduler.plans_in_flight() > 0) collect_results(scheduler, true);
  deliver_finished(feed, scheduler);
  scheduler.drop_all();
}

void Engine::Impl::deliver_finished(RequestFeed& feed, Scheduler& scheduler) {
  for (Completion& completion : scheduler.take_finished()) feed.deliver(std::move(completion));
}

void Engine::Impl::refill(RequestFeed& feed, Scheduler& scheduler) {
  const std::size_t room = scheduler.room();
  if (room == 0) return;
  for (Request& request : feed.pull(room)) scheduler.submit(std::move(request));
}

void Engine::Impl::tell_others(const StepPlan& plan) {
  if (replica.size() == 1) return;
  const auto bytes = to_bytes(plan);
  PhaseClock::measure(clock.communicate, [&] {
    for (int rank = 1; rank < replica.size(); ++rank) replica.post(rank, plan_tag, bytes);
  });
}

void Engine::Impl::issue(const StepPlan& plan) {
  tell_others(plan);
  auto results = stage->execute(plan);
  ++stats.micro_batches;
  if (mesh.is_last_stage()) local_results.push_back(std::move(results));
}

/// Takes in the results of the oldest plan, if they are there or `wait` is set. Returns whether it did.
bool Engine::Impl::collect_results(Scheduler& scheduler, bool wait) {
  if (scheduler.plans_in_flight() == 0) return false;
  if (mesh.is_last_stage()) {
    if (local_results.empty()) return false;
    take(scheduler, local_results.front());
    local_results.pop_front();
    return true;
  }
  std::optional<comm::Message> message;
  if (wait) {
    const int last_stage = (mesh.shape().pp - 1) * mesh.shape().tp;
    message = PhaseClock::measure(clock.wait, [&] { return replica.receive(last_stage, result_tag); });
  } else {
    message = replica.poll(result_tag);
  }
  if (!message) return false;
  util::ByteReader in(message->bytes);
  take(scheduler, in.get_vector<RowResult>());
  return true;
}

void Engine::Impl::take(Scheduler& scheduler, std::span<const RowResult> results) {
  if (stats.first_token_seconds < 0 && !results.empty()) stats.first_token_seconds = since_ready.seconds();
  const std::int64_t prefill = scheduler.prefill_tokens();
  const std::int64_t generated = scheduler.generated_tokens();
  scheduler.take_results(results);
  stats.prefill_tokens += scheduler.prefill_tokens() - prefill;
  stats.generated_tokens += scheduler.generated_tokens() - generated;
}

StepPlan Engine::Impl::next_message() {
  // No deadline: a leader without requests is silent for as long as it likes. Should it die, so does the job.
  for (;;) {
    const auto message = PhaseClock::measure(clock.wait, [&] { return replica.wait_any(plan_tag, 1.0); });
    if (message) return plan_from_bytes(message->bytes);
  }
}

void Engine::Impl::follow() {
  ASSAY_CHECK(!mesh.is_leader() && !failed);
  for (;;) {
    const StepPlan plan = next_message();
    if (plan.kind == PlanKind::stop) return;
    if (plan.kind == PlanKind::abort) {
      failed = true;
      throw LeaderFailed(util::ExitCode::internal,
                         "the leader of this rank's replica failed (" + plan.reason + ")");
    }
    const auto results = stage->execute(plan);
    ++stats.micro_batches;
    if (mesh.is_last_stage() && mesh.coordinate().tensor_rank == 0) {
      util::ByteWriter out;
      out.put_vector(results);
      replica.post(0, result_tag, out.take());
    }
  }
}

Engine::Engine(const comm::Mesh& mesh, const model::ArchSpec& spec, const model::Checkpoint& checkpoint,
               const text::Tokenizer* tokenizer, const EngineOptions& options)
    : impl_(std::make_unique<Impl>(mesh, spec, tokenizer)) {
  PhaseClock::measure(impl_->clock.load, [&] {
    comm::on_every_rank(mesh.replica_group(), [&] {
      check_supported(spec);
      impl_->options = resolve(options, spec);
      try {
        impl_->stage.emplace(mesh, spec, checkpoint, impl_->options, impl_->clock);
      } catch (const std::bad_alloc&) {
        util::fail_input(
            "not enough memory for this rank's part of the model; use more ranks, or a smaller --max-length, "
            "--batch-tokens, --max-sequences or --kv-cache-mib");
      }
    });
  });
  impl_->since_ready = {};
}

Engine::~Engine() = default;

void Engine::run(RequestFeed& feed) {
  impl_->run(feed);
  impl_->stats.phases = impl_->clock.timings();
}

void Engine::follow() {
  impl_->follow();
  impl_->stats.phases = impl_->clock.timings();
}

const EngineStats& Engine::stats() const {
  return impl_->stats;
}
const MemoryPlan& Engine::memory() const {
  return impl_->stage->memory();
}

}  // namespace assay::engine
