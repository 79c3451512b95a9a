#include "text/added_tokens.hpp"

#include <algorithm>

#include "assay/util/utf8.hpp"
#include "text/growth.hpp"
#include "text/unicode.hpp"

namespace assay::text {
namespace {

// Bounds the work per byte of text that a hostile file can ask for.
constexpr std::size_t max_content_bytes = 1024;

// Normalises one of several pieces that share `left` bytes.
void normalize(const Normalizer& normalizer, Piece& piece, std::size_t& left) {
  normalizer.apply(piece, left);
  check_growth(piece.text.size(), left, "normaliser");  // one without steps checks nothing
  left -= piece.text.size();
}

// Bytes of white space at the end of a text, not reaching before `limit`.
std::size_t space_before(std::string_view text, std::size_t end, std::size_t limit) {
  while (end > limit) {
    const util::Character c = util::character_before(text, end);
    if (!is_space(c.code)) break;
    end -= c.size;
  }
  return end;
}

std::size_t space_after(std::string_view text, std::size_t at) {
  while (at < text.size()) {
    const util::Character c = util::character_at(text, at);
    if (!is_space(c.code)) break;
    at += c.size;
  }
  return at;
}

// Whether a range of at least one byte has one of them in a range of a sorted list.
bool touches(std::span<const ByteRange> ranges, const ByteRange& wanted) {
  const auto it = std::partition_point(ranges.begin(), ranges.end(),
                                       [&](const ByteRange& range) { return range.end <= wanted.begin; });
  return it != ranges.end() && it->begin < wanted.end;
}

bool touches_word(std::string_view text, const ByteRange& range) {
  if (range.begin > 0 && is_word(util::character_before(text, range.begin).code)) return true;
  return range.end < text.size() && is_word(util::character_at(text, range.end).code);
}

}  // namespace

int StringMatcher::child(int node, unsigned char byte) const {
  const auto& children = nodes_[static_cast<std::size_t>(node)].children;
  const auto it = std::lower_bound(children.begin(), children.end(), byte,
                                   [](const auto& entry, unsigned char key) { return entry.first < key; });
  return it != children.end() && it->first == byte ? it->second : -1;
}

void StringMatcher::add(std::string_view text, TokenId value) {
  int node = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    int next = child(node, byte);
    if (next < 0) {
      next = static_cast<int>(nodes_.size());
      nodes_.emplace_back();
      auto& children = nodes_[static_cast<std::size_t>(node)].children;
      const auto it =
          std::lower_bound(children.begin(), children.end(), byte,
                           [](const auto& entry, unsigned char key) { return entry.first < key; });
      children.insert(it, {byte, next});
    }
    if (node == 0) first_[byte] = next;
    node = next;
  }
  TokenId& slot = nodes_[static_cast<std::size_t>(node)].value;
  if (slot < 0) slot = value;
}

std::optional<StringMatcher::Match> StringMatcher::find(std::string_view text, std::size_t from,
                                                        const Allowed& allowed) const {
  for (std::size_t begin = from; begin < text.size(); ++begin) {
    int node = first_[static_cast<unsigned char>(text[begin])];
    if (node < 0) continue;
    std::optional<Match> longest;
    for (std::size_t at = begin; at < text.size(); ++at) {
      if (at > begin) node = child(node, static_cast<unsigned char>(text[at]));
      if (node < 0) break;
      const TokenId value = nodes_[static_cast<std::size_t>(node)].value;
      if (value < 0) continue;
      const Match match{{begin, at + 1}, value};
      if (!allowed || allowed(match)) longest = match;
    }
    if (longest) return longest;
  }
  return std::nullopt;
}

TokenId AddedVocabulary::add(const AddedToken& token, std::string_view where) {
  if (token.content.empty()) return -1;
  util::check_input(token.content.size() <= max_content_bytes,
                    "{}: the token is too long ({} bytes, limit {})", where, token.content.size(),
                    max_content_bytes);
  auto id = find(token.content);
  if (!id) id = max_id_ >= model_size_ ? max_id_ + 1 : model_size_;
  util::check_input(*id <= max_token_id, "{}: too many tokens", where);
  const auto known = tokens_.find(*id);
  if (known != tokens_.end() && known->second == token) return *id;
  ids_[token.content] = *id;
  tokens_[*id] = token;
  max_id_ = std::max(max_id_, *id);
  if (token.special) special_.insert(*id);
  added_.emplace_back(token, *id);
  return *id;
}

void AddedVocabulary::finish(const Normalizer* normalizer) {
  std::size_t given = 0;
  for (const auto& [token, id] : added_) given += token.content.size();
  std::size_t left = max_grown_bytes(given);
  for (const auto& [token, id] : added_) {
    if (!token.normalized) {
      raw_.add(token.content, id);
      continue;
    }
    Piece piece{token.content};
    if (normalizer != nullptr) normalize(*normalizer, piece, left);
    if (piece.text.empty()) continue;
    normalized_.add(piece.text, id);
    normalized_text_[id] = std::move(piece.text);
  }
}

