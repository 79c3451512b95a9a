// Each response looked up in a mapping; default_value where it is not in there.
#include <nlohmann/json.hpp>

#include "assay/eval/python_value.hpp"
#include "assay/util/error.hpp"
#include "eval/filter.hpp"

namespace assay::eval {
namespace {

using util::OrderedJson;

constexpr std::string_view option_names[] = {"mapping_dict", "default_value"};

OrderedJson apply(const FilterInput& input) {
  const OrderedJson otherwise =
      input.options.contains("default_value") ? input.options["default_value"] : OrderedJson();
  OrderedJson out = OrderedJson::array();
  for (const OrderedJson& response : input.responses) {
    OrderedJson mapped = otherwise;
    if (input.options.contains("mapping_dict")) {
      const OrderedJson& mapping = input.options["mapping_dict"];
      const auto found = mapping.find(python_str(response));
      if (found != mapping.end()) mapped = *found;
    }
    out.push_back(std::move(mapped));
  }
  return out;
}

void check(const OrderedJson& options) {
  util::check_input(!options.contains("mapping_dict") || options["mapping_dict"].is_object(),
                    "mapping_dict is not a mapping");
}

}  // namespace

extern const Filter filter_map;
const Filter filter_map = {
    .name = "map", .options = option_names, .leaves_list = true, .apply = apply, .check = check};

}  // namespace assay::eval
