// The scheduler against a model made of arithmetic that reads its context through the plans' block tables, so
// that any mistake in positions, blocks or order changes the answers.
#include "engine/scheduler.hpp"

#include <catch2/catch.hpp>
#include <map>
#include <random>

#include "engine/model_fixture.hpp"

using namespace assay;
using engine::Completion;
using engine::Request;
using engine::RowResult;
using engine::Scheduler;
using engine::SchedulerLimits;
using engine::StepPlan;
using engine::TokenId;

namespace {

constexpr TokenId vocab = 50;

std::uint64_t digest(const std::vector<TokenId>& context) {
  std::uint64_t state = 1469598103934665603ULL;
  for (const TokenId id : context) state = (state ^ static_cast<std::uint64_t>(id + 1)) * 1099511628211ULL;
  return state ^ state >> 29;
}

/// What the arithmetic model says after `context`.
TokenId next_token(const std::vector<TokenId>& context) {
  return static_cast<TokenId>(digest(context) % vocab);
}
float log_probability(const std::vector<TokenId>& context, TokenId target) {
  return -static_cast<float>((digest(context) + static_cast<std::uint64_t>(target)) % 97) / 8;
}

/// Executes plans over a KV cache that holds the tokens themselves.
class ArithmeticModel {
 public:
  explicit ArithmeticModel(const SchedulerLimits& limits) : limits_(limits) {
    cache_.resize(static_cast<std::size_t>(limits.kv_blocks * limits.kv_block_tokens), -1);
  }

  std::vector<RowResult> execute(const StepPlan& plan) {
    REQUIRE(plan.token_count() > 0);
    REQUIRE(plan.token_count() <= limits_.batch_tokens);
    REQUIRE(static_cast<std::int64_t>(plan.sequences.size()) <= limits_.max_sequences);
    std::vector<RowResult> results;
    std::int32_t row = 0;
    for (const auto& sequence : plan.sequences) {
      for (std::size_t i = 0; i < sequence.tokens.size(); ++i, ++row) {
        const auto position = static_cast<std::size_t>(sequence.first_position) + i;
        slot(sequence.blocks, position) = sequence.tokens[i];
        if (results.size() == plan.rows.size() || plan.rows[results.size()].row != row) continue;
        std::vector<TokenId> context;
        for (std::size_t p = 0; p <= position; ++p) context.push_back(slot(sequence.blocks, p));
        const TokenId target = plan.rows[results.size()].target;
        results.push_back({target >= 0 ? log_probability(context, target) : 0, next_token(context)});
      }
    }
    REQUIRE(results.size() == plan.rows.size());
    return results;
  }

 private:
  TokenId& slot(const std::vector<engine::BlockId>& blocks, std::size_t position) {
    const auto block = blocks.at(position / static_cast<std::size_t>(limits_.kv_block_tokens));
    return cache_.at(static_cast<std::size_t>(block * limits_.kv_block_tokens) +
                     position % static_cast<std::size_t>(limits_.kv_block_tokens));
  }

