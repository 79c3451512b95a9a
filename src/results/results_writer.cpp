#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <utility>

#include "assay/results/results_file.hpp"
#include "assay/results/results_reader.hpp"
#include "assay/util/error.hpp"
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

}  // namespace

struct ResultsWriter::Impl {
  std::filesystem::path path;
  RunInfo info;
  hdf5::Handle image;                // the file as it was last saved, or as found; invalid: none yet
  std::vector<std::string> carried;  // tasks of an earlier run in `image`, not added again yet
  TaskTimings timings;               // of this run's tasks, in the order of adding

  void carry_over();
  void copy_task(hid_t target, const std::string& task) const;
  [[nodiscard]] std::vector<std::string> kept(const std::string& except) const;
  void save(hdf5::Handle next) {
    hdf5::save_image(next.get(), path);
    image = std::move(next);
  }
};

void ResultsWriter::Impl::carry_over() {
  const ResultsReader existing(path);
  const std::string keys = journal::differing_keys(existing.info().identity, info.identity);
  util::check_input(
      keys.empty(),
      "{} holds the results of a different run ({} differ from this command's); choose another output, "
      "or replace it with --overwrite",
      path.string(), keys);
  const hdf5::Handle file =
      hdf5::own(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose, "opening the earlier results");
  image = hdf5::create_image();
  const hdf5::Handle tasks = hdf5::create_group(image.get(), "tasks");
  for (const TaskSummary& task : existing.tasks()) {
    const std::string name = "tasks/" + group_name(task.task);
    hdf5::check(H5Ocopy(file.get(), name.c_str(), image.get(), name.c_str(), H5P_DEFAULT, H5P_DEFAULT),
                "copying earlier results");
    carried.push_back(task.task);
  }
}

void ResultsWriter::Impl::copy_task(hid_t target, const std::string& task) const {
  const std::string name = "tasks/" + group_name(task);
  hdf5::check(H5Ocopy(image.get(), name.c_str(), target, name.c_str(), H5P_DEFAULT, H5P_DEFAULT),
              "copying results");
}

std::vector<std::string> ResultsWriter::Impl::kept(const std::string& except) const {
  std::vector<std::string> names = carried;
  names.insert(names.end(), timings.task.begin(), timings.task.end());
  std::erase(names, except);
  return names;
}

ResultsWriter::ResultsWriter(std::filesystem::path path, RunInfo info) : impl_(std::make_unique<Impl>()) {
  impl_->path = std::move(path);
  impl_->info = std::move(info);
  hdf5::prepare_library();
  remove_leftovers(impl_->path);
  if (std::filesystem::exists(impl_->path)) impl_->carry_over();
}

ResultsWriter::~ResultsWriter() = default;
ResultsWriter::ResultsWriter(ResultsWriter&&) noexcept = default;
ResultsWriter& ResultsWriter::operator=(ResultsWriter&&) noexcept = default;

void ResultsWriter::add(const TaskResult& result) {
  const std::string& name = result.task.task;
  ASSAY_CHECK(!name.empty());
  hdf5::Handle next = hdf5::create_image();
  write_root(next.get(), impl_->info, false, 0);
  TaskTimings timings = impl_->timings;
  const auto again = std::find(timings.task.begin(), timings.task.end(), name);
  if (again != timings.task.end()) {
    const auto at = again - timings.task.begin();
    timings.task.erase(again);
    timings.seconds.erase(timings.seconds.begin() + at);
    timings.resumed_requests.erase(timings.resumed_requests.begin() + at);
  }
  timings.task.push_back(name);
  timings.seconds.push_back(result.seconds);
  timings.resumed_requests.push_back(result.resumed_requests);
  {
    const hdf5::Handle tasks = hdf5::create_group(next.get(), "tasks");
    for (const std::string& kept : impl_->kept(name)) impl_->copy_task(next.get(), kept);
    write_task_group(tasks.get(), result);
    write_timings(next.get(), timings, {});
  }
  impl_->save(std::move(next));
  impl_->timings = std::move(timings);
  std::erase(impl_->carried, name);
}

void ResultsWriter::finish(const std::vector<RankTiming>& timings, double wall_seconds) {
  hdf5::Handle next = hdf5::create_image();
  write_root(next.get(), impl_->info, true, wall_seconds);
  {
    const hdf5::Handle tasks = hdf5::create_group(next.get(), "tasks");
    for (const std::string& name : impl_->timings.task) impl_->copy_task(next.get(), name);
    write_timings(next.get(), impl_->timings, timings);
  }
  impl_->save(std::move(next));
  impl_->carried.clear();
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
