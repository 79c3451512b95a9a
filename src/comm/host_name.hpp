// The name of this machine.
#pragma once

#include <string>

namespace assay::comm {

[[nodiscard]] std::string host_name();

}  // namespace assay::comm
