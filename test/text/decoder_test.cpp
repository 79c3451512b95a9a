#include "text/decoder.hpp"

#include <catch2/catch.hpp>

using namespace assay::text;
using assay::util::Json;
using List = std::vector<std::string>;

namespace {

// Text handed out for each token, and at the end.
List stream(const Json& json, const List& tokens) {
  Decoder::Stream running = (json.is_null() ? Decoder() : Decoder(JsonNode(json, "t", "decoder"))).start();
  List out;
  for (const auto& token : tokens) out.push_back(running.push(token));
  out.push_back(running.finish());
  return out;
}

Json chain(Json steps) {
  return {{"type", "Sequence"}, {"decoders", std::move(steps)}};
}
const Json bytes = {{"type", "ByteFallback"}};
const Json fuse = {{"type", "Fuse"}};
Json strip(int start, int stop) {
  return {{"type", "Strip"}, {"content", " "}, {"start", start}, {"stop", stop}};
}

}  // namespace

TEST_CASE("byte tokens wait for the end of their run") {
  CHECK(stream(bytes, {"a", "<0xE4>", "<0xBD>", "<0xA0>", "b"}) == List{"a", "", "", "", "\u4f60b", ""});
  CHECK(stream(bytes, {"<0xE4>", "<0xBD>"}) == List{"", "", "\ufffd\ufffd"});
  // One bad byte spoils the whole run, also its valid characters.
  CHECK(stream(bytes, {"<0x41>", "<0xFF>", "x"}) == List{"", "", "\ufffd\ufffdx", ""});
  CHECK(stream(bytes, {"<0xGG>", "<0x4>", "<0x041>"}) == List{"<0xGG>", "<0x4>", "<0x041>", ""});
}

TEST_CASE("what waits can be looked at without taking it") {
  const Json replace = {{"type", "Replace"}, {"pattern", {{"String", "\u2581"}}}, {"content", " "}};
  const Json json = chain({replace, bytes, fuse, strip(1, 0)});  // as Llama 2's
  Decoder::Stream running = Decoder(JsonNode(json, "t", "decoder")).start();
  CHECK(running.push("\u2581a") == "a");
  CHECK(running.pending().empty());
  for (int i = 1; i <= 3; ++i) {
    CHECK(running.push("<0x0A>").empty());
    CHECK(running.pending() == std::string(static_cast<std::size_t>(i), '\n'));
    CHECK(running.pending() == std::string(static_cast<std::size_t>(i), '\n'));
  }
  CHECK(running.push("\u2581b") == "\n\n\n b");
  CHECK(running.pending().empty());

  Decoder::Stream level = Decoder(JsonNode({{"type", "ByteLevel"}}, "t", "decoder")).start();
  CHECK(level.push("a\u00e4\u00bd") == "a");
  CHECK(level.pending() == "\ufffd");
  CHECK(level.push("\u0142") == "\u4f60");

  Decoder::Stream whole = Decoder(JsonNode(chain({fuse, replace}), "t", "decoder")).start();
  CHECK(whole.push("\u2581a").empty());
  CHECK(whole.pending() == " a");
  CHECK(whole.push("b").empty());
  CHECK(whole.finish() == " ab");
}

TEST_CASE("byte-level text comes out character by character") {
  const Json json = {{"type", "ByteLevel"}};
  CHECK(stream(json, {"\u0120a", "\u00e4\u00bd", "\u0142", "!"}) == List{" a", "", "\u4f60", "!", ""});
  CHECK(stream(json, {"\u00e4\u00bd", "!"}) == List{"", "\ufffd!", ""});
  CHECK(stream(json, {"\u00e4\u00bd"}) == List{"", "\ufffd"});
  CHECK(stream(json, {"\u2026\u0120"}) ==
        List{"\u2026\u0120", ""});  // not a byte-level token: taken as it is
}

TEST_CASE("Strip works a token at a time, or on the fused text") {
  CHECK(stream(strip(1, 0), {"  a", " b"}) == List{" a", "b", ""});
  CHECK(stream(strip(0, 1), {"a  ", " "}) == List{"a ", "", ""});
  CHECK(stream(chain({fuse, strip(1, 0)}), {"", " ", " a", " b"}) == List{"", "", " a", " b", ""});
  CHECK(stream(chain({fuse, strip(2, 0)}), {" ", " ", " a"}) == List{"", "", " a", ""});
  CHECK(stream(chain({fuse, strip(0, 2)}), {"a ", " ", " ", "b "}) == List{"a", "", " ", "  b", ""});
  CHECK(stream(chain({fuse, strip(5, 5)}), {"  ", " "}) == List{"", "", ""});
}

TEST_CASE("a step after Fuse that needs whole tokens sees the whole text") {
  const Json replace = {{"type", "Replace"}, {"pattern", {{"String", "ab"}}}, {"content", "-"}};
  CHECK(stream(replace, {"a", "b", "ab"}) == List{"a", "b", "-", ""});
  CHECK(stream(chain({fuse, replace}), {"a", "b", "ab"}) == List{"", "", "", "--"});
  CHECK(stream(chain({fuse, bytes}), {"<0x4", "1>"}) == List{"", "", "A"});
}

TEST_CASE("Metaspace drops its mark in the first token only") {
  Json json = {
      {"type", "Metaspace"}, {"replacement", "\u2581"}, {"prepend_scheme", "always"}, {"split", true}};
  CHECK(stream(json, {"\u2581\u2581a", "\u2581b"}) == List{"a", " b", ""});
  json["prepend_scheme"] = "never";
  CHECK(stream(json, {"\u2581a", "\u2581b"}) == List{" a", " b", ""});
}

TEST_CASE("without a decoder tokens are joined by spaces") {
  CHECK(stream(nullptr, {"a", "b", ""}) == List{"a", " b", " ", ""});
}

TEST_CASE("unknown decoders and bad settings name the key") {
  const Json piece = {{"type", "WordPiece"}, {"prefix", "##"}, {"cleanup", true}};
  CHECK_THROWS_WITH(stream(piece, {}), Catch::StartsWith("t: decoder.type"));
  CHECK_THROWS_WITH(stream({{"type", "Fuse"}, {"x", 1}}, {}), Catch::Contains("\"x\""));
  CHECK_THROWS_WITH(stream({{"type", "Strip"}, {"content", "ab"}, {"start", 1}, {"stop", 0}}, {}),
                    Catch::Contains("decoder.content"));
  CHECK_THROWS_WITH(stream(strip(-1, 0), {}), Catch::Contains("decoder.start"));
  CHECK_THROWS_WITH(stream({{"decoders", Json::array()}}, {}), Catch::Contains("\"type\""));
}
