#include "assay/engine/engine.hpp"

namespace assay::engine {

namespace {

/// Hands out a fixed list and keeps the completions by the place of their request.
class ListFeed final : public RequestFeed {
 public:
  explicit ListFeed(std::vector<Request> requests)
      : requests_(std::move(requests)), completions_(requests_.size()) {
    // The caller's ids need not be unique here: the engine sees places in the list.
    for (std::size_t i = 0; i < requests_.size(); ++i) {
      ids_.push_back(requests_[i].id);
      requests_[i].id = i;
    }
  }

  std::vector<Request> pull(std::size_t max) override {
    std::vector<Request> some;
    while (some.size() < max && next_ < requests_.size()) some.push_back(std::move(requests_[next_++]));
    return some;
  }
  void deliver(Completion completion) override {
    const auto place = static_cast<std::size_t>(completion.id);
    completion.id = ids_[place];
    completions_[place] = std::move(completion);
  }
  bool finished() override { return next_ == requests_.size(); }
  void idle() override {}
  bool cancelled() override { return false; }

  std::vector<Completion> take() { return std::move(completions_); }

 private:
  std::vector<Request> requests_;
  std::vector<std::uint64_t> ids_;
  std::vector<Completion> completions_;
  std::size_t next_ = 0;
};

}  // namespace

std::vector<Completion> run_requests(Engine& engine, const comm::Mesh& mesh, std::vector<Request> requests) {
  if (!mesh.is_leader()) {
    engine.follow();
    return {};
  }
  ListFeed feed(std::move(requests));
  engine.run(feed);
  return feed.take();
}

}  // namespace assay::engine
