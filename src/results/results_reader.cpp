#include "assay/results/results_reader.hpp"

#include <limits>
#include <nlohmann/json.hpp>
#include <unordered_map>
#include <utility>

#include "assay/util/error.hpp"
#include "results/group_summary.hpp"
#include "results/hdf5/read.hpp"
#include "results/layout.hpp"
#include "results/task_group.hpp"
#include "results/task_reader.hpp"

namespace assay::results {
namespace {

constexpr std::size_t kMaxTasks = 100000;

RunInfo read_info(const hdf5::Group& root) {
  RunInfo info;
  info.assay_version = root.text_attribute("assay_version");
  info.model_path = root.text_attribute("model_path");
  info.model_fingerprint = root.text_attribute("model_fingerprint");
  info.tokenizer_fingerprint = root.text_attribute("tokenizer_fingerprint");
  info.mesh = root.text_attribute("mesh");
  info.dtype = root.text_attribute("dtype");
  info.numerics = root.text_attribute("numerics");
  info.cpu_isa = root.text_attribute("cpu_isa");
  info.started_at = root.text_attribute("started_at");
  info.max_length = root.integer_attribute("max_length");
  info.configuration = root.json("configuration");
  info.identity = root.bytes("identity");
  info.groups = groups_from_json(root.json("groups"), root.place("groups"));
  return info;
}

}  // namespace

struct ResultsReader::Impl {
  explicit Impl(const std::filesystem::path& path) : root(hdf5::Group::open_file(path)) {
    if (root.text_attribute("format") != kFormatName) root.fail("@format", "is not \"assay-results\"");
    const std::int64_t version = root.integer_attribute("format_version");
    util::check_input(version == kFormatVersion,
                      "{} has results format {} (this version reads {}); read it with the "
                      "version of assay that wrote it",
                      path.string(), version, kFormatVersion);
    info = read_info(root);
    finished = root.flag_attribute("finished");
    wall_seconds = root.number_attribute("wall_seconds");
    const hdf5::Group all = root.group("tasks");
    for (const std::string& name : all.members(kMaxTasks)) {
      tasks.push_back(read_task_summary(all.group(name)));
      if (group_name(tasks.back().task) != name) all.fail(name, "bears another task's name");
      positions.try_emplace(tasks.back().task, tasks.size() - 1);
    }
  }
  hdf5::Group root;
  RunInfo info;
  bool finished = false;
  double wall_seconds = 0;
  std::vector<TaskSummary> tasks;
  std::unordered_map<std::string, std::size_t> positions;  // in tasks
};

ResultsReader::ResultsReader(const std::filesystem::path& path) : impl_(std::make_unique<Impl>(path)) {}
ResultsReader::~ResultsReader() = default;
ResultsReader::ResultsReader(ResultsReader&&) noexcept = default;
ResultsReader& ResultsReader::operator=(ResultsReader&&) noexcept = default;

const RunInfo& ResultsReader::info() const {
  return impl_->info;
}
bool ResultsReader::finished() const {
  return impl_->finished;
}
double ResultsReader::wall_seconds() const {
  return impl_->wall_seconds;
}
const std::vector<TaskSummary>& ResultsReader::tasks() const {
  return impl_->tasks;
}

std::vector<GroupSummary> ResultsReader::groups() const {
  std::map<std::string, GroupedTask> finished;
  for (const TaskSummary& task : impl_->tasks) {
    if (task.error.empty()) finished[task.task] = {task.samples, task.metrics};
  }
  return summarize_groups(impl_->info.groups, finished);
}

TaskSamples ResultsReader::samples(const std::string& task) const {
  const auto found = impl_->positions.find(task);
  util::check_input(found != impl_->positions.end(), "{} holds no task \"{}\"", impl_->root.place(""), task);
  return read_task_samples(impl_->root.group("tasks").group(group_name(task)),
                           impl_->tasks[found->second].samples);
}

std::vector<TaskTiming> ResultsReader::task_timings() const {
  const hdf5::Group group = impl_->root.group("timings").group("tasks");
  const auto task = group.names("task");
  const auto rows = static_cast<std::int64_t>(task.size());
  const auto seconds = group.doubles("seconds", rows);
  const auto resumed = group.integers("resumed_requests", rows);
  std::vector<TaskTiming> out;
  for (std::size_t i = 0; i < task.size(); ++i) out.push_back({task[i], seconds[i], resumed[i]});
  return out;
}

std::vector<RankTiming> ResultsReader::rank_timings() const {
  const hdf5::Group timings = impl_->root.group("timings");
  const hdf5::Group ranks = timings.group("ranks");
  const auto rank = ranks.integers("rank");
  const auto rows = static_cast<std::int64_t>(rank.size());
  const auto host = ranks.names("host", rows);
  const auto prefill_tokens = ranks.integers("prefill_tokens", rows);
  const auto generated_tokens = ranks.integers("generated_tokens", rows);
  std::vector<RankTiming> out;
  std::unordered_map<std::int64_t, std::size_t> positions;
  for (std::size_t i = 0; i < rank.size(); ++i) {
    if (rank[i] < 0 || rank[i] > std::numeric_limits<int>::max()) ranks.fail("rank", "is out of range");
    positions.try_emplace(rank[i], i);
    out.push_back({static_cast<int>(rank[i]), host[i], {}, prefill_tokens[i], generated_tokens[i]});
  }
  const hdf5::Group phases = timings.group("phases");
  const auto phase_rank = phases.integers("rank");
  const auto phase_rows = static_cast<std::int64_t>(phase_rank.size());
  const auto phase = phases.names("phase", phase_rows);
  const auto seconds = phases.doubles("seconds", phase_rows);
  for (std::size_t i = 0; i < phase_rank.size(); ++i) {
    const auto found = positions.find(phase_rank[i]);
    if (found == positions.end()) phases.fail("rank", "names no rank");
    out[found->second].phases.push_back({phase[i], seconds[i]});
  }
  return out;
}

}  // namespace assay::results
