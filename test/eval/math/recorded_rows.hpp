// Rows of a recorded file of answers, by their kind.
#pragma once

#include <string>

#include "eval/data/dataset.hpp"
#include "eval/support.hpp"

namespace assay::eval::math::test {

/// Calls check(row) for every row of the kind in test/data/eval/math/<file>; gives their number.
template <class Check>
int for_each_row(const std::string& file, const std::string& kind, Check&& check) {
  int count = 0;
  for (const Document& document : read_rows({eval::test::data_folder() / "math" / file}).documents) {
    if (document.fields["kind"] != kind) continue;
    ++count;
    check(document.fields);
  }
  return count;
}

}  // namespace assay::eval::math::test