  SchedulerLimits limits_;
  std::vector<TokenId> cache_;
};

void check_completion(const Request& request, const Completion& done, const SchedulerLimits& limits) {
  CAPTURE(request.id);
  REQUIRE(done.error.empty());
  if (request.kind == engine::RequestKind::generate) {
    auto context = request.windows[0].tokens;
    std::vector<TokenId> generated;
    while (static_cast<std::int32_t>(generated.size()) < request.max_new_tokens &&
           static_cast<std::int64_t>(context.size()) < limits.max_length) {
      generated.push_back(next_token(context));
      if (generated.back() == 3) break;  // the end token
      context.push_back(generated.back());
    }
    const bool ended = !generated.empty() && generated.back() == 3;
    if (ended) generated.pop_back();
    CHECK(done.generated == generated);
    CHECK(done.finish_reason == (ended ? engine::FinishReason::end_of_text : engine::FinishReason::length));
    return;
  }
  std::vector<float> expected;
  double sum = 0;
  bool greedy = true;
  for (const auto& window : request.windows) {
    for (auto i = static_cast<std::size_t>(window.score_from); i < window.tokens.size(); ++i) {
      const std::vector<TokenId> context(window.tokens.begin(),
                                         window.tokens.begin() + static_cast<std::ptrdiff_t>(i));
      expected.push_back(log_probability(context, window.tokens[i]));
      sum += expected.back();
      greedy = greedy && next_token(context) == window.tokens[i];
    }
  }
  CHECK(done.token_log_probabilities == expected);
  CHECK(done.log_probability == sum);
  CHECK(done.is_greedy == greedy);
}

Request random_request(std::mt19937& random, std::int64_t max_length) {
  const auto below = [&](std::int64_t n) {
    return static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(n));
  };
  const auto tokens = [&](std::int64_t count) {
    std::vector<TokenId> ids;
    while (static_cast<std::int64_t>(ids.size()) < count) ids.push_back(static_cast<TokenId>(below(vocab)));
    return ids;
  };
  const auto window = [&] {
    auto ids = tokens(2 + below(max_length));
    const auto from = static_cast<std::int32_t>(1 + below(static_cast<std::int64_t>(ids.size()) - 1));
    return engine::Window{std::move(ids), from};
  };
  Request request;
  request.kind = static_cast<engine::RequestKind>(below(3));
  if (request.kind == engine::RequestKind::generate) {
    request.windows.push_back({tokens(1 + below(max_length - 1)), 1});
    request.max_new_tokens = static_cast<std::int32_t>(1 + below(max_length));
  } else {
    const auto count = request.kind == engine::RequestKind::loglikelihood ? 1 : below(4);
    for (std::int64_t i = 0; i < count; ++i) request.windows.push_back(window());
  }
  return request;
}

/// Runs requests with results that come back late, as from a pipeline.
std::map<std::uint64_t, Completion> run(Scheduler& scheduler, ArithmeticModel& model,
                                        std::vector<Request> requests, std::size_t most_in_flight,
                                        std::mt19937& random) {
  std::map<std::uint64_t, Completion> completions;
  std::deque<std::vector<RowResult>> pipeline;
  std::size_t next = 0;
  for (int guard = 0; guard < 1000000; ++guard) {
    while (next < requests.size() && scheduler.room() > 0) scheduler.submit(requests[next++]);
    std::optional<StepPlan> plan;
    if (pipeline.size() < most_in_flight) plan = scheduler.next_plan();
    if (plan) pipeline.push_back(model.execute(*plan));
    if (!pipeline.empty() && (!plan || random() % 2 == 0)) {
      scheduler.take_results(pipeline.front());
      pipeline.pop_front();
    }
    for (auto& done : scheduler.take_finished()) {
      const auto id = done.id;
      REQUIRE(completions.emplace(id, std::move(done)).second);
    }
    if (pipeline.empty() && scheduler.empty() && next == requests.size()) return completions;
  }
  FAIL("the scheduler does not come to an end");
  return completions;
}

SchedulerLimits small_limits() {
  return {.max_length = 20,
          .vocab = vocab,
          .batch_tokens = 16,
          .max_sequences = 4,
          .kv_blocks = 20,
          .kv_block_tokens = 4,
          .stages = 1};
}

}  // namespace

TEST_CASE("random requests give the same answers under any limits") {
  for (unsigned seed = 0; seed < 60; ++seed) {
    std::mt19937 random(seed);
    SchedulerLimits limits;
    limits.max_length = 2 + static_cast<std::int64_t>(random() % 40);
    limits.vocab = vocab;
    limits.batch_tokens = 1 + static_cast<std::int64_t>(random() % 30);
    limits.max_sequences = 1 + static_cast<std::int64_t>(random() % 7);
    limits.kv_block_tokens = 1 + static_cast<std::int64_t>(random() % 9);
    const std::int64_t one = (limits.max_length + limits.kv_block_tokens - 1) / limits.kv_block_tokens;
    limits.kv_blocks = one + static_cast<std::int64_t>(random() % 20);  // often too few for all
    limits.stages = 1 + static_cast<int>(random() % 4);
    CAPTURE(seed);
    std::vector<Request> requests;
    for (std::uint64_t id = 0; id < 40; ++id) {
      requests.push_back(random_request(random, limits.max_length));
      requests.back().id = id;
    }
    Scheduler scheduler(limits, nullptr, {3});
    ArithmeticModel model(limits);
    const auto done = run(scheduler, model, requests, static_cast<std::size_t>(limits.stages) + 1, random);
    REQUIRE(done.size() == requests.size());
    for (const Request& request : requests) check_completion(request, done.at(request.id), limits);
    CHECK(scheduler.free_blocks() == limits.kv_blocks);
    CHECK(scheduler.plans_in_flight() == 0);
  }
}

