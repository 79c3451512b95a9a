// libFuzzer target: any text is either read or refused with InputError, and what is read survives being
// written and read again.
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string_view>

#include "assay/util/error.hpp"
#include "assay/util/json.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace assay::util;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    const Json value = parse_json(text, "fuzz");
    if (parse_json(value.dump(), "again") != value) std::abort();
    if (parse_ordered_json(text, "ordered").size() != value.size()) std::abort();
  } catch (const InputError&) {  // the only way to refuse
  }
  return 0;
}
