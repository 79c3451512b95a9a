#include "eval/sandbox/sandboxes.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <stdexcept>

#include "support/skip.hpp"

namespace assay::test {

std::optional<eval::Sandbox> sandbox_or_skip(const eval::SandboxSettings& settings) {
  static const eval::SandboxProbe probe = eval::probe_sandbox();
  if (!probe.available) {
    // Where bubblewrap works, but not as it should, that is no reason to skip.
    if (probe.sentence.find("cannot build a sandbox") != 0) throw std::runtime_error(probe.sentence);
    skip(probe.sentence);
    return {};
  }
  return eval::Sandbox(settings);
}

std::string outcome(const eval::Sandbox& sandbox, const std::string& source) {
  const eval::Execution execution = sandbox.run({.source = source});
  INFO(source);
  CHECK(execution.verdict != eval::Verdict::sandbox_error);
  return std::string(name_of(execution.verdict)) +
         (execution.message.empty() ? std::string() : ": " + execution.message);
}

std::string refused(const std::string& body, const std::string& exception) {
  std::string indented;
  for (std::size_t begin = 0; begin < body.size();) {
    const std::size_t end = std::min(body.find('\n', begin), body.size());
    indented += "    " + body.substr(begin, end - begin) + "\n";
    begin = end + 1;
  }
  return "import os, sys\ntry:\n" + indented + "except " + exception +
         ":\n    pass\nelse:\n    raise AssertionError('allowed')\n";
}

}  // namespace assay::test
