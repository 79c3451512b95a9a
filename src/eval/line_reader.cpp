#include "eval/line_reader.hpp"

#include <zlib.h>
#include <zstd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <new>
#include <vector>

#include "assay/util/error.hpp"

namespace assay::eval {
namespace {

using util::check_input;
using util::fail_input;

constexpr std::size_t chunk_bytes = std::size_t{256} << 10;
// Largest zstd window accepted: what `zstd -d` takes without --long.
constexpr int max_window_log = 27;

struct FileClose {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, FileClose>;

File open_file(const std::filesystem::path& path) {
  std::error_code ignored;
  check_input(!std::filesystem::is_directory(path, ignored), "{} cannot be read (it is a folder)",
              path.string());
  const bool special =
      std::filesystem::exists(path, ignored) && !std::filesystem::is_regular_file(path, ignored);
  check_input(!special, "{} cannot be read (it is not a regular file)", path.string());
  File file(std::fopen(path.c_str(), "rb"));
  check_input(file != nullptr, "{} cannot be read ({})", path.string(), std::strerror(errno));
  return file;
}

class PlainSource : public ByteSource {
 public:
  explicit PlainSource(const std::filesystem::path& path) : name_(path.string()), file_(open_file(path)) {}
  std::size_t read(char* out, std::size_t size) override {
    const std::size_t got = std::fread(out, 1, size, file_.get());
    check_input(got > 0 || std::ferror(file_.get()) == 0, "{} cannot be read ({})", name_,
                std::strerror(errno));
    return got;
  }

 private:
  std::string name_;
  File file_;
};

struct GzipClose {
  void operator()(gzFile file) const { gzclose(file); }
};

class GzipSource : public ByteSource {
 public:
  explicit GzipSource(const std::filesystem::path& path) : name_(path.string()) {
    open_file(path);  // for the reason in the error
    file_.reset(gzopen(path.c_str(), "rb"));
    if (!file_) throw std::bad_alloc();
    check_input(gzdirect(file_.get()) == 0, "{} is not gzip data (its name ends in .gz)", name_);
  }
  std::size_t read(char* out, std::size_t size) override {
    const int got = gzread(file_.get(), out, static_cast<unsigned>(size));
    int error = Z_OK;
    const char* why = gzerror(file_.get(), &error);
    check_input(got >= 0 && error != Z_BUF_ERROR, "{} is damaged or truncated ({})", name_, why);
    return static_cast<std::size_t>(got);
  }

 private:
  std::string name_;
  std::unique_ptr<gzFile_s, GzipClose> file_;
};

struct ZstdFree {
  void operator()(ZSTD_DStream* stream) const { ZSTD_freeDStream(stream); }
};

class ZstdSource : public ByteSource {
 public:
  explicit ZstdSource(const std::filesystem::path& path)
      : name_(path.string()), file_(open_file(path)), stream_(ZSTD_createDStream()), in_(chunk_bytes) {
    if (!stream_) throw std::bad_alloc();
    ZSTD_DCtx_setParameter(stream_.get(), ZSTD_d_windowLogMax, max_window_log);
  }
  std::size_t read(char* out, std::size_t size) override {
    ZSTD_outBuffer output{out, size, 0};
    while (output.pos == 0) {
      if (input_.pos == input_.size) {
        input_ = {in_.data(), std::fread(in_.data(), 1, in_.size(), file_.get()), 0};
        if (input_.size == 0) {
          check_input(pending_ == 0 && started_, "{} is damaged or truncated (it ends inside a frame)",
                      name_);
          return 0;
        }
        started_ = true;
      }
      pending_ = ZSTD_decompressStream(stream_.get(), &output, &input_);
      check_input(ZSTD_isError(pending_) == 0, "{} is not readable zstd data ({})", name_,
                  ZSTD_getErrorName(pending_));
    }
    return output.pos;
  }

 private:
  std::string name_;
  File file_;
  std::unique_ptr<ZSTD_DStream, ZstdFree> stream_;
  std::vector<char> in_;
  ZSTD_inBuffer input_{nullptr, 0, 0};
  std::size_t pending_ = 0;  // 0: between frames
  bool started_ = false;
};

}  // namespace

std::unique_ptr<ByteSource> open_bytes(const std::filesystem::path& file) {
  if (file.extension() == ".gz") return std::make_unique<GzipSource>(file);
  if (file.extension() == ".zst") return std::make_unique<ZstdSource>(file);
  return std::make_unique<PlainSource>(file);
}

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
