#include "eval/rouge_options.hpp"

#include "assay/util/error.hpp"

namespace assay::eval {

RougeStemming rouge_stemming(const MetricConfig& config) {
  return config.options.contains("use_stemmer") && config.options["use_stemmer"].get<bool>()
             ? RougeStemming::porter
             : RougeStemming::none;
}

void check_rouge(const MetricConfig& config) {
  for (const auto& [key, value] : config.options.items())
    util::check_input(value.is_boolean(), "{} of {} is not true or false", key, config.metric);
}

}  // namespace assay::eval
