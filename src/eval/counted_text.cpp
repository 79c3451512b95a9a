#include "eval/counted_text.hpp"

#include <nlohmann/json.hpp>

#include "assay/util/error.hpp"
#include "eval/document_module.hpp"

namespace assay::eval {

std::string counted_text(const ScoreInput& input) {
  if (input.task.process_results.empty()) return input.sample.requests.at(0).context;
  const NamedUnits* units = find_units(input.task.process_results);
  util::check_input(units != nullptr, "task {}: process_results names the unknown function \"{}\"",
                    input.task.task, input.task.process_results);
  return units->function(input.sample.doc);
}

util::OrderedJson per_unit(const ScoreInput& input, std::int64_t units) {
  return util::OrderedJson::array({input.log_probabilities.at(0), units});
}

util::OrderedJson per_byte(const ScoreInput& input) {
  return per_unit(input, static_cast<std::int64_t>(counted_text(input).size()));
}

}  // namespace assay::eval
