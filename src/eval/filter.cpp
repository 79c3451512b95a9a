#include "eval/filter.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "assay/util/error.hpp"
#include "eval/function_module.hpp"

namespace assay::eval {

using util::check_input;
using util::OrderedJson;

const Filter* find_filter(std::string_view name) {
  const auto filters = all_filters();
  const auto found =
      std::ranges::find_if(filters, [&](const Filter* filter) { return filter->name == name; });
  return found == filters.end() ? nullptr : *found;
}

OrderedJson apply_filters(const FilterPipeline& pipeline, OrderedJson responses,
                          const OrderedJson& document) {
  for (const FilterStep& step : pipeline.steps) {
    check_input(responses.is_array(), "the filter \"{}\" meets one response, not a list", step.function);
    const Filter* filter = find_filter(step.function);
    const NamedFilter* named = step.function.starts_with(function_mark)
                                   ? find_named_filter(step.function.substr(function_mark.size()))
                                   : nullptr;
    check_input(filter != nullptr || named != nullptr, "the filter \"{}\" is not known", step.function);
    responses = named != nullptr ? named->apply(responses, step.options, document)
                                 : filter->apply({responses, step.options, document});
  }
  return responses;
}

OrderedJson map_texts(const FilterInput& input,
                      const std::function<OrderedJson(const std::string&)>& function) {
  OrderedJson out = OrderedJson::array();
  for (const OrderedJson& response : input.responses) {
    check_input(response.is_string(), "a text filter meets a response that is not text");
    out.push_back(function(response.get_ref<const std::string&>()));
  }
  return out;
}

std::string text_option(const OrderedJson& options, const char* name, const char* otherwise) {
  return options.contains(name) ? options[name].get<std::string>() : std::string(otherwise);
}

}  // namespace assay::eval
