#include "eval/function_text.hpp"
#include "assay/text/python.hpp"

#include <algorithm>

#include "assay/util/error.hpp"
#include "assay/util/utf8.hpp"

namespace assay::eval {
namespace {

namespace python = text::python;

// Bytes of the first `count` characters; all if there are fewer.
std::size_t bytes_of(std::string_view text, std::size_t count) {
  std::size_t at = 0;
  for (; count > 0 && at < text.size(); --count) at += util::scan_utf8(text, at).size;
  return at;
}

std::size_t slice_end(std::string_view text, std::int64_t count) {
  if (count >= 0) return bytes_of(text, static_cast<std::size_t>(count));
  const auto all = static_cast<std::int64_t>(python::length(text));
  return bytes_of(text, static_cast<std::size_t>(std::max<std::int64_t>(all + count, 0)));
}

}  // namespace

std::string_view first_characters(std::string_view text, std::int64_t count) {
  return text.substr(0, slice_end(text, count));
}

std::string_view without_first(std::string_view text, std::int64_t count) {
  return text.substr(slice_end(text, count));
}

std::string join(const std::vector<std::string>& texts, std::string_view separator) {
  std::string out;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (i > 0) out += separator;
    out += texts[i];
  }
  return out;
}

std::string_view lstrip_of(std::string_view text, std::string_view set) {
  return text.substr(std::min(text.find_first_not_of(set), text.size()));
}

std::string_view rstrip_of(std::string_view text, std::string_view set) {
  return text.substr(0, text.find_last_not_of(set) + 1);
}

std::string_view strip_of(std::string_view text, std::string_view set) {
  return rstrip_of(lstrip_of(text, set), set);
}

std::string_view before_first(std::string_view text, std::string_view separator) {
  return text.substr(0, text.find(separator));
}

std::string_view after_last(std::string_view text, std::string_view separator) {
  const auto found = text.rfind(separator);
  return found == std::string_view::npos ? text : text.substr(found + separator.size());
}

std::string with_lower_first(std::string_view text) {
  util::check_input(!text.empty(), "a text that has to begin with a letter is empty");
  return python::lower(first_characters(text, 1)) + std::string(without_first(text, 1));
}

}  // namespace assay::eval
