#include "text/pre_tokenizer.hpp"

#include <algorithm>

#include "assay/util/utf8.hpp"
#include "text/byte_level.hpp"
#include "text/growth.hpp"
#include "text/text_pattern.hpp"
#include "text/unicode.hpp"

namespace assay::text {

class PreTokenizer::Step {
 public:
  virtual ~Step() = default;
  virtual void apply(PreText& text) const = 0;
  virtual bool leave_bytes() { return false; }
};

namespace {

// A step that only splits. `split_part` appends the ranges of a part's parts to `next_parts`.
class Splitting : public PreTokenizer::Step {
 public:
  void apply(PreText& text) const override {
    text.next_parts.clear();
    std::optional<Pcre::Search> search;
    for (const ByteRange& part : text.parts) split_part(text, part, search);
    text.parts.swap(text.next_parts);
  }

 protected:
  virtual void split_part(PreText& text, const ByteRange& part,
                          std::optional<Pcre::Search>& search) const = 0;
};

// Appends what splitting one part at `text.found` (ranges of the part) makes.
void cut(PreText& text, const ByteRange& part, SplitBehavior behavior, bool invert) {
  const auto keep = [&](std::size_t begin, std::size_t end) {
    if (begin < end) text.next_parts.push_back({part.begin + begin, part.begin + end});
  };
  const std::size_t size = part.end - part.begin;
  if (text.found.empty() && !invert) return keep(0, size);
  if (behavior == SplitBehavior::isolated) {
    std::size_t done = 0;
    for (const ByteRange& match : text.found) {
      keep(done, match.begin);
      keep(match.begin, match.end);
      done = match.end;
    }
    return keep(done, size);
  }
  for (const ByteRange& range : split(text.found, size, behavior, invert)) keep(range.begin, range.end);
}

// Gives every part another text: `rewrite(part, out)` appends it.
template <class Rewrite>
void rewrite_parts(PreText& text, Rewrite rewrite) {
  std::string& out = text.next_text;
  std::size_t start = 0;
  out.clear();
  out.reserve(text.text.size() + text.text.size() / 2);
  text.next_parts.clear();
  for (const ByteRange& part : text.parts) {
    const std::size_t begin = out.size();
    rewrite(text.part(part), out);
    if (part.begin < text.start_bytes) {
      // The text up to there, rewritten by itself, is as long as it has become; what was put in front too.
      const std::size_t end = out.size();
      rewrite(text.part({part.begin, std::min(part.end, text.start_bytes)}), out);
      start = begin + std::min(out.size() - end, end - begin);
      out.resize(end);
    }
    if (begin < out.size()) text.next_parts.push_back({begin, out.size()});
  }
  text.text.swap(text.next_text);
  text.parts.swap(text.next_parts);
  text.start_bytes = start;
}

class ByteLevel : public PreTokenizer::Step {
 public:
  explicit ByteLevel(const JsonNode& node) {
    node.allow_only({"type", "add_prefix_space", "trim_offsets", "use_regex"});
    add_prefix_space_ = node.at("add_prefix_space").boolean();
    use_regex_ = node.boolean_or("use_regex", true);
  }
  void apply(PreText& text) const override {
    const auto lacks_space = [&](const ByteRange& part) { return text.text[part.begin] != ' '; };
    if (add_prefix_space_ && std::any_of(text.parts.begin(), text.parts.end(), lacks_space)) {
      rewrite_parts(text, [](std::string_view part, std::string& out) {
        if (!part.starts_with(' ')) out += ' ';
        out += part;
      });
    }
    if (use_regex_) {
      text.next_parts.clear();
      for (const ByteRange& part : text.parts) {
        scan(KnownPattern::gpt2, text.part(part), part.begin, text.next_parts);
      }
      text.parts.swap(text.next_parts);
    }
    if (map_) {
      rewrite_parts(text, [](std::string_view part, std::string& out) { append_byte_level(part, out); });
    }
  }
  bool leave_bytes() override {
    map_ = false;
    return true;
  }

