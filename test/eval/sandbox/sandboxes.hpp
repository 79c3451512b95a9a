// The sandbox of the tests, or a loud skip where none can be built.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>

#include "assay/eval/sandbox.hpp"
#include "support/skip.hpp"

namespace assay::test {

/// A sandbox with these limits; nothing, after skip(), where it cannot be built.
inline std::optional<eval::Sandbox> sandbox_or_skip(const eval::SandboxSettings& settings = {}) {
  static const eval::SandboxProbe probe = eval::probe_sandbox();
  if (!probe.available) {
    // Where bubblewrap works, but not as it should, that is no reason to skip.
    if (probe.sentence.find("cannot build a sandbox") != 0) throw std::runtime_error(probe.sentence);
    skip(probe.sentence);
    return {};
  }
  return eval::Sandbox(settings);
}

}  // namespace assay::test
