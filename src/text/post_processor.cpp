#include "text/post_processor.hpp"

#include <algorithm>
#include <utility>

#include "text/bpe.hpp"

namespace assay::text {
namespace {

constexpr std::size_t max_parts = 64;
constexpr std::size_t max_templates = 8;

}  // namespace

PostProcessor::PostProcessor(const JsonNode& node) {
  read(node);
}

PostProcessor::PostProcessor(std::optional<TokenId> bos, std::optional<TokenId> eos) {
  Template parts;
  if (bos) parts.push_back({false, {*bos}});
  parts.push_back({true, {}});
  if (eos) parts.push_back({false, {*eos}});
  templates_.push_back(std::move(parts));
}

PostProcessor::PostProcessor(std::vector<TokenId> before, std::vector<TokenId> after) {
  templates_.push_back({{false, std::move(before)}, {true, {}}, {false, std::move(after)}});
}

void PostProcessor::read(const JsonNode& node) {
  const JsonNode type = node.at("type");
  if (type.string() == "Sequence") {
    node.allow_only({"type", "processors"});
    for (const JsonNode& item : node.at("processors").items()) read(item);
  } else if (type.string() == "ByteLevel") {
    node.allow_only({"type", "add_prefix_space", "trim_offsets", "use_regex"});
  } else if (type.string() == "TemplateProcessing") {
    node.check(templates_.size() < max_templates, "has too many templates");
    templates_.push_back(read_template(node));
  } else if (type.string() == "BertProcessing" || type.string() == "RobertaProcessing") {
    node.check(templates_.size() < max_templates, "has too many templates");
    templates_.push_back(read_bert(node));
  } else {
    type.fail("the post-processor \"" + type.string() + "\" is not supported");
  }
}

PostProcessor::Template PostProcessor::read_template(const JsonNode& node) {
  node.allow_only({"type", "single", "pair", "special_tokens"});
  const JsonNode single = node.at("single");
  const JsonNode special = node.at("special_tokens");
  Template parts;
  std::size_t texts = 0;
  for (const JsonNode& item : single.items()) {
    item.allow_only({"Sequence", "SpecialToken"});
    if (const auto sequence = item.find("Sequence")) {
      sequence->check(sequence->at("id").string() == "A",
                      "only sequence \"A\" is supported in a single template");
      parts.push_back({true, {}});
      ++texts;
      continue;
    }
    Part part;
    for (const JsonNode& id : special.at(item.at("SpecialToken").at("id").string()).at("ids").items()) {
      part.ids.push_back(static_cast<TokenId>(id.integer(max_token_id)));
    }
    parts.push_back(std::move(part));
  }
  single.check(texts == 1, "must hold the sequence \"A\" exactly once");
  single.check(parts.size() <= max_parts, "has too many parts");
  return parts;
}

// "cls" before and "sep" after the text, each as [token, id].
PostProcessor::Template PostProcessor::read_bert(const JsonNode& node) {
  node.allow_only({"type", "sep", "cls", "trim_offsets", "add_prefix_space"});
  const auto id_of = [&](const char* key) {
    const std::vector<JsonNode> pair = node.at(key).items();
    node.at(key).check(pair.size() == 2, "must be [token, id]");
    return static_cast<TokenId>(pair[1].integer(max_token_id));
  };
  return {{false, {id_of("cls")}}, {true, {}}, {false, {id_of("sep")}}};
}

std::vector<TokenId> PostProcessor::apply(std::vector<TokenId> ids) const {
  for (const Template& parts : templates_) {
    std::vector<TokenId> out;
    out.reserve(ids.size() + parts.size());
    for (const Part& part : parts) {
      const auto& source = part.is_text ? ids : part.ids;
      out.insert(out.end(), source.begin(), source.end());
    }
    ids = std::move(out);
  }
  return ids;
}

}  // namespace assay::text
