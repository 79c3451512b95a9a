// A results file as the files of other tools.
#pragma once

#include <filesystem>
#include <iosfwd>
#include <vector>

namespace assay::results {

/// Writes what lm-evaluation-harness 0.4.13 writes with --log_samples into `output_dir` (created if missing):
/// results_<time>.json and, for each task, samples_<task>_<time>.jsonl, with its field names and nesting;
/// <time> is the start of the run; "/" in a task's name becomes "_", and "_2", "_3", ... follows where two
/// would meet. Failed tasks are left out with a warning. Returns the files written, results first. Throws
/// InputError if the file cannot be read, Error if something cannot be written.
std::vector<std::filesystem::path> export_lm_eval(const std::filesystem::path& file,
                                                  const std::filesystem::path& output_dir);

enum class ExportTable { metrics, samples };
enum class ExportFormat { csv, jsonl };

/// One table over all tasks, a header line first in CSV (RFC 4180, lines end with \n).
/// metrics: task, metric, filter, value, standard_error, samples, higher_is_better, num_fewshot.
/// samples: a row for each sample and filter: task, doc_id, filter, target, response, log_probabilities,
/// is_greedy, text, finish_reason, prompt_tokens, generated_tokens, prompt_hash, then a column for each
/// metric. What concerns the requests is one value where a sample has one request, else their list (JSON in
/// CSV); JSONL adds doc, choices and prompts.
void export_table(const std::filesystem::path& file, ExportTable table, ExportFormat format,
                  std::ostream& out);

}  // namespace assay::results
