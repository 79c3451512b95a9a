#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>
#include <optional>
#include <utility>

#include "assay/results/damaged_file.hpp"
#include "assay/results/journal.hpp"
#include "assay/results/results_file.hpp"
#include "assay/results/results_reader.hpp"
#include "assay/util/clock.hpp"
#include "assay/util/error.hpp"
#include "assay/util/log.hpp"
#include "results/group_summary.hpp"
#include "results/hdf5/write.hpp"
#include "results/journal_format.hpp"
#include "results/layout.hpp"
#include "results/task_group.hpp"

namespace assay::results {
namespace {

struct TaskTimings {
  std::vector<std::string> task;
  std::vector<double> seconds;
  std::vector<std::int64_t> resumed_requests;
};

// Beside `path`; never a file that is there already.
std::filesystem::path set_aside(const std::filesystem::path& path) {
  std::error_code failed;
  std::filesystem::path aside = path.string() + ".damaged";
  for (int i = 2; std::filesystem::exists(aside, failed); ++i)
    aside = fmt::format("{}.damaged{}", path.string(), i);
  std::filesystem::rename(path, aside, failed);
  util::check_input(!failed, "{} is damaged and cannot be moved to {} ({}); move it away", path.string(),
                    aside.string(), failed.message());
  return aside;
}

// Temporary files that killed runs left beside `path`. The journal's lock keeps live ones away.
void remove_leftovers(const std::filesystem::path& path) {
  const std::string prefix = path.filename().string() + ".tmp.";
  const auto folder = path.parent_path().empty() ? std::filesystem::path(".") : path.parent_path();
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(folder, ignored)) {
    const std::string name = entry.path().filename().string();
    const bool ours = name.size() > prefix.size() && name.starts_with(prefix) &&
                      std::all_of(name.begin() + static_cast<std::ptrdiff_t>(prefix.size()), name.end(),
                                  [](char c) { return c >= '0' && c <= '9'; });
    std::error_code failed;
    if (ours) std::filesystem::remove(entry.path(), failed);
  }
}

void write_timings(hid_t file, const TaskTimings& tasks, const std::vector<RankTiming>& ranks) {
  const hdf5::Handle timings = hdf5::create_group(file, "timings");
  {
    const hdf5::Handle group = hdf5::create_group(timings.get(), "tasks");
    hdf5::write_names(group.get(), "task", tasks.task);
    hdf5::write_column(group.get(), "seconds", tasks.seconds);
    hdf5::write_column(group.get(), "resumed_requests", tasks.resumed_requests);
  }
  std::vector<std::int32_t> rank, phase_rank;
  std::vector<std::string> host, phase_host, phase;
  std::vector<std::int64_t> prefill_tokens, generated_tokens;
  std::vector<double> seconds;
  for (const RankTiming& timing : ranks) {
    rank.push_back(timing.rank);
    host.push_back(timing.host);
    prefill_tokens.push_back(timing.prefill_tokens);
    generated_tokens.push_back(timing.generated_tokens);
    for (const util::PhaseTiming& part : timing.phases) {
      phase_rank.push_back(timing.rank);
      phase_host.push_back(timing.host);
      phase.push_back(part.phase);
      seconds.push_back(part.seconds);
    }
  }
  const hdf5::Handle of_ranks = hdf5::create_group(timings.get(), "ranks");
  hdf5::write_column(of_ranks.get(), "rank", rank);
  hdf5::write_names(of_ranks.get(), "host", host);
  hdf5::write_column(of_ranks.get(), "prefill_tokens", prefill_tokens);
  hdf5::write_column(of_ranks.get(), "generated_tokens", generated_tokens);
  const hdf5::Handle of_phases = hdf5::create_group(timings.get(), "phases");
  hdf5::write_column(of_phases.get(), "rank", phase_rank);
  hdf5::write_names(of_phases.get(), "host", phase_host);
  hdf5::write_names(of_phases.get(), "phase", phase);
  hdf5::write_column(of_phases.get(), "seconds", seconds);
}

void write_root(hid_t file, const RunInfo& info, bool finished, double wall_seconds) {
  hdf5::write_text_attribute(file, "format", kFormatName);
  hdf5::write_integer_attribute(file, "format_version", kFormatVersion);
  hdf5::write_text_attribute(file, "assay_version", info.assay_version);
  hdf5::write_text_attribute(file, "model_path", info.model_path);
  hdf5::write_text_attribute(file, "model_fingerprint", info.model_fingerprint);
  hdf5::write_text_attribute(file, "tokenizer_fingerprint", info.tokenizer_fingerprint);
  hdf5::write_text_attribute(file, "mesh", info.mesh);
  hdf5::write_text_attribute(file, "dtype", info.dtype);
  hdf5::write_text_attribute(file, "numerics", info.numerics);
  hdf5::write_text_attribute(file, "cpu_isa", info.cpu_isa);
  hdf5::write_text_attribute(file, "started_at", info.started_at);
  hdf5::write_integer_attribute(file, "max_length", info.max_length);
  hdf5::write_flag_attribute(file, "finished", finished);
  hdf5::write_number_attribute(file, "wall_seconds", wall_seconds);
  hdf5::write_bytes(file, "configuration",
                    info.configuration.dump(2, ' ', false, util::OrderedJson::error_handler_t::replace));
  hdf5::write_bytes(file, "identity", info.identity);
}

// The groups' definitions, and the metrics of those whose tasks are all there.
void write_groups(hid_t file, const RunInfo& info, const std::map<std::string, GroupedTask>& tasks) {
  hdf5::write_bytes(file, "groups",
                    to_json(info.groups).dump(2, ' ', false, util::OrderedJson::error_handler_t::replace));
  const hdf5::Handle all = hdf5::create_group(file, "group_metrics");
  for (const GroupSummary& group : summarize_groups(info.groups, tasks)) {
    if (group.metrics.empty()) continue;
    const hdf5::Handle of_group = hdf5::create_group(all.get(), group_name(group.group.group).c_str());
    hdf5::write_text_attribute(of_group.get(), "group", group.group.group);
    hdf5::write_integer_attribute(of_group.get(), "samples", group.samples);
    write_metrics(of_group.get(), group.metrics);
  }
}

std::string task_path(const std::string& task) {
  return "tasks/" + group_name(task);
}

// The file is replaced as a whole, so replacing it for each of hundreds of tasks would take time in the
// square of their number. The first tasks are written one by one; after that, a save adds a share of what the
// file holds already, so that all saves together write a small multiple of it, or comes long after the last
// one.
constexpr std::size_t always_saved_tasks = 16;
constexpr std::size_t unsaved_share = 4;      // a save adds at least one task for so many in the file
constexpr double rest_seconds = 60;           // after which any task is worth a save
constexpr double rest_per_save_seconds = 20;  // ... if saving takes no more than 5 % of the time

}  // namespace

