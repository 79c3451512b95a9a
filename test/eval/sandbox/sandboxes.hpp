// The sandbox of the tests, or a loud skip where none can be built; programs and their outcomes as text.
#pragma once

#include <optional>
#include <string>

#include "assay/eval/sandbox.hpp"

namespace assay::test {

/// A sandbox with these limits; nothing, after skip(), where it cannot be built.
[[nodiscard]] std::optional<eval::Sandbox> sandbox_or_skip(const eval::SandboxSettings& settings = {});

/// The program's verdict and message, as "failed: ValueError: no"; a failed check if the sandbox failed.
[[nodiscard]] std::string outcome(const eval::Sandbox& sandbox, const std::string& source);

/// A program that passes if and only if `body` raises this exception.
[[nodiscard]] std::string refused(const std::string& body, const std::string& exception);

}  // namespace assay::test
