#include "eval/python_regex.hpp"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "assay/util/error.hpp"
#include "eval/python_text.hpp"

namespace assay::eval {
namespace {

// About a second of backtracking in one search; ordinary patterns need thousands of steps.
constexpr std::uint32_t match_limit = 20'000'000;
constexpr std::uint32_t heap_limit_kib = 256 * 1024;
constexpr std::size_t max_pattern_bytes = 64 * 1024;

std::string describe(int code) {
  PCRE2_UCHAR text[256] = {};
  pcre2_get_error_message(code, text, sizeof(text));
  return reinterpret_cast<const char*>(text);
}

struct CodeFree {
  void operator()(pcre2_code* code) const { pcre2_code_free(code); }
};
struct MatchFree {
  void operator()(pcre2_match_data* data) const { pcre2_match_data_free(data); }
};
struct MatchContextFree {
  void operator()(pcre2_match_context* context) const { pcre2_match_context_free(context); }
};
struct CompileContextFree {
  void operator()(pcre2_compile_context* context) const { pcre2_compile_context_free(context); }
};

}  // namespace

struct PythonRegex::Impl {
  std::string pattern;
  std::unique_ptr<pcre2_code, CodeFree> code;
  std::unique_ptr<pcre2_match_context, MatchContextFree> context;
  std::uint32_t groups = 0;

  // Calls visit(groups, begin, end) for every match in valid UTF-8.
  template <class Visit>
  void for_each_match(std::string_view text, Visit visit) const {
    const std::unique_ptr<pcre2_match_data, MatchFree> data(
        pcre2_match_data_create_from_pattern(code.get(), nullptr));
    if (!data) throw std::bad_alloc();
    std::size_t from = 0;
    // After an empty match the next one may start here too, but must not be empty: Python >= 3.7.
    std::uint32_t options = 0;
    while (from <= text.size()) {
      const int result = pcre2_match(code.get(), reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), from,
                                     options, data.get(), context.get());
      if (result == PCRE2_ERROR_NOMATCH) return;
      util::check_input(
          result > 0,
          "the regular expression \"{}\" could not be applied ({}); write one that backtracks less", pattern,
          describe(result));
      const PCRE2_SIZE* offsets = pcre2_get_ovector_pointer(data.get());
      Groups found(groups + 1);
      for (std::uint32_t i = 0; i <= groups && i < static_cast<std::uint32_t>(result); ++i) {
        if (offsets[2 * i] != PCRE2_UNSET)
          found[i] = text.substr(offsets[2 * i], offsets[2 * i + 1] - offsets[2 * i]);
      }
      // \K is refused by the translation, so a match never begins behind the search position.
      visit(found, offsets[0], offsets[1]);
      from = offsets[1];
      options = PCRE2_NO_UTF_CHECK | (offsets[0] == offsets[1] ? PCRE2_NOTEMPTY_ATSTART : 0);
    }
  }
};

PythonRegex::PythonRegex(const std::string& pattern) : impl_(std::make_unique<Impl>()) {
  util::check_input(pattern.size() <= max_pattern_bytes, "a regular expression has {} bytes (limit {})",
                    pattern.size(), max_pattern_bytes);
  impl_->pattern = pattern;
  const std::string translated = translate_python_pattern(pattern);
  const std::unique_ptr<pcre2_compile_context, CompileContextFree> compile(
      pcre2_compile_context_create(nullptr));
  impl_->context.reset(pcre2_match_context_create(nullptr));
  if (!compile || !impl_->context) throw std::bad_alloc();
  pcre2_set_newline(compile.get(), PCRE2_NEWLINE_LF);
  pcre2_set_match_limit(impl_->context.get(), match_limit);
  pcre2_set_heap_limit(impl_->context.get(), heap_limit_kib);
  int error = 0;
  PCRE2_SIZE at = 0;
  impl_->code.reset(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(translated.data()), translated.size(),
                                  PCRE2_UTF | PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C, &error, &at,
                                  compile.get()));
  util::check_input(impl_->code != nullptr, "the regular expression \"{}\" is not valid ({})", pattern,
                    describe(error));
  pcre2_pattern_info(impl_->code.get(), PCRE2_INFO_CAPTURECOUNT, &impl_->groups);
}

PythonRegex::PythonRegex(PythonRegex&&) noexcept = default;
PythonRegex& PythonRegex::operator=(PythonRegex&&) noexcept = default;
PythonRegex::~PythonRegex() = default;

std::vector<PythonRegex::Groups> PythonRegex::find_all(std::string_view text) const {
  const std::string valid = to_utf8(code_points(text));
  std::vector<Groups> all;
  impl_->for_each_match(valid,
                        [&](Groups& found, std::size_t, std::size_t) { all.push_back(std::move(found)); });
  return all;
}

std::string PythonRegex::substitute(std::string_view text,
                                    const std::function<std::string(const Groups&)>& replacement) const {
  const std::string valid = to_utf8(code_points(text));
  std::string out;
  std::size_t copied = 0;
  impl_->for_each_match(valid, [&](const Groups& found, std::size_t begin, std::size_t end) {
    out.append(valid, copied, begin - copied);
    out += replacement(found);
    copied = end;
  });
  return out.append(valid, copied);
}

int PythonRegex::groups() const {
  return static_cast<int>(impl_->groups);
}

}  // namespace assay::eval
