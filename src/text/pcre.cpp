#include "assay/text/pcre.hpp"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <algorithm>
#include <cstdint>
#include <new>

#include "assay/util/error.hpp"

namespace assay::text {
namespace {

// PCRE2 counts steps anew at every byte where a match may begin. Most such starts need a handful of steps and
// get first_limit at no charge: that much work is linear in the text. A start that needs more is searched
// alone, with larger limits that are charged to one budget for the whole text.
constexpr std::uint32_t first_limit = 1000;
constexpr std::uint32_t limit_growth = 4;
constexpr std::uint32_t max_limit = 1U << 30;
constexpr std::uint64_t budget_base = 50'000'000;
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

// PCRE2 gives null where memory is short.
template <class Owner>
Owner owned(typename Owner::pointer object) {
  if (object == nullptr) throw std::bad_alloc();
  return Owner(object);
}

std::string error_text(int code) {
  PCRE2_UCHAR buffer[256] = {};
  pcre2_get_error_message(code, buffer, sizeof buffer);
  return reinterpret_cast<const char*>(buffer);
}

}  // namespace

struct Pcre::Impl {
  std::string name;
  Code code;
  std::uint32_t groups = 0;
  /// By bytes: a match may begin with it. Null: not known, or a match may be empty.
  const std::uint8_t* first_bytes = nullptr;
};

Pcre::~Pcre() = default;
Pcre::Pcre(Pcre&&) noexcept = default;
Pcre& Pcre::operator=(Pcre&&) noexcept = default;

Pcre::Pcre(std::string_view syntax, Anchors anchors, std::string name) : impl_(std::make_unique<Impl>()) {
  impl_->name = std::move(name);
  const auto context = owned<CompileContext>(pcre2_compile_context_create(nullptr));
  pcre2_set_newline(context.get(), PCRE2_NEWLINE_LF);
  const std::uint32_t options = PCRE2_UTF | PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C | PCRE2_USE_OFFSET_LIMIT |
                                (anchors == Anchors::lines ? PCRE2_MULTILINE : 0);
  int error = 0;
  PCRE2_SIZE offset = 0;
  impl_->code.reset(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(syntax.data()), syntax.size(), options, &error,
                                  &offset, context.get()));
  util::check_input(impl_->code != nullptr, "{} cannot be compiled ({})", impl_->name, error_text(error));
  pcre2_pattern_info(impl_->code.get(), PCRE2_INFO_CAPTURECOUNT, &impl_->groups);
  std::uint32_t matches_empty = 1;
  pcre2_pattern_info(impl_->code.get(), PCRE2_INFO_MATCHEMPTY, &matches_empty);
  if (matches_empty == 0) pcre2_pattern_info(impl_->code.get(), PCRE2_INFO_FIRSTBITMAP, &impl_->first_bytes);
  pcre2_jit_compile(impl_->code.get(), PCRE2_JIT_COMPLETE);  // only slower where it is not available
}

std::size_t Pcre::groups() const {
  return impl_->groups;
}

struct Pcre::Search::State {
  const Impl& pattern;
  std::string_view text;
  MatchData data;
  MatchContext context;
  std::uint64_t budget;
  ByteRange whole{0, 0};
  std::uint32_t groups = 0;  // groups of the last match that PCRE2 has set, the whole included

