#include "text/bpe.hpp"

#include <algorithm>
#include <bit>
#include <limits>
#include <map>

#include "assay/util/utf8.hpp"
#include "text/byte_level.hpp"

namespace assay::text {
namespace {

constexpr std::size_t small_characters = 0x800;
constexpr std::string_view space_mark = "▁";
// Up to so many symbols, looking at all pairs for each merge is faster than a heap.
constexpr std::size_t few_symbols = 32;
// A longer piece is cut wherever it can be, since it will hardly come again as a whole.
constexpr std::size_t longest_uncut_bytes = 48;
// From so many on, a list of places for each rank is faster than a heap of all.
constexpr std::size_t many_symbols = 512;
constexpr std::uint32_t no_rank = std::numeric_limits<std::uint32_t>::max();

std::uint64_t pair_key(TokenId left, TokenId right) {
  return (static_cast<std::uint64_t>(static_cast<std::uint32_t>(left)) << 32) |
         static_cast<std::uint32_t>(right);
}

std::size_t slot_of(std::uint64_t pair, std::size_t size) {
  return static_cast<std::size_t>((pair * 0x9E3779B97F4A7C15U) >> 20) & (size - 1);
}

}  // namespace

void JoinedCharacters::add(std::string_view left, std::string_view right) {
  const char32_t first = util::character_at(right, 0).code;
  bits_[slot_of(util::character_before(left, left.size()).code, first)] = true;
  if (right.starts_with(space_mark)) before_space_[static_cast<unsigned char>(left.back())] = true;
}

BpeModel::BpeModel(const JsonNode& node, const BpeTables& tables) {
  if (const auto type = node.find("type"); type && type->string() != "BPE") {
    type->fail("\"" + type->string() + "\" is not supported (only BPE is)");
  }
  node.allow_only({"type", "dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix",
                   "fuse_unk", "byte_fallback", "ignore_merges", "vocab", "merges"});
  if (const auto dropout = node.find("dropout")) {
    dropout->check(dropout->value().is_number() && dropout->value().get<double>() == 0.0,
                   "must be null or 0: random dropout would make ids irreproducible");
  }
  for (const char* key : {"continuing_subword_prefix", "end_of_word_suffix"}) {
    if (const auto affix = node.find(key))
      affix->check(affix->string().empty(), "is not supported unless empty");
  }
  fuse_unknown_ = node.boolean_or("fuse_unk", false);
  byte_fallback_ = node.boolean_or("byte_fallback", false);
  ignore_merges_ = node.boolean_or("ignore_merges", false);
  read_vocabulary(node, tables);
  read_merges(node, tables);
  if (const auto unknown = node.find("unk_token")) {
    unknown_ = find(unknown->string());
    if (!unknown_) missing_unknown_ = unknown->where() + ": the token \"" + unknown->string() + "\"";
  }
  find_cuts(tables);
}

void BpeModel::find_cuts(const BpeTables& tables) {
  // Every character must be known or become bytes: an unknown token would stand for several.
  const bool never_unknown = byte_fallback_ && std::find(bytes_.begin(), bytes_.end(), -1) == bytes_.end();
  if (ignore_merges_ || !never_unknown) return;
  for (const auto& [left, right] : tables.merges) {
    if (left.empty() || right.empty()) continue;
    for (const std::string& token : {left, right}) {
      // A merge of byte tokens joins other characters than those of their names.
      if (std::find(bytes_.begin(), bytes_.end(), *find(token)) != bytes_.end()) return;
    }
    joined_.add(left, right);
  }
  joined_.allow_cuts();
}

void BpeModel::read_vocabulary(const JsonNode& node, const BpeTables& tables) {
  if (!tables.has_vocabulary) node.at("vocab").fail("must be an object");
  vocabulary_.reserve(tables.vocabulary.size());
  for (const auto& [token, id] : tables.vocabulary) {
    const auto [entry, is_new] = vocabulary_.emplace(token, id);
    if (!is_new) util::fail_input("{}.vocab: has the token \"{}\" twice", node.where(), token);
    const auto index = static_cast<std::size_t>(id);
    if (index >= tokens_.size())
      tokens_.resize(std::max(index + 1, tokens_.size() + tokens_.size() / 2), nullptr);
    if (tokens_[index] != nullptr) {
      util::fail_input("{}.vocab: \"{}\" and \"{}\" have the same id {}", node.where(), *tokens_[index],
                       token, id);
    }
    tokens_[index] = &entry->first;
  }
  while (!tokens_.empty() && tokens_.back() == nullptr) tokens_.pop_back();
  characters_.assign(small_characters, -1);
  for (char32_t code = 0; code < small_characters; ++code) {
    std::string text;
    util::append_character(text, code);
    characters_[code] = find(text).value_or(-1);
  }
  bytes_.assign(256, -1);
  for (std::size_t byte = 0; byte < bytes_.size(); ++byte) {
    bytes_[byte] = find(fmt::format("<0x{:02X}>", byte)).value_or(-1);
    byte_level_[byte] = find(to_byte_level(std::string(1, static_cast<char>(byte)))).value_or(-1);
  }
  knows_all_bytes_ = std::find(byte_level_.begin(), byte_level_.end(), -1) == byte_level_.end();
}

void BpeModel::read_merges(const JsonNode& node, const BpeTables& tables) {
  if (!tables.has_merges) node.at("merges").fail("must be a list");
  merges_.assign(std::bit_ceil(2 * tables.merges.size() + 1), Merge{});
  std::uint32_t index = 0;
  std::string joined;
  for (const auto& [left, right] : tables.merges) {
    joined.assign(left).append(right);
    const auto left_id = find(left);
    const auto right_id = find(right);
    const auto result = find(joined);
    if (!left_id || !right_id || !result) {
      util::fail_input("{}.merges[{}]: \"{}\" is not in the vocabulary", node.where(), index,
                       !left_id ? left : (!right_id ? right : joined));
    }
    const std::uint32_t rank = tables.merge_ranks.empty() ? index : tables.merge_ranks[index];
    add_merge(*left_id, *right_id, rank, *result);
    ++index;
  }
}

void BpeModel::add_merge(TokenId left, TokenId right, std::uint32_t rank, TokenId result) {
  const std::uint64_t pair = pair_key(left, right);
  std::size_t slot = slot_of(pair, merges_.size());
  while (merges_[slot].pair != Merge::empty_pair && merges_[slot].pair != pair)
    slot = (slot + 1) & (merges_.size() - 1);
  merges_[slot] = {pair, rank, result};  // of two equal pairs the later counts
}

const BpeModel::Merge* BpeModel::find_merge(TokenId left, TokenId right) const {
  const std::uint64_t pair = pair_key(left, right);
  std::size_t slot = slot_of(pair, merges_.size());
  while (merges_[slot].pair != Merge::empty_pair) {
    if (merges_[slot].pair == pair) return &merges_[slot];
    slot = (slot + 1) & (merges_.size() - 1);
  }
  return nullptr;
}

std::optional<TokenId> BpeModel::find(std::string_view token) const {
  const auto it = vocabulary_.find(token);
  if (it == vocabulary_.end()) return std::nullopt;
  return it->second;
}

const std::string* BpeModel::token(TokenId id) const {
  if (id < 0 || static_cast<std::size_t>(id) >= tokens_.size()) return nullptr;
  return tokens_[static_cast<std::size_t>(id)];
}

void BpeModel::encode(std::string_view piece, Alphabet alphabet, Scratch& scratch,
                      std::vector<TokenId>& ids) const {
  util::check_input(piece.size() <= static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max()),
                    "text is too long to tokenise ({} bytes without a place to split)", piece.size());
  if (piece.empty()) return;
  if (!joined_.on() || alphabet == Alphabet::bytes) return encode_word(piece, alphabet, scratch, ids);
  for (std::size_t at = piece.find(space_mark, 1); at != std::string_view::npos;
       at = piece.find(space_mark, at)) {
    if (joined_.cut_before_space(piece.substr(0, at))) {
      encode_long(piece.substr(0, at), alphabet, scratch, ids);
      piece.remove_prefix(at);
      at = 0;
    }
    at += space_mark.size();
  }
  encode_long(piece, alphabet, scratch, ids);
}

