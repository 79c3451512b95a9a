// Content hashes: SHA-256 for identity that others can check, XXH3 for checksums of our own records.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace assay::util {

/// Lower-case hexadecimal SHA-256 (FIPS 180-4) of the bytes.
[[nodiscard]] std::string sha256_hex(std::string_view bytes);

/// Incremental SHA-256.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  void update(std::span<const std::byte> bytes);
  void update(std::string_view text);
  /// Lower-case hexadecimal digest; the object must not be used afterwards.
  [[nodiscard]] std::string finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// XXH3, 64 bits, seed 0.
[[nodiscard]] std::uint64_t xxh3_64(std::span<const std::byte> bytes);

}  // namespace assay::util
