#include "model/slice_reader.hpp"

#include <cstring>

#include "assay/util/error.hpp"

namespace assay::model {
namespace {

// All exponent bits set means NaN or infinity. A block is scanned without branches, which compilers
// vectorise.
template <class Word>
std::int64_t scan(std::span<const std::byte> bytes, Word exponent) {
  constexpr std::size_t block = 1024;
  const std::size_t count = bytes.size() / sizeof(Word);
  Word words[block];
  for (std::size_t begin = 0; begin < count; begin += block) {
    const std::size_t size = std::min(block, count - begin);
    std::memcpy(words, bytes.data() + begin * sizeof(Word), size * sizeof(Word));
    bool any = false;
    for (std::size_t i = 0; i < size; ++i) any |= (words[i] & exponent) == exponent;
    if (!any) continue;
    for (std::size_t i = 0; i < size; ++i) {
      if ((words[i] & exponent) == exponent) return static_cast<std::int64_t>(begin + i);
    }
  }
  return -1;
}

void check_finite(const TensorLocation& at, const std::string& name, std::span<const std::byte> bytes,
                  tensor::DType dtype) {
  util::check_input(
      find_non_finite(bytes, dtype) < 0,
      "{}: tensor {} holds NaN or infinity; the checkpoint is damaged, download or train it again",
      at.file->source(), name);
}

}  // namespace

std::int64_t find_non_finite(std::span<const std::byte> bytes, tensor::DType dtype) {
  switch (dtype) {
    case tensor::DType::f32:
      return scan<std::uint32_t>(bytes, 0x7f800000u);
    case tensor::DType::bf16:
      return scan<std::uint16_t>(bytes, 0x7f80u);
    case tensor::DType::f16:
      return scan<std::uint16_t>(bytes, 0x7c00u);
    default:
      util::fail_internal("{} is not a floating-point dtype of weights", name_of(dtype));
  }
}

const TensorLocation& SliceReader::locate(const std::string& name) const {
  const auto found = files_.tensors.find(name);
  ASSAY_CHECK(found != files_.tensors.end());
  return found->second;
}

tensor::DType SliceReader::dtype(const std::string& name) const {
  const auto dtype = weight_dtype(locate(name).entry->dtype);
  ASSAY_CHECK(dtype.has_value());
  return *dtype;
}

void SliceReader::rows(const std::string& name, Range rows, std::span<std::byte> out) const {
  const TensorLocation& at = locate(name);
  const tensor::Shape& shape = at.entry->shape;
  ASSAY_CHECK(!shape.empty() && rows.begin >= 0 && rows.begin <= rows.end && rows.end <= shape[0]);
  const std::int64_t row_bytes = shape[0] == 0 ? 0 : at.entry->bytes() / shape[0];
  ASSAY_CHECK(static_cast<std::int64_t>(out.size()) == row_bytes * rows.size());
  at.file->check_unchanged();
  at.file->read(*at.entry, rows.begin * row_bytes, out);
  bytes_read_ += static_cast<std::int64_t>(out.size());
  check_finite(at, name, out, dtype(name));
}

tensor::Tensor SliceReader::rows(const std::string& name, Range range) const {
  tensor::Shape shape = locate(name).entry->shape;
  ASSAY_CHECK(!shape.empty());
  shape[0] = range.size();
  tensor::Tensor result(dtype(name), std::move(shape));
  rows(name, range, result.bytes());
  return result;
}

tensor::Tensor SliceReader::columns(const std::string& name, Range cols) const {
  const TensorLocation& at = locate(name);
  const tensor::Shape& shape = at.entry->shape;
  ASSAY_CHECK(shape.size() == 2 && cols.begin >= 0 && cols.begin <= cols.end && cols.end <= shape[1]);
  if (cols.size() == shape[1]) return rows(name, {0, shape[0]});
  const auto element = static_cast<std::int64_t>(size_of(dtype(name)));
  tensor::Tensor result(dtype(name), {shape[0], cols.size()});
  const std::size_t slice_bytes = static_cast<std::size_t>(cols.size() * element);
  at.file->check_unchanged();
  // The ranks of a node read all columns between them: have the kernel fetch the tensor in one sweep rather
  // than in strides.
  at.file->prefetch(*at.entry);
  for (std::int64_t row = 0; row < shape[0]; ++row) {
    const auto out = result.bytes().subspan(static_cast<std::size_t>(row) * slice_bytes, slice_bytes);
    at.file->read(*at.entry, (row * shape[1] + cols.begin) * element, out);
  }
  bytes_read_ += static_cast<std::int64_t>(result.bytes().size());
  check_finite(at, name, result.bytes(), result.dtype());
  return result;
}

tensor::Tensor SliceReader::vector(const std::string& name) const {
  return vector(name, {0, locate(name).entry->shape[0]});
}

tensor::Tensor SliceReader::vector(const std::string& name, Range range) const {
  return rows(name, range).to_float32();
}

}  // namespace assay::model
