// The chat template of a model directory: messages to one text, as transformers' apply_chat_template renders
// them (tokenization_utils_base.py, utils/chat_template_utils.py of transformers 5).
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "assay/text/jinja.hpp"
#include "assay/util/json.hpp"

namespace assay::text {

/// One turn. The role is the program's own word; the content is the user's and never becomes special tokens.
struct ChatMessage {
  std::string role;
  std::string content;
};

/// What follows the messages.
enum class ChatEnding {
  generation_prompt,       ///< what makes the model begin its turn (add_generation_prompt)
  continue_final_message,  ///< nothing: the text ends where the last message's content does
  complete,                ///< nothing: all messages are finished
};

/// 2024-07-26, noon in UTC: the day that templates of Llama 3.1 fall back to. What strftime_now shows unless
/// told otherwise, so that a prompt is the same on every day.
inline constexpr std::int64_t default_chat_time = 1'721'995'200;

/// Immutable and safe to share between threads.
class ChatTemplate {
 public:
  /// The template of a model directory, or nullopt if it has none. Sources, first found:
  ///   1. chat_template.jinja ("default") and additional_chat_templates/<name>.jinja;
  ///   2. "chat_template" of tokenizer_config.json: a text, or a list of {"name", "template"};
  ///   3. "chat_template" of chat_template.json, which transformers reads for processors only.
  /// Of several templates `name` chooses, else "default"; a single one is used whatever the name (with a
  /// warning), as lm-evaluation-harness does. Throws InputError for a name that is not there, several
  /// templates without a default, and files or templates that are malformed.
  [[nodiscard]] static std::optional<ChatTemplate> load(const std::filesystem::path& model_directory,
                                                        const std::optional<std::string>& name = std::nullopt,
                                                        std::int64_t now = default_chat_time);

  ChatTemplate(ChatTemplate&&) noexcept;
  ChatTemplate& operator=(ChatTemplate&&) noexcept;
  ~ChatTemplate();

  /// Renders at least one message. `arguments`: an object of further variables (lm-evaluation-harness's
  /// chat_template_args, "enable_thinking"), which go before special tokens of the same name. Contents are in
  /// `outside`. Throws InputError where the template refuses or fails, and where the content to continue is
  /// not found in the text.
  [[nodiscard]] RenderedText render(std::span<const ChatMessage> messages, ChatEnding ending,
                                    const util::OrderedJson* arguments = nullptr) const;

  /// The template's own text: what lm-evaluation-harness records as `chat_template`.
  [[nodiscard]] const std::string& source() const;
  /// Its SHA-256 in hexadecimal (`chat_template_sha`).
  [[nodiscard]] std::string sha256() const;

 private:
  struct Impl;
  explicit ChatTemplate(std::unique_ptr<const Impl> impl);

  std::unique_ptr<const Impl> impl_;
};

}  // namespace assay::text
