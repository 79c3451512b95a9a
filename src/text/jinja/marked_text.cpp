#include "text/jinja/marked_text.hpp"

namespace assay::text::jinja {

void MarkedText::append(const MarkedText& other, std::size_t begin, std::size_t count) {
  if (!other.marks_.empty()) {
    marks_.resize(bytes_.size(), '\0');
    marks_.append(other.marks_, begin, count);
  }
  bytes_.append(other.bytes_, begin, count);
  if (!marks_.empty()) marks_.resize(bytes_.size(), '\0');
}

void MarkedText::append(std::string_view bytes, bool marked) {
  if (marked || !marks_.empty()) {
    marks_.resize(bytes_.size(), '\0');
    marks_.append(bytes.size(), marked ? '\1' : '\0');
  }
  bytes_.append(bytes);
}

MarkedText MarkedText::substr(std::size_t begin, std::size_t count) const {
  MarkedText out(bytes_.substr(begin, count));
  if (!marks_.empty()) out.marks_ = marks_.substr(begin, count);
  return out;
}

}  // namespace assay::text::jinja
