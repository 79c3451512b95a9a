#include "eval/data/parquet_module/values.hpp"

#include <arrow/array.h>
#include <arrow/extension_type.h>
#include <arrow/type.h>
#include <arrow/util/float16.h>

#include <set>

#include "eval/data/parquet_module/times.hpp"

namespace assay::eval::parquet {
namespace {

using Kind = ParquetEventKind;
using arrow::Type;

ParquetAnswer put(const ParquetSink& sink, const ParquetEvent& event) {
  return sink.put(sink.self, &event);
}

ParquetAnswer put_integer(const ParquetSink& sink, std::int64_t value) {
  ParquetEvent event{.kind = Kind::integer};
  event.integer = value;
  return put(sink, event);
}

ParquetAnswer put_natural(const ParquetSink& sink, std::uint64_t value) {
  ParquetEvent event{.kind = Kind::natural};
  event.natural = value;
  return put(sink, event);
}

ParquetAnswer put_number(const ParquetSink& sink, double value) {
  ParquetEvent event{.kind = Kind::number};
  event.number = value;
  return put(sink, event);
}

ParquetAnswer put_view(const ParquetSink& sink, Kind kind, std::string_view text) {
  ParquetEvent event{.kind = kind};
  event.text = text.data();
  event.size = text.size();
  return put(sink, event);
}

template <class ArrayType>
auto value_of(const arrow::Array& array, std::int64_t index) {
  return static_cast<const ArrayType&>(array).GetView(index);
}

ParquetAnswer put_list(const arrow::Array& values, std::int64_t begin, std::int64_t end,
                       const ParquetSink& sink) {
  ParquetAnswer answer = put_mark(sink, Kind::list_begin);
  for (std::int64_t i = begin; i < end && answer == ParquetAnswer::go_on; ++i)
    answer = put_value(values, i, sink);
  return answer == ParquetAnswer::go_on ? put_mark(sink, Kind::list_end) : answer;
}

template <class ArrayType>
ParquetAnswer put_list_of(const arrow::Array& array, std::int64_t index, const ParquetSink& sink) {
  const auto& list = static_cast<const ArrayType&>(array);
  return put_list(*list.values(), list.value_offset(index),
                  list.value_offset(index) + list.value_length(index), sink);
}

// A list of [key, value].
ParquetAnswer put_map(const arrow::MapArray& map, std::int64_t index, const ParquetSink& sink) {
  ParquetAnswer answer = put_mark(sink, Kind::list_begin);
  const std::int64_t end = map.value_offset(index) + map.value_length(index);
  for (std::int64_t i = map.value_offset(index); i < end && answer == ParquetAnswer::go_on; ++i) {
    answer = put_mark(sink, Kind::list_begin);
    if (answer == ParquetAnswer::go_on) answer = put_value(*map.keys(), i, sink);
    if (answer == ParquetAnswer::go_on) answer = put_value(*map.items(), i, sink);
    if (answer == ParquetAnswer::go_on) answer = put_mark(sink, Kind::list_end);
  }
  return answer == ParquetAnswer::go_on ? put_mark(sink, Kind::list_end) : answer;
}

ParquetAnswer put_struct(const arrow::StructArray& array, std::int64_t index, const ParquetSink& sink) {
  ParquetAnswer answer = put_mark(sink, Kind::struct_begin);
  for (int i = 0; i < array.num_fields() && answer == ParquetAnswer::go_on; ++i) {
    answer = put_text(sink, Kind::key, array.struct_type()->field(i)->name());
    if (answer == ParquetAnswer::go_on) answer = put_value(*array.field(i), index, sink);
  }
  return answer == ParquetAnswer::go_on ? put_mark(sink, Kind::struct_end) : answer;
}

ParquetAnswer put_dictionary(const arrow::DictionaryArray& array, std::int64_t index,
                             const ParquetSink& sink) {
  return put_value(*array.dictionary(), array.GetValueIndex(index), sink);
}

// Text of a date or time, which may be beyond what Python has.
ParquetAnswer put_time(const ParquetSink& sink, const TimeText& time) {
  return put_text(sink, time.known ? Kind::text : Kind::no_text, time.text);
}

ParquetAnswer put_temporal(const arrow::Array& array, std::int64_t index, const ParquetSink& sink) {
  switch (array.type_id()) {
    case Type::DATE32:
      return put_time(sink, date_text(value_of<arrow::Date32Array>(array, index)));
    case Type::DATE64:
      return put_time(sink, date_text(floor_divide(value_of<arrow::Date64Array>(array, index), 86'400'000)));
    case Type::TIME32: {
      const auto& type = static_cast<const arrow::Time32Type&>(*array.type());
      return put_time(sink, clock_text(value_of<arrow::Time32Array>(array, index), ticks_of(type.unit())));
    }
    case Type::TIME64: {
      const auto& type = static_cast<const arrow::Time64Type&>(*array.type());
      return put_time(sink, clock_text(value_of<arrow::Time64Array>(array, index), ticks_of(type.unit())));
    }
    default: {
      const auto& type = static_cast<const arrow::TimestampType&>(*array.type());
      const std::int64_t value = value_of<arrow::TimestampArray>(array, index);
      return put_time(sink, timestamp_text(value, ticks_of(type.unit()), type.timezone()));
    }
  }
}

ParquetAnswer put_number_of(const arrow::Array& array, std::int64_t index, const ParquetSink& sink) {
  switch (array.type_id()) {
    case Type::INT8:
      return put_integer(sink, value_of<arrow::Int8Array>(array, index));
    case Type::INT16:
      return put_integer(sink, value_of<arrow::Int16Array>(array, index));
    case Type::INT32:
      return put_integer(sink, value_of<arrow::Int32Array>(array, index));
    case Type::INT64:
      return put_integer(sink, value_of<arrow::Int64Array>(array, index));
    case Type::UINT8:
      return put_natural(sink, value_of<arrow::UInt8Array>(array, index));
    case Type::UINT16:
      return put_natural(sink, value_of<arrow::UInt16Array>(array, index));
    case Type::UINT32:
      return put_natural(sink, value_of<arrow::UInt32Array>(array, index));
    case Type::UINT64:
      return put_natural(sink, value_of<arrow::UInt64Array>(array, index));
    case Type::HALF_FLOAT:
      return put_number(
          sink, arrow::util::Float16::FromBits(value_of<arrow::HalfFloatArray>(array, index)).ToDouble());
    case Type::FLOAT:
      return put_number(sink, value_of<arrow::FloatArray>(array, index));
    default:
      return put_number(sink, value_of<arrow::DoubleArray>(array, index));
  }
}

bool is_number(Type::type id) {
  return (id >= Type::UINT8 && id <= Type::INT64) || id == Type::HALF_FLOAT || id == Type::FLOAT ||
         id == Type::DOUBLE;
}

bool is_date_or_time(Type::type id) {
  return id == Type::DATE32 || id == Type::DATE64 || id == Type::TIMESTAMP || id == Type::TIME32 ||
         id == Type::TIME64;
}

bool is_leaf(Type::type id) {
  if (is_number(id) || is_date_or_time(id)) return true;
  switch (id) {
    case Type::NA:
    case Type::BOOL:
    case Type::STRING:
    case Type::LARGE_STRING:
    case Type::BINARY:
    case Type::LARGE_BINARY:
    case Type::FIXED_SIZE_BINARY:
    case Type::DECIMAL32:
    case Type::DECIMAL64:
    case Type::DECIMAL128:
    case Type::DECIMAL256:
      return true;
    default:
      return false;
  }
}

std::string why_struct_unreadable(const arrow::DataType& type, int depth) {
  std::set<std::string> names;
  for (const auto& field : type.fields()) {
    if (!names.insert(field->name()).second) return "two of its fields have one name";
    if (std::string why = why_unreadable(*field->type(), depth - 1); !why.empty()) return why;
  }
  return "";
}

}  // namespace

ParquetAnswer put_mark(const ParquetSink& sink, ParquetEventKind kind) {
  return put(sink, {.kind = kind});
}

ParquetAnswer put_text(const ParquetSink& sink, ParquetEventKind kind, const std::string& text) {
  return put_view(sink, kind, text);
}

std::string why_unreadable(const arrow::DataType& type, int depth) {
  if (depth < 1) return "it is nested too deeply";
  switch (type.id()) {
    case Type::LIST:
    case Type::LARGE_LIST:
    case Type::FIXED_SIZE_LIST:
      return why_unreadable(*type.field(0)->type(), depth - 1);
    case Type::MAP: {
      const auto& map = static_cast<const arrow::MapType&>(type);
      std::string why = why_unreadable(*map.key_type(), depth - 2);
      return why.empty() ? why_unreadable(*map.item_type(), depth - 2) : why;
    }
    case Type::STRUCT:
      return why_struct_unreadable(type, depth);
    case Type::DICTIONARY:
      return why_unreadable(*static_cast<const arrow::DictionaryType&>(type).value_type(), depth);
    case Type::EXTENSION:
      return why_unreadable(*static_cast<const arrow::ExtensionType&>(type).storage_type(), depth);
    default:
      return is_leaf(type.id()) ? "" : "its type is " + type.name();
  }
}

ParquetAnswer put_value(const arrow::Array& array, std::int64_t index, const ParquetSink& sink) {
  if (array.type_id() == Type::NA || array.IsNull(index)) return put_mark(sink, Kind::null);
  if (is_number(array.type_id())) return put_number_of(array, index, sink);
  if (is_date_or_time(array.type_id())) return put_temporal(array, index, sink);
  switch (array.type_id()) {
    case Type::BOOL: {
      ParquetEvent event{.kind = Kind::boolean};
      event.integer = value_of<arrow::BooleanArray>(array, index) ? 1 : 0;
      return put(sink, event);
    }
    case Type::STRING:
      return put_view(sink, Kind::text, value_of<arrow::StringArray>(array, index));
    case Type::LARGE_STRING:
      return put_view(sink, Kind::text, value_of<arrow::LargeStringArray>(array, index));
    case Type::BINARY:
      return put_view(sink, Kind::bytes, value_of<arrow::BinaryArray>(array, index));
    case Type::LARGE_BINARY:
      return put_view(sink, Kind::bytes, value_of<arrow::LargeBinaryArray>(array, index));
    case Type::FIXED_SIZE_BINARY:
      return put_view(sink, Kind::bytes, value_of<arrow::FixedSizeBinaryArray>(array, index));
    case Type::DECIMAL32:
      return put_text(sink, Kind::text, static_cast<const arrow::Decimal32Array&>(array).FormatValue(index));
    case Type::DECIMAL64:
      return put_text(sink, Kind::text, static_cast<const arrow::Decimal64Array&>(array).FormatValue(index));
    case Type::DECIMAL128:
      return put_text(sink, Kind::text, static_cast<const arrow::Decimal128Array&>(array).FormatValue(index));
    case Type::DECIMAL256:
      return put_text(sink, Kind::text, static_cast<const arrow::Decimal256Array&>(array).FormatValue(index));
    case Type::LIST:
      return put_list_of<arrow::ListArray>(array, index, sink);
    case Type::LARGE_LIST:
      return put_list_of<arrow::LargeListArray>(array, index, sink);
    case Type::FIXED_SIZE_LIST:
      return put_list_of<arrow::FixedSizeListArray>(array, index, sink);
    case Type::MAP:
      return put_map(static_cast<const arrow::MapArray&>(array), index, sink);
    case Type::STRUCT:
      return put_struct(static_cast<const arrow::StructArray&>(array), index, sink);
    case Type::DICTIONARY:
      return put_dictionary(static_cast<const arrow::DictionaryArray&>(array), index, sink);
    case Type::EXTENSION:
      return put_value(*static_cast<const arrow::ExtensionArray&>(array).storage(), index, sink);
    default:
      return put_text(sink, Kind::no_text, "its type is " + array.type()->name());
  }
}

}  // namespace assay::eval::parquet
