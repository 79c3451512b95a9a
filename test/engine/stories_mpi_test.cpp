// A trained model from elsewhere, text to text, on every mesh. Runs where ASSAY_SHARED_DATA names a folder
// with weights/stories260K-hf; the expectation is made by scripts/reference/stories_greedy.py.
#include <catch2/catch.hpp>
#include <cstdlib>

#include "assay/text/tokenizer.hpp"
#include "assay/util/error.hpp"
#include "engine/model_fixture.hpp"
#include "support/mpi_world.hpp"
#include "support/skip.hpp"

using namespace assay;

TEST_CASE("stories260K continues \"Once upon a time\" as transformers does, for 200 tokens") {
  const char* shared = std::getenv("ASSAY_SHARED_DATA");
  const auto folder = std::filesystem::path(shared == nullptr ? "" : shared) / "weights" / "stories260K-hf";
  if (shared == nullptr || !std::filesystem::exists(folder / "model.safetensors")) {
    return assay::test::skip(
        "a trained model is not run (ASSAY_SHARED_DATA names no folder with "
        "weights/stories260K-hf)");
  }
  const auto expected =
      util::read_json_file(std::filesystem::path(ASSAY_TEST_DATA) / "engine" / "stories_greedy.json");
  const auto spec = model::read_arch_spec(folder);
  const model::Checkpoint checkpoint(folder, spec);
  const auto tokenizer = text::load_tokenizer(folder);
  const auto prompt = tokenizer->encode(expected.at("text").get<std::string>(), true);
  CHECK(prompt == expected.at("prompt").get<std::vector<engine::TokenId>>());
  const auto greedy = expected.at("greedy").get<std::vector<engine::TokenId>>();

  for (const auto& shape : comm::meshes_that_fit(test::world().size())) {
    CAPTURE(comm::to_string(shape));
    const comm::Mesh mesh(test::world(), shape);
    engine::EngineOptions options;
    options.max_length = 256;
    engine::Engine engine(mesh, spec, checkpoint, tokenizer.get(), options);
    const auto scored = test::score(test::joined(prompt, greedy), static_cast<std::int32_t>(prompt.size()));
    const auto done = run_requests(engine, mesh, {test::generate(prompt, 200), scored});
    if (!mesh.is_leader()) continue;
    CHECK(done[0].generated == greedy);
    CHECK(done[0].text == expected.at("greedy_text").get<std::string>());
    CHECK(done[1].is_greedy);
    CHECK(test::largest_difference(done[1].token_log_probabilities,
                                   expected.at("log_probabilities").get<std::vector<float>>()) < 2e-4);
  }
}
