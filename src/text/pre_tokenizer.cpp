#include "text/pre_tokenizer.hpp"

#include <functional>

#include "assay/util/utf8.hpp"
#include "text/byte_level.hpp"
#include "text/growth.hpp"
#include "text/text_pattern.hpp"
#include "text/unicode.hpp"

namespace assay::text {
namespace {

// Cuts one piece by byte ranges.
void cut(const Piece& piece, const std::vector<ByteRange>& ranges, std::vector<Piece>& out) {
  for (const ByteRange& range : ranges) out.push_back(part_of(piece, range));
}

void prepend(Piece& piece, std::string_view prefix) {
  piece.text.insert(0, prefix);
  if (piece.start_bytes > 0) piece.start_bytes += prefix.size();
}

// Single characters of a class.
std::vector<ByteRange> characters_that(bool (*test)(char32_t), std::string_view text) {
  std::vector<ByteRange> found;
  for (std::size_t at = 0; at < text.size();) {
    const util::Character c = util::character_at(text, at);
    if (test(c.code)) found.push_back({at, at + c.size});
    at += c.size;
  }
  return found;
}

// A step that looks at one piece at a time.
class PieceWise : public PreTokenizer {
 public:
  void apply(std::vector<Piece>& pieces) const override {
    std::vector<Piece> out;
    out.reserve(pieces.size());
    for (Piece& piece : pieces) {
      if (piece.token >= 0) {
        out.push_back(std::move(piece));
      } else {
        split_piece(piece, out);
      }
    }
    pieces = std::move(out);
  }

 protected:
  virtual void split_piece(Piece& piece, std::vector<Piece>& out) const = 0;
};

class ByteLevel : public PieceWise {
 public:
  explicit ByteLevel(const JsonNode& node) {
    node.allow_only({"type", "add_prefix_space", "trim_offsets", "use_regex"});
    add_prefix_space_ = node.at("add_prefix_space").boolean();
    use_regex_ = node.boolean_or("use_regex", true);
  }

 protected:
  void split_piece(Piece& piece, std::vector<Piece>& out) const override {
    if (add_prefix_space_ && !piece.text.starts_with(' ')) prepend(piece, " ");
    const std::size_t first = out.size();
    if (use_regex_) {
      cut(piece, scan(KnownPattern::gpt2, piece.text), out);
    } else if (!piece.text.empty()) {
      out.push_back(std::move(piece));
    }
    for (std::size_t i = first; i < out.size(); ++i) {
      const std::string_view text = out[i].text;
      out[i].start_bytes = to_byte_level(text.substr(0, out[i].start_bytes)).size();
      out[i].text = to_byte_level(text);
    }
  }

 private:
  bool add_prefix_space_ = false;
  bool use_regex_ = true;
};

class Split : public PieceWise {
 public:
  explicit Split(const JsonNode& node)
      : pattern_(node.at("pattern")),
        behavior_(read_split_behavior(node.at("behavior"))),
        invert_(node.boolean_or("invert", false)) {
    node.allow_only({"type", "pattern", "behavior", "invert"});
  }

 protected:
  void split_piece(Piece& piece, std::vector<Piece>& out) const override {
    cut(piece, split(pattern_.find_all(piece.text), piece.text.size(), behavior_, invert_), out);
  }

 private:
  TextPattern pattern_;
  SplitBehavior behavior_;
  bool invert_;
};

class Metaspace : public PieceWise {
 public:
  explicit Metaspace(const JsonNode& node) {
    node.allow_only({"type", "replacement", "prepend_scheme", "split", "add_prefix_space", "str_rep"});
    replacement_ = node.at("replacement").string();
    node.check(!replacement_.empty() && util::character_at(replacement_, 0).size == replacement_.size(),
               "\"replacement\" must be one character");
    split_ = node.boolean_or("split", true);
    scheme_ = "always";
    if (const auto scheme = node.find("prepend_scheme")) {
      scheme_ = scheme->string();
      scheme->check(scheme_ == "always" || scheme_ == "first" || scheme_ == "never",
                    "must be \"always\", \"first\" or \"never\"");
    } else if (!node.boolean_or("add_prefix_space", true)) {  // older files
      scheme_ = "never";
    }
  }

 protected:
  void split_piece(Piece& piece, std::vector<Piece>& out) const override {
    const bool wanted = scheme_ == "always" || (scheme_ == "first" && piece.start_bytes > 0);
    piece.start_bytes = replace_spaces(std::string_view(piece.text).substr(0, piece.start_bytes)).size();
    piece.text = replace_spaces(piece.text);
    if (wanted && !piece.text.starts_with(replacement_)) prepend(piece, replacement_);
    if (!split_) {
      if (!piece.text.empty()) out.push_back(std::move(piece));
      return;
    }
    std::vector<ByteRange> found;
    for (std::size_t at = piece.text.find(replacement_); at != std::string::npos;
         at = piece.text.find(replacement_, at + replacement_.size())) {
      found.push_back({at, at + replacement_.size()});
    }
    cut(piece, split(found, piece.text.size(), SplitBehavior::merged_with_next, false), out);
  }