struct ResultsWriter::Impl {
  std::filesystem::path path;
  RunInfo info;
  hdf5::Handle store;                          // all tasks, in memory
  std::vector<std::string> carried;            // tasks of an earlier run in `store`, not added again yet
  TaskTimings timings;                         // of this run's tasks, in the order of adding
  std::map<std::string, GroupedTask> scored;   // tasks in `store` that did not fail
  std::map<std::string, std::size_t> planned;  // places of the run's tasks
  std::size_t saved_tasks = 0;                 // in the file
  std::size_t unsaved_tasks = 0;               // added since
  util::Stopwatch since_save;
  double save_seconds = 0;  // what the last save took

  void carry_over();
  void put(const TaskResult& result);
  void forget(const std::string& task);
  [[nodiscard]] std::size_t place_of(const std::string& task) const;
  /// The timings in the file's order.
  [[nodiscard]] TaskTimings ordered_timings() const;
  [[nodiscard]] bool save_is_due() const;
  /// Writes `tasks` of the store in the order of the plan; those outside it last, as given.
  void write(std::vector<std::string> tasks, const std::vector<RankTiming>& ranks, bool finished,
             double wall_seconds);
  void save();
};

void ResultsWriter::Impl::carry_over() {
  std::optional<ResultsReader> existing;
  try {
    existing.emplace(path);
  } catch (const DamagedFile&) {
    const auto journal = journal_path(path);
    if (!std::filesystem::exists(journal)) throw;
    const auto aside = set_aside(path);
    util::log_warning("{} was damaged: it is now {}, and what {} holds is written to a new one",
                      path.string(), aside.string(), journal.string());
    return;
  }
  const std::string keys = journal::differing_keys(existing->info().identity, info.identity);
  util::check_input(
      keys.empty(),
      "{} holds the results of a different run ({} differ from this command's); choose another output, "
      "or replace it with --overwrite",
      path.string(), keys);
  const hdf5::Handle file =
      hdf5::own(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose, "opening the earlier results");
  for (const TaskSummary& task : existing->tasks()) {
    hdf5::copy(file.get(), store.get(), task_path(task.task));
    carried.push_back(task.task);
    if (task.error.empty()) scored[task.task] = {task.samples, task.metrics};
  }
  saved_tasks = carried.size();
}

// Replaces the task's group in the store; a failure leaves none.
void ResultsWriter::Impl::put(const TaskResult& result) {
  const std::string& name = result.task.task;
  forget(name);
  const hdf5::Handle tasks =
      hdf5::own(H5Gopen2(store.get(), "tasks", H5P_DEFAULT), H5Gclose, "opening the tasks' group");
  try {
    write_task_group(tasks.get(), result);
  } catch (...) {
    hdf5::remove(store.get(), task_path(name));
    throw;
  }
  if (result.error.empty()) scored[name] = {static_cast<std::int64_t>(result.samples.size()), result.metrics};
  timings.task.push_back(name);
  timings.seconds.push_back(result.seconds);
  timings.resumed_requests.push_back(result.resumed_requests);
}

