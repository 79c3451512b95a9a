#include "eval/counted_text.hpp"

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

}  // namespace assay::eval