 private:
  bool add_prefix_space_ = false;
  bool use_regex_ = true;
  bool map_ = true;
};

class Split : public Splitting {
 public:
  explicit Split(const JsonNode& node)
      : pattern_(node.at("pattern")),
        behavior_(read_split_behavior(node.at("behavior"))),
        invert_(node.boolean_or("invert", false)) {
    node.allow_only({"type", "pattern", "behavior", "invert"});
  }

 protected:
  void split_part(PreText& text, const ByteRange& part, std::optional<Pcre::Search>& search) const override {
    // Matches of a known pattern leave no gaps.
    if (pattern_.known() && behavior_ == SplitBehavior::isolated) {
      return scan(*pattern_.known(), text.part(part), part.begin, text.next_parts);
    }
    pattern_.find_all(text.part(part), search, text.found);
    cut(text, part, behavior_, invert_);
  }

 private:
  TextPattern pattern_;
  SplitBehavior behavior_;
  bool invert_;
};

class Metaspace : public PreTokenizer::Step {
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
  void apply(PreText& text) const override {
    const char* start = text.text.data() + text.start_bytes;
    rewrite_parts(text, [&](std::string_view part, std::string& out) {
      const bool wanted = scheme_ == "always" || (scheme_ == "first" && part.data() < start);
      if (wanted && !part.starts_with(' ') && !part.starts_with(replacement_)) out += replacement_;
      for (std::size_t done = 0; done < part.size();) {
        const std::size_t space = std::min(part.find(' ', done), part.size());
        out += part.substr(done, space - done);
        if (space < part.size()) out += replacement_;
        done = space + 1;
      }
    });
    if (!split_) return;
    text.next_parts.clear();
    for (const ByteRange& part : text.parts) {
      find_marks(text.part(part), text.found);
      cut(text, part, SplitBehavior::merged_with_next, false);
    }
    text.parts.swap(text.next_parts);
  }

 private:
  void find_marks(std::string_view part, std::vector<ByteRange>& found) const {
    found.clear();
    for (std::size_t at = part.find(replacement_); at != std::string::npos;
         at = part.find(replacement_, at + replacement_.size())) {
      found.push_back({at, at + replacement_.size()});
    }
  }
  std::string replacement_;
  std::string scheme_;
  bool split_ = true;
};

// Splits at single characters of a class.
template <class Test>
class CharacterSplit : public Splitting {
 public:
  CharacterSplit(Test test, SplitBehavior behavior) : test_(std::move(test)), behavior_(behavior) {}

 protected:
  void split_part(PreText& text, const ByteRange& part, std::optional<Pcre::Search>&) const override {
    const std::string_view whole = text.part(part);
    text.found.clear();
    for (std::size_t at = 0; at < whole.size();) {
      const util::Character c = util::character_at(whole, at);
      if (test_(c.code)) text.found.push_back({at, at + c.size});
      at += c.size;
    }
    cut(text, part, behavior_, false);
  }

