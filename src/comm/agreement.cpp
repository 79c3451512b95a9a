#include "assay/comm/agreement.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <new>
#include <utility>
#include <vector>

#include "assay/util/bytes.hpp"

namespace assay::comm {
namespace {

// The last that there are: users of a group count theirs from 1.
constexpr int tag_outcome = 999;
constexpr int tag_go = 1000;

constexpr double look_seconds = 1;  // between two looks at MPI's own errors while a rank takes its time

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

Message wait_for_any(Communicator& group, int tag) {
  while (true) {
    if (auto message = group.wait_any(tag, look_seconds)) return std::move(*message);
  }
}

// Rank 0 is ready: the others leave their wait, so that the collective after it finds all ranks there.
void let_go(Communicator& group) {
  for (int rank = 1; rank < group.size(); ++rank) group.post(rank, tag_go, {});
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
    let_go(group);
  } else {
    (void)wait_for_any(group, tag_go);
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
  if (group.rank() != 0) {
    group.post(0, tag_outcome, to_bytes(mine));
    (void)wait_for_any(group, tag_go);
    share(group, {});
    return;
  }
  Outcome first = std::move(mine);
  int first_rank = 0;
  for (int heard = 1; heard < group.size(); ++heard) {
    const Message message = wait_for_any(group, tag_outcome);
    Outcome outcome = outcome_from(message.bytes);
    if (!failed(outcome) || (failed(first) && message.source > first_rank)) continue;
    first = std::move(outcome);
    first_rank = message.source;
  }
  let_go(group);
  share(group, first);
}

}  // namespace assay::comm
