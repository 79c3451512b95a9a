// libFuzzer target: config.json must be read or refused, and what is read must be usable.
#include <nlohmann/json.hpp>

#include "assay/model/sharding.hpp"
#include "assay/util/error.hpp"
#include "assay/util/json.hpp"
#include "model/arch_family.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace assay;
  try {
    const util::Json config = util::parse_json({reinterpret_cast<const char*>(data), size}, "fuzz",
                                               {.max_bytes = 1 << 16, .max_depth = 32});
    const model::ArchSpec spec = model::parse_arch_spec(config, &config, "fuzz");
    if (spec.parameter_count() <= 0) __builtin_trap();
    (void)model::rope_frequencies(spec.rope, spec.max_positions, 4096);
    (void)model::shard_of(spec, {.tp = 2, .pp = 2, .dp = 1}, {.tensor_rank = 1, .stage = 1, .replica = 0});
  } catch (const util::InputError&) {
    return 0;
  }
  return 0;
}
