// Filters: what is cut out of a generated text before it is scored. One file a filter in src/eval/filters;
// see src/eval/README.md. A request's state starts as the list of its responses, as many as the task repeats
// it; a step maps the list, or takes one element out of it.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assay/eval/task.hpp"
#include "assay/util/json.hpp"

namespace assay::eval {

struct FilterInput {
  const util::OrderedJson& responses;  ///< a list
  const util::OrderedJson& options;    ///< of the step in the task file
  const util::OrderedJson& document;
};

struct Filter {
  std::string_view name;
  std::span<const std::string_view> options;
  bool leaves_list = true;  ///< the next step may be another list filter
  /// Throws InputError if the responses or the document are not what it works on.
  util::OrderedJson (*apply)(const FilterInput& input);
  /// Checks the options at loading. Throws InputError without a place; the caller adds it.
  void (*check)(const util::OrderedJson& options) = nullptr;
};

/// Every filter, from the files in src/eval/filters (generated).
[[nodiscard]] std::span<const Filter* const> all_filters();
[[nodiscard]] const Filter* find_filter(std::string_view name);
/// The pipeline applied to one request's responses.
[[nodiscard]] util::OrderedJson apply_filters(const FilterPipeline& pipeline, util::OrderedJson responses,
                                              const util::OrderedJson& document);

/// For filters that make a text of a text: each response mapped. Throws InputError for one that is no text.
[[nodiscard]] util::OrderedJson map_texts(
    const FilterInput& input, const std::function<util::OrderedJson(const std::string&)>& function);
/// An option that is text, or what it is when not given.
[[nodiscard]] std::string text_option(const util::OrderedJson& options, const char* name,
                                      const char* otherwise);

}  // namespace assay::eval
