#include "text/decoder.hpp"

#include <charconv>
#include <optional>

#include "assay/util/utf8.hpp"
#include "text/byte_level.hpp"
#include "text/text_pattern.hpp"

namespace assay::text {
namespace {

constexpr std::size_t max_stages = 64;

using Sink = DecoderStep::Sink;

// A step whose members are all copied with it.
template <class Step>
class Copied : public DecoderStep {
 public:
  [[nodiscard]] std::unique_ptr<DecoderStep> clone() const final {
    return std::make_unique<Step>(static_cast<const Step&>(*this));
  }
};

// Joins fragments, so that a step which must see whole tokens sees the fused one at the end.
class Buffered : public DecoderStep {
 public:
  explicit Buffered(std::unique_ptr<DecoderStep> step) : step_(std::move(step)) {}
  void push(std::string token, const Sink&) override { text_ += token; }
  void finish(const Sink& sink) override {
    step_->push(std::move(text_), sink);
    step_->finish(sink);
  }
  [[nodiscard]] std::unique_ptr<DecoderStep> clone() const override {
    auto copy = std::make_unique<Buffered>(step_->clone());
    copy->text_ = text_;
    return copy;
  }

 private:
  std::unique_ptr<DecoderStep> step_;
  std::string text_;
};

std::unique_ptr<DecoderStep> whole_tokens(std::unique_ptr<DecoderStep> step, bool fused) {
  if (!fused) return step;
  return std::make_unique<Buffered>(std::move(step));
}

class JoinWithSpaces : public Copied<JoinWithSpaces> {
 public:
  void push(std::string token, const Sink& sink) override {
    sink(first_ ? std::move(token) : " " + token);
    first_ = false;
  }
  void finish(const Sink&) override {}

 private:
  bool first_ = true;
};

class Replace : public Copied<Replace> {
 public:
  Replace(std::shared_ptr<const TextPattern> pattern, std::string content)
      : pattern_(std::move(pattern)), content_(std::move(content)) {}
  void push(std::string token, const Sink& sink) override { sink(pattern_->replace_all(token, content_)); }
  void finish(const Sink&) override {}

 private:
  std::shared_ptr<const TextPattern> pattern_;
  std::string content_;
};

// "<0x0A>" as a byte. A run of byte tokens that is not valid UTF-8 becomes one U+FFFD a byte, so nothing of
// a run can be handed on before it ends.
class ByteFallback : public Copied<ByteFallback> {
 public:
  void push(std::string token, const Sink& sink) override {
    if (const auto byte = byte_token(token)) {
      bytes_ += *byte;
      return;
    }
    finish(sink);
    sink(std::move(token));
  }
  void finish(const Sink& sink) override {
    if (bytes_.empty()) return;
    if (util::is_valid_utf8(bytes_)) {
      sink(std::move(bytes_));
    } else {
      for (std::size_t i = 0; i < bytes_.size(); ++i) sink(std::string(util::replacement_character));
    }
    bytes_.clear();
  }

 private:
  static std::optional<char> byte_token(std::string_view token) {
    if (token.size() != 6 || !token.starts_with("<0x") || !token.ends_with('>')) return std::nullopt;
    std::string_view digits = token.substr(3, 2);
    if (digits.starts_with('+')) digits.remove_prefix(1);  // Rust's number parser takes a sign
    unsigned value = 0;
    const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    if (result.ec != std::errc() || result.ptr != digits.data() + digits.size()) return std::nullopt;
    return static_cast<char>(value);
  }
  std::string bytes_;
};

class Fuse : public Copied<Fuse> {
 public:
  void push(std::string token, const Sink& sink) override { sink(std::move(token)); }
  void finish(const Sink&) override {}
};

// Removes up to `start` leading and `stop` trailing copies of a character from each token.
class Strip : public Copied<Strip> {
 public:
  Strip(std::string content, std::size_t start, std::size_t stop)
      : content_(std::move(content)), start_(start), stop_(stop) {}
  void push(std::string token, const Sink& sink) override {
    std::string_view rest = token;
    for (std::size_t i = 0; i < start_ && rest.starts_with(content_); ++i)
      rest.remove_prefix(content_.size());
    for (std::size_t i = 0; i < stop_ && rest.ends_with(content_); ++i) rest.remove_suffix(content_.size());
    sink(std::string(rest));
  }
  void finish(const Sink&) override {}

