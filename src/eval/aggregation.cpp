// How the values of all samples become one number and its standard error (lm-evaluation-harness's
// api/metrics).
#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "assay/util/error.hpp"
#include "eval/bootstrap.hpp"
#include "eval/label_aggregation.hpp"
#include "eval/metric.hpp"
#include "eval/similarity/pairwise_sum.hpp"
#include "eval/text_aggregation.hpp"

namespace assay::eval {
namespace {

using util::OrderedJson;
using Values = std::span<const OrderedJson>;

std::vector<double> numbers(Values values) {
  std::vector<double> result;
  result.reserve(values.size());
  for (const OrderedJson& value : values) {
    // NaN has no JSON form; it is kept as null.
    util::check_input(value.is_number() || value.is_boolean() || value.is_null(),
                      "a metric's value is not a number");
    if (value.is_boolean())
      result.push_back(value.get<bool>() ? 1 : 0);
    else
      result.push_back(value.is_null() ? std::numeric_limits<double>::quiet_NaN() : value.get<double>());
  }
  return result;
}

double perplexity_of(std::span<const double> values) {
  return std::exp(-plain_mean(values));
}

// The upper median, as lm-eval's. A NaN has no place in an order (Python's sort leaves the list half sorted
// around it): one makes the median NaN, as it does the mean.
double median_of(std::span<double> values) {
  if (values.empty() || std::ranges::any_of(values, [](double value) { return std::isnan(value); }))
    return std::numeric_limits<double>::quiet_NaN();
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

// Sum of log-probabilities over the sum of units.
double weighted_mean(Values values) {
  double numerator = 0;
  double denominator = 0;
  for (const OrderedJson& value : values) {
    util::check_input(value.is_array() && value.size() == 2, "a weighted metric's value is not a pair");
    numerator += value[0].get<double>();
    denominator += value[1].get<double>();
  }
  return numerator / denominator;
}

double mean(Values values) {
  return plain_mean(numbers(values));
}
double median(Values values) {
  std::vector<double> copy = numbers(values);
  return median_of(copy);
}
double perplexity(Values values) {
  return perplexity_of(numbers(values));
}
double weighted_perplexity(Values values) {
  return std::exp(-weighted_mean(values));
}
double bits_per_byte(Values values) {
  return -weighted_mean(values) / std::log(2.0);
}

std::optional<double> mean_error(Values values, std::size_t) {
  if (values.size() < 2) return std::nullopt;
  return sample_deviation(numbers(values)) / std::sqrt(static_cast<double>(values.size()));
}
std::optional<double> median_error(Values values, std::size_t resamples) {
  if (values.size() < 2) return std::nullopt;
  return bootstrap_standard_error(numbers(values), median_of, resamples);
}
std::optional<double> perplexity_error(Values values, std::size_t resamples) {
  if (values.size() < 2) return std::nullopt;
  return bootstrap_standard_error(numbers(values), perplexity_of, resamples);
}
// numpy.nanmean: what is no number counts neither in the sum nor in the number of values.
double nanmean_of(std::span<const double> values) {
  std::vector<double> summed(values.begin(), values.end());
  const auto missing = std::ranges::count_if(summed, [](double value) { return std::isnan(value); });
  std::ranges::replace_if(
      summed, [](double value) { return std::isnan(value); }, 0.0);
  return missing == std::ssize(values)
             ? std::numeric_limits<double>::quiet_NaN()
             : pairwise_sum(summed) / static_cast<double>(std::ssize(values) - missing);
}
double nanmean(Values values) {
  return nanmean_of(numbers(values));
}
std::optional<double> nanmean_error(Values values, std::size_t resamples) {
  if (values.size() < 2) return std::nullopt;
  return bootstrap_standard_error(numbers(values), nanmean_of, resamples);
}
// The number that lm-eval gives a metric that is none.
double bypass(Values) {
  return 999;
}
std::optional<double> no_error(Values, std::size_t) {
  return std::nullopt;
}

constexpr Aggregation aggregations[] = {{"mean", mean, mean_error},
                                        {"nanmean", nanmean, nanmean_error},
                                        {"median", median, median_error},
                                        {"perplexity", perplexity, perplexity_error},
                                        {"weighted_perplexity", weighted_perplexity, no_error},
                                        {"bits_per_byte", bits_per_byte, no_error},
                                        {"f1", f1_of, f1_error},
                                        {"matthews_corrcoef", matthews_of, matthews_error},
                                        {"brier_score", brier_of, no_error},
                                        {"acc_all", acc_all_of, acc_all_error},
                                        {"bleu", bleu_of, bleu_error},
                                        {"chrf", chrf_of, chrf_error},
                                        {"chrf++", chrf_plus_plus_of, chrf_plus_plus_error},
                                        {"ter", ter_of, ter_error},
                                        {"bypass", bypass, no_error}};

}  // namespace

std::span<const Aggregation> all_aggregations() {
  return aggregations;
}

const Aggregation* find_aggregation(std::string_view name) {
  const auto found = std::ranges::find(aggregations, name, &Aggregation::name);
  return found == std::end(aggregations) ? nullptr : &*found;
}

const Metric* find_metric(std::string_view name) {
  const auto metrics = all_metrics();
  const auto found =
      std::ranges::find_if(metrics, [&](const Metric* metric) { return metric->name == name; });
  return found == metrics.end() ? nullptr : *found;
}

}  // namespace assay::eval
