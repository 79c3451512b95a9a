#include "text/normalizer.hpp"

#include <algorithm>
#include <vector>

#include "assay/util/utf8.hpp"
#include "text/growth.hpp"
#include "text/text_pattern.hpp"
#include "text/unicode.hpp"

namespace assay::text {
namespace {

class Prepend : public Normalizer {
 public:
  explicit Prepend(const JsonNode& node) {
    node.allow_only({"type", "prepend"});
    prefix_ = node.at("prepend").string();
  }
  void apply(Piece& piece, std::size_t max_bytes) const override {
    if (piece.text.empty()) return;
    check_growth(piece.text.size() + prefix_.size(), max_bytes, "normaliser");
    piece.text.insert(0, prefix_);
    if (piece.start_bytes > 0) piece.start_bytes += prefix_.size();
  }

 private:
  std::string prefix_;
};

class Replace : public Normalizer {
 public:
  explicit Replace(const JsonNode& node) : pattern_(node.at("pattern")) {
    node.allow_only({"type", "pattern", "content"});
    content_ = node.at("content").string();
  }
  void apply(Piece& piece, std::size_t max_bytes) const override {
    if (const std::string* literal = pattern_.literal()) return replace_literal(*literal, piece, max_bytes);
    const auto matches = pattern_.find_all(piece.text);
    if (matches.empty()) return;
    check_growth(matches.size() * content_.size(), max_bytes, "normaliser");  // before it is made
    piece.start_bytes = start_after(matches, piece.start_bytes);
    piece.text = replace(piece.text, matches, content_);
  }

 private:
  void replace_literal(const std::string& literal, Piece& piece, std::size_t max_bytes) const {
    std::size_t at = piece.text.find(literal);
    if (at == std::string::npos) return;
    std::string out;
    out.reserve(piece.text.size() + piece.text.size() / 2);
    std::vector<ByteRange> at_start;
    std::size_t done = 0;
    for (; at != std::string::npos; at = piece.text.find(literal, done)) {
      out.append(piece.text, done, at - done);
      out += content_;
      check_growth(out.size(), max_bytes, "normaliser");
      done = at + literal.size();
      if (at < piece.start_bytes) at_start.push_back({at, done});
    }
    out.append(piece.text, done);
    piece.start_bytes = start_after(at_start, piece.start_bytes);
    piece.text = std::move(out);
  }

  // The reference traces new text to the last character that it replaces.
  [[nodiscard]] std::size_t start_after(const std::vector<ByteRange>& matches,
                                        std::size_t start_bytes) const {
    std::size_t out = 0;
    std::size_t at = 0;
    for (const ByteRange& match : matches) {
      if (match.begin >= start_bytes) break;
      out += match.begin - at;
      if (match.end > start_bytes) return out;
      out += content_.size();
      at = match.end;
    }
    return out + (start_bytes - at);
  }

  TextPattern pattern_;
  std::string content_;
};

class Normalization : public Normalizer {
 public:
  Normalization(const JsonNode& node, NormalForm form) : form_(form) { node.allow_only({"type"}); }
  void apply(Piece& piece, std::size_t) const override {
    const std::size_t start =
        normalize(std::string_view(piece.text).substr(0, piece.start_bytes), form_).size();
    piece.text = normalize(piece.text, form_);
    if (piece.start_bytes > 0) piece.start_bytes = std::max(start, util::character_at(piece.text, 0).size);
  }

 private:
  NormalForm form_;
};

class Lowercase : public Normalizer {
 public:
  explicit Lowercase(const JsonNode& node) { node.allow_only({"type"}); }
  void apply(Piece& piece, std::size_t) const override {
    piece.start_bytes = to_lower(std::string_view(piece.text).substr(0, piece.start_bytes)).size();
    piece.text = to_lower(piece.text);
  }
};

class Strip : public Normalizer {
 public:
  explicit Strip(const JsonNode& node) {
    node.allow_only({"type", "strip_left", "strip_right"});
    left_ = node.at("strip_left").boolean();
    right_ = node.at("strip_right").boolean();
  }
  void apply(Piece& piece, std::size_t) const override {
    const std::string_view text = piece.text;
    std::size_t begin = 0;
    std::size_t end = text.size();
    while (left_ && begin < end && is_space(util::character_at(text, begin).code))
      begin += util::character_at(text, begin).size;
    while (right_ && begin < end && is_space(util::character_before(text, end).code)) {
      end -= util::character_before(text, end).size;
    }
    piece = part_of(piece, {begin, end});
  }

 private:
  bool left_ = false;
  bool right_ = false;
};

class StripAccents : public Normalizer {
 public:
  explicit StripAccents(const JsonNode& node) { node.allow_only({"type"}); }
  void apply(Piece& piece, std::size_t) const override {
    std::string out;
    std::size_t start = 0;
    for (std::size_t at = 0; at < piece.text.size();) {
      const util::Character c = util::character_at(piece.text, at);
      if (!is_mark(c.code)) {
        out.append(piece.text, at, c.size);
      }
      at += c.size;
      if (at == piece.start_bytes) start = out.size();
    }
    piece.text = std::move(out);
    piece.start_bytes = start;
  }
};

std::unique_ptr<Normalizer> make_step(const JsonNode& node) {
  const JsonNode type = node.at("type");
  const std::string& name = type.string();
  if (name == "Prepend") return std::make_unique<Prepend>(node);
  if (name == "Replace") return std::make_unique<Replace>(node);
  if (name == "NFC") return std::make_unique<Normalization>(node, NormalForm::nfc);
  if (name == "NFD") return std::make_unique<Normalization>(node, NormalForm::nfd);
  if (name == "NFKC") return std::make_unique<Normalization>(node, NormalForm::nfkc);
  if (name == "NFKD") return std::make_unique<Normalization>(node, NormalForm::nfkd);
  if (name == "Lowercase") return std::make_unique<Lowercase>(node);
  if (name == "Strip") return std::make_unique<Strip>(node);
  if (name == "StripAccents") return std::make_unique<StripAccents>(node);
  type.fail("the normaliser \"" + name + "\" is not supported");
}

// All steps in order, those of nested sequences too.
class Chain : public Normalizer {
 public:
  explicit Chain(const JsonNode& node) { read(node); }
  void apply(Piece& piece, std::size_t max_bytes) const override {
    for (const auto& step : steps_) {
      step->apply(piece, max_bytes);
      check_growth(piece.text.size(), max_bytes, "normaliser");
    }
  }

 private:
  void read(const JsonNode& node) {
    if (node.at("type").string() == "Sequence") {
      node.allow_only({"type", "normalizers"});
      for (const JsonNode& item : node.at("normalizers").items()) read(item);
      return;
    }
    node.check(steps_.size() < max_chain_steps, "the chain of normalisers is too long");
    steps_.push_back(make_step(node));
  }

  std::vector<std::unique_ptr<Normalizer>> steps_;
};

}  // namespace

Piece part_of(const Piece& piece, const ByteRange& range) {
  const std::size_t start = std::min(piece.start_bytes, range.end);
  return {piece.text.substr(range.begin, range.end - range.begin),
          start > range.begin ? start - range.begin : 0, -1, piece.begin + range.begin};
}

std::unique_ptr<Normalizer> make_normalizer(const JsonNode& node) {
  return std::make_unique<Chain>(node);
}

}  // namespace assay::text