 private:
  std::string content_;
  std::size_t start_;
  std::size_t stop_;
};

// The same for one token that comes in fragments, as far as it can be done before the end is seen.
class StripFused : public Copied<StripFused> {
 public:
  StripFused(std::string content, std::size_t start, std::size_t stop)
      : content_(std::move(content)), to_cut_(start), stop_(stop) {}
  void push(std::string token, const Sink& sink) override {
    std::string_view rest = token;
    while (to_cut_ > 0 && !rest.empty()) {
      if (rest.starts_with(content_)) {
        rest.remove_prefix(content_.size());
        --to_cut_;
      } else {
        to_cut_ = 0;
      }
    }
    std::size_t end = rest.size();
    std::size_t trailing = 0;
    while (stop_ > 0 && rest.substr(0, end).ends_with(content_)) {
      end -= content_.size();
      ++trailing;
    }
    if (end > 0) {
      emit(held_, sink);
      held_ = 0;
      sink(std::string(rest.substr(0, end)));
    }
    held_ += trailing;  // these wait until it is known whether anything follows
    if (held_ > stop_) {
      emit(held_ - stop_, sink);
      held_ = stop_;
    }
  }
  void finish(const Sink&) override { held_ = 0; }

 private:
  void emit(std::size_t count, const Sink& sink) const {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += content_;
    if (!text.empty()) sink(std::move(text));
  }
  std::string content_;
  std::size_t to_cut_;
  std::size_t stop_;
  std::size_t held_ = 0;
};

class Metaspace : public Copied<Metaspace> {
 public:
  Metaspace(std::string replacement, bool drop_in_first, bool fused)
      : replacement_(std::move(replacement)), drop_(drop_in_first), fused_(fused) {}
  void push(std::string token, const Sink& sink) override {
    std::string out;
    for (std::size_t at = 0; at < token.size();) {
      const std::size_t size = util::character_at(token, at).size;
      if (token.compare(at, size, replacement_) != 0) {
        out.append(token, at, size);
      } else if (!drop_) {
        out += ' ';
      }
      at += size;
    }
    if (!fused_) drop_ = false;
    sink(std::move(out));
  }
  void finish(const Sink&) override {}

 private:
  std::string replacement_;
  bool drop_;
  bool fused_;
};

// Characters back to bytes; a token with a character that stands for no byte is taken as it is. Bytes of a
// character that is not complete yet are held back.
class ByteLevel : public Copied<ByteLevel> {
 public:
  void push(std::string token, const Sink& sink) override {
    append_bytes(token);
    std::string out;
    std::size_t at = 0;
    while (at < bytes_.size()) {
      const util::Utf8Scan scan = util::scan_utf8(bytes_, at);
      if (scan.kind == util::Utf8Scan::Kind::truncated) break;
      if (scan.kind == util::Utf8Scan::Kind::valid) {
        out.append(bytes_, at, scan.size);
      } else {
        out += util::replacement_character;
      }
      at += scan.size;
    }
    bytes_.erase(0, at);
    if (!out.empty()) sink(std::move(out));
  }
  void finish(const Sink& sink) override {
    if (!bytes_.empty()) sink(std::string(util::replacement_character));
    bytes_.clear();
  }

