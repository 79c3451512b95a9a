#include "results/hdf5/seal.hpp"

#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include "assay/results/damaged_file.hpp"
#include "assay/util/files.hpp"
#include "assay/util/hash.hpp"

namespace assay::results::hdf5 {
namespace {

constexpr std::string_view kMagic = "ASSAYSUM";
constexpr std::size_t kTrailerBytes = 8 + 8 + 8;  // magic, image length, XXH3-64 of the image

}  // namespace

void append_seal(std::string& image) {
  const std::uint64_t fields[] = {image.size(), util::xxh3_64(std::as_bytes(std::span(image)))};
  image += kMagic;
  image.append(reinterpret_cast<const char*>(fields), sizeof(fields));
}

Seal check_seal(const std::filesystem::path& path) {
  const util::MappedFile file(path);
  const auto bytes = file.bytes();
  if (bytes.size() < kTrailerBytes) return Seal::absent;
  const auto image = bytes.first(bytes.size() - kTrailerBytes);
  const std::byte* trailer = image.data() + image.size();
  if (std::memcmp(trailer, kMagic.data(), kMagic.size()) != 0) return Seal::absent;
  std::uint64_t fields[2];
  std::memcpy(fields, trailer + kMagic.size(), sizeof(fields));
  if (fields[0] != image.size() || fields[1] != util::xxh3_64(image)) {
    fail_damaged(path, path.string() + " is damaged (its checksum is wrong)",
                 "restore it from a copy, or run the campaign again");
  }
  return Seal::intact;
}

}  // namespace assay::results::hdf5
