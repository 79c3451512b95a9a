// Requests as tokens, following lm-evaluation-harness's Hugging Face backend (api/model.py,
// models/huggingface.py).
#include <algorithm>
#include <nlohmann/json.hpp>

#include "assay/eval/task.hpp"
#include "assay/text/python.hpp"
#include "assay/util/error.hpp"
#include "assay/util/hash.hpp"
#include "eval/prompt/generation.hpp"

namespace assay::eval {
namespace {

using text::TokenId;
using util::check_input;
using Tokens = std::vector<TokenId>;

class Encoder {
 public:
  Encoder(const text::Tokenizer& tokenizer, const EncodeOptions& options)
      : tokenizer_(tokenizer), options_(options) {
    prefix_ = tokenizer.bos_id() ? tokenizer.bos_id() : tokenizer.eos_id();
    if (prefix_) prefix_text_ = tokenizer.decode(std::span(&*prefix_, 1), false);
  }

  // lm-eval's tok_encode: the tokenizer's own specials, unless the text already begins with the prefix
  // token's.
  [[nodiscard]] Tokens with_specials(const std::string& text,
                                     const std::vector<text::ByteRange>& plain) const {
    const bool begins = prefix_ && text.starts_with(prefix_text_);
    return tokenizer_.encode(text, !begins && options_.add_bos_token.value_or(true), plain);
  }

  [[nodiscard]] TokenId prefix() const {
    check_input(
        prefix_.has_value(),
        "the tokenizer has neither a BOS nor an EOS token (one is needed to condition the first token on)");
    return *prefix_;
  }

  [[nodiscard]] engine::Window pair(const TextRequest& request) const {
    std::string context = request.context;
    std::string continuation = request.continuation;
    Tokens before;
    Tokens after;
    if (context.empty()) {
      after = tokenizer_.encode(continuation, false);
      before = {prefix()};
      // The continuation brings the prefix token along: then that is the context.
      if (!after.empty() && after[0] == prefix()) after.erase(after.begin());
    } else {
      const std::size_t kept = text::python::rstrip(context).size();
      continuation = context.substr(kept) + continuation;
      context.resize(kept);
      before = with_specials(context, up_to(request.plain, kept));
      after = with_specials(context + continuation, request.plain);
      after.erase(after.begin(),
                  after.begin() + static_cast<std::ptrdiff_t>(std::min(before.size(), after.size())));
      if (before.empty()) before = {prefix()};
    }
    return window(before, after);
  }

  // The ranges, as far as they lie in the first `size` bytes.
  static std::vector<text::ByteRange> up_to(std::vector<text::ByteRange> ranges, std::size_t size) {
    std::erase_if(ranges, [&](const text::ByteRange& range) { return range.begin >= size; });
    if (!ranges.empty()) ranges.back().end = std::min(ranges.back().end, size);
    return ranges;
  }

  [[nodiscard]] std::vector<engine::Window> rolling(const std::string& text) const {
    const Tokens tokens = with_specials(text, {});
    const auto size = static_cast<std::ptrdiff_t>(options_.max_length);
    const auto count = static_cast<std::ptrdiff_t>(tokens.size());
    std::vector<engine::Window> windows;
    for (std::ptrdiff_t scored = 0; scored < count;) {
      engine::Window window;
      if (scored == 0) {
        // The first window is conditioned on the prefix token alone.
        const std::ptrdiff_t end = std::min(size, count);
        window.tokens = {prefix()};
        window.tokens.insert(window.tokens.end(), tokens.begin(), tokens.begin() + end);
        window.score_from = 1;
        scored = end;
      } else {
        // Later ones on the token before, or, at the end of the text, on all that fits.
        const std::ptrdiff_t end = std::min(scored + size, count);
        const std::ptrdiff_t begin = end - size - 1;
        window.tokens.assign(tokens.begin() + begin, tokens.begin() + end);
        window.score_from = static_cast<std::int32_t>(scored - begin);
        scored = end;
      }
      windows.push_back(std::move(window));
    }
    return windows;
  }

