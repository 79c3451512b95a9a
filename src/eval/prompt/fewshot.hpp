// Which documents are shown as shots: lm-evaluation-harness's draws, document by document, from one generator
// a task.
#pragma once

#include <string>
#include <vector>

#include "assay/eval/task.hpp"
#include "eval/data/dataset.hpp"
#include "eval/python_random.hpp"

namespace assay::eval {

class FewshotSampler {
 public:
  /// `pool` must outlive the sampler.
  FewshotSampler(const TaskConfig& task, const std::vector<Document>& pool, std::uint64_t seed);
  /// The next document's shots. Throws InputError when the pool is too small.
  [[nodiscard]] std::vector<const Document*> draw(std::size_t count, const util::OrderedJson& document);

 private:
  [[nodiscard]] std::vector<const Document*> take(const std::vector<const Document*>& from,
                                                  std::size_t count);

  const TaskConfig& task_;
  std::vector<const Document*> pool_;
  PythonRandom random_;
};

}  // namespace assay::eval
