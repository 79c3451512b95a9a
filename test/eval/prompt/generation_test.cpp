#include "eval/prompt/generation.hpp"

#include "eval/support.hpp"

namespace assay::eval {
namespace {

using test::input_error;
using util::OrderedJson;

// As Qwen2.5-Instruct's generation_config.json sets it.
const OrderedJson of_model = {
    {"temperature", 0.7}, {"top_k", 20}, {"top_p", 0.8}, {"repetition_penalty", 1.05}};

TEST_CASE("greedy decoding takes the model's repetition penalty and nothing else") {
  const OrderedJson greedy = {{"do_sample", false}, {"until", {"x"}}};
  const OrderedJson merged = with_model_defaults(greedy, of_model);
  CHECK(merged.dump() == R"({"do_sample":false,"until":["x"],"repetition_penalty":1.05})");
  const Generation settings = read_generation(merged);
  CHECK(settings.sampling.temperature == 0);
  CHECK(settings.sampling.repetition_penalty == 1.05);
  CHECK(read_generation(with_model_defaults({{"temperature", 0.0}}, of_model)).sampling.temperature == 0);
}

TEST_CASE("sampling takes from the model what the task does not say") {
  auto sampling = read_generation(with_model_defaults({{"do_sample", true}}, of_model)).sampling;
  CHECK(sampling.temperature == 0.7);
  CHECK(sampling.top_k == 20);
  CHECK(sampling.top_p == 0.8);
  CHECK(sampling.repetition_penalty == 1.05);
  const OrderedJson own = {{"temperature", 0.3}, {"top_k", 5}, {"top_p", 0.5}, {"repetition_penalty", 1.0}};
  sampling = read_generation(with_model_defaults(own, of_model)).sampling;
  CHECK(sampling.temperature == 0.3);
  CHECK(sampling.top_k == 5);
  CHECK(sampling.top_p == 0.5);
  CHECK(sampling.repetition_penalty == 1);
  // Neither says: transformers' own.
  sampling = read_generation(with_model_defaults({{"temperature", 0.3}}, OrderedJson::object())).sampling;
  CHECK(sampling.top_k == 50);
  CHECK(sampling.top_p == 1);
  CHECK(sampling.repetition_penalty == 1);
  CHECK(with_model_defaults(own, OrderedJson()) == own);
}

TEST_CASE("a repetition penalty that cannot be is refused by name") {
  for (const OrderedJson& penalty : {OrderedJson(0), OrderedJson(-1.5), OrderedJson("2"), OrderedJson(1e9)}) {
    CAPTURE(penalty.dump());
    CHECK(input_error([&] {
            (void)read_generation({{"repetition_penalty", penalty}});
          }).find("repetition_penalty") != std::string::npos);
  }
}

}  // namespace
}  // namespace assay::eval
