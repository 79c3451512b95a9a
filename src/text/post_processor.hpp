// What is put around the ids of a text when special tokens are asked for.
#pragma once

#include <optional>
#include <vector>

#include "assay/text/tokenizer.hpp"
#include "text/json_node.hpp"

namespace assay::text {

/// A list of templates, each applied to the result of the one before.
class PostProcessor {
 public:
  PostProcessor() = default;
  /// From "post_processor" of tokenizer.json: TemplateProcessing, BertProcessing, RobertaProcessing,
  /// ByteLevel (which changes no ids) or a Sequence of them. Throws InputError for anything else.
  explicit PostProcessor(const JsonNode& node);
  /// BOS before and EOS after the text, where given.
  PostProcessor(std::optional<TokenId> bos, std::optional<TokenId> eos);

  /// Ids before and after the text.
  PostProcessor(std::vector<TokenId> before, std::vector<TokenId> after);

  [[nodiscard]] std::vector<TokenId> apply(std::vector<TokenId> ids) const;

 private:
  struct Part {
    bool is_text = false;
    std::vector<TokenId> ids;
  };
  using Template = std::vector<Part>;
  void read(const JsonNode& node);
  static Template read_template(const JsonNode& node);
  static Template read_bert(const JsonNode& node);
  std::vector<Template> templates_;
};

}  // namespace assay::text
