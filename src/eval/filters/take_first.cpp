// The first response.
#include <nlohmann/json.hpp>

#include "assay/util/error.hpp"
#include "eval/filter.hpp"

namespace assay::eval {
namespace {

using util::OrderedJson;

OrderedJson apply(const FilterInput& input) {
  util::check_input(!input.responses.empty(), "take_first meets no response");
  return input.responses[0];
}

}  // namespace

extern const Filter filter_take_first;
const Filter filter_take_first = {.name = "take_first", .options = {}, .leaves_list = false, .apply = apply};

}  // namespace assay::eval
