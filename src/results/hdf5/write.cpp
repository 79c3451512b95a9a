#include "results/hdf5/write.hpp"

#include <algorithm>
#include <atomic>

#include "assay/util/error.hpp"
#include "assay/util/files.hpp"
#include "assay/util/utf8.hpp"
#include "results/hdf5/seal.hpp"

namespace assay::results::hdf5 {
namespace {

constexpr std::size_t kImageGrowthBytes = std::size_t{1} << 20;
constexpr hsize_t kChunkBytes = hsize_t{256} << 10;
constexpr hsize_t kCompressFromBytes = 2048;  // below that a chunk index costs more than it saves
constexpr unsigned kDeflateLevel = 3;

Handle property_list(hid_t kind) {
  return own(H5Pcreate(kind), H5Pclose, "creating HDF5 properties");
}

Handle string_type(std::size_t size) {
  Handle type = own(H5Tcopy(H5T_C_S1), H5Tclose, "creating a string type");
  check(H5Tset_size(type.get(), size), "sizing a string type");
  check(H5Tset_cset(type.get(), H5T_CSET_UTF8), "setting a string's encoding");
  check(H5Tset_strpad(type.get(), H5T_STR_NULLPAD), "setting a string's padding");
  return type;
}

// h5py reads and writes this very enumeration as numpy.bool_.
Handle bool_type() {
  Handle type = own(H5Tenum_create(H5T_STD_I8LE), H5Tclose, "creating a boolean type");
  const std::int8_t no = 0;
  const std::int8_t yes = 1;
  check(H5Tenum_insert(type.get(), "FALSE", &no), "creating a boolean type");
  check(H5Tenum_insert(type.get(), "TRUE", &yes), "creating a boolean type");
  return type;
}

Handle dataset_properties(hsize_t count, std::size_t element_bytes) {
  Handle properties = property_list(H5P_DATASET_CREATE);
  check(H5Pset_obj_track_times(properties.get(), 0), "switching off HDF5 times");
  if (count * element_bytes < kCompressFromBytes) return properties;
  const hsize_t chunk = std::min<hsize_t>(count, std::max<hsize_t>(1, kChunkBytes / element_bytes));
  check(H5Pset_chunk(properties.get(), 1, &chunk), "setting a chunk size");
  if (element_bytes > 1 && element_bytes <= 8)
    check(H5Pset_shuffle(properties.get()), "setting the shuffle filter");
  check(H5Pset_deflate(properties.get(), kDeflateLevel), "setting compression");
  return properties;
}

void write_dataset(hid_t group, const char* name, hid_t file_type, hid_t memory_type, const void* data,
                   hsize_t count) {
  const Handle space = own(H5Screate_simple(1, &count, nullptr), H5Sclose, "creating a dataspace");
  const std::size_t element_bytes = H5Tget_size(file_type);
  if (element_bytes == 0) fail("sizing a dataset's type");
  const Handle properties = dataset_properties(count, element_bytes);
  const Handle dataset =
      own(H5Dcreate2(group, name, file_type, space.get(), H5P_DEFAULT, properties.get(), H5P_DEFAULT),
          H5Dclose, "creating a dataset");
  if (count == 0) return;
  check(H5Dwrite(dataset.get(), memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data), "writing a dataset");
}

void write_scalar_attribute(hid_t object, const char* name, hid_t file_type, hid_t memory_type,
                            const void* value) {
  const Handle space = own(H5Screate(H5S_SCALAR), H5Sclose, "creating a dataspace");
  const Handle attribute = own(H5Acreate2(object, name, file_type, space.get(), H5P_DEFAULT, H5P_DEFAULT),
                               H5Aclose, "creating an attribute");
  check(H5Awrite(attribute.get(), memory_type, value), "writing an attribute");
}

}  // namespace

Handle create_image() {
  prepare_library();
  const Handle access = property_list(H5P_FILE_ACCESS);
  check(H5Pset_fapl_core(access.get(), kImageGrowthBytes, 0), "preparing a file in memory");
  const Handle creation = property_list(H5P_FILE_CREATE);
  check(H5Pset_obj_track_times(creation.get(), 0), "switching off HDF5 times");
  // HDF5 takes two files of the same name for one, even in memory.
  static std::atomic<unsigned> serial{0};
  const std::string name = fmt::format("assay-results-image-{}", serial++);
  return own(H5Fcreate(name.c_str(), H5F_ACC_TRUNC, creation.get(), access.get()), H5Fclose,
             "creating a file in memory");
}

void save_image(hid_t file, const std::filesystem::path& path) {
  check(H5Fflush(file, H5F_SCOPE_GLOBAL), "flushing the results");
  const ssize_t size = check(H5Fget_file_image(file, nullptr, 0), "sizing the results");
  std::string bytes(static_cast<std::size_t>(size), '\0');
  check(H5Fget_file_image(file, bytes.data(), bytes.size()), "collecting the results");
  append_seal(bytes);
  util::write_file_atomically(path, bytes);
}

Handle create_group(hid_t parent, const char* name) {
  const Handle properties = property_list(H5P_GROUP_CREATE);
  check(H5Pset_obj_track_times(properties.get(), 0), "switching off HDF5 times");
  check(H5Pset_link_creation_order(properties.get(), H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED),
        "keeping the order of a group");
  return own(H5Gcreate2(parent, name, H5P_DEFAULT, properties.get(), H5P_DEFAULT), H5Gclose,
             "creating a group");
}

void copy(hid_t from, hid_t to, const std::string& path) {
  check(H5Ocopy(from, path.c_str(), to, path.c_str(), H5P_DEFAULT, H5P_DEFAULT), "copying results");
}

void remove(hid_t file, const std::string& path) {
  if (check(H5Lexists(file, path.c_str(), H5P_DEFAULT), "looking for results") > 0)
    check(H5Ldelete(file, path.c_str(), H5P_DEFAULT), "removing results");
}

void write_text_attribute(hid_t object, const char* name, std::string_view text) {
  // An attribute must fit an object header (64 KiB); names and sentences do.
  constexpr std::size_t max_bytes = 16384;
  std::string value = util::replace_invalid_utf8(text);
  if (value.size() > max_bytes) {
    std::size_t end = max_bytes;
    while ((static_cast<unsigned char>(value[end]) & 0xC0U) == 0x80U) --end;
    const std::string mark = fmt::format(" ... (cut: {} of {} bytes)", end, value.size());
    value.replace(end, std::string::npos, mark);
  }
  std::replace(value.begin(), value.end(), '\0', ' ');
  if (value.empty()) value.push_back('\0');
  const Handle type = string_type(value.size());
  write_scalar_attribute(object, name, type.get(), type.get(), value.data());
}

void write_integer_attribute(hid_t object, const char* name, std::int64_t value) {
  write_scalar_attribute(object, name, H5T_STD_I64LE, H5T_NATIVE_INT64, &value);
}

void write_number_attribute(hid_t object, const char* name, double value) {
  write_scalar_attribute(object, name, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, &value);
}

void write_flag_attribute(hid_t object, const char* name, bool value) {
  const Handle type = bool_type();
  const std::int8_t stored = value ? 1 : 0;
  write_scalar_attribute(object, name, type.get(), type.get(), &stored);
}

void write_column(hid_t group, const char* name, std::span<const double> values) {
  write_dataset(group, name, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, values.data(), values.size());
}
void write_column(hid_t group, const char* name, std::span<const float> values) {
  write_dataset(group, name, H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, values.data(), values.size());
}
void write_column(hid_t group, const char* name, std::span<const std::int64_t> values) {
  write_dataset(group, name, H5T_STD_I64LE, H5T_NATIVE_INT64, values.data(), values.size());
}
void write_column(hid_t group, const char* name, std::span<const std::int32_t> values) {
  write_dataset(group, name, H5T_STD_I32LE, H5T_NATIVE_INT32, values.data(), values.size());
}
void write_column(hid_t group, const char* name, std::span<const std::uint8_t> values) {
  write_dataset(group, name, H5T_STD_U8LE, H5T_NATIVE_UINT8, values.data(), values.size());
}

void write_bools(hid_t group, const char* name, const std::vector<std::uint8_t>& values) {
  const Handle type = bool_type();
  write_dataset(group, name, type.get(), type.get(), values.data(), values.size());
}

void write_bytes(hid_t group, const char* name, std::string_view text) {
  write_column(group, name, std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
}

void write_names(hid_t group, const char* name, std::span<const std::string> values) {
  std::size_t width = 1;
  for (const std::string& value : values) width = std::max(width, value.size());
  std::string padded(width * values.size(), '\0');
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto end = values[i].copy(padded.data() + i * width, width);
    char* const begin = padded.data() + i * width;
    std::replace(begin, begin + end, '\0', ' ');
  }
  const Handle type = string_type(width);
  write_dataset(group, name, type.get(), type.get(), padded.data(), values.size());
}

void TextColumn::add(std::string_view row) {
  const auto append = [this](std::string_view text) {
    bytes_.add({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  };
  util::is_valid_utf8(row) ? append(row) : append(util::replace_invalid_utf8(row));
}

}  // namespace assay::results::hdf5
