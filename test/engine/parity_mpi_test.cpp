// Every family against transformers, and every mesh against one rank.
#include <catch2/catch.hpp>
#include <limits>

#include "assay/util/error.hpp"
#include "engine/model_fixture.hpp"
#include "support/mpi_world.hpp"

using namespace assay;
using engine::TokenId;
using test::ModelFixture;

namespace {

constexpr double transformers_tolerance = 2e-4;
constexpr double sharding_tolerance = 1e-4;
constexpr double smallest = std::numeric_limits<double>::denorm_min();

/// The fixture's questions, and enough neighbours that batches mix prompts and decoding.
std::vector<engine::Request> questions(const ModelFixture& fixture) {
  const auto& prompt = fixture.prompt;
  const auto whole = test::joined(prompt, fixture.greedy);
  std::vector<engine::Request> requests;
  requests.push_back(test::score(prompt, 1));
  requests.push_back(test::score(whole, static_cast<std::int32_t>(prompt.size())));
  requests.push_back(test::generate(prompt, 64));
  for (std::size_t n = 1; n <= 5; ++n)
    requests.push_back(test::generate({prompt.begin(), prompt.begin() + 7 * n}, 20));
  engine::Request rolling;
  rolling.kind = engine::RequestKind::loglikelihood_rolling;
  rolling.windows.push_back({{prompt.begin(), prompt.begin() + 20}, 1});
  rolling.windows.push_back({{prompt.begin() + 5, prompt.begin() + 40}, 15});
  requests.push_back(rolling);
  requests.push_back(test::generate(prompt, 30));
  requests.back().sampling = {0.9, 50, 0.95, 4};
  requests.push_back(test::generate(prompt, 30));
  requests.back().sampling = {0.9, 50, 0.95, 4, 1.3};
  return requests;
}

void check_against_transformers(const ModelFixture& fixture, const std::vector<engine::Completion>& done) {
  CHECK(test::largest_difference(done[0].token_log_probabilities, fixture.floats("log_probabilities")) <
        transformers_tolerance);
  CHECK(test::largest_difference(done[1].token_log_probabilities,
                                 fixture.floats("greedy_log_probabilities")) < transformers_tolerance);
  CHECK_FALSE(done[0].is_greedy);
  CHECK(done[1].is_greedy);
  CHECK(done[2].generated == fixture.greedy);
  CHECK(done[2].finish_reason == engine::FinishReason::length);
}

void check_same(const std::vector<engine::Completion>& sharded, const std::vector<engine::Completion>& whole,
                bool same_bits) {
  REQUIRE(sharded.size() == whole.size());
  for (std::size_t i = 0; i < whole.size(); ++i) {
    CAPTURE(i);
    CHECK(sharded[i].error.empty());
    CHECK(test::largest_difference(sharded[i].token_log_probabilities, whole[i].token_log_probabilities) <
          (same_bits ? smallest : sharding_tolerance));
    CHECK(sharded[i].is_greedy == whole[i].is_greedy);
    CHECK(sharded[i].generated == whole[i].generated);
    CHECK(sharded[i].finish_reason == whole[i].finish_reason);
    CHECK(sharded[i].prompt_tokens == whole[i].prompt_tokens);
  }
}

bool fits(const model::ArchSpec& spec, const comm::MeshShape& shape) {
  try {
    (void)model::shard_of(spec, shape, {0, 0, 0});
    return true;
  } catch (const util::InputError&) {
    return false;
  }
}

}  // namespace

TEST_CASE("repetition penalties continue as transformers does, on every mesh") {
  const auto recorded =
      util::read_json_file(test::model_data() / ".." / "engine" / "repetition_penalty.json");
  const ModelFixture fixture(recorded.at("model").get<std::string>());
  std::vector<engine::Request> requests;
  for (const auto& one : recorded.at("continuations")) {
    requests.push_back(test::generate(fixture.prompt, static_cast<std::int32_t>(one.at("greedy").size())));
    requests.back().sampling.repetition_penalty = one.at("penalty");
  }
  requests.push_back(test::generate(fixture.prompt, 64));  // a neighbour without
  int meshes = 0;
  for (const auto& shape : comm::meshes_that_fit(test::world().size())) {
    if (!fits(fixture.spec, shape)) continue;
    CAPTURE(comm::to_string(shape));
    ++meshes;
    const comm::Mesh mesh(test::world(), shape);
    engine::Engine engine(mesh, fixture.spec, fixture.checkpoint, nullptr, fixture.options());
    const auto done = run_requests(engine, mesh, requests);
    if (!mesh.is_leader()) continue;
    for (std::size_t i = 0; i + 1 < requests.size(); ++i) {
      CHECK(done[i].generated == recorded["continuations"][i].at("greedy").get<std::vector<TokenId>>());
    }
    CHECK(done.back().generated == fixture.greedy);
  }
  CHECK(meshes > 0);
}

TEST_CASE("every family scores and continues as transformers does, on every mesh") {
  const auto names = test::model_fixtures();
  REQUIRE(names.size() >= 15);
  for (const std::string& name : names) {
    const ModelFixture fixture(name);
    const auto requests = questions(fixture);
    int meshes = 0;
    for (const auto& shape : comm::meshes_that_fit(test::world().size())) {
      if (!fits(fixture.spec, shape)) continue;
      CAPTURE(name, comm::to_string(shape));
      ++meshes;
      const comm::Mesh mesh(test::world(), shape);
      engine::Engine engine(mesh, fixture.spec, fixture.checkpoint, nullptr, fixture.options());
      const auto done = run_requests(engine, mesh, requests);
      if (!mesh.is_leader()) continue;
      check_against_transformers(fixture, done);
      test::LocalEngine whole(fixture, fixture.options());
      // Stages and replicas change nothing; tensor ranks change the order of sums.
      check_same(done, whole.run(requests), shape.tp == 1);
    }
    CHECK(meshes > 0);
  }
}
