// Parses the header as a stream of JSON events, so that a hostile header costs no more memory than the limits
// below allow, and checks the layout it describes.
#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>
#include <vector>

#include "assay/util/error.hpp"
#include "model/printable.hpp"
#include "model/safetensors.hpp"

namespace assay::model {
namespace {

constexpr std::size_t max_tensors = 1'000'000;
constexpr std::size_t max_rank = 16;
constexpr std::size_t max_name_bytes = 1024;
constexpr std::size_t max_metadata_entries = 100'000;

struct StoredType {
  std::string_view name;
  std::uint64_t bits;
};
constexpr StoredType stored_types[] = {
    {"BOOL", 8},        {"F4", 4},          {"F6_E2M3", 6}, {"F6_E3M2", 6}, {"U8", 8},   {"I8", 8},
    {"F8_E5M2", 8},     {"F8_E4M3", 8},     {"F8_E8M0", 8}, {"I16", 16},    {"U16", 16}, {"F16", 16},
    {"F8_E4M3FNUZ", 8}, {"F8_E5M2FNUZ", 8}, {"BF16", 16},   {"I32", 32},    {"U32", 32}, {"F32", 32},
    {"C64", 64},        {"F64", 64},        {"I64", 64},    {"U64", 64},
};

const StoredType* find_type(std::string_view name) {
  const auto* type = std::find_if(std::begin(stored_types), std::end(stored_types),
                                  [&](const StoredType& t) { return t.name == name; });
  return type == std::end(stored_types) ? nullptr : type;
}

// nlohmann's SAX interface. Levels: the header, a tensor or __metadata__, an array of a tensor.
class HeaderHandler {
 public:
  explicit HeaderHandler(const std::string& source) : source_(source) {}
  TensorEntries take() { return std::move(entries_); }

  bool start_object(std::size_t /*size*/) {
    if (level_ == Level::none) {
      level_ = Level::header;
    } else if (level_ == Level::header && name_ == "__metadata__") {
      level_ = Level::metadata;
    } else if (level_ == Level::header) {
      level_ = Level::tensor;
      current_ = {};
      seen_dtype_ = seen_shape_ = false;
      offsets_.clear();
    } else {
      wrong("has an object where none belongs");
    }
    return true;
  }

  bool key(std::string& text) {
    if (level_ == Level::metadata) {
      // Only entries are counted, not kept: their text is of no use here, but duplicates are still refused.
      util::check_input(metadata_.size() < max_metadata_entries, "{} has more than {} metadata entries",
                        source_, max_metadata_entries);
      util::check_input(metadata_.emplace(text, true).second, "{} has the metadata key \"{}\" twice", source_,
                        printable(text));
    } else if (level_ == Level::header) {
      begin_tensor(text);
    } else {
      member_ = text;
      util::check_input(member_ == "dtype" || member_ == "shape" || member_ == "data_offsets",
                        "{}: tensor {} has the unknown member \"{}\"", source_, printable(name_),
                        printable(member_));
      const bool repeated = (member_ == "dtype" && seen_dtype_) || (member_ == "shape" && seen_shape_) ||
                            (member_ == "data_offsets" && !offsets_.empty());
      if (repeated) wrong("has the member \"" + member_ + "\" twice");
    }
    return true;
  }

  bool string(std::string& text) {
    if (level_ == Level::metadata) return true;
    if (level_ != Level::tensor || member_ != "dtype") wrong("has a string where none belongs");
    const StoredType* type = find_type(text);
    util::check_input(type != nullptr, "{}: tensor {} has the unknown dtype \"{}\"", source_,
                      printable(name_), printable(text));
    current_.dtype = type->name;
    seen_dtype_ = true;
    return true;
  }

  bool start_array(std::size_t /*size*/) {
    if (level_ != Level::tensor || member_ == "dtype") wrong("has a list where none belongs");
    level_ = Level::array;
    return true;
  }

  bool number_unsigned(std::uint64_t value) {
    if (level_ != Level::array) wrong("has a number where none belongs");
    if (member_ == "shape") {
      util::check_input(value <= static_cast<std::uint64_t>(INT64_MAX),
                        "{}: tensor {} has a dimension too large", source_, printable(name_));
      util::check_input(current_.shape.size() < max_rank, "{}: tensor {} has more than {} dimensions",
                        source_, printable(name_), max_rank);
      current_.shape.push_back(static_cast<std::int64_t>(value));
    } else {
      if (offsets_.size() == 2) wrong("has more than two data_offsets");
      offsets_.push_back(value);
    }
    return true;
  }

  bool end_array() {
    level_ = Level::tensor;
    if (member_ == "shape") {
      seen_shape_ = true;
    } else if (offsets_.size() != 2) {
      wrong("needs two data_offsets");
    }
    return true;
  }

  bool end_object() {
    if (level_ == Level::tensor) {
      if (!seen_dtype_ || !seen_shape_ || offsets_.empty()) wrong("lacks dtype, shape or data_offsets");
      current_.begin = offsets_[0];
      current_.end = offsets_[1];
      entries_.emplace(name_, current_);
    }
    level_ = level_ == Level::header ? Level::none : Level::header;
    return true;
  }

  // A negative or fractional number, or one beyond 64 bits, arrives in one of these.
  bool number_integer(std::int64_t /*value*/) { wrong("has a number that is not a non-negative integer"); }
  bool number_float(double /*value*/, const std::string& /*text*/) {
    wrong("has a number that is not a non-negative 64-bit integer");
  }
  bool null() { wrong("has a null where none belongs"); }
  bool boolean(bool /*value*/) { wrong("has a boolean where none belongs"); }
  bool binary(nlohmann::json::binary_t& /*value*/) { wrong("has binary data where none belongs"); }