std::vector<Piece> AddedVocabulary::split(std::string_view text, const Normalizer* normalizer,
                                          std::span<const ByteRange> plain) const {
  std::vector<Piece> raw;
  const std::size_t first = text.empty() ? 0 : util::character_at(text, 0).size;
  StringMatcher::Allowed allowed;
  if (!plain.empty()) {
    allowed = [&](const StringMatcher::Match& match) {
      return !is_special(match.value) || !touches(plain, match.range);
    };
  }
  split_piece(Piece{std::string(text), first}, raw_, allowed, raw);
  std::vector<Piece> out;
  std::size_t left = max_grown_bytes(text.size());
  for (Piece& piece : raw) {
    if (piece.token >= 0) {
      out.push_back(std::move(piece));
      continue;
    }
    const bool guarded = !plain.empty() && !normalized_.empty();
    const Piece before = guarded ? piece : Piece{};
    if (normalizer != nullptr) normalize(*normalizer, piece, left);
    allowed = guarded ? allowed_in(before, piece, normalizer, plain) : nullptr;
    split_piece(std::move(piece), normalized_, allowed, out);
  }
  return out;
}

StringMatcher::Allowed AddedVocabulary::allowed_in(const Piece& before, const Piece& after,
                                                   const Normalizer* normalizer,
                                                   std::span<const ByteRange> plain) const {
  // Where the bytes before a place of the piece end up; each is found once, and only if a token is.
  const bool same = before.text == after.text;
  auto known = std::make_shared<std::unordered_map<std::size_t, std::size_t>>();
  const auto moved = [=, &before](std::size_t place) {
    const std::size_t bytes = std::min(place - std::min(place, before.begin), before.text.size());
    if (same || bytes == 0) return bytes;
    if (const auto it = known->find(bytes); it != known->end()) return it->second;
    Piece piece{before.text, bytes};
    normalizer->apply(piece, max_grown_bytes(before.text.size()));
    return (*known)[bytes] = piece.start_bytes;
  };
  return [=, this](const StringMatcher::Match& match) {
    if (!is_special(match.value)) return true;
    const auto last = std::partition_point(plain.begin(), plain.end(), [&](const ByteRange& range) {
      return moved(range.end) <= match.range.begin;
    });
    return last == plain.end() || moved(last->begin) >= match.range.end;
  };
}

void AddedVocabulary::split_piece(Piece piece, const StringMatcher& matcher,
                                  const StringMatcher::Allowed& allowed, std::vector<Piece>& out) const {
  const std::string_view text = piece.text;
  std::size_t done = 0;
  const auto keep_text = [&](std::size_t end) {
    if (done < end) out.push_back(part_of(piece, {done, end}));
  };
  std::size_t from = 0;
  while (!matcher.empty()) {
    const auto match = matcher.find(text, from, allowed);
    if (!match) break;
    from = match->range.end;
    const AddedToken& token = tokens_.at(match->value);
    if (token.single_word && touches_word(text, match->range)) continue;
    std::size_t begin = match->range.begin;
    if (token.lstrip) begin = std::max(space_before(text, begin, done), done);
    keep_text(begin);
    out.push_back({{}, 0, match->value});
    // A following match may begin inside the space that rstrip swallowed, as in the reference.
    const std::size_t end = match->range.end;
    done = token.rstrip ? space_after(text, std::max(end, std::min(done, text.size()))) : end;
  }
  if (done == 0 && from == 0 && !text.empty()) return out.push_back(std::move(piece));  // as a rule
  keep_text(text.size());
}

std::optional<TokenId> AddedVocabulary::find(std::string_view content) const {
  const auto it = ids_.find(content);
  if (it != ids_.end()) return it->second;
  return find_in_model_(content);
}

const std::string* AddedVocabulary::token(TokenId id) const {
  const auto it = tokens_.find(id);
  return it == tokens_.end() ? nullptr : &it->second.content;
}

const std::string* AddedVocabulary::decodable(TokenId id) const {
  const auto it = normalized_text_.find(id);
  return it == normalized_text_.end() ? token(id) : &it->second;
}

bool AddedVocabulary::is_special(TokenId id) const {
  return special_.contains(id);
}

AddedToken read_added_token(const JsonNode& node) {
  AddedToken token;
  token.content = node.at("content").string();
  token.single_word = node.boolean_or("single_word", false);
  token.lstrip = node.boolean_or("lstrip", false);
  token.rstrip = node.boolean_or("rstrip", false);
  token.special = node.boolean_or("special", false);
  token.normalized = node.boolean_or("normalized", !token.special);
  return token;
}

}  // namespace assay::text