TEST_CASE("a prompt is cut into chunks, and the last scored token is never computed") {
  auto limits = small_limits();
  limits.batch_tokens = 8;
  Scheduler scheduler(limits, nullptr, {});
  scheduler.submit(test::score(std::vector<TokenId>(21, 5), 19));
  std::vector<std::int64_t> counts;
  std::size_t rows = 0;
  while (auto plan = scheduler.next_plan()) {
    counts.push_back(plan->token_count());
    rows += plan->rows.size();
    CHECK(plan->sequences.size() == 1);
  }
  CHECK(counts == std::vector<std::int64_t>{8, 8, 4});
  CHECK(rows == 2);
  CHECK(scheduler.plans_in_flight() == 3);
}

TEST_CASE("decoding goes first and prompts fill up the batch") {
  Scheduler scheduler(small_limits(), nullptr, {});
  scheduler.submit(test::generate({1, 2, 3}, 10));
  auto plan = scheduler.next_plan();
  REQUIRE(plan);
  CHECK(plan->rows.size() == 1);
  CHECK(plan->rows[0].row == 2);
  CHECK_FALSE(scheduler.next_plan());  // the next token is not known
  scheduler.take_results(std::vector<RowResult>{{0, 7}});
  scheduler.submit(test::score(std::vector<TokenId>(20, 1), 1));
  plan = scheduler.next_plan();
  REQUIRE(plan);
  REQUIRE(plan->sequences.size() == 2);
  CHECK(plan->sequences[0].tokens == std::vector<TokenId>{7});
  CHECK(plan->sequences[0].first_position == 3);
  CHECK(plan->sequences[1].tokens.size() == 15);
}

TEST_CASE("with several stages, decoding is spread so that micro-batches overlap") {
  auto limits = small_limits();
  limits.stages = 2;
  Scheduler scheduler(limits, nullptr, {});
  for (TokenId i = 0; i < 4; ++i) scheduler.submit(test::generate({i}, 10));
  REQUIRE(scheduler.next_plan());
  scheduler.take_results(std::vector<RowResult>(4, {0, 9}));
  const auto first = scheduler.next_plan();
  const auto second = scheduler.next_plan();
  REQUIRE(first);
  REQUIRE(second);
  CHECK(first->sequences.size() == 2);
  CHECK(second->sequences.size() == 2);
  CHECK_FALSE(scheduler.next_plan());
  // The first pair comes back before the second: the pairs keep taking turns.
  scheduler.take_results(std::vector<RowResult>(2, {0, 9}));
  const auto third = scheduler.next_plan();
  REQUIRE(third);
  CHECK(third->sequences[0].blocks == first->sequences[0].blocks);
}

TEST_CASE("a request waits until the blocks of its whole life are free") {
  auto limits = small_limits();
  limits.kv_blocks = 6;
  Scheduler scheduler(limits, nullptr, {});
  scheduler.submit(test::generate(std::vector<TokenId>(4, 1), 9));  // 12 tokens, 3 blocks
  scheduler.submit(test::score(std::vector<TokenId>(18, 2), 1));    // 17 tokens, 5 blocks
  scheduler.submit(test::score(std::vector<TokenId>(3, 2), 1));     // would fit, but is not let past
  auto plan = scheduler.next_plan();
  REQUIRE(plan);
  CHECK(plan->sequences.size() == 1);
  CHECK(scheduler.free_blocks() == 3);
  int steps = 0;
  while (scheduler.free_blocks() == 3) {
    scheduler.take_results(std::vector<RowResult>{{0, 9}});
    plan = scheduler.next_plan();
    ++steps;
  }
  CHECK(steps == 9);
  REQUIRE(plan);
  CHECK(plan->sequences.size() == 1);  // 5 of 6 blocks, then the short one
  CHECK(plan->sequences[0].tokens.size() == 16);
}

