#include "engine/scheduler.hpp"

#include <algorithm>
#include <set>

#include "assay/util/error.hpp"
#include "engine/request_check.hpp"

namespace assay::engine {

namespace {

void add_scores(const Job& job, Completion& completion) {
  for (const Job::WindowScore& score : job.scores) {
    completion.is_greedy = completion.is_greedy && score.is_greedy;
    for (const float value : score.log_probabilities) {
      completion.log_probability += value;
      completion.token_log_probabilities.push_back(value);
    }
  }
}

}  // namespace

Scheduler::Scheduler(const SchedulerLimits& limits, const text::Tokenizer* tokenizer,
                     std::vector<TokenId> eos_ids)
    : limits_(limits),
      tokenizer_(tokenizer),
      eos_ids_(std::move(eos_ids)),
      blocks_(limits.kv_blocks, limits.kv_block_tokens) {
  ASSAY_CHECK(limits.max_length >= 1 && limits.batch_tokens >= 1 && limits.max_sequences >= 1 &&
              limits.stages >= 1);
  ASSAY_CHECK(blocks_.blocks_for(limits.max_length) <= blocks_.total_blocks());
}

std::size_t Scheduler::room() const {
  const auto in_work = static_cast<std::int64_t>(active_.size() + waiting_.size());
  return static_cast<std::size_t>(std::max<std::int64_t>(0, limits_.max_sequences - in_work));
}

void Scheduler::submit(Request request) {
  auto job = std::make_unique<Job>();
  job->completion.id = request.id;
  job->completion.kind = request.kind;
  if (auto reason = reason_to_refuse(request, limits_.max_length, limits_.vocab, tokenizer_ != nullptr)) {
    job->completion.error = std::move(*reason);
    finished_.push_back(std::move(job->completion));
    return;
  }
  job->request = std::move(request);
  job->open_windows = job->request.windows.size();
  job->scores.resize(job->open_windows);
  for (std::size_t i = 0; i < job->request.windows.size(); ++i) waiting_.push_back(make_sequence(*job, i));
  jobs_.push_back(std::move(job));
  if (jobs_.back()->open_windows == 0) finish(*jobs_.back());  // a rolling request over no tokens
}

std::unique_ptr<Sequence> Scheduler::make_sequence(Job& job, std::size_t window) const {
  auto sequence = std::make_unique<Sequence>();
  sequence->job = &job;
  sequence->window = window;
  sequence->tokens = std::move(job.request.windows[window].tokens);
  sequence->score_from = job.request.windows[window].score_from;
  const auto size = static_cast<std::int64_t>(sequence->tokens.size());
  if (sequence->generates()) {
    const auto new_tokens = std::min<std::int64_t>(job.request.max_new_tokens, limits_.max_length - size);
    job.generation.emplace(tokenizer_, eos_ids_, std::move(job.request.stops), new_tokens);
    sequence->prompt_tokens = size;
    if (sequence->penalises()) {
      const std::set<TokenId> seen(sequence->tokens.begin(), sequence->tokens.end());
      sequence->seen.assign(seen.begin(), seen.end());
    }
    sequence->lifetime_tokens = size + new_tokens - 1;  // the last token generated is never computed
  } else {
    sequence->prompt_tokens = size - 1;
    sequence->lifetime_tokens = size - 1;
  }
  job.completion.prompt_tokens += static_cast<std::uint32_t>(sequence->prompt_tokens);
  return sequence;
}

// The one place where sequences get KV blocks (and where a prefix computed before could be attached). First
// come, first served: a long sequence that has to wait is not overtaken for ever by short ones.
void Scheduler::admit() {
  while (!waiting_.empty() && static_cast<std::int64_t>(active_.size()) < limits_.max_sequences) {
    Sequence& sequence = *waiting_.front();
    auto blocks = blocks_.allocate(blocks_.blocks_for(sequence.lifetime_tokens));
    if (!blocks) return;
    sequence.blocks = std::move(*blocks);
    active_.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
  }
}

// Decoding sequences first, those that waited longest in front; then prompts in order of admission. With
// several stages a micro-batch takes only its share of the decoding sequences, so that each stage has one to
// work on.
std::vector<Sequence*> Scheduler::sequences_to_run() const {
  std::vector<Sequence*> decoding;
  std::vector<Sequence*> prompts;
  std::int64_t all_decoding = 0;
  for (const auto& sequence : active_) {
    if (sequence->decodes()) ++all_decoding;
    if (sequence->pending() == 0) continue;
    (sequence->decodes() ? decoding : prompts).push_back(sequence.get());
  }
  std::stable_sort(decoding.begin(), decoding.end(),
                   [](const Sequence* a, const Sequence* b) { return a->last_step < b->last_step; });
  const std::int64_t share = (all_decoding + limits_.stages - 1) / limits_.stages;
  if (static_cast<std::int64_t>(decoding.size()) > share) decoding.resize(static_cast<std::size_t>(share));
  decoding.insert(decoding.end(), prompts.begin(), prompts.end());
  return decoding;
}

std::optional<StepPlan> Scheduler::next_plan() {
  admit();
  StepPlan plan;
  IssuedPlan issued;
  std::int64_t used = 0;
  for (Sequence* sequence : sequences_to_run()) {
    const std::int64_t count = std::min(sequence->pending(), limits_.batch_tokens - used);
    if (count == 0) break;
    append(*sequence, count, static_cast<std::int32_t>(used), plan, issued);
    used += count;
  }
  if (used == 0) return std::nullopt;
  issued_.push_back(std::move(issued));
  ++steps_;
  return plan;
}

void Scheduler::append(Sequence& sequence, std::int64_t count, std::int32_t first_row, StepPlan& plan,
                       IssuedPlan& issued) {
  const std::int64_t begin = sequence.issued;
  const std::int64_t end = begin + count;
  const auto token_at = [&](std::int64_t position) {
    return sequence.tokens[static_cast<std::size_t>(position)];
  };
  if (!sequence.decodes()) issued.prefill_tokens += count;
  plan.sequences.push_back({static_cast<std::int32_t>(begin),
                            {sequence.tokens.begin() + begin, sequence.tokens.begin() + end},
                            {sequence.blocks.begin(), sequence.blocks.begin() + blocks_.blocks_for(end)}});
  if (!sequence.generates()) {
    for (auto position = std::max(begin, sequence.score_from - 1); position < end; ++position) {
      const TokenId target = token_at(position + 1);
      plan.rows.push_back({first_row + static_cast<std::int32_t>(position - begin), target, -1});
      issued.rows.push_back({&sequence, target});
    }
  } else if (end == static_cast<std::int64_t>(sequence.tokens.size())) {
    PlanRow row{first_row + static_cast<std::int32_t>(count - 1), -1, -1};
    if (sequence.job->request.sampling.temperature > 0) {
      row.draw = static_cast<std::int32_t>(plan.draws.size());
      plan.draws.push_back(
          {sequence.job->request.sampling, static_cast<std::int32_t>(sequence.job->generation->tokens())});
    }
    if (sequence.penalises()) {
      row.penalty = static_cast<std::int32_t>(plan.penalties.size());
      plan.penalties.push_back(
          {static_cast<float>(sequence.job->request.sampling.repetition_penalty), sequence.seen});
    }
    plan.rows.push_back(row);
    issued.rows.push_back({&sequence, -1});
  }
  issued.sequences.push_back(&sequence);
  sequence.issued = end;
  sequence.last_step = steps_;
  ++sequence.steps_in_flight;
}

void Scheduler::take_results(std::span<const RowResult> results) {
  ASSAY_CHECK(!issued_.empty() && results.size() == issued_.front().rows.size());
  const IssuedPlan plan = std::move(issued_.front());
  issued_.pop_front();
  prefill_tokens_ += plan.prefill_tokens;
  for (std::size_t i = 0; i < results.size(); ++i) take_row(plan.rows[i], results[i]);
  for (Sequence* sequence : plan.sequences) --sequence->steps_in_flight;
  retire_done();
}

void Scheduler::take_row(const IssuedRow& row, const RowResult& result) {
  Job& job = *row.sequence->job;
  if (job.failed()) return;
  if (result.token < 0) {
    job.completion.error =
        "the model's logits are not finite (NaN or infinity); try float32, and check the weights";
  } else if (row.sequence->generates()) {
    ++generated_tokens_;
    if (!job.generation->push(result.token)) row.sequence->append(result.token);
  } else {
    Job::WindowScore& score = job.scores[row.sequence->window];
    score.log_probabilities.push_back(result.log_probability);
    score.is_greedy = score.is_greedy && result.token == row.target;
  }
}

void Scheduler::retire_done() {
  const auto retire = [&](auto& sequences, auto&& is_over) {
    for (auto& sequence : sequences) {
      if (!is_over(*sequence)) continue;
      close_window(*sequence);
      sequence.reset();
    }
    std::erase(sequences, nullptr);
  };
  retire(active_, [](const Sequence& sequence) { return sequence.done(); });
  // Windows that never started, of a request that failed meanwhile.
  retire(waiting_, [](const Sequence& sequence) { return sequence.job->failed(); });
}

void Scheduler::close_window(Sequence& sequence) {
  blocks_.release(sequence.blocks);
  sequence.blocks.clear();
  if (--sequence.job->open_windows == 0) finish(*sequence.job);
}

void Scheduler::finish(Job& job) {
  Completion& completion = job.completion;
  if (job.failed()) {
    Completion failure;
    failure.id = completion.id;
    failure.kind = completion.kind;
    failure.error = std::move(completion.error);
    completion = std::move(failure);
  } else if (job.generation) {
    job.generation->take_into(completion);
  } else {
    add_scores(job, completion);
  }
  finished_.push_back(std::move(completion));
  std::erase_if(jobs_, [&](const auto& other) { return other.get() == &job; });
}

std::vector<Completion> Scheduler::take_finished() {
  return std::exchange(finished_, {});
}

void Scheduler::drop_all() {
  ASSAY_CHECK(issued_.empty());
  for (const auto& sequence : active_) blocks_.release(sequence->blocks);
  active_.clear();
  waiting_.clear();
  jobs_.clear();
  finished_.clear();
}

}  // namespace assay::engine
