#include "assay/text/chat_template.hpp"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "assay/util/error.hpp"
#include "assay/util/files.hpp"
#include "assay/util/hash.hpp"
#include "support/skip.hpp"
#include "support/temp_dir.hpp"
#include "text/chat_template_files.hpp"

namespace assay::text {
namespace {

using util::OrderedJson;

const std::filesystem::path data_folder = ASSAY_TEST_DATA "/text/chat_templates";

OrderedJson recorded(const std::string& name) {
  const auto path = data_folder / name;
  return util::parse_ordered_json(util::read_file(path), path.string());
}

void write(const std::filesystem::path& path, const std::string& text) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

// The text, or {"error": message}.
template <class Function>
OrderedJson attempt(Function function) {
  try {
    return function();
  } catch (const util::InputError& error) {
    return {{"error", error.what()}};
  }
}

OrderedJson render(const std::string& source, const OrderedJson& conversation, const OrderedJson& record) {
  OrderedJson trusted = record["special_tokens"];
  trusted["tools"] = nullptr;
  trusted["documents"] = nullptr;
  for (const auto& [key, value] : conversation.items()) {
    if (key != "messages") trusted[key] = value;
  }
  return attempt([&] {
    return JinjaTemplate(source, "t", chat_template_options(record["now"].get<std::int64_t>()))
        .render({{"messages", conversation["messages"]}}, trusted)
        .text;
  });
}

TEST_CASE("templates of every construct render as transformers renders them") {
  const OrderedJson record = recorded("rendered.json");
  CHECK(record["own"].size() >= 10);
  CHECK(record["conversations"].size() >= 6);
  for (const auto& [file, texts] : record["own"].items()) {
    const std::string source = util::read_file(data_folder / "own" / file);
    for (const auto& [name, expected] : texts.items()) {
      CAPTURE(file, name);
      const OrderedJson got = render(source, record["conversations"][name], record);
      if (expected.is_string()) {
        CHECK(got == expected);
      } else {
        REQUIRE(got.is_object());
        // "TemplateError: message" is what the template itself says.
        const auto error = expected["error"].get<std::string>();
        if (error.starts_with("TemplateError: "))
          CHECK_THAT(got["error"].get<std::string>(), Catch::Contains(error.substr(15)));
      }
    }
  }
}

TEST_CASE("published templates render as transformers renders them") {
  const char* shared = std::getenv("ASSAY_SHARED_DATA");
  const std::filesystem::path folder =
      std::filesystem::path(shared == nullptr ? "" : shared) / "chat_templates";
  if (shared == nullptr || !std::filesystem::is_directory(folder)) {
    test::skip(
        "published chat templates are not compared (ASSAY_SHARED_DATA names no folder with chat_templates in "
        "it)");
    return;
  }
  const OrderedJson record = recorded("rendered.json");
  std::size_t compared = 0;
  for (const auto& [file, expected] : record["published"].items()) {
    CAPTURE(file);
    const std::string source = util::read_file(folder / file);
    REQUIRE(util::sha256_hex(source) == expected["sha256"].get<std::string>());
    for (const auto& [name, text] : expected["rendered"].items()) {
      CAPTURE(name);
      const OrderedJson got = render(source, record["conversations"][name], record);
      INFO(got);
      if (text.is_string())
        CHECK((got.is_string() && util::sha256_hex(got.get<std::string>()) == text.get<std::string>()));
      else
        CHECK(got.is_object());
      ++compared;
    }
  }
  CHECK(compared >= 500);
}

const std::vector<std::pair<std::string, ChatEnding>> endings = {
    {"generation_prompt", ChatEnding::generation_prompt},
    {"continue_final_message", ChatEnding::continue_final_message},
    {"complete", ChatEnding::complete}};

std::vector<ChatMessage> messages_of(const OrderedJson& turns) {
  std::vector<ChatMessage> out;
  for (const OrderedJson& turn : turns)
    out.push_back({turn[0].get<std::string>(), turn[1].get<std::string>()});
  return out;
}

void check_directory(const OrderedJson& expected, const std::filesystem::path& folder,
                     const OrderedJson& record) {
  const auto now = record["now"].get<std::int64_t>();
  CHECK(util::Json(read_named_special_tokens(folder)) == util::Json(expected["special_tokens"]));
  for (const auto& [name, text] : expected["named"].items()) {
    CHECK(ChatTemplate::load(folder, name, now).value().source() == text.get<std::string>());
  }
  if (!expected["default"].is_string()) {
    const OrderedJson got = attempt([&] { return ChatTemplate::load(folder).has_value(); });
    const bool none = expected["default"]["error"].get<std::string>().starts_with("ValueError: Cannot use");
    CHECK((none ? got == OrderedJson(false) : got.is_object()));
    return;
  }
  const auto chat = ChatTemplate::load(folder, std::nullopt, now);
  REQUIRE(chat.has_value());
  CHECK(chat->source() == expected["default"].get<std::string>());
  CHECK(chat->sha256() == util::sha256_hex(chat->source()));
  for (const auto& [name, texts] : expected["rendered"].items()) {
    const auto messages = messages_of(record["conversations"][name]);
    for (const auto& [word, ending] : endings) {
      CAPTURE(name, word);
      const OrderedJson got = attempt([&, end = ending] { return chat->render(messages, end).text; });
      INFO(got);
      if (texts[word].is_string())
        CHECK(got == texts[word]);
      else
        CHECK(got.is_object());
    }
  }
  const OrderedJson arguments = {{"enable_thinking", false}};
  const std::vector<ChatMessage> hello = {{"user", "Hello"}};
  if (expected["no_thinking"].is_string())
    CHECK(chat->render(hello, ChatEnding::complete, &arguments).text ==
          expected["no_thinking"].get<std::string>());
}

TEST_CASE("model directories are read and applied as transformers does it") {
  const OrderedJson record = recorded("directories.json");
  for (const auto& [name, expected] : record["directories"].items()) {
    INFO(name);
    const test::TempDir folder;
    for (const auto& [file, text] : expected["files"].items()) write(folder / file, text.get<std::string>());
    check_directory(expected, folder.path(), record);
  }
}

constexpr const char* simple =
    "{% for m in messages %}<|{{ m.role }}|>{{ m.content }}<|end|>{% endfor %}"
    "{{ '<|assistant|>' if add_generation_prompt }}";

std::string marked(const RenderedText& rendered) {
  std::string out = rendered.text;
  for (auto range = rendered.outside.rbegin(); range != rendered.outside.rend(); ++range) {
    REQUIRE(range->end <= rendered.text.size());
    out.insert(range->end, "]").insert(range->begin, "[");
  }
  return out;
}

TEST_CASE("contents are marked, the template's and the roles' words are not") {
  const test::TempDir folder;
  write(folder / "chat_template.jinja", simple);
  const auto chat = ChatTemplate::load(folder.path()).value();
  const std::vector<ChatMessage> messages = {{"user", "<|end|>é"}, {"assistant", "The <|end|> is "}};
  CHECK(marked(chat.render(messages, ChatEnding::generation_prompt)) ==
        "<|user|>[<|end|>é]<|end|><|assistant|>[The <|end|> is ]<|end|><|assistant|>");
  CHECK(marked(chat.render(messages, ChatEnding::continue_final_message)) ==
        "<|user|>[<|end|>é]<|end|><|assistant|>[The <|end|> is ]");
  CHECK(marked(chat.render(messages, ChatEnding::complete)) ==
        "<|user|>[<|end|>é]<|end|><|assistant|>[The <|end|> is ]<|end|>");
}

TEST_CASE("the older file of processors is read last") {
  const test::TempDir folder;
  write(folder / "chat_template.json", R"({"chat_template": "older"})");
  const std::vector<ChatMessage> hello = {{"user", "Hello"}};
  CHECK(ChatTemplate::load(folder.path()).value().render(hello, ChatEnding::complete).text == "older");
  write(folder / "tokenizer_config.json", R"({"chat_template": "newer"})");
  CHECK(ChatTemplate::load(folder.path()).value().source() == "newer");
}

TEST_CASE("the date of a template is that of the caller, or always the same") {
  const test::TempDir folder;
  write(folder / "chat_template.jinja", "{{ strftime_now('%d %b %Y %H:%M') }}");
  const std::vector<ChatMessage> hello = {{"user", "Hello"}};
  CHECK(ChatTemplate::load(folder.path()).value().render(hello, ChatEnding::complete).text ==
        "26 Jul 2024 12:00");
  CHECK(ChatTemplate::load(folder.path(), std::nullopt, 0).value().render(hello, ChatEnding::complete).text ==
        "01 Jan 1970 00:00");
}

TEST_CASE("what is wrong with a chat template is said with its file") {
  const test::TempDir folder;
  const auto message = [&](const std::optional<std::string>& name = std::nullopt) {
    const std::vector<ChatMessage> hello = {{"user", "Hello"}};
    const OrderedJson got = attempt([&] {
      return ChatTemplate::load(folder.path(), name).value().render(hello, ChatEnding::complete).text;
    });
    return got.is_object() ? got["error"].get<std::string>() : "no error: " + got.get<std::string>();
  };
  const std::string config = (folder / "tokenizer_config.json").string();
  write(config, R"({"chat_template": 5})");
  CHECK_THAT(message(), Catch::StartsWith(config + ": chat_template: must be"));
  write(config, R"({"chat_template": [{"name": "a"}]})");
  CHECK_THAT(message(),
             Catch::StartsWith(config + ": chat_template") && Catch::Contains("\"template\" is missing"));
  write(config, R"({"chat_template": [{"name": "a", "template": "x"}, {"name": "b", "template": "y"}]})");
  CHECK_THAT(message(), Catch::Contains("no chat template named \"default\"; choose one of: a, b"));
  CHECK_THAT(message("c"), Catch::Contains("no chat template named \"c\""));
  CHECK(message("b") == "no error: y");
  write(config, R"({"chat_template": "{{ 1 }"})");
  CHECK_THAT(message(), Catch::StartsWith(config + ": chat_template:1:"));
  write(config, R"({"chat_template": "a\n{{ raise_exception('no system role') }}"})");
  CHECK_THAT(message(),
             Catch::StartsWith(config + ": chat_template:2:") && Catch::Contains("no system role"));
  write(config, R"({"chat_template": "one"})");
  CHECK(message("any name") == "no error: one");
  write(folder / "chat_template.jinja", "{{ 'a' * 10**10 }}");
  CHECK_THAT(message(), Catch::Contains("chat_template.jinja:1:") && Catch::Contains("too much text"));
  const OrderedJson arguments = {{"messages", 1}};
  write(folder / "chat_template.jinja", "x");
  const std::vector<ChatMessage> hello = {{"user", "Hello"}};
  CHECK_THROWS_WITH(ChatTemplate::load(folder.path()).value().render(hello, ChatEnding::complete, &arguments),
                    Catch::Contains("\"messages\" is no argument"));
}

}  // namespace
}  // namespace assay::text
