// The trailer of a results file: a checksum over the whole HDF5 image. libhdf5 is not safe on damaged files,
// so a file is checked before libhdf5 sees it. HDF5 ignores what follows its own end, and drops it when it
// changes a file.
#pragma once

#include <filesystem>
#include <string>

namespace assay::results::hdf5 {

/// Appends the trailer to an HDF5 image.
void append_seal(std::string& image);

enum class Seal {
  intact,
  absent,  ///< changed by other software since assay wrote it (or cut short, which HDF5 itself notices)
};
/// Throws InputError if the trailer is there and the bytes before it are not those it was made for.
[[nodiscard]] Seal check_seal(const std::filesystem::path& path);

}  // namespace assay::results::hdf5
