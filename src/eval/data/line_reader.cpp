#include "eval/data/line_reader.hpp"

#include "assay/util/error.hpp"

namespace assay::eval {
namespace {

using util::check_input;

constexpr std::size_t chunk_bytes = std::size_t{256} << 10;

}  // namespace

LineReader::LineReader(const std::filesystem::path& file, const DataLimits& limits)
    : name_(file.string()), limits_(limits), source_(open_bytes(file)) {
  fill();
  if (buffer_.starts_with("\xef\xbb\xbf")) at_ = 3;
}

bool LineReader::fill() {
  const std::size_t held = buffer_.size();
  buffer_.resize(held + chunk_bytes);
  const std::size_t got = source_->read(buffer_.data() + held, chunk_bytes);
  buffer_.resize(held + got);
  total_ += got;
  check_input(total_ <= limits_.stream_bytes,
              "{}:{}: the file holds more than {} MiB of text; split it, or keep fewer rows in it", name_,
              line_number_ + 1, limits_.stream_bytes >> 20);
  return got > 0;
}

bool LineReader::next(std::string& line) {
  std::size_t searched = at_;
  for (;;) {
    const std::size_t end = buffer_.find('\n', searched);
    if (end != std::string::npos || buffer_.size() - at_ > limits_.row_bytes) {
      const std::size_t stop = end == std::string::npos ? buffer_.size() : end;
      check_input(stop - at_ <= limits_.row_bytes,
                  "{}:{}: the line is longer than {} MiB (a line holds one document); break the document up",
                  name_, line_number_ + 1, limits_.row_bytes >> 20);
      line.assign(buffer_, at_, stop - at_);
      at_ = stop + 1;
      break;
    }
    searched = buffer_.size() - at_;
    buffer_.erase(0, at_);
    at_ = 0;
    if (fill()) continue;
    if (buffer_.empty()) return false;
    line = std::move(buffer_);
    buffer_.clear();
    break;
  }
  ++line_number_;
  if (line.ends_with('\r')) line.pop_back();
  return true;
}

std::string read_text(const std::filesystem::path& file, const DataLimits& limits) {
  const auto source = open_bytes(file);
  std::string text;
  for (;;) {
    const std::size_t held = text.size();
    text.resize(held + chunk_bytes);
    const std::size_t got = source->read(text.data() + held, chunk_bytes);
    text.resize(held + got);
    check_input(text.size() <= limits.whole_bytes,
                "{} holds more than {} MiB of text, the limit of its format; write it as JSON lines",
                file.string(), limits.whole_bytes >> 20);
    if (got == 0) return text;
  }
}

}  // namespace assay::eval