void ResultsWriter::Impl::forget(const std::string& task) {
  const auto again = std::find(timings.task.begin(), timings.task.end(), task);
  if (again == timings.task.end() && std::erase(carried, task) == 0) return;
  hdf5::remove(store.get(), task_path(task));
  scored.erase(task);
  if (again == timings.task.end()) return;
  const auto at = again - timings.task.begin();
  timings.task.erase(again);
  timings.seconds.erase(timings.seconds.begin() + at);
  timings.resumed_requests.erase(timings.resumed_requests.begin() + at);
}

bool ResultsWriter::Impl::save_is_due() const {
  if (saved_tasks < always_saved_tasks || unsaved_tasks * unsaved_share >= saved_tasks) return true;
  return since_save.seconds() >= std::max(rest_seconds, rest_per_save_seconds * save_seconds);
}

std::size_t ResultsWriter::Impl::place_of(const std::string& task) const {
  const auto found = planned.find(task);
  return found == planned.end() ? planned.size() : found->second;
}

TaskTimings ResultsWriter::Impl::ordered_timings() const {
  std::vector<std::size_t> order(timings.task.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return place_of(timings.task[a]) < place_of(timings.task[b]);
  });
  TaskTimings out;
  for (const std::size_t i : order) {
    out.task.push_back(timings.task[i]);
    out.seconds.push_back(timings.seconds[i]);
    out.resumed_requests.push_back(timings.resumed_requests[i]);
  }
  return out;
}

void ResultsWriter::Impl::write(std::vector<std::string> tasks, const std::vector<RankTiming>& ranks,
                                bool finished, double wall_seconds) {
  const util::Stopwatch watch;
  std::stable_sort(tasks.begin(), tasks.end(),
                   [&](const std::string& a, const std::string& b) { return place_of(a) < place_of(b); });
  const hdf5::Handle file = hdf5::create_image();
  write_root(file.get(), info, finished, wall_seconds);
  {
    const hdf5::Handle group = hdf5::create_group(file.get(), "tasks");
    for (const std::string& task : tasks) hdf5::copy(store.get(), file.get(), task_path(task));
    write_timings(file.get(), ordered_timings(), ranks);
    std::map<std::string, GroupedTask> written;
    for (const auto& [name, task] : scored) {
      if (std::find(tasks.begin(), tasks.end(), name) != tasks.end()) written.emplace(name, task);
    }
    write_groups(file.get(), info, written);
  }
  // Also where it fails: the next try is for the next task, not for the destructor.
  unsaved_tasks = 0;
  hdf5::save_image(file.get(), path);
  saved_tasks = tasks.size();
  save_seconds = watch.seconds();
  since_save = {};
}

void ResultsWriter::Impl::save() {
  std::vector<std::string> tasks = carried;
  tasks.insert(tasks.end(), timings.task.begin(), timings.task.end());
  write(std::move(tasks), {}, false, 0);
}

ResultsWriter::ResultsWriter(std::filesystem::path path, RunInfo info) : impl_(std::make_unique<Impl>()) {
  impl_->path = std::move(path);
  impl_->info = std::move(info);
  hdf5::prepare_library();
  remove_leftovers(impl_->path);
  impl_->store = hdf5::create_image();
  (void)hdf5::create_group(impl_->store.get(), "tasks");
  if (std::filesystem::exists(impl_->path)) impl_->carry_over();
}

ResultsWriter::~ResultsWriter() {
  try {
    if (impl_) save();
  } catch (const std::exception& error) {
    util::log_error("{}", error.what());
  }
}
ResultsWriter::ResultsWriter(ResultsWriter&&) noexcept = default;

void ResultsWriter::plan(const std::vector<std::string>& tasks) {
  impl_->planned.clear();
  for (const std::string& task : tasks) impl_->planned.try_emplace(task, impl_->planned.size());
}

void ResultsWriter::add(const TaskResult& result) {
  ASSAY_CHECK(!result.task.task.empty());
  impl_->put(result);
  ++impl_->unsaved_tasks;
  if (impl_->save_is_due()) impl_->save();
}

void ResultsWriter::save() {
  if (impl_->unsaved_tasks > 0) impl_->save();
}

void ResultsWriter::finish(const std::vector<RankTiming>& timings, double wall_seconds) {
  impl_->write(impl_->timings.task, timings, true, wall_seconds);
  for (const std::string& task : std::vector(impl_->carried)) impl_->forget(task);
}

bool is_finished(const std::filesystem::path& path) {
  std::error_code failed;
  if (!std::filesystem::is_regular_file(path, failed)) return false;
  try {
    return ResultsReader(path).finished();
  } catch (const util::InputError&) {
    return false;
  }
}

}  // namespace assay::results
