#include "eval/python_random.hpp"

#include "eval/support.hpp"

namespace assay::eval {
namespace {

TEST_CASE("random numbers are CPython's") {
  const auto data = test::recorded("python.json");
  for (const auto& record : data["random"]) {
    PythonRandom random(record["seed"].get<std::uint64_t>());
    for (const auto& value : record["random"]) CHECK(random.random() == value.get<double>());
    const int widths[] = {1, 7, 31, 32, 33, 53, 64};
    for (std::size_t i = 0; i < std::size(widths); ++i) {
      CHECK(random.bits(widths[i]) == record["bits"][i].get<std::uint64_t>());
    }
    for (const auto& sample : record["samples"]) {
      const auto n = sample[0].get<std::size_t>();
      CAPTURE(n, sample[1]);
      CHECK(random.sample(n, sample[1]) == sample[2].get<std::vector<std::size_t>>());
    }
    // random.choices(range(17), k=40)
    for (const auto& choice : record["choices"]) {
      CHECK(static_cast<std::size_t>(random.random() * 17.0) == choice.get<std::size_t>());
    }
  }
}

TEST_CASE("the first five-shot indices of gsm8k are those of seed 1234") {
  CHECK(PythonRandom(1234).sample(7473, 5) == std::vector<std::size_t>{6374, 3610, 957, 61, 742});
}

}  // namespace
}  // namespace assay::eval
