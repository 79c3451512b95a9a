#include "eval/similarity/chrf.hpp"

#include <string>

#include "assay/text/python.hpp"
#include "eval/similarity/ngrams.hpp"

namespace assay::eval {
namespace {

using text::python::code_points;
using text::python::is_space;
using text::python::length;
using text::python::split;

constexpr std::string_view punctuation = R"(!"#$%&'()*+,-./:;<=>?@[\]^_`{|}~)";

std::vector<std::uint32_t> characters(std::string_view text) {
  std::vector<std::uint32_t> result;
  for (const std::int32_t point : code_points(text))
    if (!is_space(point)) result.push_back(static_cast<std::uint32_t>(point));
  return result;
}

// One mark of punctuation is split off a word: its last character, or else its first.
std::vector<std::string> words_and_marks(std::string_view text) {
  std::vector<std::string> result;
  for (const std::string& word : split(text, "")) {
    if (length(word) == 1) {
      result.push_back(word);
    } else if (punctuation.find(word.back()) != std::string_view::npos) {
      result.push_back(word.substr(0, word.size() - 1));
      result.push_back(word.substr(word.size() - 1));
    } else if (punctuation.find(word.front()) != std::string_view::npos) {
      result.push_back(word.substr(0, 1));
      result.push_back(word.substr(1));
    } else {
      result.push_back(word);
    }
  }
  return result;
}

void count_orders(Ngrams ngrams, std::size_t orders, ChrfCounts::Order* out) {
  for (std::size_t n = 0; n < orders; ++n) {
    if (n > 0) ngrams.lengthen();
    const auto reference = static_cast<std::int64_t>(ngrams.count(1));
    // Nothing is missed where the reference is too short.
    out[n].hypothesis = reference == 0 ? 0 : static_cast<std::int64_t>(ngrams.count(0));
    out[n].reference = reference;
    out[n].matches = shared(ngrams.occurrences(0), ngrams.occurrences(1));
  }
}

}  // namespace

ChrfCounts& ChrfCounts::operator+=(const ChrfCounts& other) {
  for (std::size_t i = 0; i < orders.size(); ++i) {
    orders[i].hypothesis += other.orders[i].hypothesis;
    orders[i].reference += other.orders[i].reference;
    orders[i].matches += other.orders[i].matches;
  }
  return *this;
}

ChrfCounts chrf_counts(std::string_view hypothesis, const std::vector<std::string_view>& references,
                       ChrfKind kind) {
  ChrfCounts best;
  double best_score = -1;
  for (const std::string_view reference : references) {
    ChrfCounts counts;
    count_orders(Ngrams({characters(hypothesis), characters(reference)}), chrf_character_orders,
                 counts.orders.data());
    if (kind == ChrfKind::chrf_plus_plus) {
      WordNumbers words;
      count_orders(
          Ngrams({words.numbers(words_and_marks(hypothesis)), words.numbers(words_and_marks(reference))}),
          chrf_word_orders, counts.orders.data() + chrf_character_orders);
    }
    const double score = chrf_score(counts);
    if (score > best_score) {
      best_score = score;
      best = counts;
    }
  }
  return best;
}

double chrf_score(const ChrfCounts& counts) {
  constexpr double factor = 4;  // beta squared
  double precision = 0;
  double recall = 0;
  double effective = 0;
  for (const ChrfCounts::Order& order : counts.orders) {
    if (order.hypothesis == 0 || order.reference == 0) continue;
    precision += static_cast<double>(order.matches) / static_cast<double>(order.hypothesis);
    recall += static_cast<double>(order.matches) / static_cast<double>(order.reference);
    ++effective;
  }
  if (effective == 0) return 0;
  precision /= effective;
  recall /= effective;
  if (precision + recall == 0) return 0;
  double score = (1 + factor) * precision * recall;
  score /= factor * precision + recall;
  return 100 * score;
}

}  // namespace assay::eval
