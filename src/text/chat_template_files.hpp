// What the files of a model directory say about its chat template.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "assay/util/json.hpp"

namespace assay::text {

struct ChatTemplateSource {
  std::string text;
  std::string where;  ///< the file, for errors
};

/// The templates of a directory. Those that have names are chosen by them.
struct ChatTemplateSources {
  std::map<std::string, ChatTemplateSource> named;
  std::optional<ChatTemplateSource> single;
};

/// Both members are empty where there is no template. Throws InputError.
[[nodiscard]] ChatTemplateSources read_chat_templates(const std::filesystem::path& directory);

/// {"bos_token": "<s>", ...}: the special tokens that have names, as transformers 5's special_tokens_map has
/// them. Throws InputError.
[[nodiscard]] util::OrderedJson read_named_special_tokens(const std::filesystem::path& directory);

}  // namespace assay::text
