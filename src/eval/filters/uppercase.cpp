// Upper case.
#include <nlohmann/json.hpp>

#include "assay/text/python.hpp"
#include "eval/filter.hpp"

namespace assay::eval {
namespace {

using text::python::upper;

using util::OrderedJson;

OrderedJson apply(const FilterInput& input) {
  return map_texts(input, upper);
}

}  // namespace

extern const Filter filter_uppercase;
const Filter filter_uppercase = {.name = "uppercase", .options = {}, .leaves_list = true, .apply = apply};

}  // namespace assay::eval
