// Text from hostile files, made fit for an error message.
#pragma once

#include <string>
#include <string_view>

namespace assay::model {

/// The text cut to `longest` bytes, with control characters, which could end the message or drive the
/// terminal, replaced by '?'.
[[nodiscard]] std::string printable(std::string_view text, std::size_t longest = 80);

}  // namespace assay::model
