#include "results/hdf5/read.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "assay/results/damaged_file.hpp"
#include "assay/util/error.hpp"
#include "assay/util/log.hpp"
#include "results/hdf5/seal.hpp"

namespace assay::results::hdf5 {
namespace {

// Nothing larger is allocated for one column. Real ones stay far below: this bounds what a forged file can
// cost.
constexpr hsize_t kMaxColumnBytes = hsize_t{8} << 30;
// A column this small may be anything; a larger one must have the stored bytes to show for it.
constexpr hsize_t kAlwaysAllowedBytes = hsize_t{16} << 20;
constexpr hsize_t kMaxExpansion = 1100;  // deflate cannot exceed 1032 : 1
constexpr std::size_t kMaxNameBytes = 65536;

std::string padded_string(const char* text, std::size_t size) {
  return {text, static_cast<std::size_t>(std::find(text, text + size, '\0') - text)};
}

}  // namespace

struct Group::Column {
  Handle dataset;
  Handle type;
  hsize_t rows = 0;
  std::size_t element_bytes = 0;
};

Group::Group(Handle file, Handle group, std::string file_name, std::string path)
    : file_(std::move(file)),
      group_(std::move(group)),
      file_name_(std::move(file_name)),
      path_(std::move(path)) {}

std::string Group::place(std::string_view name) const {
  return fmt::format("{}: {}{}", file_name_, path_, name);
}

void Group::fail(std::string_view name, std::string_view problem) const {
  H5Eclear2(H5E_DEFAULT);
  fail_damaged(file_name_, fmt::format("{} {}", place(name), problem),
               "the file is damaged or was not written by assay");
}

Group Group::open_file(const std::filesystem::path& path) {
  prepare_library();
  std::error_code failed;
  util::check_input(std::filesystem::exists(path, failed), "{} does not exist", path.string());
  util::check_input(std::filesystem::is_regular_file(path, failed), "{} is not a regular file",
                    path.string());
  const Seal seal = check_seal(path);
  Handle file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
  constexpr auto otherwise = "it is damaged, or not a results file";
  if (!file.valid())
    fail_damaged(path, fmt::format("{} cannot be read as HDF5 ({})", path.string(), last_error()), otherwise);
  Handle root(H5Gopen2(file.get(), "/", H5P_DEFAULT), H5Gclose);
  if (!root.valid())
    fail_damaged(path, path.string() + " cannot be read as HDF5 (it has no root group)", otherwise);
  if (seal == Seal::absent) {
    util::log_warning("{} was changed by other software since assay wrote it, or is not a results file",
                      path.string());
  }
  return {std::move(file), std::move(root), path.string(), "/"};
}

Group Group::group(const std::string& name) const {
  H5L_info_t link{};
  if (H5Lexists(group_.get(), name.c_str(), H5P_DEFAULT) <= 0) fail(name, "is missing");
  if (H5Lget_info(group_.get(), name.c_str(), &link, H5P_DEFAULT) < 0 || link.type != H5L_TYPE_HARD) {
    fail(name, "is not a plain group");
  }
  Handle group(H5Gopen2(group_.get(), name.c_str(), H5P_DEFAULT), H5Gclose);
  if (!group.valid()) fail(name, "is not a group");
  return {Handle(), std::move(group), file_name_, path_ + name + "/"};
}

std::vector<std::string> Group::members(std::size_t limit) const {
  H5G_info_t info{};
  if (H5Gget_info(group_.get(), &info) < 0) fail("", "cannot be listed");
  if (info.nlinks > limit) fail("", fmt::format("has {} members, more than {}", info.nlinks, limit));
  H5_index_t index = H5_INDEX_CRT_ORDER;
  std::vector<std::string> names;
  for (hsize_t i = 0; i < info.nlinks; ++i) {
    std::array<char, 4096> name{};
    ssize_t size =
        H5Lget_name_by_idx(group_.get(), ".", index, H5_ITER_INC, i, name.data(), name.size(), H5P_DEFAULT);
    if (size < 0 && i == 0 && index == H5_INDEX_CRT_ORDER) {
      index = H5_INDEX_NAME;
      size =
          H5Lget_name_by_idx(group_.get(), ".", index, H5_ITER_INC, i, name.data(), name.size(), H5P_DEFAULT);
    }
    if (size < 0 || static_cast<std::size_t>(size) >= name.size()) fail("", "cannot be listed");
    names.emplace_back(name.data(), static_cast<std::size_t>(size));
  }
  H5Eclear2(H5E_DEFAULT);
  return names;
}

Handle Group::open_attribute(const char* name, H5T_class_t type_class) const {
  if (H5Aexists(group_.get(), name) <= 0) fail(fmt::format("@{}", name), "is missing");
  Handle attribute(H5Aopen(group_.get(), name, H5P_DEFAULT), H5Aclose);
  if (!attribute.valid()) fail(fmt::format("@{}", name), "cannot be read");
  const Handle space(H5Aget_space(attribute.get()), H5Sclose);
  const Handle type(H5Aget_type(attribute.get()), H5Tclose);
  if (!space.valid() || H5Sget_simple_extent_type(space.get()) != H5S_SCALAR || !type.valid() ||
      H5Tget_class(type.get()) != type_class) {
    fail(fmt::format("@{}", name), "has an unexpected type");
  }
  return attribute;
}

std::string Group::text_attribute(const char* name) const {
  const Handle attribute = open_attribute(name, H5T_STRING);
  const Handle type(H5Aget_type(attribute.get()), H5Tclose);
  const std::size_t size = H5Tget_size(type.get());
  if (H5Tis_variable_str(type.get()) != 0 || size == 0 || size > kMaxNameBytes) {
    fail(fmt::format("@{}", name), "has an unexpected type");
  }
  std::string text(size, '\0');
  if (H5Aread(attribute.get(), type.get(), text.data()) < 0) fail(fmt::format("@{}", name), "cannot be read");
  return padded_string(text.data(), text.size());
}

std::int64_t Group::integer_attribute(const char* name) const {
  const Handle attribute = open_attribute(name, H5T_INTEGER);
  std::int64_t value = 0;
  if (H5Aread(attribute.get(), H5T_NATIVE_INT64, &value) < 0)
    fail(fmt::format("@{}", name), "cannot be read");
  return value;
}

double Group::number_attribute(const char* name) const {
  const Handle attribute = open_attribute(name, H5T_FLOAT);
  double value = 0;
  if (H5Aread(attribute.get(), H5T_NATIVE_DOUBLE, &value) < 0)
    fail(fmt::format("@{}", name), "cannot be read");
  return value;
}

bool Group::flag_attribute(const char* name) const {
  const Handle attribute = open_attribute(name, H5T_ENUM);
  const Handle type(H5Aget_type(attribute.get()), H5Tclose);
  std::int8_t value = 0;
  if (H5Tget_size(type.get()) != 1 || H5Aread(attribute.get(), type.get(), &value) < 0 || value < 0 ||
      value > 1) {
    fail(fmt::format("@{}", name), "is not a truth value");
  }
  return value == 1;
}

Group::Column Group::open_column(const std::string& name, H5T_class_t type_class, std::size_t element_bytes,
                                 std::int64_t rows) const {
  H5L_info_t link{};
  H5O_info_t object{};
  if (H5Lexists(group_.get(), name.c_str(), H5P_DEFAULT) <= 0) fail(name, "is missing");
  if (H5Lget_info(group_.get(), name.c_str(), &link, H5P_DEFAULT) < 0 || link.type != H5L_TYPE_HARD ||
      H5Oget_info_by_name2(group_.get(), name.c_str(), &object, H5O_INFO_BASIC, H5P_DEFAULT) < 0 ||
      object.type != H5O_TYPE_DATASET) {
    fail(name, "is not a plain dataset");
  }
  Column column;
  column.dataset = Handle(H5Dopen2(group_.get(), name.c_str(), H5P_DEFAULT), H5Dclose);
  if (!column.dataset.valid()) fail(name, "cannot be opened");
  const hid_t dataset = column.dataset.get();
  column.type = Handle(H5Dget_type(dataset), H5Tclose);
  const Handle space(H5Dget_space(dataset), H5Sclose);
  const Handle properties(H5Dget_create_plist(dataset), H5Pclose);
  if (!column.type.valid() || !space.valid() || !properties.valid()) fail(name, "cannot be opened");
  column.element_bytes = H5Tget_size(column.type.get());
  const bool right_size = element_bytes == 0
                              ? column.element_bytes >= 1 && column.element_bytes <= kMaxNameBytes
                              : column.element_bytes == element_bytes;
  if (H5Tget_class(column.type.get()) != type_class || !right_size ||
      (type_class == H5T_STRING && H5Tis_variable_str(column.type.get()) != 0)) {
    fail(name, "has an unexpected type");
  }
  if (H5Sget_simple_extent_ndims(space.get()) != 1 ||
      H5Sget_simple_extent_dims(space.get(), &column.rows, nullptr) != 1) {
    fail(name, "is not one-dimensional");
  }
  if (rows >= 0 && column.rows != static_cast<hsize_t>(rows)) {
    fail(name, fmt::format("has {} rows instead of {}", column.rows, rows));
  }
  const H5D_layout_t layout = H5Pget_layout(properties.get());
  if ((layout != H5D_CONTIGUOUS && layout != H5D_CHUNKED && layout != H5D_COMPACT) ||
      H5Pget_external_count(properties.get()) != 0) {
    fail(name, "is stored outside the file");
  }
  const hsize_t limit =
      std::max(kAlwaysAllowedBytes, std::min(kMaxColumnBytes, H5Dget_storage_size(dataset)) * kMaxExpansion);
  if (column.rows > std::min(limit, kMaxColumnBytes) / column.element_bytes) {
    fail(name, fmt::format("announces {} rows, more than it holds", column.rows));
  }
  if (layout == H5D_CHUNKED) {
    hsize_t chunk = 0;
    if (H5Pget_chunk(properties.get(), 1, &chunk) != 1 ||
        chunk > kAlwaysAllowedBytes / column.element_bytes) {
      fail(name, "has chunks that are too large");
    }
  }
  return column;
}

template <class T>
std::vector<T> Group::read(const std::string& name, H5T_class_t type_class, std::size_t element_bytes,
                           hid_t memory_type, std::int64_t rows) const {
  const Column column = open_column(name, type_class, element_bytes, rows);
  std::vector<T> values(column.rows);
  if (column.rows == 0) return values;
  const hid_t type = memory_type == H5I_INVALID_HID ? column.type.get() : memory_type;
  if (H5Dread(column.dataset.get(), type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) < 0) {
    fail(name, fmt::format("cannot be read ({})", last_error()));
  }
  return values;
}

std::vector<double> Group::doubles(const std::string& name, std::int64_t rows) const {
  return read<double>(name, H5T_FLOAT, 8, H5T_NATIVE_DOUBLE, rows);
}

std::vector<std::int64_t> Group::integers(const std::string& name, std::int64_t rows) const {
  const Column column = open_column(name, H5T_INTEGER, 0, rows);
  if (column.element_bytes > 8) fail(name, "has an unexpected type");
  return read<std::int64_t>(name, H5T_INTEGER, column.element_bytes, H5T_NATIVE_INT64, rows);
}

std::vector<bool> Group::bools(const std::string& name, std::int64_t rows) const {
  const auto stored = read<std::int8_t>(name, H5T_ENUM, 1, H5I_INVALID_HID, rows);
  std::vector<bool> values;
  for (const std::int8_t value : stored) {
    if (value < 0 || value > 1) fail(name, "holds something else than truth values");
    values.push_back(value == 1);
  }
  return values;
}

std::vector<std::string> Group::names(const std::string& name, std::int64_t rows) const {
  const Column column = open_column(name, H5T_STRING, 0, rows);
  std::vector<char> raw(column.rows * column.element_bytes);
  if (!raw.empty() &&
      H5Dread(column.dataset.get(), column.type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, raw.data()) < 0) {
    fail(name, fmt::format("cannot be read ({})", last_error()));
  }
  std::vector<std::string> values;
  values.reserve(column.rows);
  for (hsize_t i = 0; i < column.rows; ++i) {
    values.push_back(padded_string(raw.data() + i * column.element_bytes, column.element_bytes));
  }
  return values;
}

template <class T>
std::vector<std::vector<T>> Group::split(const std::string& name, const std::vector<T>& values,
                                         std::int64_t rows) const {
  const auto offsets =
      read<std::int64_t>(name + "_offsets", H5T_INTEGER, 8, H5T_NATIVE_INT64, rows < 0 ? -1 : rows + 1);
  if (offsets.empty() || offsets.front() != 0 || offsets.back() != static_cast<std::int64_t>(values.size()) ||
      !std::is_sorted(offsets.begin(), offsets.end())) {
    fail(name + "_offsets", "does not divide its column into rows");
  }
  std::vector<std::vector<T>> out;
  out.reserve(offsets.size() - 1);
  for (std::size_t i = 0; i + 1 < offsets.size(); ++i) {
    out.emplace_back(values.begin() + offsets[i], values.begin() + offsets[i + 1]);
  }
  return out;
}

std::vector<std::string> Group::texts(const std::string& name, std::int64_t rows) const {
  const auto raw = split(name, read<char>(name, H5T_INTEGER, 1, H5I_INVALID_HID, -1), rows);
  std::vector<std::string> out;
  out.reserve(raw.size());
  for (const auto& row : raw) out.emplace_back(row.begin(), row.end());
  return out;
}

std::vector<std::vector<float>> Group::float_rows(const std::string& name, std::int64_t rows) const {
  return split(name, read<float>(name, H5T_FLOAT, 4, H5T_NATIVE_FLOAT, -1), rows);
}

std::vector<std::vector<std::int32_t>> Group::int_rows(const std::string& name, std::int64_t rows) const {
  return split(name, read<std::int32_t>(name, H5T_INTEGER, 4, H5T_NATIVE_INT32, -1), rows);
}

std::string Group::bytes(const std::string& name) const {
  const auto raw = read<char>(name, H5T_INTEGER, 1, H5I_INVALID_HID, -1);
  return {raw.begin(), raw.end()};
}

util::OrderedJson Group::json(const std::string& name) const {
  const std::string text = bytes(name);
  return text.empty() ? util::OrderedJson() : util::parse_ordered_json(text, place(name));
}

}  // namespace assay::results::hdf5