 private:
  void append_bytes(std::string_view token) {
    std::string bytes;
    for (std::size_t at = 0; at < token.size();) {
      const util::Character c = util::character_at(token, at);
      const auto byte = byte_of(c.code);
      if (!byte) {
        bytes_ += token;
        return;
      }
      bytes += *byte;
      at += c.size;
    }
    bytes_ += bytes;
  }
  std::string bytes_;
};

std::string one_character(const JsonNode& node) {
  const std::string& text = node.string();
  node.check(!text.empty() && util::character_at(text, 0).size == text.size(), "must be one character");
  return text;
}

}  // namespace

Decoder::Decoder() {
  stages_.push_back({[](bool) { return std::make_unique<JoinWithSpaces>(); }});
}

Decoder::Decoder(const JsonNode& node) {
  read(node);
}

void Decoder::read(const JsonNode& node) {
  const JsonNode type = node.at("type");
  const std::string& name = type.string();
  node.check(stages_.size() < max_stages, "the chain of decoders is too long");
  if (name == "Sequence") {
    node.allow_only({"type", "decoders"});
    for (const JsonNode& item : node.at("decoders").items()) read(item);
  } else if (name == "Replace") {
    node.allow_only({"type", "pattern", "content"});
    auto pattern = std::make_shared<const TextPattern>(node.at("pattern"));
    stages_.push_back({[pattern, content = node.at("content").string()](bool fused) {
      return whole_tokens(std::make_unique<Replace>(pattern, content), fused);
    }});
  } else if (name == "ByteFallback") {
    node.allow_only({"type"});
    stages_.push_back({[](bool fused) { return whole_tokens(std::make_unique<ByteFallback>(), fused); }});
  } else if (name == "Fuse") {
    node.allow_only({"type"});
    stages_.push_back({[](bool) { return std::make_unique<Fuse>(); }, true});
  } else if (name == "Strip") {
    node.allow_only({"type", "content", "start", "stop"});
    const auto start = static_cast<std::size_t>(node.at("start").integer(max_stages));
    const auto stop = static_cast<std::size_t>(node.at("stop").integer(max_stages));
    stages_.push_back({[content = one_character(node.at("content")), start,
                        stop](bool fused) -> std::unique_ptr<DecoderStep> {
      if (fused) return std::make_unique<StripFused>(content, start, stop);
      return std::make_unique<Strip>(content, start, stop);
    }});
  } else if (name == "ByteLevel") {
    node.allow_only({"type", "add_prefix_space", "trim_offsets", "use_regex"});
    stages_.push_back({[](bool fused) { return whole_tokens(std::make_unique<ByteLevel>(), fused); }, true});
  } else if (name == "Metaspace") {
    node.allow_only({"type", "replacement", "prepend_scheme", "split", "add_prefix_space", "str_rep"});
    const auto scheme = node.find("prepend_scheme");
    const bool drop = scheme ? scheme->string() != "never" : node.boolean_or("add_prefix_space", true);
    stages_.push_back({[replacement = one_character(node.at("replacement")), drop](bool fused) {
      return std::make_unique<Metaspace>(replacement, drop, fused);
    }});
  } else {
    type.fail("the decoder \"" + name + "\" is not supported");
  }
}

Decoder::Stream Decoder::start() const {
  Stream stream;
  bool fused = false;
  for (const Stage& stage : stages_) {
    stream.steps_.push_back(stage.make(fused));
    fused = fused || stage.fuses;
  }
  return stream;
}

void Decoder::Stream::feed(std::size_t step, std::string token, std::string& out) {
  if (step == steps_.size()) {
    out += token;
    return;
  }
  steps_[step]->push(std::move(token), [&](std::string next) { feed(step + 1, std::move(next), out); });
}

std::string Decoder::Stream::push(std::string token) {
  std::string out;
  feed(0, std::move(token), out);
  return out;
}

std::string Decoder::Stream::finish() {
  std::string out;
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    steps_[i]->finish([&](std::string next) { feed(i + 1, std::move(next), out); });
  }
  return out;
}

std::string Decoder::Stream::pending() const {
  Stream copy;
  for (const auto& step : steps_) copy.steps_.push_back(step->clone());
  return copy.finish();
}

}  // namespace assay::text
