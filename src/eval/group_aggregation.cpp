#include "assay/eval/group_aggregation.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "eval/bootstrap.hpp"

namespace assay::eval {
namespace {

const MetricResult* find_result(const GroupLeaf& leaf, const std::string& metric, const std::string& filter) {
  const auto found = std::ranges::find_if(leaf.results, [&](const MetricResult& result) {
    return result.metric == metric && result.filter == filter;
  });
  return found == leaf.results.end() ? nullptr : &*found;
}

std::vector<std::string> filters_of(const GroupMetric& metric, std::span<const GroupLeaf> leaves) {
  if (!metric.filters.empty()) return metric.filters;
  std::set<std::string> found;
  for (const GroupLeaf& leaf : leaves)
    for (const MetricResult& result : leaf.results)
      if (result.metric == metric.metric) found.insert(result.filter);
  return {found.begin(), found.end()};
}

double weighted_mean(std::span<const double> values, std::span<const std::int64_t> sizes, bool by_size) {
  double sum = 0;
  std::int64_t total = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::int64_t weight = by_size ? sizes[i] : 1;
    sum += values[i] * static_cast<double>(weight);
    total += weight;
  }
  return sum / static_cast<double>(total);
}

double error_of_plain_mean(std::span<const double> errors) {
  double sum = 0;
  for (const double error : errors) sum += python_square(error);
  return std::sqrt(sum) / static_cast<double>(errors.size());
}

}  // namespace

double pooled_standard_error(std::span<const double> errors, std::span<const std::int64_t> sizes) {
  double sum = 0;
  std::int64_t total = 0;
  for (std::size_t i = 0; i < errors.size(); ++i) {
    sum += static_cast<double>(sizes[i] - 1) * python_square(errors[i]) * static_cast<double>(sizes[i]);
    total += sizes[i];
  }
  const double variance = sum / static_cast<double>(total - std::ssize(sizes));
  return std::sqrt(variance / static_cast<double>(total));
}

std::vector<GroupResult> aggregate_group(std::span<const GroupMetric> metrics,
                                         std::span<const GroupLeaf> leaves) {
  std::vector<GroupResult> group;
  for (const GroupMetric& metric : metrics) {
    for (const std::string& filter : filters_of(metric, leaves)) {
      std::vector<double> values, errors;
      std::vector<std::int64_t> sizes;
      GroupResult out;
      for (const GroupLeaf& leaf : leaves) {
        const MetricResult* result = find_result(leaf, metric.metric, filter);
        if (result == nullptr) {
          out.missing.push_back(leaf.task);
          continue;
        }
        if (values.empty()) out.result.higher_is_better = result->higher_is_better;
        values.push_back(result->value);
        sizes.push_back(leaf.samples);
        out.result.samples += leaf.samples;
        if (result->standard_error) errors.push_back(*result->standard_error);
      }
      if (values.empty()) continue;
      out.result.metric = metric.metric;
      out.result.filter = filter;
      out.result.value = weighted_mean(values, sizes, metric.weight_by_size);
      if (errors.size() == values.size()) {
        out.result.standard_error =
            metric.weight_by_size ? pooled_standard_error(errors, sizes) : error_of_plain_mean(errors);
      }
      group.push_back(std::move(out));
    }
  }
  return group;
}

}  // namespace assay::eval
