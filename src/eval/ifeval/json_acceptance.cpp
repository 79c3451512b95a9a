#include "eval/ifeval/json_acceptance.hpp"

#include <vector>

namespace assay::eval {
namespace {

constexpr std::size_t max_whole_digits = 4300;  // sys.int_info.default_max_str_digits

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  bool run() {
    // What may come next. The containers that are open stand in `objects`: true for an object.
    enum class Next { value, value_or_end, key, key_or_end, comma_or_end };
    std::vector<bool> objects;
    Next next = Next::value;
    while (true) {
      skip_space();
      const bool may_end =
          next == Next::value_or_end || next == Next::key_or_end || next == Next::comma_or_end;
      if (may_end && objects.empty()) return at_ == text_.size();
      if (may_end && take(objects.back() ? '}' : ']')) {
        objects.pop_back();
        next = Next::comma_or_end;
      } else if (next == Next::comma_or_end) {
        if (!take(',')) return false;
        next = objects.back() ? Next::key : Next::value;
      } else if (next == Next::key || next == Next::key_or_end) {
        if (!take('"') || !string()) return false;
        skip_space();
        if (!take(':')) return false;
        next = Next::value;
      } else if (take('{')) {
        objects.push_back(true);
        next = Next::key_or_end;
      } else if (take('[')) {
        objects.push_back(false);
        next = Next::value_or_end;
      } else {
        if (!scalar()) return false;
        next = Next::comma_or_end;
      }
    }
  }

 private:
  [[nodiscard]] char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool take(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  bool take(std::string_view word) {
    if (!text_.substr(at_).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }
  void skip_space() {
    while (at_ < text_.size() && std::string_view(" \t\n\r").find(text_[at_]) != std::string_view::npos)
      ++at_;
  }

  bool scalar() {
    if (take('"')) return string();
    for (const std::string_view word : {"null", "true", "false", "NaN", "Infinity", "-Infinity"}) {
      if (take(word)) return true;
    }
    return number();
  }

  // Behind the opening quote.
  bool string() {
    while (at_ < text_.size()) {
      const char c = text_[at_++];
      if (c == '"') return true;
      if (static_cast<unsigned char>(c) < 0x20) return false;
      if (c == '\\' && !escape()) return false;
    }
    return false;
  }

  bool escape() {
    const char kind = peek();
    ++at_;
    if (kind != 'u')
      return kind != '\0' && std::string_view("\"\\/bfnrt").find(kind) != std::string_view::npos;
    for (int digit = 0; digit < 4; ++digit, ++at_) {
      if (!is_hex(peek())) return false;
    }
    return true;
  }

  std::size_t digits() {
    const std::size_t begin = at_;
    while (is_digit(peek())) ++at_;
    return at_ - begin;
  }

  // A fraction or exponent that is not complete is left where it is: what follows the number is then wrong.
  bool number() {
    take('-');
    const std::size_t whole = peek() == '0' ? 1 : 0;
    at_ += whole;
    const std::size_t count = whole > 0 ? whole : digits();
    if (count == 0) return false;
    bool real = false;
    std::size_t end = at_;
    if (take('.') && digits() > 0) {
      real = true;
      end = at_;
    }
    at_ = end;
    if (take('e') || take('E')) {
      if (!take('+')) take('-');
      if (digits() > 0) {
        real = true;
        end = at_;
      }
    }
    at_ = end;
    return real || count <= max_whole_digits;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

bool python_reads_json(std::string_view text) {
  return Reader(text).run();
}

}  // namespace assay::eval
