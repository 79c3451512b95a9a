#include "engine/layer_forward.hpp"

#include "assay/ops/add.hpp"
#include "assay/ops/gated_activation.hpp"
#include "assay/ops/rms_norm.hpp"
#include "assay/ops/rope.hpp"

namespace assay::engine {

namespace {

tensor::Matrix<float> matrix(std::span<float> memory, std::int64_t rows, std::int64_t cols) {
  return {memory.data(), rows, cols};
}

ops::RmsNormParams norm_params(const model::ArchSpec& spec) {
  return {static_cast<float>(spec.norm_epsilon), static_cast<float>(spec.norm_weight_offset)};
}

/// Norms every head on its own. The heads of a token lie side by side, tokens farther apart: one call for
/// each token or for each head, whichever are fewer.
void norm_heads(const LayerPass& pass, const tensor::Heads<float>& x, std::span<const float> weight) {
  const bool by_token = x.rows <= x.heads;
  for (std::int64_t i = 0; i < (by_token ? x.rows : x.heads); ++i) {
    const auto part = by_token ? tensor::Matrix<float>(x.at(i, 0), x.heads, x.head_dim)
                               : tensor::Matrix<float>(x.at(0, i), x.rows, x.head_dim, x.row_stride);
    ops::rms_norm(pass.context, part, part, weight, norm_params(pass.spec));
  }
}

/// Sums the partial products of the tensor group and adds them to the residual stream.
void add_branch(const LayerPass& pass) {
  const auto hidden = matrix(pass.workspace.hidden, pass.tokens, pass.shape.hidden);
  const auto branch = matrix(pass.workspace.branch, pass.tokens, pass.shape.hidden);
  PhaseClock::measure(pass.clock.communicate, [&] {
    pass.tensor_group.all_reduce_sum(
        std::span(branch.data, static_cast<std::size_t>(branch.rows * branch.cols)));
  });
  ops::add(pass.context, hidden, branch);
}

void forward_attention(const LayerPass& pass, const PackedLayer& layer, const ops::KvCache<float>& cache) {
  const auto& shape = pass.shape;
  auto& workspace = pass.workspace;
  const auto hidden = matrix(workspace.hidden, pass.tokens, shape.hidden);
  const auto branch = matrix(workspace.branch, pass.tokens, shape.hidden);
  const auto qkv = matrix(workspace.qkv, pass.tokens, shape.qkv_width());
  const auto attended = matrix(workspace.attended, pass.tokens, shape.q_width());
  const auto heads_of = [&](std::int64_t column, std::int64_t heads) {
    return tensor::Heads<float>{qkv.data + column, pass.tokens, heads, shape.head_dim, qkv.row_stride};
  };
  const auto q = heads_of(0, shape.heads);
  const auto k = heads_of(shape.q_width(), shape.kv_heads);
  const auto v = heads_of(shape.q_width() + shape.kv_width(), shape.kv_heads);
  const auto tokens = static_cast<std::size_t>(pass.tokens);

  ops::rms_norm(pass.context, branch, hidden, floats(layer.attention_norm), norm_params(pass.spec));
  layer.qkv.apply(pass.context, qkv, branch);
  if (pass.spec.attention.qk_norm) {
    norm_heads(pass, q, floats(layer.q_norm));
    norm_heads(pass, k, floats(layer.k_norm));
  }
  const auto positions = std::span<const std::int32_t>(workspace.positions).first(tokens);
  ops::rope(pass.context, q, positions, pass.rope, pass.spec.rope.style);
  ops::rope(pass.context, k, positions, pass.rope, pass.spec.rope.style);
  ops::kv_store(pass.context, cache, k, v, std::span<const std::int64_t>(workspace.slots).first(tokens));
  const ops::AttentionParams params{.scale = static_cast<float>(pass.spec.attention.scale),
                                    .window = layer.window,
                                    .softcap = static_cast<float>(pass.spec.attention.score_softcap),
                                    .alibi_slopes = {}};
  const tensor::Heads<float> out{attended.data, pass.tokens, shape.heads, shape.head_dim,
                                 attended.row_stride};
  ops::attention(pass.context, out, q, cache, pass.attention, params);
  layer.attention_out.apply(pass.context, branch, attended);
}

void forward_mlp(const LayerPass& pass, const PackedLayer& layer) {
  auto& workspace = pass.workspace;
  const auto hidden = matrix(workspace.hidden, pass.tokens, pass.shape.hidden);
  const auto branch = matrix(workspace.branch, pass.tokens, pass.shape.hidden);
  const auto gate_up = matrix(workspace.gate_up, pass.tokens, 2 * pass.shape.intermediate);
  const auto gated = matrix(workspace.gated, pass.tokens, pass.shape.intermediate);
  ops::rms_norm(pass.context, branch, hidden, floats(layer.mlp_norm), norm_params(pass.spec));
  layer.gate_up.apply(pass.context, gate_up, branch);
  ops::gated_activation(pass.context, gated, gate_up, pass.spec.mlp.activation);
  layer.down.apply(pass.context, branch, gated);
}

}  // namespace

void forward_layer(const LayerPass& pass, const PackedLayer& layer, const ops::KvCache<float>& cache) {
  forward_attention(pass, layer, cache);
  add_branch(pass);
  forward_mlp(pass, layer);
  add_branch(pass);
}

}  // namespace assay::engine
