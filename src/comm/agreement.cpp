#include "assay/comm/agreement.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <new>
#include <utility>
#include <vector>

#include "assay/util/bytes.hpp"

namespace assay::comm {
namespace {

constexpr int tag_go = 1000;  // the last that there is: users of a group count theirs from 1

struct Outcome {
  Failure failure;
  bool named = false;  // the sentence says already which rank failed, or need not
};

Outcome outcome_of(const std::function<void()>& work) {
  try {
    work();
    return {};
  } catch (const AgreedError& error) {
    return {describe_failure(error), true};
  } catch (const std::exception& error) {
    return {describe_failure(error), false};
  }
}

std::vector<std::byte> to_bytes(const Outcome& outcome) {
  util::ByteWriter out;
  out.put(static_cast<std::int32_t>(outcome.failure.code));
  out.put<std::uint8_t>(outcome.named ? 1 : 0);
  out.put_string(outcome.failure.message);
  return out.take();
}

Outcome outcome_from(const std::vector<std::byte>& bytes) {
  util::ByteReader in(bytes);
  Outcome outcome;
  outcome.failure.code = static_cast<util::ExitCode>(in.get<std::int32_t>());
  outcome.named = in.get<std::uint8_t>() != 0;
  outcome.failure.message = in.get_string();
  return outcome;
}

bool failed(const Outcome& outcome) {
  return outcome.failure.code != util::ExitCode::ok;
}

// Ends the agreement: every rank hears what rank 0 knows.
void share(Communicator& group, const Outcome& known) {
  const Outcome shared = outcome_from(group.broadcast_message(to_bytes(known), 0));
  if (failed(shared)) throw AgreedError(shared.failure.code, shared.failure.message);
}

}  // namespace

Failure describe_failure(const std::exception& error) {
  if (const auto* known = dynamic_cast<const util::Error*>(&error)) return {known->code(), known->what()};
  if (dynamic_cast<const std::bad_alloc*>(&error) != nullptr) {
    return {util::ExitCode::internal,
            "out of memory; use more ranks or nodes, or a smaller --max-length, --batch-tokens, "
            "--max-sequences or --kv-cache-mib"};
  }
  return {util::ExitCode::internal, fmt::format("unexpected failure ({}); please report this", error.what())};
}

void on_rank_zero(Communicator& group, const std::function<void()>& work) {
  if (group.size() == 1) {
    work();
    return;
  }
  Outcome outcome;
  if (group.rank() == 0) {
    outcome = outcome_of(work);
    for (int rank = 1; rank < group.size(); ++rank) group.post(rank, tag_go, {});
  } else {
    // Rank 0 may take long: no deadline. Should it die, so does the job.
    while (!group.wait_any(tag_go, 1.0)) {
    }
  }
  share(group, outcome);
}

void on_every_rank(Communicator& group, const std::function<void()>& work) {
  if (group.size() == 1) {
    work();
    return;
  }
  Outcome mine = outcome_of(work);
  if (failed(mine) && !mine.named && group.world_rank() != 0)
    mine.failure.message += fmt::format(" (rank {} on {})", group.world_rank(), group.host());
  Outcome first;
  for (const auto& bytes : group.gather_messages(to_bytes(mine), 0)) {
    if (!failed(first)) first = outcome_from(bytes);
  }
  share(group, first);
}

}  // namespace assay::comm
