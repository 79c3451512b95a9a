// The group of one process: copies at most, calls no library, never waits.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <map>
#include <thread>
#include <utility>

#include "assay/comm/communicator.hpp"
#include "assay/util/error.hpp"
#include "comm/host_name.hpp"

namespace assay::comm {
namespace {

class SelfCommunicator final : public Communicator {
 public:
  SelfCommunicator(std::string name, int world_rank) : name_(std::move(name)), world_rank_(world_rank) {}

  int rank() const override { return 0; }
  int size() const override { return 1; }
  const std::string& name() const override { return name_; }

  void barrier() override {}
  void all_reduce_sum(std::span<float> /*values*/) override {}
  void all_reduce_sum(std::span<double> /*values*/) override {}
  void all_gather(std::span<const std::byte> in, std::span<std::byte> out) override {
    ASSAY_CHECK(out.size() == in.size());
    std::copy(in.begin(), in.end(), out.begin());
  }
  void broadcast(std::span<std::byte> /*bytes*/, int root) override { ASSAY_CHECK(root == 0); }
  std::vector<std::byte> broadcast_message(std::vector<std::byte> bytes, int root) override {
    ASSAY_CHECK(root == 0);
    return bytes;
  }
  std::vector<std::vector<std::byte>> gather_messages(std::vector<std::byte> bytes, int root) override {
    ASSAY_CHECK(root == 0);
    std::vector<std::vector<std::byte>> result;
    result.push_back(std::move(bytes));
    return result;
  }

  void post(int peer, int tag, std::vector<std::byte> bytes) override {
    check_address(peer, tag);
    queued_[tag].push_back(std::move(bytes));
  }
  std::optional<Message> poll(int tag) override {
    check_address(0, tag);
    const auto found = queued_.find(tag);
    if (found == queued_.end() || found->second.empty()) return std::nullopt;
    Message message{0, std::move(found->second.front())};
    found->second.pop_front();
    return message;
  }
  Message receive(int peer, int tag) override {
    check_address(peer, tag);
    auto message = poll(tag);
    if (!message) {
      util::fail_internal(
          "receive in group \"{}\" would wait for ever (this process is alone in it and posted nothing with "
          "tag {})",
          name_, tag);
    }
    return std::move(*message);
  }
  std::optional<Message> wait_any(int tag, double seconds) override {
    auto message = poll(tag);
    // Nobody can post meanwhile, but a caller that loops must not spin.
    if (!message) std::this_thread::sleep_for(std::chrono::duration<double>(std::max(seconds, 0.0)));
    return message;
  }
  void progress() override {}
  void flush() override {}

  std::unique_ptr<Communicator> split(int /*color*/, int /*key*/, std::string group_name) override {
    return make_self_communicator(std::move(group_name), world_rank_);
  }
  void abort(int exit_code) override {
    std::fflush(nullptr);
    std::_Exit(exit_code);
  }
  int world_rank() const override { return world_rank_; }
  std::string host() const override { return host_name(); }
  int node() const override { return world_rank_; }
  int local_size() const override { return 1; }

 private:
  static void check_address(int peer, int tag) { ASSAY_CHECK(peer == 0 && tag >= 0 && tag <= 1000); }

  std::string name_;
  int world_rank_;
  std::map<int, std::deque<std::vector<std::byte>>> queued_;
};

}  // namespace

std::unique_ptr<Communicator> make_self_communicator(std::string group_name, int world_rank) {
  return std::make_unique<SelfCommunicator>(std::move(group_name), world_rank);
}

}  // namespace assay::comm
