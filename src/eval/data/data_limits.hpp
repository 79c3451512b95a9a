// How much of a dataset is read: every budget of src/eval's readers. Documents are kept parsed, which takes
// tens of bytes for one of the file, and a compressed file of a few KB can claim any size.
#pragma once

#include <cstddef>
#include <cstdint>

namespace assay::eval {

struct DataLimits {
  std::size_t row_bytes = std::size_t{16}
                          << 20;  ///< one document as written: a line, an element, a CSV record
  std::uint64_t stream_bytes = std::uint64_t{4}
                               << 30;  ///< a decompressed split that is read row by row (JSON lines)
  std::size_t whole_bytes = std::size_t{512}
                            << 20;  ///< one of a format that is read whole (.json arrays, CSV)
  int row_depth = 32;               ///< arrays and objects around a value
};

}  // namespace assay::eval
