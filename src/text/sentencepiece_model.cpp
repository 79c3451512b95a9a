#include "text/sentencepiece_model.hpp"

#include <cstdint>

namespace assay::text {
namespace {

// Protocol buffer wire format: a field is a key (number << 3 | wire type) and a value.
class WireReader {
 public:
  explicit WireReader(std::string_view bytes) : rest_(bytes) {}

  struct Field {
    std::uint64_t number = 0;
    std::uint64_t value = 0;      ///< wire type 0
    std::string_view bytes = {};  ///< wire type 2
  };

  [[nodiscard]] bool done() const { return rest_.empty(); }

  /// The next field, or none if the bytes are malformed.
  std::optional<Field> next() {
    const auto key = varint();
    if (!key) return std::nullopt;
    Field field;
    field.number = *key >> 3;
    switch (*key & 7U) {
      case 0: {
        const auto value = varint();
        if (!value) return std::nullopt;
        field.value = *value;
        return field;
      }
      case 1:
        return skip(8, field);
      case 2: {
        const auto size = varint();
        if (!size) return std::nullopt;
        return skip(*size, field);
      }
      case 5:
        return skip(4, field);
      default:
        return std::nullopt;
    }
  }

 private:
  std::optional<std::uint64_t> varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
      const auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      value |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
      if (byte < 0x80) return value;
    }
    return std::nullopt;
  }
  std::optional<Field> skip(std::uint64_t size, Field field) {
    if (size > rest_.size()) return std::nullopt;
    field.bytes = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return field;
  }
  std::string_view rest_;
};

constexpr std::uint64_t trainer_spec = 2;
constexpr std::uint64_t normalizer_spec = 3;
constexpr std::uint64_t field_model_type = 3;        // of TrainerSpec
constexpr std::uint64_t field_add_dummy_prefix = 3;  // of NormalizerSpec

}  // namespace

std::optional<SentencePieceHeader> read_sentencepiece_header(std::string_view bytes) {
  SentencePieceHeader header;
  WireReader file(bytes);
  while (!file.done()) {
    const auto message = file.next();
    if (!message) return std::nullopt;
    if (message->number != trainer_spec && message->number != normalizer_spec) continue;
    WireReader fields(message->bytes);
    while (!fields.done()) {
      const auto field = fields.next();
      if (!field) return std::nullopt;
      if (message->number == trainer_spec && field->number == field_model_type) {
        header.model_type = static_cast<int>(field->value);
      }
      if (message->number == normalizer_spec && field->number == field_add_dummy_prefix) {
        header.add_dummy_prefix = field->value != 0;
      }
    }
  }
  return header;
}

std::string without_dummy_prefix(std::string_view bytes) {
  constexpr std::string_view patch("\x1A\x02\x18\x00", 4);  // field 3, two bytes: field 3 = 0
  return std::string(bytes).append(patch);
}

}  // namespace assay::text