 private:
  [[nodiscard]] std::string replace_spaces(std::string_view text) const {
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
      if (c == ' ') {
        out += replacement_;
      } else {
        out += c;
      }
    }
    return out;
  }
  std::string replacement_;
  std::string scheme_;
  bool split_ = true;
};

// Splits at single characters of a class.
class CharacterSplit : public PieceWise {
 public:
  CharacterSplit(bool (*test)(char32_t), SplitBehavior behavior) : test_(test), behavior_(behavior) {}

 protected:
  void split_piece(Piece& piece, std::vector<Piece>& out) const override {
    cut(piece, split(characters_that(test_, piece.text), piece.text.size(), behavior_, false), out);
  }

 private:
  bool (*test_)(char32_t);
  SplitBehavior behavior_;
};

std::unique_ptr<PreTokenizer> make_digits(const JsonNode& node) {
  node.allow_only({"type", "individual_digits"});
  const bool individual = node.at("individual_digits").boolean();
  return std::make_unique<CharacterSplit>(&is_number,
                                          individual ? SplitBehavior::isolated : SplitBehavior::contiguous);
}

std::unique_ptr<PreTokenizer> make_punctuation(const JsonNode& node) {
  node.allow_only({"type", "behavior"});
  const auto behavior = node.find("behavior");
  return std::make_unique<CharacterSplit>(
      &is_punctuation, behavior ? read_split_behavior(*behavior) : SplitBehavior::isolated);
}

// Runs of word characters and runs of everything else but white space: \w+|[^\w\s]+
class Whitespace : public PieceWise {
 public:
  explicit Whitespace(const JsonNode& node) { node.allow_only({"type"}); }

 protected:
  void split_piece(Piece& piece, std::vector<Piece>& out) const override {
    enum class Kind { space, word, other };
    std::vector<ByteRange> runs;
    Kind previous = Kind::space;
    for (std::size_t at = 0; at < piece.text.size();) {
      const util::Character c = util::character_at(piece.text, at);
      Kind kind = is_word(c.code) ? Kind::word : Kind::other;
      if (is_space(c.code)) kind = Kind::space;
      if (kind != Kind::space && kind == previous) {
        runs.back().end = at + c.size;
      } else if (kind != Kind::space) {
        runs.push_back({at, at + c.size});
      }
      previous = kind;
      at += c.size;
    }
    cut(piece, runs, out);
  }
};

std::unique_ptr<PreTokenizer> make_step(const JsonNode& node) {
  const JsonNode type = node.at("type");
  const std::string& name = type.string();
  if (name == "ByteLevel") return std::make_unique<ByteLevel>(node);
  if (name == "Split") return std::make_unique<Split>(node);
  if (name == "Metaspace") return std::make_unique<Metaspace>(node);
  if (name == "Digits") return make_digits(node);
  if (name == "Punctuation") return make_punctuation(node);
  if (name == "Whitespace") return std::make_unique<Whitespace>(node);
  if (name == "WhitespaceSplit") {
    node.allow_only({"type"});
    return std::make_unique<CharacterSplit>(&is_space, SplitBehavior::removed);
  }
  type.fail("the pre-tokeniser \"" + name + "\" is not supported");
}

std::size_t text_bytes(const std::vector<Piece>& pieces) {
  std::size_t sum = 0;
  for (const Piece& piece : pieces) sum += piece.text.size();
  return sum;
}

// All steps in order, those of nested sequences too.
class Chain : public PreTokenizer {
 public:
  explicit Chain(const JsonNode& node) { read(node); }
  void apply(std::vector<Piece>& pieces) const override {
    const std::size_t max_bytes = max_grown_bytes(text_bytes(pieces));
    for (const auto& step : steps_) {
      step->apply(pieces);
      check_growth(text_bytes(pieces), max_bytes, "pre-tokeniser");
    }
  }

 private:
  void read(const JsonNode& node) {
    if (node.at("type").string() == "Sequence") {
      node.allow_only({"type", "pretokenizers"});
      for (const JsonNode& item : node.at("pretokenizers").items()) read(item);
      return;
    }
    node.check(steps_.size() < max_chain_steps, "the chain of pre-tokenisers is too long");
    steps_.push_back(make_step(node));
  }

  std::vector<std::unique_ptr<PreTokenizer>> steps_;
};

}  // namespace

std::unique_ptr<PreTokenizer> make_pre_tokenizer(const JsonNode& node) {
  return std::make_unique<Chain>(node);
}

}  // namespace assay::text
