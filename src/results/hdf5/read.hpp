// Reading HDF5 that may be hostile: every object must be a plain dataset or group of the expected type, size
// and storage; sizes are bounded before memory is allocated. All functions throw InputError naming file and
// place.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "assay/util/json.hpp"
#include "results/hdf5/handle.hpp"

namespace assay::results::hdf5 {

/// A group of a file open for reading, with its place for messages.
class Group {
 public:
  /// The root group of `path`.
  static Group open_file(const std::filesystem::path& path);
  /// A sub-group, reached by a hard link.
  [[nodiscard]] Group group(const std::string& name) const;
  /// Names of the members in the order of their creation (by name where no order was kept); at most `limit`.
  [[nodiscard]] std::vector<std::string> members(std::size_t limit) const;

  [[nodiscard]] std::string text_attribute(const char* name) const;
  [[nodiscard]] std::int64_t integer_attribute(const char* name) const;
  [[nodiscard]] double number_attribute(const char* name) const;
  [[nodiscard]] bool flag_attribute(const char* name) const;

  /// Columns; `rows` < 0: any number, else exactly that many.
  [[nodiscard]] std::vector<double> doubles(const std::string& name, std::int64_t rows = -1) const;
  [[nodiscard]] std::vector<std::int64_t> integers(const std::string& name, std::int64_t rows = -1) const;
  [[nodiscard]] std::vector<bool> bools(const std::string& name, std::int64_t rows = -1) const;
  [[nodiscard]] std::vector<std::string> names(const std::string& name, std::int64_t rows = -1) const;
  [[nodiscard]] std::vector<std::string> texts(const std::string& name, std::int64_t rows = -1) const;
  [[nodiscard]] std::vector<std::vector<float>> float_rows(const std::string& name,
                                                           std::int64_t rows = -1) const;
  [[nodiscard]] std::vector<std::vector<std::int32_t>> int_rows(const std::string& name,
                                                                std::int64_t rows = -1) const;
  /// One text or one JSON value held as bytes.
  [[nodiscard]] std::string bytes(const std::string& name) const;
  [[nodiscard]] util::OrderedJson json(const std::string& name) const;

  /// "run.h5: /tasks/gsm8k/samples/doc_id".
  [[nodiscard]] std::string place(std::string_view name) const;
  /// Throws InputError: "<place> <problem>; the file is damaged or was not written by assay".
  [[noreturn]] void fail(std::string_view name, std::string_view problem) const;

 private:
  Group(Handle file, Handle group, std::string file_name, std::string path);
  struct Column;
  [[nodiscard]] Column open_column(const std::string& name, H5T_class_t type_class, std::size_t element_bytes,
                                   std::int64_t rows) const;
  template <class T>
  [[nodiscard]] std::vector<T> read(const std::string& name, H5T_class_t type_class,
                                    std::size_t element_bytes, hid_t memory_type, std::int64_t rows) const;
  template <class T>
  [[nodiscard]] std::vector<std::vector<T>> split(const std::string& name, const std::vector<T>& values,
                                                  std::int64_t rows) const;
  [[nodiscard]] Handle open_attribute(const char* name, H5T_class_t type_class) const;

  Handle file_;  // of the root group only; HDF5 keeps the file open while any object of it is
  Handle group_;
  std::string file_name_;
  std::string path_;
};

}  // namespace assay::results::hdf5
