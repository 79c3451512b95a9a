#include "eval/similarity/rouge.hpp"

#include <algorithm>

#include "assay/text/python.hpp"
#include "eval/similarity/ngrams.hpp"
#include "eval/similarity/porter_stemmer.hpp"

namespace assay::eval {
namespace {

using text::python::lower;
using text::python::split;

using Words = std::vector<std::uint32_t>;

RougeScore score_of(double precision, double recall) {
  const double sum = precision + recall;
  return {precision, recall, sum > 0 ? 2 * precision * recall / sum : 0};
}

RougeScore score_of(std::int64_t hits, std::size_t target, std::size_t prediction) {
  const auto count = static_cast<double>(hits);
  return score_of(count / static_cast<double>(std::max<std::size_t>(prediction, 1)),
                  count / static_cast<double>(std::max<std::size_t>(target, 1)));
}

std::int64_t common_subsequence(const Words& a, const Words& b) {
  std::vector<std::int64_t> row(b.size() + 1);
  for (const std::uint32_t word : a) {
    std::int64_t diagonal = 0;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::int64_t above = row[j];
      row[j] = word == b[j - 1] ? diagonal + 1 : std::max(above, row[j - 1]);
      diagonal = above;
    }
  }
  return row.back();
}

// Marks the words of `target` in one longest common subsequence with `line`: the one that going back through
// the table finds when it goes up unless the left is longer.
void mark_common(const Words& target, const Words& line, std::vector<bool>& marked) {
  const std::size_t columns = line.size() + 1;
  std::vector<bool> goes_left((target.size() + 1) * columns);
  std::vector<std::int64_t> row(columns);
  for (std::size_t i = 1; i <= target.size(); ++i) {
    std::int64_t diagonal = 0;
    for (std::size_t j = 1; j < columns; ++j) {
      const std::int64_t above = row[j];
      goes_left[i * columns + j] = row[j - 1] > above;
      row[j] = target[i - 1] == line[j - 1] ? diagonal + 1 : std::max(above, row[j - 1]);
      diagonal = above;
    }
  }
  std::size_t i = target.size();
  std::size_t j = line.size();
  while (i > 0 && j > 0) {
    if (target[i - 1] == line[j - 1]) {
      marked[--i] = true;
      --j;
    } else if (goes_left[i * columns + j]) {
      --j;
    } else {
      --i;
    }
  }
}

std::vector<Words> lines_of(std::string_view text, RougeStemming stemming, WordNumbers& numbers) {
  std::vector<Words> lines;
  for (const std::string& line : split(text, "\n"))
    if (!line.empty()) lines.push_back(numbers.numbers(rouge_tokens(line, stemming)));
  return lines;
}

std::size_t add_occurrences(const std::vector<Words>& lines, std::vector<std::int64_t>& left) {
  std::size_t total = 0;
  for (const Words& line : lines) {
    total += line.size();
    for (const std::uint32_t word : line) {
      if (word >= left.size()) left.resize(word + std::size_t{1});
      ++left[word];
    }
  }
  return total;
}

}  // namespace

std::vector<std::string> rouge_tokens(std::string_view text, RougeStemming stemming) {
  std::vector<std::string> tokens;
  std::string token;
  const auto finish = [&] {
    if (token.empty()) return;
    const bool stem = stemming == RougeStemming::porter && token.size() > 3;
    tokens.push_back(stem ? porter_stem(token) : token);
    token.clear();
  };
  for (const char c : lower(text)) {
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
      token += c;
    else
      finish();
  }
  finish();
  return tokens;
}

RougeScore rouge_n(std::string_view target, std::string_view prediction, int n, RougeStemming stemming) {
  WordNumbers numbers;
  Words a = numbers.numbers(rouge_tokens(target, stemming));
  Words b = numbers.numbers(rouge_tokens(prediction, stemming));
  Ngrams ngrams({std::move(a), std::move(b)});
  for (int order = 1; order < n; ++order) ngrams.lengthen();
  return score_of(shared(ngrams.occurrences(0), ngrams.occurrences(1)), ngrams.count(0), ngrams.count(1));
}

RougeScore rouge_l(std::string_view target, std::string_view prediction, RougeStemming stemming) {
  WordNumbers numbers;
  const Words a = numbers.numbers(rouge_tokens(target, stemming));
  const Words b = numbers.numbers(rouge_tokens(prediction, stemming));
  return score_of(common_subsequence(a, b), a.size(), b.size());
}

RougeScore rouge_lsum(std::string_view target, std::string_view prediction, RougeStemming stemming) {
  WordNumbers numbers;
  const std::vector<Words> targets = lines_of(target, stemming, numbers);
  const std::vector<Words> predictions = lines_of(prediction, stemming, numbers);
  std::vector<std::int64_t> left_in_target, left_in_prediction;
  const std::size_t target_size = add_occurrences(targets, left_in_target);
  const std::size_t prediction_size = add_occurrences(predictions, left_in_prediction);
  left_in_prediction.resize(std::max(left_in_target.size(), left_in_prediction.size()));
  std::int64_t hits = 0;
  for (const Words& line : targets) {
    std::vector<bool> marked(line.size());
    for (const Words& other : predictions) mark_common(line, other, marked);
    for (std::size_t i = 0; i < line.size(); ++i) {
      // No word counts more often than it stands in either text.
      if (!marked[i] || left_in_prediction[line[i]] == 0 || left_in_target[line[i]] == 0) continue;
      ++hits;
      --left_in_prediction[line[i]];
      --left_in_target[line[i]];
    }
  }
  return score_of(hits, target_size, prediction_size);
}

}  // namespace assay::eval
