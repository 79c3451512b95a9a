// Filters: what is cut out of a generated text before it is scored. A sample's state starts as the list of
// its responses; a step maps the list, or takes one element out of it.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "assay/eval/task.hpp"
#include "assay/util/json.hpp"

namespace assay::eval {

struct Filter {
  std::string_view name;
  std::span<const std::string_view> options;
  bool leaves_list = true;  ///< the next step may be another list filter
  util::OrderedJson (*apply)(const util::OrderedJson& responses, const util::OrderedJson& options);
  /// Checks the options at loading. Throws InputError without a place; the caller adds it.
  void (*check)(const util::OrderedJson& options) = nullptr;
};

[[nodiscard]] std::span<const Filter> all_filters();
[[nodiscard]] const Filter* find_filter(std::string_view name);
/// The pipeline applied to one request's responses.
[[nodiscard]] util::OrderedJson apply_filters(const FilterPipeline& pipeline, util::OrderedJson responses);

}  // namespace assay::eval
