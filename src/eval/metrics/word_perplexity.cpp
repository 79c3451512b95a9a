// Perplexity per word: words are what white space separates.
#include <nlohmann/json.hpp>

#include "assay/text/python.hpp"
#include "eval/counted_text.hpp"

namespace assay::eval {
namespace {

constexpr OutputType output_types[] = {OutputType::loglikelihood_rolling};

util::OrderedJson score(const ScoreInput& input, const MetricConfig&) {
  return per_unit(input, text::python::count_words(counted_text(input)));
}

}  // namespace

extern const Metric metric_word_perplexity;
const Metric metric_word_perplexity = {.name = "word_perplexity",
                                       .aggregation = "weighted_perplexity",
                                       .higher_is_better = false,
                                       .output_types = output_types,
                                       .options = {},
                                       .score = score};

}  // namespace assay::eval