  bool parse_error(std::size_t position, const std::string& /*token*/,
                   const nlohmann::json::exception& error) {
    const std::string why = error.what();
    const auto colon = why.rfind("; ");
    util::fail_input("{} has a header that is not valid JSON at byte {} ({})", source_, position,
                     printable(colon == std::string::npos ? why : why.substr(colon + 2)));
  }

 private:
  enum class Level { none, header, metadata, tensor, array };

  void begin_tensor(const std::string& text) {
    util::check_input(text.size() <= max_name_bytes, "{} has a tensor name longer than {} bytes", source_,
                      max_name_bytes);
    util::check_input(entries_.size() < max_tensors, "{} has more than {} tensors", source_, max_tensors);
    util::check_input(!entries_.contains(text), "{} has the tensor {} twice", source_, printable(text));
    util::check_input(text != "__metadata__" || !seen_metadata_, "{} has __metadata__ twice", source_);
    seen_metadata_ = seen_metadata_ || text == "__metadata__";
    name_ = text;
  }

  [[noreturn]] void wrong(const std::string& problem) const {
    if (name_.empty())
      util::fail_input("{}: the header {}; it must be an object of tensors", source_, problem);
    util::fail_input("{}: {} {} {}", source_, name_ == "__metadata__" ? "entry" : "tensor", printable(name_),
                     problem);
  }

  const std::string& source_;
  TensorEntries entries_;
  std::map<std::string, bool> metadata_;
  Level level_ = Level::none;
  std::string name_;    // of the tensor being read
  std::string member_;  // of its object
  TensorEntry current_;
  std::vector<std::uint64_t> offsets_;
  bool seen_dtype_ = false;
  bool seen_shape_ = false;
  bool seen_metadata_ = false;
};

// Bytes that dtype and shape call for; throws on overflow and on bits that fill no whole byte.
std::uint64_t stored_bytes(const std::string& name, const TensorEntry& entry, const std::string& source) {
  std::uint64_t bits = find_type(entry.dtype)->bits;
  bool empty = false;
  for (const std::int64_t size : entry.shape) {
    // Sizes beside a zero must fit as well, or two readers could disagree about them.
    empty = empty || size == 0;
    util::check_input(!__builtin_mul_overflow(bits, size == 0 ? 1 : static_cast<std::uint64_t>(size), &bits),
                      "{}: tensor {} has the shape {}, which overflows", source, printable(name),
                      tensor::to_string(entry.shape));
  }
  if (empty) return 0;
  util::check_input(bits % 8 == 0, "{}: tensor {} of {} {} does not fill whole bytes", source,
                    printable(name), entry.dtype, tensor::to_string(entry.shape));
  return bits / 8;
}

void check_layout(const TensorEntries& entries, std::uint64_t data_bytes, const std::string& source) {
  std::vector<const TensorEntries::value_type*> order;
  for (const auto& item : entries) {
    const auto& [name, entry] = item;
    util::check_input(
        entry.begin <= entry.end && entry.end <= data_bytes,
        "{}: tensor {} lies at bytes {} to {}, outside the file's {} bytes of data (file cut short?)", source,
        printable(name), entry.begin, entry.end, data_bytes);
    const std::uint64_t expected = stored_bytes(name, entry, source);
    util::check_input(entry.end - entry.begin == expected,
                      "{}: tensor {} of {} {} needs {} bytes, but its data_offsets span {}", source,
                      printable(name), entry.dtype, tensor::to_string(entry.shape), expected,
                      entry.end - entry.begin);
    order.push_back(&item);
  }
  std::sort(order.begin(), order.end(), [](const auto* a, const auto* b) {
    return std::pair(a->second.begin, a->second.end) < std::pair(b->second.begin, b->second.end);
  });
  std::uint64_t at = 0;
  for (const auto* item : order) {
    util::check_input(item->second.begin == at, "{}: tensor {} starts at byte {}, which {}", source,
                      printable(item->first), item->second.begin,
                      item->second.begin < at ? "overlaps the tensor before it" : "leaves a hole");
    at = item->second.end;
  }
  util::check_input(at == data_bytes, "{} has {} bytes after its last tensor", source, data_bytes - at);
}

}  // namespace

std::optional<tensor::DType> weight_dtype(std::string_view dtype) {
  if (dtype == "F32") return tensor::DType::f32;
  if (dtype == "BF16") return tensor::DType::bf16;
  if (dtype == "F16") return tensor::DType::f16;
  return std::nullopt;
}

TensorEntries parse_safetensors_header(std::string_view json, std::uint64_t data_bytes,
                                       const std::string& source) {
  // The JSON lexer takes a NUL for the end of input and skips a byte-order mark; the format allows neither.
  const auto first = json.find_first_not_of(" \t\r\n");
  util::check_input(first != std::string_view::npos && json[first] == '{',
                    "{} has a header that is not a JSON object", source);
  util::check_input(json.find('\0') == std::string_view::npos, "{} has a NUL byte in its header", source);
  HeaderHandler handler(source);
  nlohmann::json::sax_parse(json.begin(), json.end(), &handler);
  TensorEntries entries = handler.take();
  check_layout(entries, data_bytes, source);
  return entries;
}

}  // namespace assay::model
