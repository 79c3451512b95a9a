// Tokens of requests against lm-evaluation-harness's Hugging Face backend (scripts/reference/eval_encode.py).
#include "assay/eval/task.hpp"
#include "eval/support.hpp"

namespace assay::eval {
namespace {

using util::OrderedJson;

TextRequest request_of(const OrderedJson& record) {
  TextRequest request;
  request.kind = static_cast<engine::RequestKind>(record["kind"].get<int>());
  request.context = record["context"];
  if (record.contains("continuation")) request.continuation = record["continuation"];
  if (record.contains("gen_kwargs")) request.gen_kwargs = record["gen_kwargs"];
  return request;
}

void check_generation(const engine::Request& request, const OrderedJson& seen) {
  REQUIRE(request.windows.size() == 1);
  CHECK(request.windows[0].tokens == seen[0].get<std::vector<text::TokenId>>());
  // Empty and repeated stops do nothing.
  std::vector<std::string> stops;
  for (const auto& stop : seen[1]) {
    if (stop != "" && std::find(stops.begin(), stops.end(), stop) == stops.end()) stops.push_back(stop);
  }
  CHECK(request.stops == stops);
  CHECK(request.max_new_tokens == seen[2].get<int>());
  const OrderedJson& settings = seen[3];
  const bool sample = settings["do_sample"];
  CHECK(request.sampling.temperature == (sample ? settings["temperature"].get<double>() : 0.0));
  if (sample) CHECK(request.sampling.top_k == settings.value("top_k", 50));
  if (sample) CHECK(request.sampling.top_p == settings.value("top_p", 1.0));
}

// Context and continuation are scored together behind the prefix token, here the one that ends a text.
void check_prefixed(const TextRequest& request, const text::Tokenizer& tokenizer,
                    const EncodeOptions& options) {
  const engine::Request encoded = encode(request, tokenizer, options);
  auto tokens = tokenizer.encode(request.context + request.continuation, true);
  REQUIRE_FALSE(tokens.empty());
  tokens.insert(tokens.begin(), tokenizer.eos_id().value());
  REQUIRE(encoded.windows.size() == 1);
  CHECK(encoded.windows[0].tokens == tokens);
  CHECK(encoded.windows[0].score_from == 1);
}

TEST_CASE("requests become the tokens that lm-eval's backend feeds") {
  for (const std::string name : {"plain", "bos", "pieces"}) {
    const auto tokenizer = text::load_tokenizer(test::data_folder() / "encode" / name);
    std::size_t refused = 0;
    std::size_t prefixed = 0;
    const auto data = test::recorded("encode/" + name + "/cases.json");
    for (const auto& record : data["cases"]) {
      CAPTURE(name, record.dump());
      const TextRequest request = request_of(record);
      const EncodeOptions options{
          .max_length = record["max_length"], .sampling_seed = 7, .add_bos_token = {}};
      if (record.contains("error")) {
        // A context of nothing but white space: conditioned on the prefix token, as an empty one is.
        if (request.kind == engine::RequestKind::loglikelihood && name == "plain") {
          check_prefixed(request, *tokenizer, options);
          ++prefixed;
          continue;
        }
        CHECK_THROWS_AS(encode(request, *tokenizer, options), util::InputError);
        ++refused;
        continue;
      }
      const engine::Request encoded = encode(request, *tokenizer, options);
      CHECK(encoded.kind == request.kind);
      if (request.kind == engine::RequestKind::generate) {
        REQUIRE(record["seen"].size() == 1);
        check_generation(encoded, record["seen"][0]);
        continue;
      }
      REQUIRE(encoded.windows.size() == record["seen"].size());
      for (std::size_t i = 0; i < encoded.windows.size(); ++i) {
        CHECK(encoded.windows[i].tokens == record["seen"][i][0].get<std::vector<text::TokenId>>());
        CHECK(encoded.windows[i].score_from == record["seen"][i][1].get<int>());
      }
    }
    CHECK(refused >= 1);
    CHECK(prefixed == (name == "plain" ? 6 : 0));
  }
}

TEST_CASE("add_bos_token overrides the model directory") {
  const auto tokenizer = text::load_tokenizer(test::data_folder() / "encode" / "bos");
  const TextRequest request{engine::RequestKind::loglikelihood, "the cat", " sat", {}};
  const auto tokens = [&](std::optional<bool> add) {
    return encode(request, *tokenizer, {.max_length = 64, .sampling_seed = 0, .add_bos_token = add})
        .windows[0]
        .tokens;
  };
  const auto with = tokens(true);
  const auto without = tokens(false);
  CHECK(tokens(std::nullopt) == with);
  REQUIRE(with.size() == without.size() + 1);
  CHECK(with[0] == tokenizer->bos_id());
  CHECK(std::equal(without.begin(), without.end(), with.begin() + 1));
}

TEST_CASE("a whole text is scored once, whatever the window") {
  const auto tokenizer = text::load_tokenizer(test::data_folder() / "encode" / "bos");
  std::string text;
  for (int i = 0; i < 40; ++i) text += "the dog " + std::to_string(i) + " ran, ";
  const auto all = tokenizer->encode(text, true);
  for (const std::int64_t length : {1, 2, 7, 64, 10'000}) {
    const auto request = encode({engine::RequestKind::loglikelihood_rolling, text, "", {}}, *tokenizer,
                                {.max_length = length, .sampling_seed = 0, .add_bos_token = {}});
    std::vector<text::TokenId> scored;
    for (const auto& window : request.windows) {
      CHECK(static_cast<std::int64_t>(window.tokens.size()) <= length + 1);
      REQUIRE(window.score_from >= 1);
      scored.insert(scored.end(), window.tokens.begin() + window.score_from, window.tokens.end());
    }
    CHECK(scored == all);
  }
}

TEST_CASE("every prompt samples from its own stream, the same every time") {
  const auto tokenizer = text::load_tokenizer(test::data_folder() / "encode" / "bos");
  const auto seed = [&](const std::string& context, std::uint64_t campaign) {
    const TextRequest request{
        engine::RequestKind::generate, context, "", {{"temperature", 1.0}, {"max_gen_toks", 4}}};
    return encode(request, *tokenizer, {.max_length = 64, .sampling_seed = campaign, .add_bos_token = {}})
        .sampling.seed;
  };
  CHECK(seed("the", 1) == seed("the", 1));
  CHECK(seed("the", 1) != seed("the", 2));
  CHECK(seed("the", 1) != seed("cat", 1));
}

TEST_CASE("generation settings that cannot be followed are refused by name") {
  const auto tokenizer = text::load_tokenizer(test::data_folder() / "encode" / "bos");
  const auto message = [&](OrderedJson kwargs) {
    const TextRequest request{engine::RequestKind::generate, "the", "", std::move(kwargs)};
    return test::input_error([&] {
      (void)encode(request, *tokenizer, {.max_length = 300, .sampling_seed = 0, .add_bos_token = {}});
    });
  };
  CHECK(message({{"max_gen_toks", 300}}).find("max_gen_toks") != std::string::npos);
  CHECK(message({{"temperatur", 1}}).find("\"temperature\"") != std::string::npos);
  CHECK(message({{"do_sample", true}}).find("temperature") != std::string::npos);
  CHECK(message({{"num_beams", 4}}).find("num_beams") != std::string::npos);
  CHECK(message({{"no_repeat_ngram_size", 3}}).find("no_repeat_ngram_size") != std::string::npos);
  CHECK(message({{"until", 7}}).find("until") != std::string::npos);
  CHECK(message({{"until", {"a", 7}}}).find("until") != std::string::npos);
  CHECK(message({{"max_gen_toks", "many"}}).find("max_gen_toks") != std::string::npos);
  CHECK(message({{"max_gen_toks", 0}}).find("max_gen_toks") != std::string::npos);
  CHECK(message({{"temperature", 1}, {"top_p", 0}}).find("top_p") != std::string::npos);
  CHECK(message({{"max_length", 9}}).find("max_length") != std::string::npos);
}

}  // namespace
}  // namespace assay::eval
