#include "model/checkpoint_files.hpp"

#include <catch2/catch.hpp>

#include "assay/model/weights.hpp"
#include "model/checkpoint_writer.hpp"

using namespace assay;
using Catch::Contains;
using Catch::Equals;
using test::refusal;
using test::TempDir;
using test::write_text;
namespace fs = std::filesystem;

namespace {

const std::string index_file = "model.safetensors.index.json";

// A directory with two shards: s1 holds a and b, s2 holds c.
class Sharded {
 public:
  Sharded() {
    fs::create_directory(root());
    write_shard("s1.safetensors", {"a", "b"});
    write_shard("s2.safetensors", {"c"});
    write_index({{"a", "s1.safetensors"}, {"b", "s1.safetensors"}, {"c", "s2.safetensors"}});
  }
  [[nodiscard]] fs::path root() const { return folder_ / "model"; }
  [[nodiscard]] fs::path outside() const { return folder_.path(); }
  void write_shard(const std::string& file, const std::vector<std::string>& names) const {
    test::StoredTensors tensors;
    for (const auto& name : names) tensors[name] = test::counting_tensor({3}, 0);
    write_text(root() / file, test::safetensors_bytes(tensors));
  }
  void write_index(const nlohmann::json& map) const {
    write_text(root() / index_file,
               nlohmann::json{{"metadata", {{"total_size", 1}}}, {"weight_map", map}}.dump());
  }
  [[nodiscard]] std::string refused() const {
    return refusal([&] { (void)model::open_checkpoint_files(root()); });
  }

 private:
  TempDir folder_;
};

}  // namespace

TEST_CASE("shards are opened as the index maps them, and nothing else is") {
  const Sharded model;
  write_text(model.root() / "consolidated.safetensors", "not even a header");
  const auto files = model::open_checkpoint_files(model.root());
  CHECK(files.files.size() == 2);
  REQUIRE(files.tensors.size() == 3);
  CHECK_THAT(files.tensors.at("c").file->source(), Contains("s2.safetensors"));
}

TEST_CASE("model.safetensors goes before an index") {
  const Sharded model;
  model.write_shard("model.safetensors", {"x"});
  CHECK(model::open_checkpoint_files(model.root()).tensors.size() == 1);
}

TEST_CASE("index and shards must agree on every tensor") {
  const Sharded model;
  model.write_index({{"a", "s1.safetensors"}, {"b", "s2.safetensors"}, {"c", "s2.safetensors"}});
  CHECK_THAT(model.refused(), Contains("s1.safetensors holds the tensor b, which the index does not say"));
  model.write_index({{"a", "s1.safetensors"}, {"c", "s2.safetensors"}});
  CHECK_THAT(model.refused(), Contains("holds the tensor b"));
  model.write_index(
      {{"a", "s1.safetensors"}, {"b", "s1.safetensors"}, {"c", "s2.safetensors"}, {"d", "s2.safetensors"}});
  CHECK_THAT(model.refused(), Contains("s2.safetensors lacks the tensor d"));
  model.write_shard("s2.safetensors", {"b", "c"});
  model.write_index({{"a", "s1.safetensors"}, {"b", "s1.safetensors"}, {"c", "s2.safetensors"}});
  CHECK_THAT(model.refused(), Contains("s2.safetensors holds the tensor b"));
}

TEST_CASE("a missing or damaged shard is named") {
  const Sharded model;
  const std::string bytes = test::read_text(model.root() / "s2.safetensors");
  fs::remove(model.root() / "s2.safetensors");
  CHECK_THAT(model.refused(), Contains("s2.safetensors") && Contains("cannot open"));
  write_text(model.root() / "s2.safetensors", bytes.substr(0, bytes.size() - 1));
  CHECK_THAT(model.refused(), Contains("s2.safetensors") && Contains("cut short"));
  write_text(model.root() / "s2.safetensors", "");
  CHECK_THAT(model.refused(), Contains("s2.safetensors") && Contains("0 bytes"));
}

TEST_CASE("file names that leave the directory are refused") {
  const Sharded model;
  fs::copy_file(model.root() / "s2.safetensors", model.outside() / "s2.safetensors");
  const std::vector<std::string> hostile = {"../s2.safetensors",
                                            (model.outside() / "s2.safetensors").string(),
                                            "./s2.safetensors",
                                            "sub/s2.safetensors",
                                            "..",
                                            ".",
                                            "",
                                            "s2.bin",
                                            "a\\s2.safetensors",
                                            std::string("s2.safetensors\0.safetensors", 27),
                                            std::string(300, 'x') + ".safetensors"};
  for (const auto& name : hostile) {
    INFO(name);
    model.write_index({{"a", "s1.safetensors"}, {"b", "s1.safetensors"}, {"c", name}});
    CHECK_THAT(model.refused(), Contains("only plain .safetensors names"));
  }
}

