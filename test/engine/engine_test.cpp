// The engine on one rank: answers that do not depend on company or chunking, ends of generations, requests
// that cannot run, feeds that idle, cancel or fail.
#include "assay/engine/engine.hpp"

#include <catch2/catch.hpp>
#include <cstring>
#include <functional>
#include <stdexcept>

#include "assay/ops/linear.hpp"
#include "engine/letter_tokenizer.hpp"
#include "engine/model_fixture.hpp"
#include "support/skip.hpp"
#include "support/temp_dir.hpp"

using namespace assay;
using engine::Completion;
using engine::FinishReason;
using engine::Request;
using engine::TokenId;
using test::LocalEngine;
using test::ModelFixture;

namespace {

bool same_bits(const Completion& a, const Completion& b) {
  const auto& x = a.token_log_probabilities;
  const auto& y = b.token_log_probabilities;
  return x.size() == y.size() &&
         (x.empty() || std::memcmp(x.data(), y.data(), x.size() * sizeof(float)) == 0) &&
         std::memcmp(&a.log_probability, &b.log_probability, sizeof(double)) == 0 &&
         a.generated == b.generated && a.is_greedy == b.is_greedy && a.finish_reason == b.finish_reason &&
         a.error == b.error;
}

/// Ten questions of all kinds over pieces of the fixture's prompt.
std::vector<Request> crowd(const ModelFixture& fixture) {
  std::vector<Request> requests;
  const auto& prompt = fixture.prompt;
  for (std::uint64_t i = 0; i < 10; ++i) {
    const std::size_t size = 5 + 6 * i;
    std::vector<TokenId> part(prompt.begin(), prompt.begin() + static_cast<std::ptrdiff_t>(size));
    if (i % 3 == 0) {
      requests.push_back(test::score(part, static_cast<std::int32_t>(1 + size / 2)));
    } else {
      requests.push_back(test::generate(part, 17));
      if (i % 3 == 2) requests.back().sampling = {0.8, 20, 0.9, 1000 + i};
    }
    requests.back().id = 500 + i;
  }
  return requests;
}

/// Pulls from a list, with hooks.
class HookedFeed final : public engine::RequestFeed {
 public:
  explicit HookedFeed(std::vector<Request> requests) : requests_(std::move(requests)) {}
  std::vector<Request> pull(std::size_t max) override {
    std::vector<Request> some;
    while (some.size() < max && next_ < available && next_ < requests_.size())
      some.push_back(requests_[next_++]);
    return some;
  }
  void deliver(Completion completion) override {
    delivered.push_back(std::move(completion));
    if (on_deliver) on_deliver();
  }
  bool finished() override { return next_ == requests_.size(); }
  void idle() override {
    ++idles;
    available += 2;
  }
  bool cancelled() override { return is_cancelled; }

  std::vector<Completion> delivered;
  std::function<void()> on_deliver;
  std::size_t available = SIZE_MAX;
  int idles = 0;
  bool is_cancelled = false;

 private:
  std::vector<Request> requests_;
  std::size_t next_ = 0;
};

}  // namespace

TEST_CASE("an answer has the same bits alone, in company, and in chunks of any size") {
  for (const char* name : {"llama3", "mistral", "qwen3"}) {
    const ModelFixture fixture(name);
    const auto requests = crowd(fixture);
    const auto reference = LocalEngine(fixture, fixture.options()).run(requests);
    CAPTURE(name);
    for (const std::int64_t batch_tokens : {1, 5, 64, 300}) {
      for (const std::int64_t block_tokens : {1, 16}) {
        for (const std::int64_t max_sequences : {1, 3, 20}) {
          auto options = fixture.options();
          options.batch_tokens = batch_tokens;
          options.kv_block_tokens = block_tokens;
          options.max_sequences = max_sequences;
          const auto done = LocalEngine(fixture, options).run(requests);
          REQUIRE(done.size() == reference.size());
          for (std::size_t i = 0; i < done.size(); ++i) {
            CAPTURE(batch_tokens, block_tokens, max_sequences, i, done[i].error);
            CHECK(done[i].id == 500 + i);
            CHECK(same_bits(done[i], reference[i]));
          }
        }
      }
    }
  }
}

TEST_CASE("a small KV cache only makes requests wait") {
  const ModelFixture fixture("qwen2");
  auto options = fixture.options();
  const auto reference = LocalEngine(fixture, options).run(crowd(fixture));
  const std::int64_t blocks = (fixture.positions + options.kv_block_tokens - 1) / options.kv_block_tokens;
  options.kv_cache_bytes = blocks * 2 * fixture.spec.layers * fixture.spec.attention.kv_heads *
                           options.kv_block_tokens * fixture.spec.attention.head_dim *
                           static_cast<std::int64_t>(sizeof(float));
  LocalEngine tight(fixture, options);
  CHECK(tight.engine.memory().kv_blocks == blocks);
  const auto done = tight.run(crowd(fixture));
  for (std::size_t i = 0; i < done.size(); ++i) CHECK(same_bits(done[i], reference[i]));
}