 private:
  Test test_;
  SplitBehavior behavior_;
};

template <class Test>
std::unique_ptr<PreTokenizer::Step> split_at(Test test, SplitBehavior behavior) {
  return std::make_unique<CharacterSplit<Test>>(std::move(test), behavior);
}

// Runs of word characters and runs of everything else but white space: \w+|[^\w\s]+
class Whitespace : public Splitting {
 protected:
  void split_part(PreText& text, const ByteRange& part, std::optional<Pcre::Search>&) const override {
    enum class Kind { space, word, other };
    const std::string_view whole = text.part(part);
    Kind previous = Kind::space;
    for (std::size_t at = 0; at < whole.size();) {
      const util::Character c = util::character_at(whole, at);
      Kind kind = is_word(c.code) ? Kind::word : Kind::other;
      if (is_space(c.code)) kind = Kind::space;
      const std::size_t end = part.begin + at + c.size;
      if (kind != Kind::space && kind == previous) {
        text.next_parts.back().end = end;
      } else if (kind != Kind::space) {
        text.next_parts.push_back({part.begin + at, end});
      }
      previous = kind;
      at += c.size;
    }
  }
};

// White space is dropped, every punctuation character stands alone.
class Bert : public Splitting {
 protected:
  void split_part(PreText& text, const ByteRange& part, std::optional<Pcre::Search>&) const override {
    const std::string_view whole = text.part(part);
    bool in_word = false;
    for (std::size_t at = 0; at < whole.size();) {
      const util::Character c = util::character_at(whole, at);
      const std::size_t end = part.begin + at + c.size;
      const bool punctuation = is_punctuation(c.code);
      if (!is_space(c.code)) {
        if (in_word && !punctuation) {
          text.next_parts.back().end = end;
        } else {
          text.next_parts.push_back({part.begin + at, end});
        }
      }
      in_word = !punctuation && !is_space(c.code);
      at += c.size;
    }
  }
};

std::unique_ptr<PreTokenizer::Step> make_digits(const JsonNode& node) {
  node.allow_only({"type", "individual_digits"});
  const bool individual = node.at("individual_digits").boolean();
  return split_at(&is_number, individual ? SplitBehavior::isolated : SplitBehavior::contiguous);
}

std::unique_ptr<PreTokenizer::Step> make_punctuation(const JsonNode& node) {
  node.allow_only({"type", "behavior"});
  const auto behavior = node.find("behavior");
  return split_at(&is_punctuation, behavior ? read_split_behavior(*behavior) : SplitBehavior::isolated);
}

std::unique_ptr<PreTokenizer::Step> make_delimiter(const JsonNode& node) {
  node.allow_only({"type", "delimiter"});
  const JsonNode delimiter = node.at("delimiter");
  const std::string& text = delimiter.string();
  delimiter.check(!text.empty() && util::character_at(text, 0).size == text.size(), "must be one character");
  return split_at([wanted = util::character_at(text, 0).code](char32_t code) { return code == wanted; },
                  SplitBehavior::removed);
}

std::unique_ptr<PreTokenizer::Step> make_step(const JsonNode& node) {
  const JsonNode type = node.at("type");
  const std::string& name = type.string();
  if (name == "ByteLevel") return std::make_unique<ByteLevel>(node);
  if (name == "Split") return std::make_unique<Split>(node);
  if (name == "Metaspace") return std::make_unique<Metaspace>(node);
  if (name == "Digits") return make_digits(node);
  if (name == "Punctuation") return make_punctuation(node);
  if (name == "CharDelimiterSplit") return make_delimiter(node);
  if (name == "Whitespace" || name == "WhitespaceSplit" || name == "BertPreTokenizer")
    node.allow_only({"type"});
  if (name == "Whitespace") return std::make_unique<Whitespace>();
  if (name == "BertPreTokenizer") return std::make_unique<Bert>();
  if (name == "WhitespaceSplit") return split_at(&is_space, SplitBehavior::removed);
  type.fail("the pre-tokeniser \"" + name + "\" is not supported");
}

}  // namespace

void PreText::reset(std::string whole, std::size_t start) {
  text = std::move(whole);
  start_bytes = start;
  parts.clear();
  if (!text.empty()) parts.push_back({0, text.size()});
}

PreTokenizer::~PreTokenizer() = default;
PreTokenizer::PreTokenizer(PreTokenizer&&) noexcept = default;
PreTokenizer& PreTokenizer::operator=(PreTokenizer&&) noexcept = default;

PreTokenizer::PreTokenizer(const JsonNode& node) {
  read(node);
}

void PreTokenizer::read(const JsonNode& node) {
  if (node.at("type").string() == "Sequence") {
    node.allow_only({"type", "pretokenizers"});
    for (const JsonNode& item : node.at("pretokenizers").items()) read(item);
    return;
  }
  node.check(steps_.size() < max_chain_steps, "the chain of pre-tokenisers is too long");
  steps_.push_back(make_step(node));
}

void PreTokenizer::apply(PreText& text, std::size_t max_bytes) const {
  for (const auto& step : steps_) {
    step->apply(text);
    check_growth(text.text.size(), max_bytes, "pre-tokeniser");
  }
}

bool PreTokenizer::leave_bytes() {
  return !steps_.empty() && steps_.back()->leave_bytes();
}

}  // namespace assay::text
