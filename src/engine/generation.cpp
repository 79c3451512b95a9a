#include "engine/generation.hpp"

#include <algorithm>

#include "assay/util/error.hpp"

namespace assay::engine {

Generation::Generation(const text::Tokenizer* tokenizer, const std::vector<TokenId>& eos_ids,
                       std::vector<std::string> stops, std::int64_t max_new_tokens)
    : eos_ids_(&eos_ids), stops_(std::move(stops)), max_new_tokens_(max_new_tokens) {
  ASSAY_CHECK(max_new_tokens > 0 && (tokenizer != nullptr || stops_.empty()));
  if (tokenizer == nullptr) return;
  decoder_.emplace(*tokenizer, /*skip_special_tokens=*/true);
  stop_ids_ = special_stops(*tokenizer);
  for (const std::string& stop : stops_) longest_stop_ = std::max(longest_stop_, stop.size());
}

std::vector<TokenId> Generation::special_stops(const text::Tokenizer& tokenizer) const {
  std::vector<TokenId> ids;
  for (const std::string& stop : stops_) {
    if (stop.empty()) continue;
    const auto tokens = tokenizer.encode(stop, /*add_special_tokens=*/false);
    if (tokens.size() != 1 || tokenizer.token_text(tokens[0]) != stop) continue;
    if (tokenizer.decode(tokens, /*skip_special_tokens=*/true).empty()) ids.push_back(tokens[0]);
  }
  return ids;
}

bool Generation::push(TokenId token) {
  ASSAY_CHECK(!finished());
  const auto is_in = [token](const std::vector<TokenId>& ids) {
    return std::find(ids.begin(), ids.end(), token) != ids.end();
  };
  if (is_in(*eos_ids_)) {
    reason_ = FinishReason::end_of_text;
    return true;
  }
  tokens_.push_back(token);
  const std::size_t before = text_.size();
  if (decoder_) text_ += decoder_->push(token);
  if (is_in(stop_ids_) || stopped(before)) {
    reason_ = FinishReason::stop_string;
  } else if (tokens() >= max_new_tokens_) {
    reason_ = FinishReason::length;
  }
  return finished();
}

bool Generation::stopped(std::size_t from) const {
  if (longest_stop_ == 0) return false;
  // A decoder may hold bytes back until their run ends (ByteFallback): what they say so far counts as well.
  const std::size_t reach = longest_stop_ - 1;
  const std::size_t start = from > reach ? from - reach : 0;
  const std::string recent = text_.substr(start) + decoder_->pending();
  return std::any_of(stops_.begin(), stops_.end(), [&](const std::string& stop) {
    return !stop.empty() && recent.find(stop) != std::string::npos;
  });
}

void Generation::take_into(Completion& completion) {
  if (decoder_) text_ += decoder_->finish();
  const std::size_t whole = text_.size();
  completion.text = cut_at_stops(std::move(text_), stops_);
  // The bytes held back until the end may complete a stop string.
  completion.finish_reason = completion.text.size() < whole ? FinishReason::stop_string : reason_;
  completion.generated = std::move(tokens_);
}

std::string cut_at_stops(std::string text, const std::vector<std::string>& stops) {
  for (const std::string& stop : stops) {
    if (stop.empty()) continue;
    if (const auto found = text.find(stop); found != std::string::npos) text.resize(found);
  }
  return text;
}

}  // namespace assay::engine