TEST_CASE("requests that can never run fail at once with a sentence") {
  Scheduler scheduler(small_limits(), nullptr, {});
  const auto refusal = [&](Request request) {
    request.id = 77;
    scheduler.submit(std::move(request));
    CHECK_FALSE(scheduler.next_plan());
    auto done = scheduler.take_finished();
    REQUIRE(done.size() == 1);
    CHECK(done[0].id == 77);
    return done[0].error;
  };
  using Catch::Contains;
  CHECK_THAT(refusal(test::score(std::vector<TokenId>(22, 1), 1)),
             Contains("21 tokens do not fit the context of 20"));
  CHECK_THAT(refusal(test::score({}, 1)), Contains("nothing to score"));
  CHECK_THAT(refusal(test::score({4, 5}, 2)), Contains("nothing to score"));
  CHECK_THAT(refusal(test::score({4, 5}, 0)), Contains("nothing before it"));
  CHECK_THAT(refusal(test::score({4, vocab}, 1)), Contains("token id 50 is outside"));
  CHECK_THAT(refusal(test::score({-1, 4}, 1)), Contains("token id -1 is outside"));
  CHECK_THAT(refusal(test::generate({}, 4)), Contains("prompt is empty"));
  CHECK_THAT(refusal(test::generate(std::vector<TokenId>(20, 1), 4)), Contains("leaves no room"));
  CHECK_THAT(refusal(test::generate({1}, 0)), Contains("max_new_tokens is 0"));
  auto request = test::generate({1}, 4);
  request.windows.push_back({{1}, 1});
  CHECK_THAT(refusal(request), Contains("one prompt, not 2"));
  request = test::score({1, 2}, 1);
  request.windows.clear();
  CHECK_THAT(refusal(request), Contains("one window, not 0"));
  request = test::generate({1}, 4);
  request.stops = {"", "end"};
  CHECK_THAT(refusal(request), Contains("need a tokenizer"));
  for (const double temperature : {-1.0, double{NAN}, double{INFINITY}}) {
    request = test::generate({1}, 4);
    request.sampling.temperature = temperature;
    CHECK_THAT(refusal(request), Contains("temperature"));
  }
  for (const double top_p : {0.0, 1.5, double{NAN}}) {
    request = test::generate({1}, 4);
    request.sampling.top_p = top_p;
    CHECK_THAT(refusal(request), Contains("top_p"));
  }
  request = test::generate({1}, 4);
  request.sampling.top_k = -3;
  CHECK_THAT(refusal(request), Contains("top_k -3"));
  for (const double penalty : {0.0, -1.1, double{NAN}, double{INFINITY}}) {
    request = test::generate({1}, 4);
    request.sampling.repetition_penalty = penalty;
    CHECK_THAT(refusal(request), Contains("repetition_penalty"));
  }
  CHECK(scheduler.empty());
}

TEST_CASE("a rolling request over no text is done at once") {
  Scheduler scheduler(small_limits(), nullptr, {});
  Request request;
  request.kind = engine::RequestKind::loglikelihood_rolling;
  scheduler.submit(request);
  const auto done = scheduler.take_finished();
  REQUIRE(done.size() == 1);
  CHECK(done[0].error.empty());
  CHECK(done[0].log_probability == 0);
  CHECK(scheduler.empty());
}

