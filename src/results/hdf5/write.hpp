// Writing HDF5: a file held in memory, groups, attributes and columns. Types and meaning of every form:
// FORMAT.md.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "results/hdf5/handle.hpp"

namespace assay::results::hdf5 {

/// A new HDF5 file that exists only in memory: HDF5 reports success for writes that a full disk refused,
/// plain write(2) does not.
[[nodiscard]] Handle create_image();
/// Writes the file's bytes to `path` atomically (temporary file, fsync, rename). Throws Error.
void save_image(hid_t file, const std::filesystem::path& path);

/// A new group, without times; iteration in the order of creation is possible.
[[nodiscard]] Handle create_group(hid_t parent, const char* name);
/// Copies the group at `path`, with all it holds, to the same path of another file.
void copy(hid_t from, hid_t to, const std::string& path);
/// Removes the object at `path`, if there is one.
void remove(hid_t file, const std::string& path);

/// Text of more than 16 KiB is cut, and says so at its end (FORMAT.md).
void write_text_attribute(hid_t object, const char* name, std::string_view text);
void write_integer_attribute(hid_t object, const char* name, std::int64_t value);
void write_number_attribute(hid_t object, const char* name, double value);
void write_flag_attribute(hid_t object, const char* name, bool value);

/// A column: a one-dimensional dataset. bool becomes h5py's boolean (an enumeration over int8).
void write_column(hid_t group, const char* name, std::span<const double> values);
void write_column(hid_t group, const char* name, std::span<const float> values);
void write_column(hid_t group, const char* name, std::span<const std::int64_t> values);
void write_column(hid_t group, const char* name, std::span<const std::int32_t> values);
void write_column(hid_t group, const char* name, std::span<const std::uint8_t> values);
void write_bools(hid_t group, const char* name, const std::vector<std::uint8_t>& values);
/// The bytes of one text (UTF-8), as a column of uint8.
void write_bytes(hid_t group, const char* name, std::string_view text);
/// Short names as fixed-length UTF-8 strings padded with NUL; a NUL inside becomes a space.
void write_names(hid_t group, const char* name, std::span<const std::string> values);

/// Rows of any length: column `name` holds all elements, `name`_offsets where each row starts, and the end.
template <class T>
class RaggedColumn {
 public:
  void add(std::span<const T> row) {
    values_.insert(values_.end(), row.begin(), row.end());
    offsets_.push_back(static_cast<std::int64_t>(values_.size()));
  }
  void write(hid_t group, const std::string& name) const {
    write_column(group, name.c_str(), std::span<const T>(values_));
    write_column(group, (name + "_offsets").c_str(), std::span<const std::int64_t>(offsets_));
  }

 private:
  std::vector<T> values_;
  std::vector<std::int64_t> offsets_ = {0};
};

/// Rows of text of any length: a ragged column of UTF-8 bytes. What is not UTF-8 becomes U+FFFD, as with
/// Python's errors="replace".
class TextColumn {
 public:
  void add(std::string_view row);
  void write(hid_t group, const std::string& name) const { bytes_.write(group, name); }

 private:
  RaggedColumn<std::uint8_t> bytes_;
};

}  // namespace assay::results::hdf5
