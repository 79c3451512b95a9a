#include "text/bpe.hpp"

#include <algorithm>
#include <bit>
#include <queue>

#include "assay/util/utf8.hpp"
#include "text/word_cache.hpp"

namespace assay::text {
namespace {

constexpr std::size_t small_characters = 0x800;

std::uint64_t pair_key(TokenId left, TokenId right) {
  return (static_cast<std::uint64_t>(static_cast<std::uint32_t>(left)) << 32) |
         static_cast<std::uint32_t>(right);
}

std::size_t slot_of(std::uint64_t pair, std::size_t size) {
  return static_cast<std::size_t>((pair * 0x9E3779B97F4A7C15U) >> 20) & (size - 1);
}

}  // namespace

struct BpeModel::Symbol {
  TokenId id;
  std::int64_t previous = -1;
  std::int64_t next = -1;
  bool alive = true;
};

BpeModel::~BpeModel() = default;

BpeModel::BpeModel(const JsonNode& node, const BpeTables& tables) : cache_(std::make_unique<WordCache>()) {
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
  }
}

void BpeModel::read_merges(const JsonNode& node, const BpeTables& tables) {
  if (!tables.has_merges) node.at("merges").fail("must be a list");
  merges_.assign(std::bit_ceil(2 * tables.merges.size() + 1), Merge{});
  std::uint32_t rank = 0;
  std::string joined;
  for (const auto& [left, right] : tables.merges) {
    joined.assign(left).append(right);
    const auto left_id = find(left);
    const auto right_id = find(right);
    const auto result = find(joined);
    if (!left_id || !right_id || !result) {
      util::fail_input("{}.merges[{}]: \"{}\" is not in the vocabulary", node.where(), rank,
                       !left_id ? left : (!right_id ? right : joined));
    }
    add_merge(*left_id, *right_id, rank++, *result);
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

void BpeModel::encode(std::string_view piece, std::vector<TokenId>& ids) const {
  if (piece.empty()) return;
  if (ignore_merges_) {
    if (const auto whole = find(piece)) {
      ids.push_back(*whole);
      return;
    }
  }
  const bool cached = piece.size() <= WordCache::max_word_bytes;
  if (cached && cache_->append(piece, ids)) return;
  std::vector<Symbol> symbols = symbols_of(piece);
  merge_all(symbols);
  const std::size_t first = ids.size();
  for (const Symbol& symbol : symbols) {
    if (symbol.alive) ids.push_back(symbol.id);
  }
  if (cached) cache_->keep(piece, ids.data() + first, ids.data() + ids.size());
}

bool BpeModel::add_bytes(std::string_view character, std::vector<Symbol>& symbols) const {
  const auto id_of = [&](char c) { return bytes_[static_cast<unsigned char>(c)]; };
  for (const char c : character) {
    if (id_of(c) < 0) return false;
  }
  for (const char c : character) symbols.push_back({id_of(c)});
  return true;
}

std::vector<BpeModel::Symbol> BpeModel::symbols_of(std::string_view piece) const {
  std::vector<Symbol> symbols;
  symbols.reserve(piece.size());
  bool unknown_pending = false;
  const auto flush_unknown = [&]() {
    if (unknown_pending) symbols.push_back({*unknown_});
    unknown_pending = false;
  };
  for (std::size_t at = 0; at < piece.size();) {
    const util::Character c = util::character_at(piece, at);
    const std::string_view text = piece.substr(at, c.size);
    at += c.size;
    const TokenId id = c.code < small_characters ? characters_[c.code] : find(text).value_or(-1);
    if (id >= 0) {
      flush_unknown();
      symbols.push_back({id});
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
  for (std::size_t i = 0; i < symbols.size(); ++i) {
    symbols[i].previous = static_cast<std::int64_t>(i) - 1;
    symbols[i].next = i + 1 < symbols.size() ? static_cast<std::int64_t>(i) + 1 : -1;
  }
  return symbols;
}

void BpeModel::merge_all(std::vector<Symbol>& symbols) const {
  struct Candidate {
    std::uint32_t rank;
    std::int64_t position;
    TokenId result;
    // Smallest rank first, then leftmost.
    bool operator<(const Candidate& other) const {
      return rank != other.rank ? rank > other.rank : position > other.position;
    }
  };
  const auto symbol = [&](std::int64_t at) -> Symbol& { return symbols[static_cast<std::size_t>(at)]; };
  std::vector<Candidate> initial;
  for (std::size_t i = 0; i + 1 < symbols.size(); ++i) {
    if (const Merge* merge = find_merge(symbols[i].id, symbols[i + 1].id)) {
      initial.push_back({merge->rank, static_cast<std::int64_t>(i), merge->result});
    }
  }
  std::priority_queue<Candidate> queue(std::less<Candidate>{}, std::move(initial));
  const auto propose = [&](std::int64_t left, std::int64_t right) {
    if (left < 0 || right < 0) return;
    if (const Merge* merge = find_merge(symbol(left).id, symbol(right).id)) {
      queue.push({merge->rank, left, merge->result});
    }
  };
  while (!queue.empty()) {
    const Candidate top = queue.top();
    queue.pop();
    Symbol& left = symbol(top.position);
    if (!left.alive || left.next < 0) continue;
    Symbol& right = symbol(left.next);
    // The pair may have changed since this candidate was queued.
    const Merge* merge = find_merge(left.id, right.id);
    if (merge == nullptr || merge->result != top.result) continue;
    left.id = top.result;
    right.alive = false;
    left.next = right.next;
    if (left.next >= 0) symbol(left.next).previous = top.position;
    propose(left.previous, top.position);
    propose(top.position, left.next);
  }
}

}  // namespace assay::text
