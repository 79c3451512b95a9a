// Small models made by transformers (test/data/model/README.md), and engines over them.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "assay/comm/mesh.hpp"
#include "assay/engine/engine.hpp"
#include "assay/model/arch_spec.hpp"
#include "assay/model/weights.hpp"
#include "assay/util/files.hpp"
#include "assay/util/json.hpp"

namespace assay::test {

using engine::TokenId;

inline std::filesystem::path model_data() {
  return std::filesystem::path(ASSAY_TEST_DATA) / "model";
}

/// Every folder of test/data/model that holds a model, by name.
inline std::vector<std::string> model_fixtures() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(model_data())) {
    if (std::filesystem::exists(entry.path() / "expected.json")) names.push_back(entry.path().filename());
  }
  std::sort(names.begin(), names.end());
  return names;
}

/// A fixture's model and what transformers computes with it.
struct ModelFixture {
  explicit ModelFixture(const std::string& name)
      : spec(model::read_arch_spec(model_data() / name)),
        checkpoint(model_data() / name, spec),
        expected(util::read_json_file(model_data() / name / "expected.json")),
        positions(expected.at("positions").get<std::int64_t>()),
        prompt(expected.at("prompt").get<std::vector<TokenId>>()),
        greedy(expected.at("greedy").get<std::vector<TokenId>>()) {}

  /// Options that cut prompts into odd chunks.
  [[nodiscard]] engine::EngineOptions options() const {
    engine::EngineOptions options;
    options.max_length = positions;
    options.batch_tokens = 29;
    options.max_sequences = 8;
    options.kv_block_tokens = 8;
    return options;
  }
  [[nodiscard]] std::vector<float> floats(const char* key) const {
    return expected.at(key).get<std::vector<float>>();
  }

  model::ArchSpec spec;
  model::Checkpoint checkpoint;
  util::Json expected;
  std::int64_t positions;
  std::vector<TokenId> prompt;
  std::vector<TokenId> greedy;
};

/// An engine on this process alone.
struct LocalEngine {
  LocalEngine(const ModelFixture& fixture, const engine::EngineOptions& options,
              const text::Tokenizer* tokenizer = nullptr)
      : world(comm::make_self_communicator()),
        mesh(*world, {1, 1, 1}),
        engine(mesh, fixture.spec, fixture.checkpoint, tokenizer, options) {}
  std::vector<engine::Completion> run(std::vector<engine::Request> requests) {
    return run_requests(engine, mesh, std::move(requests));
  }

  std::unique_ptr<comm::Communicator> world;
  comm::Mesh mesh;
  engine::Engine engine;
};

inline engine::Request score(std::vector<TokenId> tokens, std::int32_t from) {
  engine::Request request;
  request.windows.push_back({std::move(tokens), from});
  return request;
}

inline engine::Request generate(std::vector<TokenId> prompt, std::int32_t max_new_tokens) {
  engine::Request request;
  request.kind = engine::RequestKind::generate;
  request.windows.push_back({std::move(prompt), 1});
  request.max_new_tokens = max_new_tokens;
  return request;
}

inline std::vector<TokenId> joined(std::vector<TokenId> head, const std::vector<TokenId>& tail) {
  head.insert(head.end(), tail.begin(), tail.end());
  return head;
}

inline double largest_difference(const std::vector<float>& a, const std::vector<float>& b) {
  if (a.size() != b.size()) return INFINITY;
  double largest = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double difference = std::abs(static_cast<double>(a[i]) - b[i]);
    if (!(difference <= largest)) largest = difference;
  }
  return largest;
}

/// A copy of a float32 fixture with one tensor's values replaced.
inline void write_altered_model(const std::string& name, const std::string& tensor, float value,
                                const std::filesystem::path& to) {
  std::filesystem::copy(model_data() / name, to, std::filesystem::copy_options::recursive);
  const auto path = to / "model.safetensors";
  std::string bytes = util::read_file(path);
  std::uint64_t header_size = 0;
  std::memcpy(&header_size, bytes.data(), sizeof(header_size));
  const auto header = util::Json::parse(bytes.substr(8, header_size));
  const auto offsets = header.at(tensor).at("data_offsets").get<std::vector<std::size_t>>();
  for (std::size_t at = 8 + header_size + offsets[0]; at < 8 + header_size + offsets[1];
       at += sizeof(float)) {
    std::memcpy(bytes.data() + at, &value, sizeof(float));
  }
  std::ofstream(path, std::ios::binary) << bytes;
}

}  // namespace assay::test