TEST_CASE("an engine made for its requests answers them as one made for the whole context") {
  const ModelFixture fixture("llama3");
  const auto requests = crowd(fixture);
  auto options = fixture.options();
  const auto reference = LocalEngine(fixture, options).run(requests);
  engine::Demand demand;
  for (const Request& request : requests) demand.add(request, options.max_length);
  REQUIRE(demand.longest_sequence < options.max_length);
  options.longest_sequence = demand.longest_sequence;
  options.wanted_sequences = 2;
  LocalEngine fitted(fixture, options);
  CHECK(fitted.engine.memory().kv_blocks == 2 * ((demand.longest_sequence + 7) / 8));
  const auto done = fitted.run(requests);
  for (std::size_t i = 0; i < done.size(); ++i) CHECK(same_bits(done[i], reference[i]));
}

TEST_CASE("a drawn continuation depends on its seed alone") {
  const ModelFixture fixture("llama2");
  LocalEngine local(fixture, fixture.options());
  auto request = test::generate({fixture.prompt.begin(), fixture.prompt.begin() + 10}, 40);
  request.sampling = {1.5, 0, 1, 7};
  auto other = request;
  other.sampling.seed = 8;
  auto greedy = request;
  greedy.sampling = {};
  auto cold = request;
  cold.sampling.temperature = 1e-4;
  const auto done = local.run({request, other, request, greedy, cold});
  CHECK(done[0].generated == done[2].generated);
  CHECK(done[0].generated != done[1].generated);
  CHECK(done[0].generated != done[3].generated);
  CHECK(done[4].generated == done[3].generated);
}

TEST_CASE("the model's and the tokenizer's end tokens end a generation") {
  ModelFixture fixture("llama2");
  const TokenId end = fixture.greedy[12];
  const auto first = std::find(fixture.greedy.begin(), fixture.greedy.end(), end);
  const std::vector<TokenId> expected(fixture.greedy.begin(), first);
  const auto tokenizer = test::letter_tokenizer(test::letter_token(end));
  const auto from_tokenizer =
      LocalEngine(fixture, fixture.options(), tokenizer.get()).run({test::generate(fixture.prompt, 64)});
  CHECK(from_tokenizer[0].generated == expected);
  CHECK(from_tokenizer[0].finish_reason == FinishReason::end_of_text);
  fixture.spec.eos_ids.push_back(end);
  const auto from_model = LocalEngine(fixture, fixture.options()).run({test::generate(fixture.prompt, 64)});
  CHECK(from_model[0].generated == expected);
  CHECK(from_model[0].finish_reason == FinishReason::end_of_text);
}

TEST_CASE("a generation stops at a stop string that spans tokens") {
  const ModelFixture fixture("llama2");
  const auto tokenizer = test::letter_tokenizer();
  LocalEngine local(fixture, fixture.options(), tokenizer.get());
  const std::string whole = tokenizer->decode(fixture.greedy, true);
  auto request = test::generate(fixture.prompt, 64);
  const std::string two = tokenizer->decode(std::span(fixture.greedy).subspan(20, 2), true);
  const std::string stop = two.substr(1, two.size() - 1);
  request.stops = {"never there", stop};
  const auto done = local.run({request, test::generate(fixture.prompt, 64)});
  CHECK(done[0].finish_reason == FinishReason::stop_string);
  CHECK(done[0].text == whole.substr(0, whole.find(stop)));
  CHECK(done[0].generated.size() <= 22);
  CHECK(done[0].prompt_tokens == fixture.prompt.size());
  CHECK(done[1].text == whole);
}

TEST_CASE("the context bounds requests and generations") {
  const ModelFixture fixture("llama2");
  auto options = fixture.options();
  options.max_length = 40;
  LocalEngine local(fixture, options);
  const auto part = [&](std::ptrdiff_t n) {
    return std::vector<TokenId>(fixture.prompt.begin(), fixture.prompt.begin() + n);
  };
  const auto done = local.run({test::score(part(41), 1), test::score(part(42), 1),
                               test::generate(part(39), 5), test::generate(part(40), 5),
                               test::generate(part(30), 64), test::score({}, 1), test::score({1, 5000}, 1)});
  CHECK(done[0].error.empty());  // the last of 41 tokens is only scored
  CHECK(done[0].token_log_probabilities.size() == 40);
  CHECK(done[0].prompt_tokens == 40);
  CHECK_THAT(done[1].error, Catch::Contains("41 tokens do not fit the context of 40"));
  CHECK(done[2].generated.size() == 1);
  CHECK(done[2].finish_reason == FinishReason::length);
  CHECK_THAT(done[3].error, Catch::Contains("leaves no room"));
  CHECK(done[4].generated.size() == 10);
  CHECK(done[4].finish_reason == FinishReason::length);
  CHECK_THAT(done[5].error, Catch::Contains("nothing to score"));
  CHECK_THAT(done[6].error, Catch::Contains("outside the model's vocabulary"));
}