TEST_CASE("links out of the directory are refused, links inside it are not") {
  const Sharded model;
  fs::rename(model.root() / "s2.safetensors", model.outside() / "secret");
  fs::create_symlink(model.outside() / "secret", model.root() / "s2.safetensors");
  CHECK_THAT(model.refused(), Contains("outside the model directory"));
  fs::create_directory(model.outside() / "model-evil");  // a name that starts like the directory's
  fs::rename(model.outside() / "secret", model.outside() / "model-evil/secret");
  fs::remove(model.root() / "s2.safetensors");
  fs::create_symlink("../model-evil/secret", model.root() / "s2.safetensors");
  CHECK_THAT(model.refused(), Contains("outside the model directory"));
  fs::remove(model.root() / "s2.safetensors");
  fs::rename(model.outside() / "model-evil/secret", model.root() / "real");
  fs::create_symlink("real", model.root() / "s2.safetensors");
  CHECK_THAT(model.refused(), Equals("accepted"));
  fs::remove(model.root() / "real");
  CHECK_THAT(model.refused(), Contains("cannot open"));
  fs::remove(model.root() / "s2.safetensors");
  fs::create_symlink("s2.safetensors", model.root() / "s2.safetensors");  // a link to itself
  CHECK_THAT(model.refused(), Contains("cannot open"));
}

TEST_CASE("the layout of the Hugging Face cache is accepted") {
  const TempDir cache;
  fs::create_directories(cache / "blobs");
  fs::create_directories(cache / "snapshots/abc");
  write_text(cache / "blobs/0123", test::safetensors_bytes({{"a", test::counting_tensor({2}, 0)}}));
  fs::create_symlink("../../blobs/0123", cache / "snapshots/abc/model.safetensors");
  CHECK(model::open_checkpoint_files(cache / "snapshots/abc").tensors.size() == 1);
  fs::create_symlink(cache / "snapshots/abc", cache / "latest");
  CHECK(model::open_checkpoint_files(cache / "latest").tensors.size() == 1);
}

TEST_CASE("malformed indexes are refused") {
  const Sharded model;
  const auto refused = [&](const std::string& text) {
    write_text(model.root() / index_file, text);
    return model.refused();
  };
  CHECK_THAT(refused("{"), Contains("not valid JSON"));
  CHECK_THAT(refused("[]"), Contains("no weight_map"));
  CHECK_THAT(refused("{}"), Contains("no weight_map"));
  CHECK_THAT(refused(R"({"weight_map":[]})"), Contains("no weight_map"));
  CHECK_THAT(refused(R"({"weight_map":{}})"), Contains("no weight_map"));
  CHECK_THAT(refused(R"({"weight_map":{"a":1}})"), Contains("no file name"));
  CHECK_THAT(refused(R"({"weight_map":{"a":"s1.safetensors","a":"s2.safetensors"}})"), Contains("twice"));
  CHECK_THAT(refused(R"({"weight_map":{"a":)" + std::string(50, '[')),
             Contains("nested deeper") || Contains("not valid JSON"));
}

TEST_CASE("directories without safetensors say what they have") {
  const TempDir folder;
  const auto refused = [&] { return refusal([&] { (void)model::open_checkpoint_files(folder.path()); }); };
  CHECK_THAT(refused(), Contains("no model.safetensors and no model.safetensors.index.json"));
  write_text(folder / "pytorch_model.bin", "x");
  CHECK_THAT(refused(), Contains("only PyTorch pickles"));
}

TEST_CASE("the matrices say what a checkpoint is stored as, whatever its config.json says") {
  test::TinyCheckpoint source;  // "float32" by its config.json
  for (auto& [name, stored] : source.tensors) {
    if (stored.shape.size() != 2) continue;  // norms stay float32
    stored.dtype = "BF16";
    stored.data.resize(stored.data.size() / 2);
  }
  source.write();
  CHECK(model::stored_dtype(source.path()) == tensor::DType::bf16);
  CHECK(source.spec().checkpoint_dtype == tensor::DType::bf16);
  // One matrix of another kind does not outweigh the rest.
  auto& down = source.tensors.at("model.layers.0.mlp.down_proj.weight");
  down.dtype = "F16";
  source.write();
  CHECK(source.spec().checkpoint_dtype == tensor::DType::bf16);
}

TEST_CASE("without readable tensors the config.json's word stands") {
  test::TinyCheckpoint source;
  source.config["torch_dtype"] = "float16";
  source.write();
  CHECK(source.spec().checkpoint_dtype == tensor::DType::f32);
  write_text(source.path() / "model.safetensors", "no header");
  CHECK_FALSE(model::stored_dtype(source.path()).has_value());
  CHECK(source.spec().checkpoint_dtype == tensor::DType::f16);
  fs::remove(source.path() / "model.safetensors");
  CHECK(source.spec().checkpoint_dtype == tensor::DType::f16);
}
