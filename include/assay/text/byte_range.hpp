// A part of a text.
#pragma once

#include <cstddef>

namespace assay::text {

/// Half-open byte range of a text.
struct ByteRange {
  std::size_t begin;
  std::size_t end;
  bool operator==(const ByteRange&) const = default;
};

}  // namespace assay::text
