#include "text/tokenizer_json.hpp"

#include <nlohmann/json.hpp>

namespace assay::text {
namespace {

using util::Json;

constexpr std::size_t max_tokens = 1 << 22;
constexpr std::size_t max_merges = 1 << 24;

class Reader : public nlohmann::json_sax<Json> {
 public:
  explicit Reader(const std::string& source) : source_(source) {}

  TokenizerJson take() { return {std::move(root_), std::move(tables_)}; }

  bool null() override { return scalar(nullptr); }
  bool boolean(bool value) override { return scalar(value); }
  bool number_integer(number_integer_t value) override { return scalar(value); }
  bool number_unsigned(number_unsigned_t value) override { return scalar(value); }
  bool number_float(number_float_t value, const string_t&) override { return scalar(value); }
  bool binary(binary_t&) override { return false; }

  bool string(string_t& value) override {
    if (place_ == Place::merges) {
      split_merge(value);
    } else if (place_ == Place::merge) {
      if (parts_ == 2) bad_merge();
      (parts_++ == 0 ? left_ : right_) = std::move(value);
    } else {
      return scalar(std::move(value));
    }
    return true;
  }

  bool key(string_t& name) override {
    if (place_ == Place::elsewhere && open_.back()->contains(name)) {
      util::fail_input("{} has the key \"{}\" twice in one object", source_, name);
    }
    key_ = std::move(name);
    return true;
  }

  bool start_object(std::size_t) override {
    if (place_ == Place::vocabulary) bad_id();
    if (place_ != Place::elsewhere) bad_merge();
    if (in_model() && key_ == "vocab") {
      once(tables_.has_vocabulary, "vocab");
      place_ = Place::vocabulary;
      return true;
    }
    return open(Json::object());
  }
  bool end_object() override {
    if (place_ == Place::vocabulary) {
      place_ = Place::elsewhere;
    } else {
      open_.pop_back();
    }
    return true;
  }

  bool start_array(std::size_t) override {
    if (place_ == Place::vocabulary) bad_id();
    if (place_ == Place::merge) bad_merge();
    if (place_ == Place::merges) {
      place_ = Place::merge;
      parts_ = 0;
      return true;
    }
    if (in_model() && key_ == "merges") {
      once(tables_.has_merges, "merges");
      place_ = Place::merges;
      return true;
    }
    return open(Json::array());
  }
  bool end_array() override {
    if (place_ == Place::merge) {
      if (parts_ != 2) bad_merge();
      add_merge(std::move(left_), std::move(right_));
      place_ = Place::merges;
    } else if (place_ == Place::merges) {
      place_ = Place::elsewhere;
    } else {
      open_.pop_back();
    }
    return true;
  }

  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception& error) override {
    const std::string why = error.what();
    const auto bracket = why.find("] ");
    util::fail_input("{} is not valid JSON ({})", source_,
                     bracket == std::string::npos ? why : why.substr(bracket + 2));
  }

 private:
  enum class Place { elsewhere, vocabulary, merges, merge };

  // The open value is the member "model" of the file.
  [[nodiscard]] bool in_model() const {
    return open_.size() == 2 && model_open_ && open_.back()->is_object();
  }

  void once(bool& seen, std::string_view name) {
    if (seen) util::fail_input("{} has the key \"{}\" twice in one object", source_, name);
    seen = true;
  }

  Json* put(Json value) {
    if (open_.empty()) {
      root_ = std::move(value);
      return &root_;
    }
    Json& parent = *open_.back();
    if (parent.is_object()) return &(parent[key_] = std::move(value));
    parent.push_back(std::move(value));
    return &parent.back();
  }

  bool open(Json value) {
    const int limit = util::JsonLimits{}.max_depth;
    util::check_input(open_.size() < static_cast<std::size_t>(limit), "{} is nested deeper than {} levels",
                      source_, limit);
    if (open_.size() == 1) model_open_ = open_.back()->is_object() && key_ == "model";
    open_.push_back(put(std::move(value)));
    return true;
  }

  bool scalar(Json value) {
    if (place_ == Place::vocabulary) {
      const auto id = natural(value, max_token_id);
      if (!id) bad_id();
      util::check_input(tables_.vocabulary.size() < max_tokens, "{}: model.vocab: has too many tokens",
                        source_);
      tables_.vocabulary.emplace_back(std::move(key_), static_cast<TokenId>(*id));
      return true;
    }
    if (place_ != Place::elsewhere) bad_merge();
    put(std::move(value));
    return true;
  }

  void split_merge(const std::string& text) {
    if (text.starts_with("#version")) return;
    const std::size_t space = text.find(' ');
    if (space == std::string::npos || text.find(' ', space + 1) != std::string::npos) bad_merge();
    add_merge(text.substr(0, space), text.substr(space + 1));
  }

  void add_merge(std::string left, std::string right) {
    util::check_input(tables_.merges.size() < max_merges, "{}: model.merges: has too many merges", source_);
    tables_.merges.emplace_back(std::move(left), std::move(right));
  }

  [[noreturn]] void bad_id() const {
    util::fail_input("{}: model.vocab: the id of \"{}\" must be an integer from 0 to {}", source_, key_,
                     max_token_id);
  }
  [[noreturn]] void bad_merge() const {
    util::fail_input("{}: model.merges[{}]: must be two tokens, as \"a b\" or [\"a\", \"b\"]", source_,
                     tables_.merges.size());
  }

  const std::string& source_;
  Json root_;
  BpeTables tables_;
  std::vector<Json*> open_;
  std::string key_;
  bool model_open_ = false;
  Place place_ = Place::elsewhere;
  int parts_ = 0;
  std::string left_;
  std::string right_;
};

}  // namespace

TokenizerJson read_tokenizer_json(std::string_view text, const std::string& source) {
  const std::size_t limit = util::JsonLimits{}.max_bytes;
  util::check_input(text.size() <= limit, "{} is too large ({} bytes, limit {})", source, text.size(), limit);
  Reader reader(source);
  const bool read = Json::sax_parse(text.begin(), text.end(), &reader);
  util::check_input(read, "{} is not valid JSON", source);
  return reader.take();
}

}  // namespace assay::text
