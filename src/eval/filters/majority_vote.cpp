// The most frequent response, the first of equals, as a list of one.
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "assay/util/error.hpp"
#include "eval/filter.hpp"

namespace assay::eval {
namespace {

using util::OrderedJson;

OrderedJson apply(const FilterInput& input) {
  util::check_input(!input.responses.empty(), "majority_vote meets no response");
  // Looked up by its text: comparing each with each would be quadratic.
  std::unordered_map<std::string, std::size_t> votes;
  for (const OrderedJson& response : input.responses) ++votes[response.dump()];
  const OrderedJson* winner = nullptr;
  std::size_t most = 0;
  for (const OrderedJson& response : input.responses) {
    const std::size_t count = votes[response.dump()];
    if (count > most) {
      most = count;
      winner = &response;
    }
  }
  return OrderedJson::array({*winner});
}

}  // namespace

extern const Filter filter_majority_vote;
const Filter filter_majority_vote = {
    .name = "majority_vote", .options = {}, .leaves_list = true, .apply = apply};

}  // namespace assay::eval
