// libFuzzer target: bytes of requests, completions and plans are read or refused, and what is read is written
// back as the same bytes. The first byte says which.
#include <algorithm>

#include "assay/engine/request.hpp"
#include "assay/util/error.hpp"
#include "engine/step_plan.hpp"

namespace {

using namespace assay;

void expect_same(std::span<const std::byte> written, std::span<const std::byte> read) {
  if (written.size() > read.size() || !std::equal(written.begin(), written.end(), read.begin()))
    __builtin_trap();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto bytes = std::as_bytes(std::span(data + 1, size - 1));
  util::ByteReader in(bytes);
  util::ByteWriter out;
  try {
    if (data[0] % 3 == 0) {
      const engine::Request request = engine::read_request(in);
      write(out, request);
      (void)engine::content_hash(request);
    } else if (data[0] % 3 == 1) {
      write(out, engine::read_completion(in));
    } else {
      expect_same(to_bytes(engine::plan_from_bytes(bytes)), bytes);
    }
  } catch (const util::InputError&) {
    return 0;
  }
  expect_same(out.bytes(), bytes);
  return 0;
}
