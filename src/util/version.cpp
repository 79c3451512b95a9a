#include "assay/util/version.hpp"

namespace assay::util {

std::string_view version() {
  return ASSAY_VERSION;
}

}  // namespace assay::util
