// How replicas get work: rank 0 serves a queue, the other leaders pull from it over MPI messages on the
// world.
//
// Protocol (byte layout by ByteWriter):
//   pull    leader -> 0   u64: how many requests it has room for
//   work    0 -> leader   u8: 1 if no work will ever follow; u64 count; requests
//   result  leader -> 0   one completion
//   cancel  0 -> leader   empty: drop what is in work
//   leaving leader -> 0   u64: how many results it sent; its last message (other tags may still overtake it)
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "assay/comm/mesh.hpp"
#include "assay/engine/engine.hpp"
#include "campaign/collector.hpp"

namespace assay::campaign {

/// Of the protocol's messages on the world.
enum FeedTag : int { tag_pull = 1, tag_work = 2, tag_result = 3, tag_cancel = 4, tag_leaving = 5 };

/// Rank 0's feed: hands out pending requests to its own engine and to the other leaders, first come first
/// served, and passes all completions to the collector.
class CoordinatorFeed : public engine::RequestFeed {
 public:
  CoordinatorFeed(const comm::Mesh& mesh, const Preparation& preparation, Collector& collector);
  std::vector<engine::Request> pull(std::size_t max) override;
  void deliver(engine::Completion completion) override;
  bool finished() override;
  void idle() override;
  bool cancelled() override;
  /// After the own engine's run: serves the other leaders until all have left.
  void serve_until_all_left();

 private:
  void serve();
  void take(engine::Completion completion);
  void take_result(const comm::Message& message);
  std::vector<engine::Request> pop(std::size_t max);
  void forward_cancel();

  const comm::Mesh& mesh_;
  const Preparation& preparation_;
  Collector& collector_;
  std::deque<std::uint64_t> pending_;
  int leaders_present_;
  std::uint64_t results_received_ = 0;   ///< from the other leaders
  std::uint64_t results_announced_ = 0;  ///< by those that left
  bool cancel_sent_ = false;
};

/// The feed of another replica's leader.
class ReplicaFeed : public engine::RequestFeed {
 public:
  explicit ReplicaFeed(comm::Communicator& world) : world_(world) {}
  std::vector<engine::Request> pull(std::size_t max) override;
  void deliver(engine::Completion completion) override;
  bool finished() override;
  void idle() override;
  bool cancelled() override;
  /// Tells rank 0 that this leader's run has ended.
  void leave();

 private:
  void receive_work();
  void accept(const comm::Message& message);

  comm::Communicator& world_;
  std::deque<engine::Request> arrived_;
  std::uint64_t results_sent_ = 0;
  bool asked_ = false;
  bool no_more_ = false;
  bool cancelled_ = false;
};

}  // namespace assay::campaign
