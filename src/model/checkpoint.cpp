#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "assay/model/weights.hpp"
#include "assay/util/error.hpp"
#include "assay/util/files.hpp"
#include "assay/util/hash.hpp"
#include "model/expected_tensors.hpp"
#include "model/slice_reader.hpp"

namespace assay::model {
namespace {

// A part of a fused linear layer: rows of one checkpoint tensor.
struct RowPart {
  std::string_view pattern;
  Range rows;
};

Range scaled(Range heads, std::int64_t head_dim) {
  return {heads.begin * head_dim, heads.end * head_dim};
}

}  // namespace

namespace {

// Headers do not tell a model from its fine-tune: some bytes of every tensor's begin, middle and end do.
void hash_samples(util::Sha256& hash, const TensorLocation& at) {
  constexpr std::int64_t sample_bytes = 256;
  const std::int64_t size = at.entry->bytes();
  const std::int64_t length = std::min(sample_bytes, size);
  std::array<std::byte, sample_bytes> buffer{};
  const auto sample = std::span(buffer).first(static_cast<std::size_t>(length));
  for (const std::int64_t offset : {std::int64_t{0}, (size - length) / 2, size - length}) {
    at.file->read(*at.entry, offset, sample);
    hash.update(std::span<const std::byte>(sample));
  }
}

}  // namespace

struct Checkpoint::Impl {
  Impl(const std::filesystem::path& directory, const ArchSpec& spec_in)
      : spec(spec_in),
        names(family_of(spec).tensors),
        files(open_checkpoint_files(directory)),
        reader(files) {
    check_tensors(spec, family_of(spec), files, directory.string());
    config_digest = util::sha256_hex(util::read_file(directory / "config.json"));
  }

  [[nodiscard]] NormWeights norm(std::string_view pattern, std::int64_t layer, NormKind kind) const {
    NormWeights result{.weight = reader.vector(tensor_name(pattern, layer, ".weight")), .bias = {}};
    if (kind == NormKind::layer) result.bias = reader.vector(tensor_name(pattern, layer, ".bias"));
    return result;
  }

  // Stacks rows of several tensors into one [sum of rows, in] weight and one [sum of rows] f32 bias.
  [[nodiscard]] LinearWeights fused_rows(const std::vector<RowPart>& parts, std::int64_t layer,
                                         bool bias) const {
    const std::string first = tensor_name(parts.front().pattern, layer, ".weight");
    const tensor::DType dtype = reader.dtype(first);
    std::int64_t rows = 0;
    for (const auto& part : parts) {
      rows += part.rows.size();
      const std::string name = tensor_name(part.pattern, layer, ".weight");
      util::check_input(reader.dtype(name) == dtype,
                        "tensor {} is stored as {}, but {} as {}; they must agree", name,
                        name_of(reader.dtype(name)), first, name_of(dtype));
    }
    LinearWeights result;
    result.weight = tensor::Tensor(dtype, {rows, spec.hidden});
    if (bias) result.bias = tensor::Tensor(tensor::DType::f32, {rows});
    const std::size_t row_bytes = static_cast<std::size_t>(spec.hidden) * size_of(dtype);
    std::size_t done = 0;
    for (const auto& part : parts) {
      const auto count = static_cast<std::size_t>(part.rows.size());
      reader.rows(tensor_name(part.pattern, layer, ".weight"), part.rows,
                  result.weight.bytes().subspan(done * row_bytes, count * row_bytes));
      if (bias) {
        const auto values = reader.vector(tensor_name(part.pattern, layer, ".bias"), part.rows);
        std::copy_n(values.data<float>(), count, result.bias.data<float>() + done);
      }
      done += count;
    }
    return result;
  }

  [[nodiscard]] LinearWeights row_parallel(std::string_view pattern, std::int64_t layer, Range cols,
                                           bool bias, const RankShard& shard) const {
    LinearWeights result{.weight = reader.columns(tensor_name(pattern, layer, ".weight"), cols), .bias = {}};
    if (bias && shard.tensor_rank == 0) result.bias = reader.vector(tensor_name(pattern, layer, ".bias"));
    return result;
  }

  ArchSpec spec;
  TensorNames names;
  CheckpointFiles files;
  SliceReader reader;
  std::string config_digest;
  mutable std::string fingerprint;  // computed when first asked for: only one rank needs it
};

Checkpoint::Checkpoint(const std::filesystem::path& model_directory, const ArchSpec& spec)
    : impl_(std::make_unique<Impl>(model_directory, spec)) {}
Checkpoint::Checkpoint(Checkpoint&&) noexcept = default;
Checkpoint::~Checkpoint() = default;

tensor::Tensor Checkpoint::embedding(const RankShard& shard) const {
  return impl_->reader.rows(tensor_name(impl_->names.embedding, 0, ".weight"), shard.vocab);
}

LayerWeights Checkpoint::layer(std::int64_t index, const RankShard& shard) const {
  const ArchSpec& spec = impl_->spec;
  const TensorNames& names = impl_->names;
  ASSAY_CHECK(index >= 0 && index < spec.layers);
  const std::int64_t head_dim = spec.attention.head_dim;
  const Range q_rows = scaled(shard.heads, head_dim);
  const Range kv_rows = scaled(shard.kv_heads, head_dim);
  LayerWeights layer;
  layer.attention_norm = impl_->norm(names.attention_norm, index, spec.norm);
  layer.mlp_norm = impl_->norm(names.mlp_norm, index, spec.norm);
  if (spec.attention.qk_norm) {
    layer.q_norm = impl_->norm(names.q_norm, index, NormKind::rms);
    layer.k_norm = impl_->norm(names.k_norm, index, NormKind::rms);
  }
  layer.qkv = impl_->fused_rows({{names.q, q_rows}, {names.k, kv_rows}, {names.v, kv_rows}}, index,
                                spec.attention.qkv_bias);
  layer.attention_out =
      impl_->row_parallel(names.attention_out, index, q_rows, spec.attention.out_bias, shard);
  layer.gate_up = impl_->fused_rows({{names.gate, shard.intermediate}, {names.up, shard.intermediate}}, index,
                                    spec.mlp.bias);
  layer.down = impl_->row_parallel(names.down, index, shard.intermediate, spec.mlp.bias, shard);
  return layer;
}

NormWeights Checkpoint::final_norm() const {
  return impl_->norm(impl_->names.final_norm, 0, impl_->spec.norm);
}

LinearWeights Checkpoint::lm_head(const RankShard& shard) const {
  const auto pattern = impl_->spec.tie_word_embeddings ? impl_->names.embedding : impl_->names.lm_head;
  return {.weight = impl_->reader.rows(tensor_name(pattern, 0, ".weight"), shard.vocab), .bias = {}};
}

const std::string& Checkpoint::fingerprint() const {
  if (impl_->fingerprint.empty()) {
    util::Sha256 hash;
    hash.update(impl_->config_digest);
    for (const auto& file : impl_->files.files) hash.update(file->header_digest());
    for (const auto& [name, at] : impl_->files.tensors) hash_samples(hash, at);
    impl_->fingerprint = hash.finish();
  }
  return impl_->fingerprint;
}
std::int64_t Checkpoint::bytes_read() const {
  return impl_->reader.bytes_read();
}

}  // namespace assay::model
