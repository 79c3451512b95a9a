// Lower case.
#include <nlohmann/json.hpp>

#include "assay/text/python.hpp"
#include "eval/filter.hpp"

namespace assay::eval {
namespace {

using text::python::lower;

using util::OrderedJson;

OrderedJson apply(const FilterInput& input) {
  return map_texts(input, lower);
}

}  // namespace

extern const Filter filter_lowercase;
const Filter filter_lowercase = {.name = "lowercase", .options = {}, .leaves_list = true, .apply = apply};

}  // namespace assay::eval