// Cuts what is too long to be remembered.
void BpeModel::encode_long(std::string_view word, Alphabet alphabet, Scratch& scratch,
                           std::vector<TokenId>& ids) const {
  if (word.size() <= longest_uncut_bytes) return encode_word(word, alphabet, scratch, ids);
  std::size_t begin = 0;
  util::Character last = util::character_at(word, 0);
  for (std::size_t at = last.size; at < word.size(); at += last.size) {
    const util::Character next = util::character_at(word, at);
    if (joined_.cut_between(last.code, next.code)) {
      encode_word(word.substr(begin, at - begin), alphabet, scratch, ids);
      begin = at;
    }
    last = next;
  }
  encode_word(word.substr(begin), alphabet, scratch, ids);
}

void BpeModel::encode_word(std::string_view word, Alphabet alphabet, Scratch& scratch,
                           std::vector<TokenId>& ids) const {
  const bool cached = word.size() <= WordCache::max_word_bytes;
  if (cached && scratch.cache_.append(word, ids)) return;
  const std::size_t first = ids.size();
  if (ignore_merges_) {
    const auto whole = alphabet == Alphabet::bytes ? find(to_byte_level(word)) : find(word);
    if (whole) ids.push_back(*whole);
  }
  if (ids.size() == first) {
    scratch.symbols_.clear();
    if (alphabet == Alphabet::bytes) {
      for (const char c : word) scratch.symbols_.push_back(byte_level_[static_cast<unsigned char>(c)]);
    } else {
      symbols_of(word, scratch.symbols_);
    }
    if (scratch.symbols_.size() <= few_symbols) {
      merge_few(scratch);
    } else {
      merge_many(scratch);
    }
    ids.insert(ids.end(), scratch.symbols_.begin(), scratch.symbols_.end());
  }
  if (cached) scratch.cache_.keep(word, ids.data() + first, ids.data() + ids.size());
}