TEST_CASE("an overflowing model fails its requests, greedy or drawn") {
  const test::TempDir folder;
  test::write_altered_model("llama2", "model.norm.weight", 3e38F, folder.path() / "model");
  const auto spec = model::read_arch_spec(folder.path() / "model");
  const model::Checkpoint checkpoint(folder.path() / "model", spec);
  const auto world = comm::make_self_communicator();
  const comm::Mesh mesh(*world, {1, 1, 1});
  engine::EngineOptions options;
  options.max_length = 32;
  engine::Engine engine(mesh, spec, checkpoint, nullptr, options);
  auto drawn = test::generate({5, 6}, 4);
  drawn.sampling = {1, 0, 1, 3};
  const auto done = run_requests(engine, mesh, {test::score({5, 6, 7}, 1), test::generate({5, 6}, 4), drawn});
  for (const Completion& completion : done) CHECK_THAT(completion.error, Catch::Contains("not finite"));
}

TEST_CASE("a feed may run dry and fill again") {
  const ModelFixture fixture("qwen2");
  LocalEngine local(fixture, fixture.options());
  HookedFeed feed(crowd(fixture));
  feed.available = 0;
  local.engine.run(feed);
  CHECK(feed.delivered.size() == 10);
  CHECK(feed.idles >= 5);
  CHECK(local.engine.stats().first_token_seconds >= 0);
  CHECK(local.engine.stats().micro_batches > 0);
}

TEST_CASE("a cancelled run returns, and the engine runs again") {
  const ModelFixture fixture("qwen2");
  LocalEngine local(fixture, fixture.options());
  HookedFeed feed(crowd(fixture));
  feed.on_deliver = [&] { feed.is_cancelled = feed.delivered.size() >= 3; };
  local.engine.run(feed);
  CHECK(feed.delivered.size() >= 3);
  CHECK(feed.delivered.size() < 10);
  const auto reference = LocalEngine(fixture, fixture.options()).run(crowd(fixture));
  const auto again = local.run(crowd(fixture));
  for (std::size_t i = 0; i < again.size(); ++i) CHECK(same_bits(again[i], reference[i]));
}

TEST_CASE("what a feed throws comes out of run, and the engine will not be used again") {
  const ModelFixture fixture("qwen2");
  LocalEngine local(fixture, fixture.options());
  HookedFeed feed(crowd(fixture));
  feed.on_deliver = [] { throw std::runtime_error("disk full"); };
  CHECK_THROWS_WITH(local.engine.run(feed), "disk full");
  CHECK_THROWS(local.run(crowd(fixture)));
}

TEST_CASE("counts are those of the work") {
  const ModelFixture fixture("llama2");
  LocalEngine local(fixture, fixture.options());
  (void)local.run({test::generate(fixture.prompt, 20), test::score(fixture.prompt, 5)});
  const auto& stats = local.engine.stats();
  CHECK(stats.generated_tokens == 20);
  CHECK(stats.prefill_tokens == static_cast<std::int64_t>(2 * fixture.prompt.size() - 1));
  double seconds = 0;
  for (const auto& phase : stats.phases) seconds += phase.seconds;
  CHECK(stats.phases.at(0).phase == "load");
  CHECK(seconds > 0);
}

TEST_CASE("bfloat16 products stay close to float32") {
  if (ops::preferred_cpu_dtype() != tensor::DType::bf16) {
    return assay::test::skip("this CPU has no bfloat16 products");
  }
  const ModelFixture fixture("qwen2");
  auto options = fixture.options();
  const auto exact = LocalEngine(fixture, options).run({test::score(fixture.prompt, 1)});
  options.dtype = tensor::DType::bf16;
  const auto rounded = LocalEngine(fixture, options).run({test::score(fixture.prompt, 1)});
  double sum = 0;
  for (std::size_t i = 0; i < exact[0].token_log_probabilities.size(); ++i) {
    sum += std::abs(exact[0].token_log_probabilities[i] - rounded[0].token_log_probabilities[i]);
  }
  const double mean = sum / static_cast<double>(exact[0].token_log_probabilities.size());
  CHECK(mean < 0.2);
  CHECK(mean > 0);
}
