#include "eval/text_aggregation.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "assay/util/error.hpp"
#include "eval/bootstrap.hpp"
#include "eval/similarity/bleu.hpp"
#include "eval/similarity/chrf.hpp"
#include "eval/similarity/ter.hpp"

namespace assay::eval {
namespace {

using util::check_input;
using util::OrderedJson;
using Values = std::span<const OrderedJson>;

// lm-eval's limit for these.
constexpr std::size_t max_text_resamples = 100;

std::vector<std::string_view> texts_of(const OrderedJson& value) {
  std::vector<std::string_view> texts;
  const auto add = [&](const OrderedJson& text) {
    check_input(text.is_string(), "a text to compare is not text but {}", text.type_name());
    texts.push_back(text.get_ref<const std::string&>());
  };
  if (value.is_array())
    for (const OrderedJson& text : value) add(text);
  else
    add(value);
  return texts;
}

// What each sample contributes to the score of all.
template <class Count>
auto counts_of(Values values, Count count) {
  std::vector<decltype(count(std::string_view(), std::vector<std::string_view>()))> counts;
  for (const OrderedJson& value : values) {
    check_input(value.is_array() && value.size() == 2, "a value is not a reference and a prediction");
    const auto references = texts_of(value[0]);
    const auto prediction = texts_of(value[1]);
    check_input(!references.empty() && prediction.size() == 1,
                "a text is compared with references, but there are {} predictions and {} references",
                prediction.size(), references.size());
    counts.push_back(count(prediction[0], references));
  }
  return counts;
}

template <class Count, class Score>
double score_of_all(Values values, Count count, Score score) {
  const auto counts = counts_of(values, count);
  auto sum = counts.at(0);
  for (std::size_t i = 1; i < counts.size(); ++i) sum += counts[i];
  return score(sum);
}

template <class Count, class Score>
std::optional<double> resampled(Values values, Count count, Score score, std::size_t resamples) {
  if (values.size() < 2) return std::nullopt;
  const auto counts = counts_of(values, count);
  const auto make = [&]() -> ResampleStatistic {
    return [&counts, score](std::span<const std::uint32_t> drawn) {
      auto sum = counts[drawn[0]];
      for (const std::uint32_t i : drawn.subspan(1)) sum += counts[i];
      return score(sum);
    };
  };
  return bootstrap_standard_error(counts.size(), make, std::min(resamples, max_text_resamples));
}

using References = std::vector<std::string_view>;

BleuCounts count_bleu(std::string_view prediction, const References& references) {
  return bleu_counts(prediction, references);
}
double score_bleu(const BleuCounts& counts) {
  return bleu_score(counts);
}
ChrfCounts count_chrf(std::string_view prediction, const References& references) {
  return chrf_counts(prediction, references);
}
ChrfCounts count_chrf_plus_plus(std::string_view prediction, const References& references) {
  return chrf_counts(prediction, references, ChrfKind::chrf_plus_plus);
}

}  // namespace

double bleu_of(Values values) {
  return score_of_all(values, count_bleu, score_bleu);
}
std::optional<double> bleu_error(Values values, std::size_t resamples) {
  return resampled(values, count_bleu, score_bleu, resamples);
}
double chrf_of(Values values) {
  return score_of_all(values, count_chrf, chrf_score);
}
std::optional<double> chrf_error(Values values, std::size_t resamples) {
  return resampled(values, count_chrf, chrf_score, resamples);
}
double chrf_plus_plus_of(Values values) {
  return score_of_all(values, count_chrf_plus_plus, chrf_score);
}
std::optional<double> chrf_plus_plus_error(Values values, std::size_t resamples) {
  return resampled(values, count_chrf_plus_plus, chrf_score, resamples);
}
double ter_of(Values values) {
  return score_of_all(values, ter_counts, ter_score);
}
std::optional<double> ter_error(Values values, std::size_t resamples) {
  return resampled(values, ter_counts, ter_score, resamples);
}

}  // namespace assay::eval
