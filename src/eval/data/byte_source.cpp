#include "eval/data/byte_source.hpp"

#include <bzlib.h>
#include <zlib.h>
#include <zstd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <new>
#include <string>
#include <vector>

#include "assay/util/error.hpp"

namespace assay::eval {
namespace {

using util::check_input;

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

// One or several bzip2 streams behind each other (as parallel packers write them).
class Bzip2Source : public ByteSource {
 public:
  explicit Bzip2Source(const std::filesystem::path& path)
      : name_(path.string()), file_(open_file(path)), in_(chunk_bytes) {
    start();
  }
  Bzip2Source(const Bzip2Source&) = delete;
  Bzip2Source& operator=(const Bzip2Source&) = delete;
  ~Bzip2Source() override { BZ2_bzDecompressEnd(&stream_); }
  std::size_t read(char* out, std::size_t size) override {
    stream_.next_out = out;
    stream_.avail_out = static_cast<unsigned>(size);
    while (stream_.avail_out == size) {
      if (stream_.avail_in == 0 && !refill()) {
        check_input(between_ && any_, "{} is damaged or truncated (it ends inside a stream)", name_);
        return 0;
      }
      between_ = false;
      const int status = BZ2_bzDecompress(&stream_);
      if (status == BZ_MEM_ERROR) throw std::bad_alloc();
      check_input(status == BZ_OK || status == BZ_STREAM_END, "{} is not readable bzip2 data ({})", name_,
                  status == BZ_DATA_ERROR_MAGIC ? "no bzip2 signature" : "damaged");
      if (status == BZ_STREAM_END) restart();
    }
    return size - stream_.avail_out;
  }

 private:
  void start() {
    if (BZ2_bzDecompressInit(&stream_, 0, 0) != BZ_OK) throw std::bad_alloc();
  }
  bool refill() {
    stream_.next_in = in_.data();
    stream_.avail_in = static_cast<unsigned>(std::fread(in_.data(), 1, in_.size(), file_.get()));
    any_ = any_ || stream_.avail_in > 0;
    return stream_.avail_in > 0;
  }
  void restart() {
    const bz_stream at = stream_;
    BZ2_bzDecompressEnd(&stream_);
    stream_ = {};
    start();
    stream_.next_in = at.next_in;
    stream_.avail_in = at.avail_in;
    stream_.next_out = at.next_out;
    stream_.avail_out = at.avail_out;
    between_ = true;
  }

  std::string name_;
  File file_;
  bz_stream stream_{};
  std::vector<char> in_;
  bool between_ = true;  // no stream has begun, or the last one has ended
  bool any_ = false;
};

constexpr std::string_view suffixes[] = {"", ".gz", ".zst", ".bz2"};

}  // namespace

std::span<const std::string_view> compression_suffixes() {
  return suffixes;
}

std::unique_ptr<ByteSource> open_bytes(const std::filesystem::path& file) {
  if (file.extension() == ".bz2") return std::make_unique<Bzip2Source>(file);
  if (file.extension() == ".gz") return std::make_unique<GzipSource>(file);
  if (file.extension() == ".zst") return std::make_unique<ZstdSource>(file);
  return std::make_unique<PlainSource>(file);
}

}  // namespace assay::eval
