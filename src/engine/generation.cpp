#include "engine/generation.hpp"

#include <algorithm>

#include "assay/util/error.hpp"

namespace assay::engine {

Generation::Generation(const text::Tokenizer* tokenizer, const std::vector<TokenId>& eos_ids,
                       std::vector<std::string> stops, std::int64_t max_new_tokens)
    : eos_ids_(&eos_ids), stops_(std::move(stops)), max_new_tokens_(max_new_tokens) {
  ASSAY_CHECK(max_new_tokens > 0 && (tokenizer != nullptr || stops_.empty()));
  if (tokenizer != nullptr) decoder_.emplace(*tokenizer, /*skip_special_tokens=*/true);
}

bool Generation::push(TokenId token) {
  ASSAY_CHECK(!finished());
  if (std::find(eos_ids_->begin(), eos_ids_->end(), token) != eos_ids_->end()) {
    reason_ = FinishReason::end_of_text;
    return true;
  }
  tokens_.push_back(token);
  const std::size_t before = text_.size();
  if (decoder_) text_ += decoder_->push(token);
  if (stopped(before)) {
    reason_ = FinishReason::stop_string;
  } else if (tokens() >= max_new_tokens_) {
    reason_ = FinishReason::length;
  }
  return finished();
}

bool Generation::stopped(std::size_t from) const {
  return std::any_of(stops_.begin(), stops_.end(), [&](const std::string& stop) {
    if (stop.empty()) return false;
    const std::size_t start = from >= stop.size() ? from - stop.size() + 1 : 0;
    return text_.find(stop, start) != std::string::npos;
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
