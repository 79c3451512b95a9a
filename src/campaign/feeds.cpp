#include "campaign/feeds.hpp"

#include <algorithm>

#include "assay/util/bytes.hpp"
#include "campaign/stop_signal.hpp"

namespace assay::campaign {
namespace {

constexpr double idle_seconds = 0.005;  // how long an idle leader waits for a message before it looks around

}  // namespace

CoordinatorFeed::CoordinatorFeed(const comm::Mesh& mesh, const Preparation& preparation, Collector& collector)
    : mesh_(mesh), preparation_(preparation), collector_(collector), leaders_present_(mesh.shape().dp - 1) {
  const auto ids = collector.pending();
  pending_.assign(ids.begin(), ids.end());
}

std::vector<engine::Request> CoordinatorFeed::pop(std::size_t max) {
  // Near the end nobody takes more than a fair share, so that no replica is left with a long tail.
  const auto replicas = static_cast<std::size_t>(mesh_.shape().dp);
  const std::size_t fair = replicas == 1 ? max : std::max<std::size_t>(1, pending_.size() / (2 * replicas));
  std::vector<engine::Request> requests;
  for (std::size_t count = std::min({max, fair, pending_.size()}); count > 0; --count) {
    collector_.handed_out(pending_.front());
    requests.push_back(preparation_.requests[pending_.front()].request);
    pending_.pop_front();
  }
  return requests;
}

void CoordinatorFeed::take(engine::Completion completion) {
  if (!collector_.take(std::move(completion))) return;
  std::erase_if(pending_, [this](std::uint64_t id) { return collector_.drop(id); });
}

void CoordinatorFeed::take_result(const comm::Message& message) {
  util::ByteReader in(message.bytes);
  take(engine::read_completion(in));
  ++results_received_;
}

void CoordinatorFeed::serve() {
  comm::Communicator& world = mesh_.world();
  forward_cancel();
  collector_.poll_programs();
  while (auto message = world.poll(tag_result)) take_result(*message);
  while (auto message = world.poll(tag_pull)) {
    const auto room = util::ByteReader(message->bytes).get<std::uint64_t>();
    const auto requests = pop(room);
    util::ByteWriter out;
    out.put<std::uint8_t>(pending_.empty() ? 1 : 0);
    out.put<std::uint64_t>(requests.size());
    for (const engine::Request& request : requests) engine::write(out, request);
    world.post(message->source, tag_work, out.take());
  }
  while (auto message = world.poll(tag_leaving)) {
    results_announced_ += util::ByteReader(message->bytes).get<std::uint64_t>();
    --leaders_present_;
  }
}

void CoordinatorFeed::forward_cancel() {
  if (stop_signal() == 0 || cancel_sent_) return;
  cancel_sent_ = true;
  pending_.clear();
  for (int replica = 1; replica < mesh_.shape().dp; ++replica)
    mesh_.world().post(mesh_.leader_of(replica), tag_cancel, {});
}

std::vector<engine::Request> CoordinatorFeed::pull(std::size_t max) {
  serve();
  return pop(max);
}

void CoordinatorFeed::deliver(engine::Completion completion) {
  take(std::move(completion));
}

bool CoordinatorFeed::finished() {
  serve();
  return pending_.empty();
}

void CoordinatorFeed::idle() {
  serve();
}

bool CoordinatorFeed::cancelled() {
  serve();  // asked before every step: the other leaders are served even while this replica has no room
  return stop_signal() != 0;
}

void CoordinatorFeed::serve_until_all_left() {
  serve();
  while (leaders_present_ > 0 || results_received_ < results_announced_) {
    if (auto message = mesh_.world().wait_any(tag_result, idle_seconds)) take_result(*message);
    serve();
  }
}

void ReplicaFeed::accept(const comm::Message& message) {
  util::ByteReader in(message.bytes);
  no_more_ = in.get<std::uint8_t>() != 0;
  for (auto count = in.get<std::uint64_t>(); count > 0; --count) arrived_.push_back(engine::read_request(in));
  asked_ = false;
}

void ReplicaFeed::receive_work() {
  while (auto message = world_.poll(tag_work)) accept(*message);
}

std::vector<engine::Request> ReplicaFeed::pull(std::size_t max) {
  receive_work();
  // Ask ahead: twice the room, so that the next work is here before the room is free.
  if (!asked_ && !no_more_ && arrived_.size() < max) {
    util::ByteWriter out;
    out.put<std::uint64_t>(2 * max - arrived_.size());
    world_.post(0, tag_pull, out.take());
    asked_ = true;
  }
  std::vector<engine::Request> requests;
  while (requests.size() < max && !arrived_.empty()) {
    requests.push_back(std::move(arrived_.front()));
    arrived_.pop_front();
  }
  return requests;
}

void ReplicaFeed::deliver(engine::Completion completion) {
  util::ByteWriter out;
  engine::write(out, completion);
  world_.post(0, tag_result, out.take());
  ++results_sent_;
}

bool ReplicaFeed::finished() {
  receive_work();
  return no_more_ && arrived_.empty();
}

void ReplicaFeed::idle() {
  if (!asked_) return;  // pull() asks first
  if (auto message = world_.wait_any(tag_work, idle_seconds)) accept(*message);
}

bool ReplicaFeed::cancelled() {
  if (!cancelled_ && world_.poll(tag_cancel)) cancelled_ = true;
  return cancelled_;
}

void ReplicaFeed::leave() {
  util::ByteWriter out;
  out.put(results_sent_);
  world_.post(0, tag_leaving, out.take());
  world_.flush();
}

}  // namespace assay::campaign
