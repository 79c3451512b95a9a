#include "engine/load_agreement.hpp"

#include <new>
#include <optional>

#include "assay/util/bytes.hpp"
#include "assay/util/error.hpp"

namespace assay::engine {

namespace {

std::optional<util::Error> failure_of(const std::function<void()>& work) {
  try {
    work();
    return std::nullopt;
  } catch (const util::Error& error) {
    return error;
  } catch (const std::bad_alloc&) {
    return util::InputError(
        "not enough memory for this rank's part of the model; use more ranks, a smaller max_length "
        "or a smaller KV cache");
  } catch (const std::exception& error) {
    return util::Error(util::ExitCode::internal, error.what());
  }
}

std::vector<std::byte> to_bytes(const std::optional<util::Error>& error) {
  if (!error) return {};
  util::ByteWriter out;
  out.put(static_cast<std::int32_t>(error->code()));
  out.put_string(error->what());
  return out.take();
}

}  // namespace

void run_together(comm::Communicator& group, const std::function<void()>& work) {
  const auto own = failure_of(work);
  std::vector<std::byte> first;
  for (auto& bytes : group.gather_messages(to_bytes(own), 0)) {
    if (!bytes.empty() && first.empty()) first = std::move(bytes);
  }
  first = group.broadcast_message(std::move(first), 0);
  if (first.empty()) return;
  util::ByteReader in(first);
  const auto code = static_cast<util::ExitCode>(in.get<std::int32_t>());
  const std::string message = in.get_string();
  if (code == util::ExitCode::usage) throw util::InputError(message);
  throw util::Error(code, message);
}

}  // namespace assay::engine
