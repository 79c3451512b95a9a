// White space around each response goes.
#include <nlohmann/json.hpp>

#include "assay/text/python.hpp"
#include "eval/filter.hpp"

namespace assay::eval {
namespace {

using text::python::strip;

using util::OrderedJson;

OrderedJson apply(const FilterInput& input) {
  return map_texts(input, [](const std::string& text) { return std::string(strip(text)); });
}

}  // namespace

extern const Filter filter_remove_whitespace;
const Filter filter_remove_whitespace = {
    .name = "remove_whitespace", .options = {}, .leaves_list = true, .apply = apply};

}  // namespace assay::eval