TEST_CASE("logits that are not finite fail their request and no other") {
  auto limits = small_limits();
  limits.batch_tokens = 4;
  limits.max_sequences = 2;
  Scheduler scheduler(limits, nullptr, {});
  Request rolling;
  rolling.kind = engine::RequestKind::loglikelihood_rolling;
  rolling.windows.assign(6, {{1, 2, 3}, 1});
  rolling.id = 1;
  scheduler.submit(rolling);
  auto plan = scheduler.next_plan();
  REQUIRE(plan);
  REQUIRE(plan->rows.size() == 4);  // two windows
  scheduler.take_results(std::vector<RowResult>{{-1, 2}, {0, -1}, {-1, 2}, {-1, 2}});
  const auto done = scheduler.take_finished();
  REQUIRE(done.size() == 1);
  CHECK_THAT(done[0].error, Catch::Contains("not finite"));
  CHECK(done[0].token_log_probabilities.empty());
  CHECK(scheduler.empty());
  CHECK(scheduler.free_blocks() == limits.kv_blocks);

  scheduler.submit(test::score({1, 2}, 1));
  REQUIRE(scheduler.next_plan());
  scheduler.take_results(std::vector<RowResult>{{-1, 2}});
  CHECK(scheduler.take_finished().at(0).error.empty());
}

TEST_CASE("dropping everything frees everything") {
  Scheduler scheduler(small_limits(), nullptr, {});
  for (int i = 0; i < 9; ++i) scheduler.submit(test::generate({1, 2}, 5));
  const auto plan = scheduler.next_plan();
  REQUIRE(plan);
  CHECK_THROWS(scheduler.drop_all());  // its results are on their way
  scheduler.take_results(std::vector<RowResult>(plan->rows.size(), {0, 1}));
  scheduler.drop_all();
  CHECK(scheduler.empty());
  CHECK(scheduler.free_blocks() == small_limits().kv_blocks);
  CHECK_FALSE(scheduler.next_plan());
}

TEST_CASE("a repetition penalty falls on the prompt's and the generated tokens, each once") {
  Scheduler scheduler(small_limits(), nullptr, {});
  auto request = test::generate({7, 2, 7}, 4);
  request.sampling.repetition_penalty = 1.25;
  scheduler.submit(request);
  const std::vector<std::vector<TokenId>> seen = {{2, 7}, {2, 4, 7}, {2, 4, 7}, {1, 2, 4, 7}};
  const std::vector<TokenId> next = {4, 2, 1, 9};
  for (std::size_t i = 0; i < 4; ++i) {
    auto plan = scheduler.next_plan();
    REQUIRE(plan);
    CHECK(plan->draws.empty());
    CHECK(plan->rows.at(0).penalty == 0);
    const auto back = engine::plan_from_bytes(engine::to_bytes(*plan));
    REQUIRE(back.penalties.size() == 1);
    CHECK(back.penalties[0].factor == 1.25F);
    CHECK(back.penalties[0].tokens == seen[i]);
    scheduler.take_results(std::vector<RowResult>{{0, next[i]}});
  }
  CHECK(scheduler.take_finished().at(0).generated == next);
  scheduler.submit(test::generate({7, 2, 7}, 1));
  const auto plan = scheduler.next_plan();
  REQUIRE(plan);
  CHECK(plan->penalties.empty());
  CHECK(plan->rows.at(0).penalty == -1);
}

TEST_CASE("a drawn token's number is its place in the generation") {
  Scheduler scheduler(small_limits(), nullptr, {});
  auto request = test::generate({1, 2}, 5);
  request.sampling = {0.5, 7, 0.9, 123};
  scheduler.submit(request);
  for (std::int32_t i = 0; i < 5; ++i) {
    const auto plan = scheduler.next_plan();
    REQUIRE(plan);
    REQUIRE(plan->draws.size() == 1);
    CHECK(plan->rows.at(0).draw == 0);
    CHECK(plan->draws[0].token_index == i);
    CHECK(plan->draws[0].params.seed == 123);
    const auto back = engine::plan_from_bytes(engine::to_bytes(*plan));
    CHECK(back.draws[0].params.top_p == 0.9);
    CHECK(engine::to_bytes(back) == engine::to_bytes(*plan));
    scheduler.take_results(std::vector<RowResult>{{0, 4}});
  }
  CHECK(scheduler.take_finished().at(0).generated == std::vector<TokenId>(5, 4));
}
