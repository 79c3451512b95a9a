#include "text/jinja/attribute_path.hpp"

#include <algorithm>
#include <cstdint>
#include <string>

#include "assay/text/python.hpp"
#include "text/jinja/text_operations.hpp"

namespace assay::text::jinja {

Value attribute_path(Interpreter& interpreter, const Value& value, const Value& path) {
  if (!path.is_text()) return interpreter.item(value, path);
  Value out = value;
  for (const MarkedText& part : split(path.text(), ".", -1, false)) {
    const std::string& name = part.bytes();
    const bool index = python::is_digits(name) && name.size() < 10;
    out = interpreter.item(out, index ? Value(static_cast<std::int64_t>(std::stoll(name))) : Value(name));
  }
  return out;
}

std::vector<std::optional<Value>> split_attributes(std::string_view paths) {
  std::vector<std::optional<Value>> out;
  for (const MarkedText& part : split(MarkedText(std::string(paths)), ",", -1, false))
    out.emplace_back(Value(part));
  return out;
}

}  // namespace assay::text::jinja
