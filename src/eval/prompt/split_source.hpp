// The documents of a task's splits: read and processed.
#pragma once

#include <functional>
#include <string>

#include "assay/eval/task.hpp"
#include "eval/data/dataset.hpp"
#include "eval/prompt/part.hpp"

namespace assay::eval {

/// The split that is scored; the first `limit` documents (all if negative). Throws InputError naming task,
/// file and line.
[[nodiscard]] Split read_scored_split(const TaskConfig& task, const BuildOptions& options,
                                      std::int64_t limit);
/// The documents that shots are drawn from.
[[nodiscard]] Split read_fewshot_pool(const TaskConfig& task, const BuildOptions& options);
[[nodiscard]] Fields fields_of(const Split& split);

/// Runs `function`, whose errors do not know which document they are about.
void for_document(const TaskConfig& task, const Split& split, std::size_t index,
                  const std::function<void()>& function);

}  // namespace assay::eval
