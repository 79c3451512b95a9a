// The first k responses.
#include <nlohmann/json.hpp>

#include "assay/util/error.hpp"
#include "eval/filter.hpp"

namespace assay::eval {
namespace {

using util::OrderedJson;

constexpr std::string_view option_names[] = {"k"};

OrderedJson apply(const FilterInput& input) {
  const auto k = input.options["k"].get<std::size_t>();
  util::check_input(input.responses.size() >= k, "take_first_k wants {} of {} responses; raise repeats", k,
                    input.responses.size());
  return OrderedJson(input.responses.begin(), input.responses.begin() + static_cast<std::ptrdiff_t>(k));
}

void check(const OrderedJson& options) {
  util::check_input(options.contains("k") && options["k"].is_number_integer() && options["k"] >= 1,
                    "take_first_k needs k, a whole number of at least 1");
}

}  // namespace

extern const Filter filter_take_first_k;
const Filter filter_take_first_k = {
    .name = "take_first_k", .options = option_names, .leaves_list = true, .apply = apply, .check = check};

}  // namespace assay::eval
