#include "model/printable.hpp"

#include <algorithm>

namespace assay::model {

std::string printable(std::string_view text, std::size_t longest) {
  std::string result(text.substr(0, longest));
  std::replace_if(
      result.begin(), result.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }, '?');
  if (text.size() > longest) result += "...";
  return result;
}

}  // namespace assay::model
