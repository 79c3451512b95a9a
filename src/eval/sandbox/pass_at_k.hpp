// pass@k, estimated from n programs of which c passed (Chen et al. 2021, "Evaluating Large Language Models
// Trained on Code", section 2.1).
#pragma once

namespace assay::eval {

/// 1 - C(n-c, k) / C(n, k), the probability that k of the n programs, drawn without replacement, hold one
/// that passed: the unbiased estimator of pass@k. Throws InputError unless 1 <= k <= n and 0 <= c <= n.
[[nodiscard]] double pass_at_k(int programs, int passed, int k);

}  // namespace assay::eval
