#include "eval/data/json_array.hpp"

#include <algorithm>
#include <utility>

#include "assay/util/error.hpp"

namespace assay::eval {

using util::check_input;

JsonArrayElements::JsonArrayElements(std::string_view text, std::string source, std::size_t max_bytes)
    : text_(text), source_(std::move(source)), max_bytes_(max_bytes) {
  if (text_.starts_with("\xef\xbb\xbf")) at_ = 3;
  skip_space();
  check_input(at_ < text_.size() && text_[at_] == '[', "{}:{}: a JSON array begins with [", source_,
              next_line_);
  ++at_;
}

void JsonArrayElements::skip_space() {
  const std::size_t end = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size());
  next_line_ += std::count(text_.begin() + static_cast<std::ptrdiff_t>(at_),
                           text_.begin() + static_cast<std::ptrdiff_t>(end), '\n');
  at_ = end;
}

std::size_t JsonArrayElements::element_end() const {
  std::size_t depth = 0;
  bool in_string = false;
  std::size_t i = at_;
  for (; i < text_.size(); ++i) {
    check_input(i - at_ <= max_bytes_,
                "{}:{}: an element is longer than {} MiB (it holds one document); break the document up",
                source_, line_, max_bytes_ >> 20);
    const char c = text_[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      ++depth;
    } else if (c == ',' || c == ']' || c == '}') {
      if (depth == 0) break;
      if (c != ',') --depth;
    }
  }
  check_input(i < text_.size() && text_[i] != '}',
              "{}:{}: the array is not valid JSON (its element does not end)", source_, line_);
  return i;
}

bool JsonArrayElements::next(std::string_view& element) {
  skip_space();
  if (text_.substr(at_).starts_with(']')) {
    ++at_;
    skip_space();
    check_input(at_ == text_.size(), "{}:{}: text follows the array", source_, next_line_);
    return false;
  }
  if (!first_) {
    ++at_;  // the comma that ended the last element
    skip_space();
  }
  first_ = false;
  line_ = next_line_;
  const std::size_t end = element_end();
  element = text_.substr(at_, end - at_);
  next_line_ += std::ranges::count(element, '\n');
  at_ = end;
  return true;
}

}  // namespace assay::eval
