// Failing together: what one rank throws, every rank throws, so that all leave by the same exit code and none
// waits in a collective for one that is gone. Ranks wait here for slower ones without a deadline: loading a
// model may take one of them minutes longer than another. A rank that died is the launcher's to notice.
#pragma once

#include <exception>
#include <functional>
#include <string>

#include "assay/comm/communicator.hpp"
#include "assay/util/error.hpp"

namespace assay::comm {

/// What every rank of a group throws when one of them failed: the exit code and sentence of the lowest rank
/// that did, which is named unless it is the world's first. One rank says it: the world's first.
class AgreedError : public util::Error {
 public:
  using util::Error::Error;
};

/// Runs `work` on rank 0 only; if it throws, every rank throws AgreedError. A group of one throws what `work`
/// throws. Collective.
void on_rank_zero(Communicator& group, const std::function<void()>& work);

/// Runs `work` on every rank; if it throws anywhere, every rank throws AgreedError (a group of one: what
/// `work` throws). Calls may be nested in groups of the group: the innermost names the rank. Collective;
/// `work` must not leave another rank waiting in a collective of its own.
void on_every_rank(Communicator& group, const std::function<void()>& work);

/// Exit code and sentence for any exception: an Error's own, words for std::bad_alloc, and what() else.
struct Failure {
  util::ExitCode code = util::ExitCode::ok;
  std::string message;
};
[[nodiscard]] Failure describe_failure(const std::exception& error);

}  // namespace assay::comm
