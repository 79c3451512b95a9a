#include "assay/text/chat_template.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "assay/text/python.hpp"
#include "assay/util/error.hpp"
#include "assay/util/hash.hpp"
#include "assay/util/log.hpp"
#include "text/chat_template_files.hpp"

namespace assay::text {

using util::check_input;
using util::OrderedJson;

struct ChatTemplate::Impl {
  std::string source;
  OrderedJson special_tokens;
  JinjaTemplate compiled;
};

namespace {

// Stands behind the content to continue, so that its end is found in the text.
constexpr std::string_view continue_tag = "CONTINUE_FINAL_MESSAGE_TAG ";

ChatTemplateSource choose(ChatTemplateSources sources, const std::optional<std::string>& name,
                          const std::filesystem::path& directory) {
  if (sources.single) {
    if (name)
      util::log_warning("{} has one chat template; it is used in the place of \"{}\"", directory.string(),
                        *name);
    return *std::move(sources.single);
  }
  std::string names;
  for (const auto& [one, source] : sources.named) names += (names.empty() ? "" : ", ") + one;
  const auto found = sources.named.find(name.value_or("default"));
  check_input(found != sources.named.end(), "{} has no chat template named \"{}\"; choose one of: {}",
              directory.string(), name.value_or("default"), names);
  return std::move(found->second);
}

void cut_at(RenderedText& rendered, std::size_t size) {
  rendered.text.resize(size);
  while (!rendered.outside.empty() && rendered.outside.back().begin >= size) rendered.outside.pop_back();
  if (!rendered.outside.empty()) rendered.outside.back().end = std::min(rendered.outside.back().end, size);
}

// Cuts the text where the content before the tag ends. If the template has trimmed the content, white space
// that it wrote before that goes as well.
void cut_behind_content(RenderedText& rendered, std::string_view content) {
  const std::string_view tag = python::strip(continue_tag);
  const std::size_t at = rendered.text.rfind(tag);
  check_input(
      at != std::string::npos && rendered.text.find(python::strip(content)) != std::string::npos,
      "the chat template leaves out a part of the last message (\"{}\"), so that it cannot be continued",
      python::shortened(std::string(content)));
  if (rendered.text.compare(at, continue_tag.size(), continue_tag) == 0) return cut_at(rendered, at);
  cut_at(rendered, python::rstrip(std::string_view(rendered.text).substr(0, at)).size());
}

}  // namespace

ChatTemplate::ChatTemplate(std::unique_ptr<const Impl> impl) : impl_(std::move(impl)) {}
ChatTemplate::ChatTemplate(ChatTemplate&&) noexcept = default;
ChatTemplate& ChatTemplate::operator=(ChatTemplate&&) noexcept = default;
ChatTemplate::~ChatTemplate() = default;

std::optional<ChatTemplate> ChatTemplate::load(const std::filesystem::path& model_directory,
                                               const std::optional<std::string>& name, std::int64_t now) {
  ChatTemplateSources sources = read_chat_templates(model_directory);
  if (sources.named.empty() && !sources.single) return std::nullopt;
  ChatTemplateSource source = choose(std::move(sources), name, model_directory);
  JinjaTemplate compiled(source.text, source.where, chat_template_options(now));
  return ChatTemplate(std::make_unique<const Impl>(
      Impl{std::move(source.text), read_named_special_tokens(model_directory), std::move(compiled)}));
}

RenderedText ChatTemplate::render(std::span<const ChatMessage> messages, ChatEnding ending,
                                  const OrderedJson* arguments) const {
  check_input(!messages.empty(), "a chat template needs at least one message");
  const bool continued = ending == ChatEnding::continue_final_message;
  check_input(!continued || impl_->source.find("content") != std::string::npos,
              "the chat template does not use \"content\", so that no message can be continued");
  OrderedJson list = OrderedJson::array();
  for (const ChatMessage& message : messages)
    list.push_back({{"role", message.role}, {"content", message.content}});
  if (continued) list.back()["content"].get_ref<std::string&>() += continue_tag;

  OrderedJson trusted = impl_->special_tokens;
  trusted["tools"] = nullptr;
  trusted["documents"] = nullptr;
  if (arguments != nullptr) {
    for (const auto& [key, value] : arguments->items()) {
      check_input(key != "messages" && key != "add_generation_prompt" && key != "continue_final_message",
                  "\"{}\" is no argument for a chat template (the messages decide it)", key);
      trusted[key] = value;
    }
  }
  trusted["add_generation_prompt"] = ending == ChatEnding::generation_prompt;
  RenderedText rendered = impl_->compiled.render({{"messages", std::move(list)}}, trusted);
  if (continued) cut_behind_content(rendered, messages.back().content);
  return rendered;
}

const std::string& ChatTemplate::source() const {
  return impl_->source;
}

std::string ChatTemplate::sha256() const {
  return util::sha256_hex(impl_->source);
}

}  // namespace assay::text
