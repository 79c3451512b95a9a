#include "engine/generation.hpp"

#include <catch2/catch.hpp>
#include <fstream>

#include "engine/letter_tokenizer.hpp"
#include "support/temp_dir.hpp"

using namespace assay;
using engine::FinishReason;
using engine::Generation;
using engine::TokenId;

namespace {

const std::vector<TokenId> eos = {100};

/// Feeds tokens until the generation ends; fails if they are used up before.
engine::Completion run(const std::vector<TokenId>& tokens, const std::vector<std::string>& stops,
                       std::int64_t max_new_tokens = 100) {
  static const auto tokenizer = test::letter_tokenizer();
  Generation generation(tokenizer.get(), eos, stops, max_new_tokens);
  std::size_t used = 0;
  while (!generation.finished()) generation.push(tokens.at(used++));
  CHECK(used == tokens.size());
  engine::Completion completion;
  generation.take_into(completion);
  return completion;
}

}  // namespace

TEST_CASE("an end token ends a generation and is not part of it") {
  const auto done = run({0, 1, 100}, {});
  CHECK(done.finish_reason == FinishReason::end_of_text);
  CHECK(done.generated == std::vector<TokenId>{0, 1});
  CHECK(done.text == "ab");
  CHECK(run({100}, {"a"}).text.empty());
}

TEST_CASE("the greatest length ends a generation") {
  const auto done = run({0, 1, 2}, {"zzz"}, 3);
  CHECK(done.finish_reason == FinishReason::length);
  CHECK(done.text == "abc");
}

TEST_CASE("a stop string is found over tokens, inside tokens and at once") {
  auto done = run({0, 1, 2, 3}, {"bcd"});
  CHECK(done.finish_reason == FinishReason::stop_string);
  CHECK(done.text == "a");
  CHECK(done.generated == std::vector<TokenId>{0, 1, 2, 3});

  done = run({0, 30}, {"y"});  // "axyz"
  CHECK(done.text == "ax");
  CHECK(run({0}, {"a"}).text.empty());
  // The token that brings the greatest length may bring the stop as well.
  CHECK(run({0, 1}, {"b"}, 2).finish_reason == FinishReason::stop_string);
}

TEST_CASE("stops are cut one after the other in the order of the list") {
  CHECK(run({0, 30}, {"z", "x"}).text == "a");
  CHECK(run({0, 30}, {"x", "z"}).text == "a");
  CHECK(engine::cut_at_stops("one two three", {"three", "two", ""}) == "one ");
  CHECK(engine::cut_at_stops("one two one", {"one"}).empty());
  CHECK(engine::cut_at_stops("text", {}) == "text");
}

TEST_CASE("empty stop strings stop nothing") {
  CHECK(run({0, 1}, {""}, 2).text == "ab");
}

TEST_CASE("special tokens do not show, and separate nothing") {
  CHECK(run({0, 29, 1, 2}, {"bc"}).text == "a");
  CHECK(run({0, 29, 1}, {"ab"}).text.empty());
}

TEST_CASE("a character of several tokens is whole or not there") {
  CHECK(run({0, 27, 28, 1}, {"b"}).text == "aé");
  CHECK(run({27, 28}, {"é"}).finish_reason == FinishReason::stop_string);
  // Cut in the middle of a character, transformers prints a replacement character.
  CHECK(run({0, 27}, {}, 2).text == "a\xef\xbf\xbd");
}

TEST_CASE("a special token that is a stop ends a generation, unseen") {
  const auto done = run({0, 1, 29}, {"zz", "<end>"});
  CHECK(done.finish_reason == FinishReason::stop_string);
  CHECK(done.text == "ab");
  // An end token stays what it is, stop or not; a part of a special token's text is no stop.
  CHECK(run({0, 100}, {"t100"}).finish_reason == FinishReason::end_of_text);
  CHECK(run({0, 29}, {"<end"}, 2).finish_reason == FinishReason::length);
}

TEST_CASE("a stop is seen while its bytes are still held back") {
  // Newlines as byte tokens, as Llama 2 writes them.
  const test::TempDir folder;
  std::ofstream(folder.path() / "tokenizer.json") << R"({"version": "1.0", "added_tokens": [],
    "decoder": {"type": "Sequence", "decoders": [{"type": "ByteFallback"}, {"type": "Fuse"}]},
    "model": {"type": "BPE", "byte_fallback": true, "merges": [],
              "vocab": {"<0x0A>": 0, "<0xC3>": 1, "a": 2, "b": 3}}})";
  const auto tokenizer = text::load_tokenizer(folder.path());
  const auto end_of = [&](const std::vector<TokenId>& tokens, const std::vector<std::string>& stops) {
    Generation generation(tokenizer.get(), eos, stops, static_cast<std::int64_t>(tokens.size()) + 1);
    std::size_t used = 0;
    while (used < tokens.size() && !generation.finished()) generation.push(tokens[used++]);
    CHECK(used == tokens.size());
    engine::Completion completion;
    generation.take_into(completion);
    return completion;
  };
  auto done = end_of({2, 0, 0}, {"\n\n"});
  CHECK(done.finish_reason == FinishReason::stop_string);
  CHECK(done.text == "a");
  CHECK(end_of({2, 3, 0}, {"b\n"}).text == "a");
  CHECK(end_of({0}, {"zzzz", "\n"}).finish_reason == FinishReason::stop_string);
  done = end_of({2, 0, 3}, {"\n\n"});
  CHECK(done.finish_reason == FinishReason::none);
  CHECK(done.text == "a\nb");
}

TEST_CASE("without a tokenizer there are tokens and no text") {
  Generation generation(nullptr, eos, {}, 2);
  CHECK_FALSE(generation.push(7));
  CHECK(generation.push(8));
  engine::Completion completion;
  generation.take_into(completion);
  CHECK(completion.generated == std::vector<TokenId>{7, 8});
  CHECK(completion.text.empty());
}
