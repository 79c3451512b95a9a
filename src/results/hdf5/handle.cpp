#include "results/hdf5/handle.hpp"

#include "assay/util/error.hpp"

namespace assay::results::hdf5 {
namespace {

herr_t newest(unsigned /*depth*/, const H5E_error2_t* entry, void* out) {
  auto& text = *static_cast<std::string*>(out);
  if (text.empty() && entry->desc != nullptr) text = entry->desc;
  return 0;
}

}  // namespace

std::string last_error() {
  std::string text;
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, newest, &text);
  H5Eclear2(H5E_DEFAULT);
  return text.empty() ? "no reason given" : text;
}

void prepare_library() {
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  check(H5PLset_loading_state(0), "switching off HDF5 plugins");
}

void fail(const char* what) {
  util::fail_internal("{} failed (HDF5: {})", what, last_error());
}

}  // namespace assay::results::hdf5
