#include "assay/campaign/agreement.hpp"

#include <exception>
#include <new>
#include <string>

#include "assay/util/bytes.hpp"
#include "assay/util/error.hpp"

namespace assay::campaign {
namespace {

struct Outcome {
  util::ExitCode code = util::ExitCode::ok;
  std::string message;
};

constexpr int tag_go = 6;  // of messages on the world; the others are in feeds.hpp

Outcome outcome_of(const std::function<void()>& work) {
  try {
    work();
    return {};
  } catch (const util::Error& error) {
    return {error.code(), error.what()};
  } catch (const std::bad_alloc&) {
    return {util::ExitCode::internal, "out of memory"};
  } catch (const std::exception& error) {
    return {util::ExitCode::internal, error.what()};
  }
}

}  // namespace

void on_rank_zero(comm::Communicator& world, const std::function<void()>& work) {
  Outcome outcome;
  if (world.rank() == 0) {
    outcome = outcome_of(work);
    for (int rank = 1; rank < world.size(); ++rank) world.post(rank, tag_go, {});
  } else {
    // Rank 0 may take long: no deadline. Should it die, so does the job.
    while (!world.wait_any(tag_go, 1.0)) {
    }
  }
  std::int64_t code[] = {static_cast<std::int64_t>(outcome.code)};
  world.broadcast(std::as_writable_bytes(std::span(code)), 0);
  if (code[0] != 0) throw util::Error(static_cast<util::ExitCode>(code[0]), outcome.message);
}

void on_every_rank(comm::Communicator& world, const std::function<void()>& work) {
  const Outcome mine = outcome_of(work);
  util::ByteWriter out;
  out.put(static_cast<std::int32_t>(mine.code));
  out.put_string(mine.message);
  out.put_string(world.host());
  const auto all = world.gather_messages(out.take(), 0);
  Outcome first;
  for (std::size_t rank = 0; rank < all.size() && first.code == util::ExitCode::ok; ++rank) {
    util::ByteReader in(all[rank]);
    first.code = static_cast<util::ExitCode>(in.get<std::int32_t>());
    first.message = in.get_string();
    const std::string host = in.get_string();
    // An empty sentence: that rank failed because another did, which is heard of too.
    if (first.code != util::ExitCode::ok && first.message.empty()) first.code = util::ExitCode::ok;
    if (first.code != util::ExitCode::ok && rank > 0)
      first.message = fmt::format("{} (rank {} on {})", first.message, rank, host);
  }
  std::int64_t code[] = {static_cast<std::int64_t>(first.code)};
  world.broadcast(std::as_writable_bytes(std::span(code)), 0);
  if (code[0] != 0) throw util::Error(static_cast<util::ExitCode>(code[0]), first.message);
}

}  // namespace assay::campaign
