// libFuzzer target: the journal's header and records against arbitrary bytes.
#include <cstddef>
#include <cstdint>
#include <span>

#include "assay/util/error.hpp"
#include "results/journal_format.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  std::size_t start = 0;
  try {
    const auto header = assay::results::journal::decode_header(bytes, "fuzz");
    if (header) start = header->size;
  } catch (const assay::util::InputError&) {
    // Refused: the records are scanned all the same, from the start.
  }
  const auto scan = assay::results::journal::scan_records(bytes, start);
  (void)assay::results::journal::decode_payload(bytes);  // what a good checksum would let through
  if (scan.end > size || scan.end < start) __builtin_trap();
  return 0;
}
