#include "text/regex.hpp"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <algorithm>
#include <cstdint>

#include "assay/util/error.hpp"
#include "text/utf8.hpp"

namespace assay::text {
namespace {

constexpr std::size_t max_pattern_bytes = 16384;
// Most matches need a handful of steps. A match that needs more is retried with a larger limit, and each
// retry is charged to a budget that grows with the text: total work stays linear in it.
constexpr std::uint32_t first_limit = 1000;
constexpr std::uint32_t limit_growth = 16;
constexpr std::uint32_t max_limit = 1U << 30;
constexpr std::uint64_t budget_base = 10'000'000;
constexpr std::uint64_t budget_per_byte = 64;
constexpr std::uint32_t heap_limit_kib = 256 * 1024;

template <auto Free>
struct Freeing {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
using Code = std::unique_ptr<pcre2_code, Freeing<pcre2_code_free>>;
using CompileContext = std::unique_ptr<pcre2_compile_context, Freeing<pcre2_compile_context_free>>;
using MatchContext = std::unique_ptr<pcre2_match_context, Freeing<pcre2_match_context_free>>;
using MatchData = std::unique_ptr<pcre2_match_data, Freeing<pcre2_match_data_free>>;

std::string error_text(int code) {
  PCRE2_UCHAR buffer[256];
  pcre2_get_error_message(code, buffer, sizeof buffer);
  return reinterpret_cast<const char*>(buffer);
}

}  // namespace

struct Regex::Impl {
  std::string pattern;
  std::string source;
  Code code;
};

Regex::~Regex() = default;
Regex::Regex(Regex&&) noexcept = default;
Regex& Regex::operator=(Regex&&) noexcept = default;

Regex::Regex(std::string_view pattern, std::string_view source) : impl_(std::make_unique<Impl>()) {
  util::check_input(pattern.size() <= max_pattern_bytes, "{}: the pattern is too long ({} bytes, limit {})",
                    source, pattern.size(), max_pattern_bytes);
  impl_->pattern = pattern;
  impl_->source = source;
  const std::string rewritten = to_pcre2(pattern, source);
  const CompileContext context(pcre2_compile_context_create(nullptr));
  pcre2_set_newline(context.get(), PCRE2_NEWLINE_LF);
  int error = 0;
  PCRE2_SIZE offset = 0;
  constexpr std::uint32_t options = PCRE2_UTF | PCRE2_UCP | PCRE2_MULTILINE | PCRE2_NEVER_BACKSLASH_C;
  impl_->code.reset(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(rewritten.data()), rewritten.size(), options,
                                  &error, &offset, context.get()));
  util::check_input(impl_->code != nullptr, "{}: the pattern \"{}\" cannot be compiled ({})", source, pattern,
                    error_text(error));
  pcre2_jit_compile(impl_->code.get(), PCRE2_JIT_COMPLETE);  // only slower where it is not available
}

namespace {

// One pass over a text: PCRE2's mutable state and what is left of the budget.
class Search {
 public:
  Search(const pcre2_code* code, std::string_view text)
      : code_(code),
        text_(text),
        data_(pcre2_match_data_create_from_pattern(code, nullptr)),
        context_(pcre2_match_context_create(nullptr)),
        budget_(budget_base + budget_per_byte * text.size()) {
    pcre2_set_heap_limit(context_.get(), heap_limit_kib);
  }

  // 1 found, 0 none, negative: PCRE2's error.
  int next(std::size_t from, ByteRange& found) {
    for (std::uint32_t limit = first_limit;; limit = std::min(limit * limit_growth, max_limit)) {
      pcre2_set_match_limit(context_.get(), limit);
      int status = match(from, PCRE2_NO_UTF_CHECK);
      if (status == PCRE2_ERROR_JIT_STACKLIMIT) status = match(from, PCRE2_NO_UTF_CHECK | PCRE2_NO_JIT);
      if (limit > first_limit || status == PCRE2_ERROR_MATCHLIMIT) {
        if (budget_ < limit) return PCRE2_ERROR_MATCHLIMIT;
        budget_ -= limit;
      }
      if (status == PCRE2_ERROR_MATCHLIMIT && limit < max_limit) continue;
      if (status == PCRE2_ERROR_NOMATCH) return 0;
      if (status < 0) return status;
      const PCRE2_SIZE* range = pcre2_get_ovector_pointer(data_.get());
      // \K inside a lookahead can set the start behind the end.
      found = {std::max<std::size_t>(std::min(range[0], range[1]), from),
               std::max<std::size_t>(range[1], from)};
      return 1;
    }
  }

 private:
  int match(std::size_t from, std::uint32_t options) {
    return pcre2_match(code_, reinterpret_cast<PCRE2_SPTR>(text_.data()), text_.size(), from, options,
                       data_.get(), context_.get());
  }

  const pcre2_code* code_;
  std::string_view text_;
  MatchData data_;
  MatchContext context_;
  std::uint64_t budget_;
};

}  // namespace

std::vector<ByteRange> Regex::find_all(std::string_view text) const {
  std::vector<ByteRange> found;
  Search search(impl_->code.get(), text);
  std::size_t from = 0;
  while (from <= text.size()) {
    ByteRange range{};
    const int status = search.next(from, range);
    if (status == 0) break;
    util::check_input(status > 0,
                      "{}: the pattern \"{}\" cannot split a text of {} bytes ({}); use a simpler pattern",
                      impl_->source, impl_->pattern, text.size(), error_text(status));
    const bool repeated = range.begin == range.end && !found.empty() && found.back().end == range.end;
    if (!repeated) found.push_back(range);
    from = range.end;
    if (repeated) from += from < text.size() ? character_at(text, from).size : 1;
  }
  return found;
}

}  // namespace assay::text
