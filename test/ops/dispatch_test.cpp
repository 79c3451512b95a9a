// Every operator's checks, and what happens on a device it has no kernel for.
#include <catch2/catch.hpp>
#include <functional>
#include <vector>

#include "assay/ops/add.hpp"
#include "assay/ops/attention.hpp"
#include "assay/ops/embedding.hpp"
#include "assay/ops/gated_activation.hpp"
#include "assay/ops/linear.hpp"
#include "assay/ops/logit_stats.hpp"
#include "assay/ops/rms_norm.hpp"
#include "assay/ops/rope.hpp"
#include "assay/util/error.hpp"

using namespace assay;
using Catch::Contains;

namespace {

/// Valid arguments of every operator; a test spoils one of them. [2 rows, 4 columns], one sequence of 2
/// tokens.
struct Arguments {
  tensor::Context context;
  std::vector<float> x = std::vector<float>(16, 1.0F);
  std::vector<float> y = std::vector<float>(16, 2.0F);
  std::vector<float> wide = std::vector<float>(16, 3.0F);
  std::vector<float> weight = std::vector<float>(4, 1.0F);
  std::vector<float> angles = std::vector<float>(8, 0.5F);
  std::vector<float> slopes;
  std::vector<float> cached = std::vector<float>(32, 1.0F);
  std::vector<std::int32_t> ids{0, 1};
  std::vector<std::int64_t> slots{0, 1};
  std::vector<std::int32_t> begin{0, 2}, lengths{2}, table{1};
  std::vector<ops::LogitStats> stats = std::vector<ops::LogitStats>(2);
  std::int64_t rows = 2, cols = 4, stride = 4, rotary_dim = 4, vocab_begin = 0;
  std::int32_t window = 0;
  tensor::DType dtype = tensor::DType::f32;

  tensor::Matrix<float> out() { return {x.data(), 2, 4}; }
  tensor::Matrix<float> in() { return {y.data(), rows, cols, stride}; }
  ops::KvCache<float> cache() { return {cached.data(), cached.data(), 2, 1, 4, 4}; }
  tensor::Heads<float> heads(std::vector<float>& v) { return {v.data(), rows, 1, cols, stride}; }

  void add() { ops::add(context, out(), in()); }
  void embedding() { ops::embedding(context, out(), {{weight.data(), dtype}, 1, 0}, ids); }
  void rms_norm() { ops::rms_norm(context, out(), in(), weight, {}); }
  void gated_activation() { ops::gated_activation(context, {x.data(), 2, 2}, in(), ops::Activation::silu); }
  void rope() { ops::rope(context, heads(y), ids, {angles, angles, rotary_dim}, ops::RopeStyle::neox); }
  void kv_store() { ops::kv_store(context, cache(), heads(y), heads(y), slots); }
  void attention() {
    const ops::AttentionBatch batch{begin, lengths, {table.data(), 1, 1}};
    ops::attention(context, {x.data(), 2, 1, 4, 4}, heads(y), cache(), batch, {1, window, 0, slopes});
  }
  void logit_stats() { ops::logit_stats(context, stats, in(), vocab_begin, ids); }
  void linear() {
    const ops::PackedLinear packed(context, {wide.data(), dtype}, 4, 4, tensor::DType::f32);
    packed.apply(context, out(), in());
  }
};

using Operator = void (Arguments::*)();
using Spoil = std::function<void(Arguments&)>;

bool refused(Operator op, const Spoil& spoil) {
  Arguments arguments;
  spoil(arguments);
  try {
    (arguments.*op)();
  } catch (const util::Error& e) {
    return e.code() == util::ExitCode::internal && std::string(e.what()).starts_with("internal check failed");
  }
  return false;
}

const std::vector<Operator> all{&Arguments::add,    &Arguments::embedding,   &Arguments::rms_norm,
                                &Arguments::rope,   &Arguments::kv_store,    &Arguments::attention,
                                &Arguments::linear, &Arguments::logit_stats, &Arguments::gated_activation};

}  // namespace

TEST_CASE("operators accept what they document") {
  for (const Operator op : all) {
    Arguments arguments;
    CHECK_NOTHROW((arguments.*op)());
  }
}

TEST_CASE("operators refuse shapes that do not fit") {
  for (const Operator op : all) {
    CHECK(refused(op, [](Arguments& a) { a.context.threads = 0; }));
    if (op == &Arguments::embedding) continue;  // takes no second matrix
    CHECK(refused(op, [](Arguments& a) { a.stride = 3; }));
    CHECK(refused(op, [](Arguments& a) { a.rows = -1; }));
    CHECK(refused(op, [](Arguments& a) { a.rows = 1; }));
    if (op == &Arguments::rope || op == &Arguments::logit_stats) continue;
    CHECK(refused(op, [](Arguments& a) { a.cols = 3; }));
  }
}

TEST_CASE("operators refuse indices out of range") {
  CHECK(refused(&Arguments::embedding, [](Arguments& a) { a.ids.pop_back(); }));
  CHECK(refused(&Arguments::embedding, [](Arguments& a) { a.dtype = tensor::DType::i32; }));
  CHECK(refused(&Arguments::rms_norm, [](Arguments& a) { a.weight.pop_back(); }));
  CHECK(refused(&Arguments::rope, [](Arguments& a) { a.ids[1] = 4; }));
  CHECK(refused(&Arguments::rope, [](Arguments& a) { a.ids[1] = -1; }));
  CHECK(refused(&Arguments::rope, [](Arguments& a) { a.rotary_dim = 3; }));
  CHECK(refused(&Arguments::rope, [](Arguments& a) { a.rotary_dim = 6; }));
  CHECK(refused(&Arguments::kv_store, [](Arguments& a) { a.slots[0] = 8; }));
  CHECK(refused(&Arguments::kv_store, [](Arguments& a) { a.slots[0] = -1; }));
  CHECK(refused(&Arguments::logit_stats, [](Arguments& a) { a.ids.pop_back(); }));
  CHECK(refused(&Arguments::logit_stats, [](Arguments& a) { a.vocab_begin = 0x7fffffff; }));
}

TEST_CASE("attention refuses batches that do not fit") {
  const Operator op = &Arguments::attention;
  CHECK(refused(op, [](Arguments& a) { a.begin = {0, 1}; }));
  CHECK(refused(op, [](Arguments& a) { a.begin = {1, 2}; }));
  CHECK(refused(op, [](Arguments& a) { a.begin = {}; }));
  CHECK(refused(op, [](Arguments& a) { a.begin = {0, 2, 2}; }));
  CHECK(refused(op, [](Arguments& a) { a.lengths = {1}; }));  // fewer tokens than queries
  CHECK(refused(op, [](Arguments& a) { a.lengths = {5}; }));  // more blocks than the table
  CHECK(refused(op, [](Arguments& a) { a.table = {2}; }));
  CHECK(refused(op, [](Arguments& a) { a.table = {-1}; }));
  CHECK(refused(op, [](Arguments& a) { a.window = -1; }));
  CHECK(refused(op, [](Arguments& a) { a.slopes = {1, 1}; }));
}

TEST_CASE("operators without a CUDA kernel say so") {
  for (const Operator op : all) {
    if (op == &Arguments::rms_norm) continue;
    Arguments arguments;
    arguments.context.device.kind = tensor::DeviceKind::cuda;
    CHECK_THROWS_WITH((arguments.*op)(), Contains("no CUDA kernel for"));
  }
}
