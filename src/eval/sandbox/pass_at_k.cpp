#include "eval/sandbox/pass_at_k.hpp"

#include "assay/util/error.hpp"

namespace assay::eval {

double pass_at_k(int programs, int passed, int k) {
  util::check_input(k >= 1 && k <= programs,
                    "pass@{} needs at least {} answers a sample (there are {}); set repeats", k, k, programs);
  util::check_input(passed >= 0 && passed <= programs, "{} of {} programs cannot have passed", passed,
                    programs);
  if (programs - passed < k) return 1;
  double none = 1;  // C(n-c, k) / C(n, k) as a product of factors below one, which cannot overflow
  for (int i = programs - passed + 1; i <= programs; ++i) none *= 1.0 - static_cast<double>(k) / i;
  return 1 - none;
}

}  // namespace assay::eval
