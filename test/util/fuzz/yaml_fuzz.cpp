// libFuzzer target: any text is either read and typed, or refused with InputError.
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string_view>

#include "assay/util/error.hpp"
#include "assay/util/yaml.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace assay::util;
  try {
    (void)to_json(parse_yaml(std::string_view(reinterpret_cast<const char*>(data), size), "fuzz"));
  } catch (const InputError&) {  // the only way to refuse
  }
  return 0;
}