bool BpeModel::add_bytes(std::string_view character, std::vector<TokenId>& symbols) const {
  const auto id_of = [&](char c) { return bytes_[static_cast<unsigned char>(c)]; };
  for (const char c : character) {
    if (id_of(c) < 0) return false;
  }
  for (const char c : character) symbols.push_back(id_of(c));
  return true;
}

void BpeModel::symbols_of(std::string_view word, std::vector<TokenId>& symbols) const {
  bool unknown_pending = false;
  const auto flush_unknown = [&]() {
    if (unknown_pending) symbols.push_back(*unknown_);
    unknown_pending = false;
  };
  for (std::size_t at = 0; at < word.size();) {
    const util::Character c = util::character_at(word, at);
    const std::string_view text = word.substr(at, c.size);
    at += c.size;
    const TokenId id = c.code < small_characters ? characters_[c.code] : find(text).value_or(-1);
    if (id >= 0) {
      flush_unknown();
      symbols.push_back(id);
      continue;
    }
    // The reference does not flush a pending unknown before byte tokens; its ids are the contract.
    if (byte_fallback_ && add_bytes(text, symbols)) continue;
    if (missing_unknown_)
      util::fail_input("{} is not in the vocabulary but the text needs it", *missing_unknown_);
    if (!unknown_) continue;
    if (!fuse_unknown_) flush_unknown();
    unknown_pending = true;
  }
  flush_unknown();
}

void BpeModel::merge_few(Scratch& scratch) const {
  std::vector<TokenId>& symbols = scratch.symbols_;
  std::vector<Merge>& pairs = scratch.pairs_;
  const auto pair_of = [&](std::size_t i) {
    const Merge* merge = find_merge(symbols[i], symbols[i + 1]);
    return merge == nullptr ? Merge{Merge::empty_pair, no_rank, -1} : *merge;
  };
  pairs.clear();
  for (std::size_t i = 0; i + 1 < symbols.size(); ++i) pairs.push_back(pair_of(i));
  while (!pairs.empty()) {
    std::size_t best = 0;
    for (std::size_t i = 1; i < pairs.size(); ++i) {
      if (pairs[i].rank < pairs[best].rank) best = i;
    }
    if (pairs[best].result < 0) break;
    symbols[best] = pairs[best].result;
    symbols.erase(symbols.begin() + static_cast<std::ptrdiff_t>(best) + 1);
    pairs.erase(pairs.begin() + static_cast<std::ptrdiff_t>(best));
    if (best > 0) pairs[best - 1] = pair_of(best - 1);
    if (best < pairs.size()) pairs[best] = pair_of(best);
  }
}

