// The version of this build.
#pragma once

#include <string_view>

namespace assay::util {

/// "0.1.0+g1234abc", or "0.1.0" outside a git checkout.
[[nodiscard]] std::string_view version();

}  // namespace assay::util
