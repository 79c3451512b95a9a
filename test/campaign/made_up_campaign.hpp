// A campaign without a model: tasks of single questions that count as right when greedy decoding would have
// written their answer, and a loop that asks a feed for work as the engine does.
#pragma once

#include <deque>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "assay/engine/engine.hpp"
#include "campaign/preparation.hpp"
#include "results/sample_results.hpp"

namespace assay::test {

/// Tasks "t0", "t1", ... of `documents` questions; that of document d has 2 + documents - d tokens, so that
/// they are handed out in order of documents.
inline campaign::Preparation made_up_tasks(std::size_t tasks, std::int64_t documents) {
  campaign::Preparation preparation;
  for (std::size_t task = 0; task < tasks; ++task) {
    campaign::PreparedTask prepared{
        task_config("t" + std::to_string(task), eval::OutputType::loglikelihood), 0, {}, {}, documents};
    prepared.task.filters = {{"none", {{"take_first", {}}}}};
    prepared.task.metrics = {{"acc", "mean", true, {}}};
    for (std::int64_t doc = 0; doc < documents; ++doc) {
      eval::Sample sample;
      sample.doc_id = doc;
      sample.doc = {{"question", "q" + std::to_string(doc)}};
      sample.target = "a";
      sample.requests = {{engine::RequestKind::loglikelihood, "q" + std::to_string(doc), " a", {}}};
      prepared.samples.push_back(sample);
      campaign::PlannedRequest planned{task, static_cast<std::size_t>(doc), 0, 0, {}};
      planned.request.id = preparation.requests.size();
      planned.request.windows = {
          {std::vector<engine::TokenId>(static_cast<std::size_t>(2 + documents - doc), 7), 1}};
      planned.content_hash = engine::content_hash(planned.request);
      preparation.requests.push_back(planned);
    }
    preparation.tasks.push_back(prepared);
  }
  return preparation;
}

inline engine::Completion answer(const engine::Request& request) {
  engine::Completion completion = scored(-1.5, request.id % 2 == 0, {-1.5F});
  completion.id = request.id;
  return completion;
}

/// What the engine does with a feed, `slots` requests at a time.
inline void work_off(engine::RequestFeed& feed, std::size_t slots,
                     const std::function<engine::Completion(const engine::Request&)>& compute) {
  std::deque<engine::Request> in_work;
  while (!feed.cancelled()) {
    if (in_work.size() < slots) {
      for (auto& request : feed.pull(slots - in_work.size())) in_work.push_back(std::move(request));
    }
    if (!in_work.empty()) {
      feed.deliver(compute(in_work.front()));
      in_work.pop_front();
    } else if (feed.finished()) {
      return;
    } else {
      feed.idle();
    }
  }
}

}  // namespace assay::test
