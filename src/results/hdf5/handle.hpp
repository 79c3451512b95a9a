// Thin RAII over HDF5's C API: one owner type for every kind of identifier, and checked calls.
#pragma once

#include <hdf5.h>

#include <string>
#include <utility>

namespace assay::results::hdf5 {

/// Text of the newest entry of HDF5's error stack, which is cleared.
[[nodiscard]] std::string last_error();

/// Switches off HDF5's own printing to stderr and its loading of filter plugins (a results file must not be
/// able to name code to run).
void prepare_library();

/// Owns an HDF5 identifier. Move-only. Closing errors are ignored: everything that matters has been flushed
/// and checked before (H5Fclose reports success on a full disk anyway).
class Handle {
 public:
  using Close = herr_t (*)(hid_t);
  Handle() = default;
  Handle(hid_t id, Close close) : id_(id), close_(close) {}
  Handle(Handle&& other) noexcept
      : id_(std::exchange(other.id_, H5I_INVALID_HID)), close_(std::exchange(other.close_, nullptr)) {}
  Handle& operator=(Handle&& other) noexcept {
    std::swap(id_, other.id_);
    std::swap(close_, other.close_);
    return *this;
  }
  ~Handle() {
    if (id_ >= 0 && close_ != nullptr) close_(id_);
  }
  [[nodiscard]] hid_t get() const { return id_; }
  [[nodiscard]] bool valid() const { return id_ >= 0; }

 private:
  hid_t id_ = H5I_INVALID_HID;
  Close close_ = nullptr;
};

/// Throws Error(internal) naming `what` and HDF5's reason.
[[noreturn]] void fail(const char* what);

/// Returns `status` unless it is negative; then fails.
template <class T>
T check(T status, const char* what) {
  if (status < 0) fail(what);
  return status;
}

/// Wraps a new identifier, checked.
[[nodiscard]] inline Handle own(hid_t id, Handle::Close close, const char* what) {
  return {check(id, what), close};
}

}  // namespace assay::results::hdf5
