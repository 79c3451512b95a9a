// libFuzzer target: a safetensors header must be read or refused. The first two bytes stand for the data's
// size.
#include "assay/util/error.hpp"
#include "model/safetensors.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::uint64_t data_bytes = static_cast<std::uint64_t>(data[0]) | static_cast<std::uint64_t>(data[1])
                                                                             << 8;
  try {
    (void)assay::model::parse_safetensors_header({reinterpret_cast<const char*>(data) + 2, size - 2},
                                                 data_bytes, "fuzz");
  } catch (const assay::util::InputError&) {
    return 0;
  }
  return 0;
}