  void generation(engine::Request& request, const TextRequest& asked) const {
    const Generation settings = read_generation(asked.gen_kwargs);
    check_input(
        settings.max_new_tokens < options_.max_length,
        "max_gen_toks {} does not leave room for a prompt in {} positions; lower it with --gen-kwargs "
        "max_gen_toks=N",
        settings.max_new_tokens, options_.max_length);
    const auto room = static_cast<std::size_t>(options_.max_length - settings.max_new_tokens);
    // Here it is the BOS token's own text that counts.
    const auto bos = tokenizer_.bos_id();
    const std::string bos_text = bos ? tokenizer_.token_text(*bos) : std::string();
    const bool begins = !bos_text.empty() && asked.context.starts_with(bos_text);
    Tokens tokens =
        tokenizer_.encode(asked.context, !begins && options_.add_bos_token.value_or(true), asked.plain);
    if (tokens.size() > room) tokens.erase(tokens.begin(), tokens.end() - static_cast<std::ptrdiff_t>(room));
    check_input(!tokens.empty(), "the prompt has no tokens");
    request.windows.push_back({std::move(tokens), 1});
    request.max_new_tokens = static_cast<std::int32_t>(settings.max_new_tokens);
    request.stops = settings.stops;
    if (const auto eos = tokenizer_.eos_id()) {
      const std::string stop = tokenizer_.decode(std::span(&*eos, 1), false);
      if (!stop.empty() && std::ranges::find(request.stops, stop) == request.stops.end())
        request.stops.push_back(stop);
    }
    request.sampling = settings.sampling;
    // Every prompt its own stream: with one seed for all, token i of every document would see the same
    // numbers.
    std::string key = std::to_string(options_.sampling_seed) + ":" + asked.context;
    if (asked.repeat > 0) key += ":" + std::to_string(asked.repeat);
    request.sampling.seed = util::xxh3_64(std::as_bytes(std::span(key.data(), key.size())));
  }

 private:
  // The last max_length + 1 tokens: all but the last are fed to the model.
  [[nodiscard]] engine::Window window(const Tokens& before, const Tokens& after) const {
    const auto limit = static_cast<std::size_t>(options_.max_length);
    check_input(!after.empty(), "the continuation has no tokens of its own");
    check_input(after.size() <= limit, "the continuation has {} tokens where the context length is {}",
                after.size(), limit);
    engine::Window result;
    result.tokens = before;
    result.tokens.insert(result.tokens.end(), after.begin(), after.end());
    if (result.tokens.size() > limit + 1) {
      result.tokens.erase(result.tokens.begin(),
                          result.tokens.end() - static_cast<std::ptrdiff_t>(limit + 1));
    }
    result.score_from = static_cast<std::int32_t>(result.tokens.size() - after.size());
    return result;
  }

  const text::Tokenizer& tokenizer_;
  const EncodeOptions& options_;
  std::optional<TokenId> prefix_;
  std::string prefix_text_;
};

}  // namespace

engine::Request encode(const TextRequest& request, const text::Tokenizer& tokenizer,
                       const EncodeOptions& options) {
  check_input(options.max_length >= 1 && options.max_length < (std::int64_t{1} << 31) - 1,
              "the context length {} is not usable", options.max_length);
  const Encoder encoder(tokenizer, options);
  engine::Request encoded;
  encoded.kind = request.kind;
  switch (request.kind) {
    case engine::RequestKind::loglikelihood:
      encoded.windows.push_back(encoder.pair(request));
      break;
    case engine::RequestKind::loglikelihood_rolling:
      encoded.windows = encoder.rolling(request.context);
      break;
    case engine::RequestKind::generate:
      encoder.generation(encoded, request);
      break;
  }
  return encoded;
}

}  // namespace assay::eval
