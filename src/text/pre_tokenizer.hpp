// Pre-tokenisers of tokenizer.json: split the normalised text into the pieces that BPE sees.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "text/json_node.hpp"
#include "text/normalizer.hpp"

namespace assay::text {

/// A text being split: parts of one string, so that splitting copies nothing.
struct PreText {
  std::string text;
  /// Leading bytes that come from the very first character of the input (Metaspace "first" asks).
  std::size_t start_bytes = 0;
  std::vector<ByteRange> parts;  ///< in order, none empty
  /// Where steps write what they make before it takes the place of the above.
  std::string next_text;
  std::vector<ByteRange> next_parts;
  std::vector<ByteRange> found;

  /// Begins with one part, the whole text.
  void reset(std::string whole, std::size_t start);
  [[nodiscard]] std::string_view part(const ByteRange& range) const {
    return std::string_view(text).substr(range.begin, range.end - range.begin);
  }
};

class PreTokenizer {
 public:
  /// Supported: Sequence, ByteLevel, Split, Metaspace, Digits, Punctuation, Whitespace, WhitespaceSplit,
  /// CharDelimiterSplit, BertPreTokenizer. Throws InputError for anything else, and for more steps than
  /// max_chain_steps.
  explicit PreTokenizer(const JsonNode& node);
  ~PreTokenizer();
  PreTokenizer(PreTokenizer&&) noexcept;
  PreTokenizer& operator=(PreTokenizer&&) noexcept;

  /// Replaces each part by its parts. Throws InputError where their bytes become more than `max_bytes`
  /// (text/growth.hpp).
  void apply(PreText& text, std::size_t max_bytes) const;

  /// If the last step maps bytes to GPT-2's characters, leaves that out, so that parts are bytes; says
  /// whether it does.
  [[nodiscard]] bool leave_bytes();

  class Step;

 private:
  void read(const JsonNode& node);
  std::vector<std::unique_ptr<Step>> steps_;
};

}  // namespace assay::text
