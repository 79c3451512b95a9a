#include "eval/counted_text.hpp"

#include <nlohmann/json.hpp>

namespace assay::eval {

std::string counted_text(const ScoreInput& input) {
  return input.sample.requests.at(0).context;
}

util::OrderedJson per_unit(const ScoreInput& input, std::int64_t units) {
  return util::OrderedJson::array({input.log_probabilities.at(0), units});
}

util::OrderedJson per_byte(const ScoreInput& input) {
  return per_unit(input, static_cast<std::int64_t>(counted_text(input).size()));
}

}  // namespace assay::eval