void BpeModel::link_symbols(Scratch& scratch) const {
  const auto count = static_cast<std::int32_t>(scratch.symbols_.size());
  scratch.linked_.clear();
  for (std::int32_t i = 0; i < count; ++i) {
    scratch.linked_.push_back(
        {scratch.symbols_[static_cast<std::size_t>(i)], i - 1, i + 1 < count ? i + 1 : -1});
  }
}

bool BpeModel::merge_by_rank(Scratch& scratch) const {
  link_symbols(scratch);
  std::vector<Symbol>& symbols = scratch.linked_;
  const auto symbol = [&](std::int32_t at) -> Symbol& { return symbols[static_cast<std::size_t>(at)]; };
  const auto merge_at = [&](std::int32_t left) -> const Merge* {
    if (left < 0 || symbol(left).id < 0 || symbol(left).next < 0) return nullptr;
    return find_merge(symbol(left).id, symbol(symbol(left).next).id);
  };
  std::map<std::uint32_t, std::vector<std::int32_t>> places;  // of the pairs of each rank
  for (std::int32_t i = 0; i < static_cast<std::int32_t>(symbols.size()); ++i) {
    if (const Merge* merge = merge_at(i)) places[merge->rank].push_back(i);
  }
  while (!places.empty()) {
    auto entry = places.extract(places.begin());
    std::vector<std::int32_t>& positions = entry.mapped();
    if (!std::is_sorted(positions.begin(), positions.end())) std::sort(positions.begin(), positions.end());
    for (const std::int32_t at : positions) {
      const Merge* merge = merge_at(at);
      if (merge == nullptr || merge->rank != entry.key()) continue;  // the pair has changed
      Symbol& left = symbol(at);
      const std::int32_t gone = left.next;
      left.id = merge->result;
      left.next = symbol(gone).next;
      symbol(gone).id = -1;
      if (left.next >= 0) symbol(left.next).previous = at;
      for (const std::int32_t changed : {left.previous, at}) {
        const Merge* next = merge_at(changed);
        if (next == nullptr) continue;
        if (next->rank <= entry.key()) return false;
        places[next->rank].push_back(changed);
      }
    }
  }
  scratch.symbols_.clear();
  for (std::int32_t at = 0; at >= 0; at = symbol(at).next) scratch.symbols_.push_back(symbol(at).id);
  return true;
}

void BpeModel::merge_many(Scratch& scratch) const {
  std::vector<Symbol>& symbols = scratch.linked_;
  std::vector<Candidate>& heap = scratch.heap_;
  const auto count = static_cast<std::int32_t>(scratch.symbols_.size());
  const auto symbol = [&](std::int32_t at) -> Symbol& { return symbols[static_cast<std::size_t>(at)]; };
  const bool long_run = scratch.symbols_.size() > many_symbols;
  if (long_run && merge_by_rank(scratch)) return;
  link_symbols(scratch);
  heap.clear();
  const auto propose = [&](std::int32_t left, std::int32_t right) {
    if (left < 0 || right < 0) return false;
    const Merge* merge = find_merge(symbol(left).id, symbol(right).id);
    if (merge != nullptr) heap.push_back({merge->rank, left, merge->result});
    return merge != nullptr;
  };
  for (std::int32_t i = 0; i + 1 < count; ++i) (void)propose(i, i + 1);
  std::make_heap(heap.begin(), heap.end());
  while (!heap.empty()) {
    std::pop_heap(heap.begin(), heap.end());
    const Candidate top = heap.back();
    heap.pop_back();
    Symbol& left = symbol(top.position);
    if (left.id < 0 || left.next < 0) continue;  // merged into the one before, or the last
    Symbol& right = symbol(left.next);
    // The pair may have changed since this candidate was queued.
    const Merge* merge = find_merge(left.id, right.id);
    if (merge == nullptr || merge->result != top.result) continue;
    left.id = top.result;
    right.id = -1;
    left.next = right.next;
    if (left.next >= 0) symbol(left.next).previous = top.position;
    if (propose(left.previous, top.position)) std::push_heap(heap.begin(), heap.end());
    if (propose(top.position, left.next)) std::push_heap(heap.begin(), heap.end());
  }
  scratch.symbols_.clear();
  for (std::int32_t at = 0; at >= 0; at = symbol(at).next) scratch.symbols_.push_back(symbol(at).id);
}

}  // namespace assay::text
