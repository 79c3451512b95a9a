// Requests for people and for comparison: as JSON lines, and one document in full.
#pragma once

#include <string>

#include "assay/eval/task.hpp"

namespace assay::eval {

/// The requests of a sample, one JSON object a line with the keys task, doc_id, idx, request_type, repeats,
/// then context and continuation, context and generation_kwargs, or string. UTF-8, no spaces between tokens,
/// numbers as Python writes them: the lines of two evaluation programs can be compared byte for byte.
[[nodiscard]] std::string request_lines(const TaskConfig& task, const Sample& sample);

/// What the model would be asked about one document: prompt, continuations, stop strings, target, metrics;
/// with a tokenizer (may be null) also the tokens.
[[nodiscard]] std::string describe_sample(const TaskConfig& task, const Sample& sample,
                                          const text::Tokenizer* tokenizer, const EncodeOptions& options);

}  // namespace assay::eval