  // Searches for matches that begin in [from, last]; no step limit is raised, nothing is charged.
  int match(std::size_t from, std::size_t last, std::uint32_t options, std::uint32_t limit) {
    pcre2_set_match_limit(context.get(), limit);
    pcre2_set_offset_limit(context.get(), last);
    const auto run = [&](std::uint32_t more) {
      return pcre2_match(pattern.code.get(), reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), from,
                         options | more, data.get(), context.get());
    };
    const int status = run(0);
    return status == PCRE2_ERROR_JIT_STACKLIMIT ? run(PCRE2_NO_JIT) : status;
  }

  // A match that begins at `from` itself and needs more than the first limit.
  int match_costly(std::size_t from, std::uint32_t options) {
    for (std::uint32_t limit = first_limit * limit_growth;;
         limit = std::min(limit * limit_growth, max_limit)) {
      if (budget < limit) return PCRE2_ERROR_MATCHLIMIT;
      budget -= limit;
      const int status = match(from, from, options, limit);
      if (status != PCRE2_ERROR_MATCHLIMIT || limit == max_limit) return status;
    }
  }

  // pcre2_match under the budget: positive, or PCRE2's error.
  int match_bounded(std::size_t from, std::uint32_t options) {
    int status = match(from, text.size(), options, first_limit);
    if (status != PCRE2_ERROR_MATCHLIMIT) return status;
    // Some start is costly. Windows of starts grow until one holds it and shrink until it is alone, so that
    // finding it costs no more than passing over the others did.
    std::size_t window = 1;
    while (from <= text.size()) {
      const std::size_t next = start_behind(from, window);
      status = match(from, next - 1, options, first_limit);
      if (status == PCRE2_ERROR_MATCHLIMIT) {
        if (window > 1) {
          window /= 2;
          continue;
        }
        status = match_costly(from, options);
      }
      if (status != PCRE2_ERROR_NOMATCH) return status;
      options &= ~std::uint32_t{PCRE2_NOTEMPTY_ATSTART};  // it spoke of the first start
      from = next;
      window *= 2;
    }
    return PCRE2_ERROR_NOMATCH;
  }

  [[nodiscard]] bool no_first_byte_behind(std::size_t from) const {
    if (pattern.first_bytes == nullptr) return false;
    return std::none_of(text.begin() + static_cast<std::ptrdiff_t>(from), text.end(), [&](char c) {
      const auto byte = static_cast<unsigned char>(c);
      return (pattern.first_bytes[byte / 8] >> (byte % 8) & 1) != 0;
    });
  }

  // The first character behind `from` that is at least `bytes` away; one past the end is a start too.
  [[nodiscard]] std::size_t start_behind(std::size_t from, std::size_t bytes) const {
    if (text.size() - from < bytes) return text.size() + 1;
    std::size_t at = from + bytes;
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U) ++at;
    return at;
  }
};

Pcre::Search::Search(const Pcre& pattern, std::string_view text)
    : state_(new State{
          *pattern.impl_, text,
          owned<MatchData>(pcre2_match_data_create_from_pattern(pattern.impl_->code.get(), nullptr)),
          owned<MatchContext>(pcre2_match_context_create(nullptr)),
          budget_base + budget_per_byte * text.size()}) {
  pcre2_set_heap_limit(state_->context.get(), heap_limit_kib);
}

Pcre::Search::~Search() = default;

void Pcre::Search::restart(std::string_view text) {
  state_->text = text;
  state_->budget += budget_per_byte * text.size();
  state_->groups = 0;
}

bool Pcre::Search::next(std::size_t from, AtStart at_start) {
  if (state_->no_first_byte_behind(from)) return false;  // spares most short texts a call of the engine
  const std::uint32_t options =
      PCRE2_NO_UTF_CHECK | (at_start == AtStart::not_empty ? PCRE2_NOTEMPTY_ATSTART : 0);
  const int status = state_->match_bounded(from, options);
  if (status == PCRE2_ERROR_NOMATCH) return false;
  util::check_input(status > 0,
                    "{} cannot be applied to a text of {} bytes ({}); use a pattern that backtracks less",
                    state_->pattern.name, state_->text.size(), error_text(status));
  const PCRE2_SIZE* ends = pcre2_get_ovector_pointer(state_->data.get());
  // \K inside a lookahead can set the start behind the end.
  state_->whole = {std::max<std::size_t>(std::min(ends[0], ends[1]), from),
                   std::max<std::size_t>(ends[1], from)};
  state_->groups = static_cast<std::uint32_t>(status);
  return true;
}

ByteRange Pcre::Search::match() const {
  return state_->whole;
}

std::optional<ByteRange> Pcre::Search::group(std::size_t index) const {
  ASSAY_CHECK(index >= 1 && index <= state_->pattern.groups);
  if (index >= state_->groups) return std::nullopt;
  const PCRE2_SIZE* ends = pcre2_get_ovector_pointer(state_->data.get()) + 2 * index;
  if (ends[0] == PCRE2_UNSET) return std::nullopt;
  return ByteRange{std::min(ends[0], ends[1]), ends[1]};
}

}  // namespace assay::text
