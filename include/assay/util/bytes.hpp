// Little-endian byte streams for messages between ranks and journal records.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "assay/util/error.hpp"

namespace assay::util {

/// Appends trivially copyable values, strings and vectors (u64 length first) to a byte vector.
class ByteWriter {
 public:
  template <class T>
  requires std::is_trivially_copyable_v<T>
  void put(const T& value) { append(&value, sizeof(T)); }
  void put_string(std::string_view text) { put_span(std::span(text.data(), text.size())); }
  template <class T>
  void put_span(std::span<const T> values) {
    static_assert(std::is_trivially_copyable_v<T>);
    put<std::uint64_t>(values.size());
    append(values.data(), values.size_bytes());
  }
  template <class T>
  void put_vector(const std::vector<T>& values) {
    put_span(std::span<const T>(values));
  }
  [[nodiscard]] const std::vector<std::byte>& bytes() const { return bytes_; }
  [[nodiscard]] std::vector<std::byte> take() { return std::move(bytes_); }

 private:
  void append(const void* data, std::size_t size) {
    const std::size_t old_size = bytes_.size();
    bytes_.resize(old_size + size);
    if (size > 0) std::memcpy(bytes_.data() + old_size, data, size);
  }
  std::vector<std::byte> bytes_;
};

/// Reads what ByteWriter wrote; every read is bounds-checked and throws InputError on a short buffer.
class ByteReader {
 public:
  explicit ByteReader(std::span<const std::byte> bytes) : rest_(bytes) {}
  template <class T>
  requires std::is_trivially_copyable_v<T>
  [[nodiscard]] T get() {
    T value;
    std::memcpy(&value, take(sizeof(T)).data(), sizeof(T));
    return value;
  }
  [[nodiscard]] std::string get_string() {
    const auto raw = take(get<std::uint64_t>());
    return {reinterpret_cast<const char*>(raw.data()), raw.size()};
  }
  template <class T>
  [[nodiscard]] std::vector<T> get_vector() {
    static_assert(std::is_trivially_copyable_v<T>);
    const auto count = get<std::uint64_t>();
    check_input(count <= rest_.size() / sizeof(T), "record is cut short ({} elements announced)", count);
    std::vector<T> values(count);
    const auto raw = take(count * sizeof(T));
    if (count > 0) std::memcpy(values.data(), raw.data(), raw.size());
    return values;
  }
  [[nodiscard]] bool empty() const { return rest_.empty(); }

 private:
  std::span<const std::byte> take(std::size_t size) {
    check_input(size <= rest_.size(), "record is cut short ({} bytes wanted, {} left)", size, rest_.size());
    const auto part = rest_.first(size);
    rest_ = rest_.subspan(size);
    return part;
  }
  std::span<const std::byte> rest_;
};

}  // namespace assay::util
