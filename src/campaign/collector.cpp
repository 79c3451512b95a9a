#include "campaign/collector.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <thread>
#include <tuple>
#include <utility>

#include "assay/eval/score.hpp"
#include "assay/util/error.hpp"
#include "assay/util/log.hpp"

namespace assay::campaign {
namespace {

// "17 requests, of documents 3-9, 12": how much of a failed task was not computed.
std::string describe_dropped(std::vector<std::int64_t> documents) {
  constexpr int most_ranges = 8;
  const std::size_t requests = documents.size();
  std::sort(documents.begin(), documents.end());
  documents.erase(std::unique(documents.begin(), documents.end()), documents.end());
  std::string text = fmt::format("{} request{}, of document{}", requests, requests == 1 ? "" : "s",
                                 documents.size() == 1 ? "" : "s");
  int ranges = 0;
  for (std::size_t first = 0; first < documents.size();) {
    std::size_t last = first;
    while (last + 1 < documents.size() && documents[last + 1] == documents[last] + 1) ++last;
    if (++ranges > most_ranges) return text + fmt::format(" and {} more", documents.size() - first);
    text += fmt::format("{} {}", ranges > 1 ? "," : "", documents[first]);
    if (last > first) text += fmt::format("-{}", documents[last]);
    first = last + 1;
  }
  return text;
}

}  // namespace

Collector::Collector(Preparation& preparation, results::Journal& journal, bool fail_fast,
                     ProgramRuns* programs)
    : preparation_(preparation),
      journal_(journal),
      fail_fast_(fail_fast),
      programs_(programs),
      tasks_(preparation.tasks.size()),
      tasks_left_(preparation.tasks.size()),
      resumed_(adopt_journal()),
      progress_(static_cast<std::int64_t>(preparation.requests.size()), resumed_) {}

std::int64_t Collector::adopt_journal() {
  std::map<std::tuple<std::string, std::int64_t, std::int32_t>, std::uint64_t> ids;
  for (std::size_t task = 0; task < tasks_.size(); ++task) {
    const auto& samples = preparation_.tasks[task].samples;
    tasks_[task].error = preparation_.tasks[task].error;
    tasks_[task].completions.resize(samples.size());
    tasks_[task].done.resize(samples.size());
    for (std::size_t sample = 0; sample < samples.size(); ++sample) {
      tasks_[task].completions[sample].resize(samples[sample].requests.size());
      tasks_[task].done[sample].resize(samples[sample].requests.size());
      tasks_[task].left += static_cast<std::int64_t>(samples[sample].requests.size());
    }
  }
  for (const PlannedRequest& planned : preparation_.requests) {
    const auto& prepared = preparation_.tasks[planned.task];
    ids[{prepared.task.task, prepared.samples[planned.sample].doc_id,
         static_cast<std::int32_t>(planned.index)}] = planned.request.id;
  }
  std::int64_t adopted = 0;
  for (results::JournalRecord& record : journal_.take_records()) {
    const auto found = ids.find({record.key.task, record.key.doc_id, record.key.request_index});
    if (found == ids.end()) continue;  // of a task or document that this campaign does not ask for
    const PlannedRequest& planned = preparation_.requests[found->second];
    util::check_input(
        planned.content_hash == record.key.content_hash,
        "the journal answers another prompt for task {}, document {} (the task, its data, the number of "
        "examples or the generation settings changed since); choose another output or give --overwrite",
        record.key.task, record.key.doc_id);
    TaskState& state = tasks_[planned.task];
    char& done = state.done[planned.sample][planned.index];
    if (done != 0) continue;
    done = 1;
    record.completion.id = found->second;
    state.completions[planned.sample][planned.index] = std::move(record.completion);
    --state.left;
    ++state.resumed;
    ++adopted;
  }
  return adopted;
}

std::vector<std::uint64_t> Collector::pending() const {
  std::vector<std::uint64_t> ids;
  for (const PlannedRequest& planned : preparation_.requests) {
    if (tasks_[planned.task].done[planned.sample][planned.index] == 0) ids.push_back(planned.request.id);
  }
  const auto tokens = [this](std::uint64_t id) {
    std::size_t sum = 0;
    for (const auto& window : preparation_.requests[id].request.windows) sum += window.tokens.size();
    return sum;
  };
  std::stable_sort(ids.begin(), ids.end(), [&](std::uint64_t a, std::uint64_t b) {
    const std::size_t task_a = preparation_.requests[a].task;
    const std::size_t task_b = preparation_.requests[b].task;
    return task_a != task_b ? task_a < task_b : tokens(a) > tokens(b);
  });
  return ids;
}

void Collector::start(results::ResultsWriter& writer) {
  writer_ = &writer;
  std::vector<std::string> names;
  for (const PreparedTask& prepared : preparation_.tasks) names.push_back(prepared.task.task);
  writer.plan(names);  // replicas finish tasks in any order
  for (std::size_t task = 0; task < tasks_.size(); ++task) {
    for (std::size_t sample = 0; sample < tasks_[task].done.size(); ++sample) start_programs(task, sample);
    if (tasks_[task].left == 0) complete_task(task);
  }
}

void Collector::handed_out(std::uint64_t id) {
  auto& watch = tasks_[preparation_.requests[id].task].watch;
  if (!watch) watch.emplace();
  progress_.start();
}

bool Collector::take(engine::Completion completion) {
  ASSAY_CHECK(completion.id < preparation_.requests.size());
  const PlannedRequest& planned = preparation_.requests[completion.id];
  const PreparedTask& prepared = preparation_.tasks[planned.task];
  TaskState& state = tasks_[planned.task];
  char& done = state.done[planned.sample][planned.index];
  ASSAY_CHECK(done == 0);
  const std::int64_t doc_id = prepared.samples[planned.sample].doc_id;
  if (completion.error.empty()) {
    journal_.append(
        {{prepared.task.task, doc_id, static_cast<std::int32_t>(planned.index), planned.content_hash},
         completion});
  } else if (state.error.empty()) {
    state.error = fmt::format("task {}: document {}: {}", prepared.task.task, doc_id, completion.error);
    if (fail_fast_) {
      journal_.sync();
      progress_.clear();
      throw util::InputError(state.error);
    }
  }
  done = 1;
  state.completions[planned.sample][planned.index] = std::move(completion);
  progress_.advance(prepared.task.task);
  start_programs(planned.task, planned.sample);
  const bool failed = !state.error.empty();
  if (--state.left == 0) complete_task(planned.task);
  return failed;
}

bool Collector::drop(std::uint64_t id) {
  const PlannedRequest& planned = preparation_.requests[id];
  const PreparedTask& prepared = preparation_.tasks[planned.task];
  TaskState& state = tasks_[planned.task];
  if (state.error.empty()) return false;
  char& done = state.done[planned.sample][planned.index];
  ASSAY_CHECK(done == 0);
  done = 1;
  state.dropped.push_back(prepared.samples[planned.sample].doc_id);
  progress_.advance(prepared.task.task);
  if (--state.left == 0) complete_task(planned.task);
  return true;
}

// Programs of a sample whose last answer has come.
void Collector::start_programs(std::size_t task, std::size_t sample) {
  const PreparedTask& prepared = preparation_.tasks[task];
  TaskState& state = tasks_[task];
  const auto& done = state.done[sample];
  const bool all = std::find(done.begin(), done.end(), 0) == done.end();
  if (!prepared.task.runs_code || !all || !state.error.empty()) return;
  ASSAY_CHECK(programs_ != nullptr);
  try {
    programs_->start(
        task, sample,
        eval::programs_to_run(prepared.task, prepared.samples[sample], state.completions[sample]));
  } catch (const util::InputError& error) {
    state.error = error.what();  // an answer that the task's filters cannot take, say
    if (!fail_fast_) return;
    journal_.sync();
    progress_.clear();
    throw;
  }
}

void Collector::complete_task(std::size_t task) {
  const bool waits = preparation_.tasks[task].task.runs_code && tasks_[task].error.empty();
  if (waits && !programs_->ready(task))
    judged_.insert(task);
  else
    finish_task(task);
}

void Collector::poll_programs() {
  for (auto task = judged_.begin(); task != judged_.end();) {
    if (!programs_->ready(*task)) {
      ++task;
      continue;
    }
    const std::size_t ended = *task;
    task = judged_.erase(task);
    finish_task(ended);
  }
}

void Collector::wait_for_programs(bool (*stop)()) {
  for (poll_programs(); !judged_.empty() && !stop(); poll_programs())
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
}

void Collector::finish_task(std::size_t index) {
  TaskState& state = tasks_[index];
  PreparedTask& prepared = preparation_.tasks[index];
  if (std::exchange(state.written, true)) return;
  journal_.sync();
  results::TaskResult result;
  result.task = prepared.task;
  result.num_fewshot = prepared.num_fewshot;
  result.documents = prepared.documents;
  result.error = state.error;
  if (!state.dropped.empty())
    result.error += fmt::format("; not computed after it: {}", describe_dropped(std::move(state.dropped)));
  if (result.error.empty()) {
    try {
      for (std::size_t i = 0; i < prepared.samples.size(); ++i) {
        const std::vector<bool> passed =
            prepared.task.runs_code ? programs_->take(index, i) : std::vector<bool>();
        result.scores.push_back(
            eval::score_sample(prepared.task, prepared.samples[i], state.completions[i], passed));
      }
      result.metrics = eval::aggregate(prepared.task, result.scores);
    } catch (const util::InputError& error) {
      result.error = with_task(prepared.task.task, error.what());
    }
  }
  if (result.error.empty()) {
    result.samples = std::move(prepared.samples);
    result.completions = std::move(state.completions);
  } else {
    result.scores.clear();
    result.metrics.clear();
    ++failed_tasks_;
    progress_.clear();
    if (fail_fast_) throw util::InputError(result.error);
    if (prepared.error.empty()) util::log_error("{}", result.error);  // else said when it was prepared
  }
  result.seconds = state.watch ? state.watch->seconds() : 0;
  result.resumed_requests = state.resumed;
  writer_->add(result);
  --tasks_left_;
}

}  // namespace assay::campaign
