// What the ranks of a replica owe each other: uneven stages, failures and stops that all of them learn of.
#include <catch2/catch.hpp>
#include <stdexcept>
#include <thread>

#include "assay/util/error.hpp"
#include "engine/model_fixture.hpp"
#include "support/mpi_world.hpp"
#include "support/temp_dir.hpp"

using namespace assay;
using engine::Completion;
using engine::Request;
using test::ModelFixture;

namespace {

std::vector<Request> some_requests(const ModelFixture& fixture, int count) {
  std::vector<Request> requests;
  for (int i = 0; i < count; ++i) {
    std::vector<engine::TokenId> part(fixture.prompt.begin(), fixture.prompt.begin() + 4 + i);
    requests.push_back(i % 2 == 0 ? test::generate(part, 12) : test::score(part, 1));
    requests.back().id = static_cast<std::uint64_t>(i);
  }
  return requests;
}

/// Hands out requests; throws or cancels after some deliveries; idles before the first.
class TroubledFeed final : public engine::RequestFeed {
 public:
  explicit TroubledFeed(std::vector<Request> requests) : requests_(std::move(requests)) {}
  std::vector<Request> pull(std::size_t max) override {
    std::vector<Request> some;
    if (idles_ < 3) return some;
    while (some.size() < max && next_ < requests_.size()) some.push_back(requests_[next_++]);
    return some;
  }
  void deliver(Completion /*completion*/) override {
    if (++delivered == throw_after) throw std::runtime_error("the disk is full");
  }
  bool finished() override { return next_ == requests_.size(); }
  void idle() override {
    ++idles_;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  bool cancelled() override { return delivered >= cancel_after; }

  int delivered = 0;
  int throw_after = -1;
  int cancel_after = 1 << 30;

 private:
  std::vector<Request> requests_;
  std::size_t next_ = 0;
  int idles_ = 0;
};

/// All ranks in one replica: stages if the model has enough layers, else tensor ranks.
std::vector<comm::MeshShape> replica_meshes() {
  std::vector<comm::MeshShape> meshes;
  for (const auto& shape : comm::meshes_that_fit(test::world().size())) {
    if (shape.dp == 1) meshes.push_back(shape);
  }
  return meshes;
}

}  // namespace

TEST_CASE("a leader that fails takes its replica along") {
  const ModelFixture fixture("mistral_full");
  for (const auto& shape : replica_meshes()) {
    if (shape.pp > fixture.spec.layers) continue;
    CAPTURE(comm::to_string(shape));
    const comm::Mesh mesh(test::world(), shape);
    engine::Engine engine(mesh, fixture.spec, fixture.checkpoint, nullptr, fixture.options());
    if (mesh.is_leader()) {
      TroubledFeed feed(some_requests(fixture, 12));
      feed.throw_after = 4;
      CHECK_THROWS_WITH(engine.run(feed), "the disk is full");
    } else {
      CHECK_THROWS_WITH(engine.follow(), Catch::Contains("leader") && Catch::Contains("the disk is full"));
    }
    test::world().barrier();
  }
}

TEST_CASE("a cancelled run ends on all ranks, and they can work on") {
  const ModelFixture fixture("mistral_full");
  for (const auto& shape : replica_meshes()) {
    if (shape.pp > fixture.spec.layers) continue;
    CAPTURE(comm::to_string(shape));
    const comm::Mesh mesh(test::world(), shape);
    engine::Engine engine(mesh, fixture.spec, fixture.checkpoint, nullptr, fixture.options());
    if (mesh.is_leader()) {
      TroubledFeed feed(some_requests(fixture, 20));
      feed.cancel_after = 3;
      engine.run(feed);
      CHECK(feed.delivered >= 3);
      CHECK(feed.delivered < 20);
    } else {
      engine.follow();
    }
    const auto done = run_requests(engine, mesh, some_requests(fixture, 9));
    if (mesh.is_leader()) {
      REQUIRE(done.size() == 9);
      for (const auto& completion : done) CHECK(completion.error.empty());
    }
  }
}

TEST_CASE("a bad tensor on one rank fails loading on every rank with its name") {
  const test::TempDir folder;  // on one machine every rank makes its own copy
  test::write_altered_model("llama2", "model.layers.2.mlp.down_proj.weight", NAN, folder.path() / "model");
  const auto spec = model::read_arch_spec(folder.path() / "model");
  const model::Checkpoint checkpoint(folder.path() / "model", spec);
  const int stages = std::min(test::world().size(), 2);
  const comm::Mesh mesh(test::world(), {test::world().size() / stages, stages, 1});
  const auto load = [&] { engine::Engine(mesh, spec, checkpoint, nullptr, engine::EngineOptions{}); };
  CHECK_THROWS_AS(load(), util::Error);
  CHECK_THROWS_WITH(load(), Catch::Contains("model.layers.2.mlp.down_proj.weight"));
}

TEST_CASE("options that cannot be are refused on every rank") {
  const ModelFixture fixture("llama2");
  const comm::Mesh mesh(test::world(), {1, 1, test::world().size()});
  auto options = fixture.options();
  options.kv_cache_bytes = 100;
  CHECK_THROWS_WITH(engine::Engine(mesh, fixture.spec, fixture.checkpoint, nullptr, options),
                    Catch::Contains("cannot hold one sequence"));
}

TEST_CASE("stages may be uneven, and hold what was planned") {
  if (test::world().size() != 2) return;
  const ModelFixture fixture("llama3");
  REQUIRE(fixture.spec.layers == 4);
  const comm::Mesh mesh(test::world(), {1, 2, 1});
  auto options = fixture.options();
  options.batch_tokens = 400;  // plans and activations too long to be sent eagerly
  options.max_sequences = 64;
  const auto requests = some_requests(fixture, 80);
  test::LocalEngine whole(fixture, options);
  const auto reference = whole.run(requests);
  for (const auto& layers : std::vector<std::vector<std::int64_t>>{{3, 1}, {1, 3}}) {
    options.layers_per_stage = layers;
    engine::Engine engine(mesh, fixture.spec, fixture.checkpoint, nullptr, options);
    const auto plan = engine::plan_memory(fixture.spec, mesh.shape(), mesh.coordinate(), options);
    CHECK(engine.memory().kv_cache_bytes == plan.kv_cache_bytes);
    CHECK(engine.memory().kv_blocks == plan.kv_blocks);
    CHECK(engine.memory().activation_bytes == plan.activation_bytes);
    const auto done = run_requests(engine, mesh, requests);
    for (std::size_t i = 0; i < done.size(); ++i) {
      CHECK(done[i].generated == reference[i].generated);
      CHECK(done[i].token_log_probabilities == reference[i].token_log_probabilities);
    }
  }
}
