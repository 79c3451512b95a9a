#include "campaign/output.hpp"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <thread>
#include <utility>

#include "assay/comm/communicator.hpp"
#include "assay/results/damaged_file.hpp"
#include "assay/results/results_reader.hpp"
#include "assay/util/clock.hpp"
#include "assay/util/error.hpp"
#include "assay/util/files.hpp"
#include "assay/util/json.hpp"
#include "assay/util/log.hpp"
#include "campaign/shared_config.hpp"
#include "campaign/stop_signal.hpp"

namespace assay::campaign {
namespace {

constexpr double usual_patience_seconds = 3;
constexpr double restart_patience_seconds = 120;
constexpr double word_every_seconds = 10;

std::filesystem::path note_path(const std::filesystem::path& journal) {
  return journal.string() + ".holder";
}

// Which SLURM job emptied the journal last.
std::filesystem::path started_over_path(const std::filesystem::path& journal) {
  return journal.string() + ".job";
}

[[noreturn]] void refuse_held(const std::filesystem::path& journal) {
  const std::string holder = HolderNote::read(journal);
  util::fail_input("{} is in use by another run{}; wait for it, stop it, or choose another output",
                   journal.string(), holder.empty() ? "" : " (" + holder + ")");
}

// A journal of other kernels is not continued: its answers differ in their last bits, and nothing in the
// results would say which came from where. The other differences are the journal's own to name.
void check_same_instructions(const std::filesystem::path& journal, const std::string& identity) {
  const auto recorded = results::recorded_identity(journal);
  if (!recorded) return;
  const auto cpu_isa = [](const std::string& text) {
    const util::Json json = util::parse_json(text, "run identity");
    const auto found = json.find("cpu_isa");  // end() too for what is no object
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  const std::string there = cpu_isa(*recorded);
  const std::string here = cpu_isa(identity);
  util::check_input(
      there == here || there.empty(),
      "{} was recorded with {} instructions and this run would compute with {}, which give other "
      "last bits; resume with ASSAY_CPU_ISA={} on machines that have it, choose another output, or "
      "start over with --overwrite",
      journal.string(), there, here, there);
}

}  // namespace

HolderNote::HolderNote(const std::filesystem::path& journal) : path_(note_path(journal)) {
  const char* job = std::getenv("SLURM_JOB_ID");
  std::ofstream(path_, std::ios::trunc)
      << fmt::format("process {} on {}{}\n", ::getpid(), comm::make_self_communicator()->host(),
                     job == nullptr ? "" : fmt::format(", SLURM job {}", job));
}

HolderNote::~HolderNote() {
  std::error_code ignored;
  std::filesystem::remove(path_, ignored);
}

std::string HolderNote::read(const std::filesystem::path& journal) {
  constexpr std::size_t most_bytes = 4096;
  try {
    const std::string text = util::read_file(note_path(journal), most_bytes);
    const std::string line = text.substr(0, text.find('\n'));
    // Of another run, and shown on a terminal.
    return std::all_of(line.begin(), line.end(), [](char c) { return c >= ' ' && c <= '~'; }) ? line : "";
  } catch (const util::Error&) {
    return {};
  }
}

bool started_over_by_this_job(const std::filesystem::path& output) {
  const char* job = std::getenv("SLURM_JOB_ID");
  if (job == nullptr || slurm_restarts() == 0) return false;
  std::ifstream in(started_over_path(results::journal_path(output)));
  std::string recorded;
  return std::getline(in, recorded) && recorded == job;
}

double lock_patience_seconds() {
  return slurm_restarts() > 0 ? restart_patience_seconds : usual_patience_seconds;
}

Output::Output(const CampaignConfig& config, double patience_seconds)
    : config_(config), journal_(results::journal_path(config.output)) {
  const auto folder =
      config.output.has_parent_path() ? config.output.parent_path() : std::filesystem::path(".");
  std::error_code error;
  util::check_input(std::filesystem::is_directory(folder, error), "the output's folder {} does not exist",
                    folder.string());
  util::check_input(!std::filesystem::is_directory(config.output, error),
                    "the output {} is a folder; name a file", config.output.string());
  util::check_input(::access(folder.c_str(), W_OK) == 0, "the output's folder {} is not writable",
                    folder.string());
  if (std::filesystem::exists(journal_, error)) {
    lock(patience_seconds);
    return;
  }
  util::check_input(config.overwrite || !std::filesystem::exists(config.output, error),
                    "{} exists but its journal {} does not, so it cannot be resumed; choose another output "
                    "or give --overwrite",
                    config.output.string(), journal_.string());
}

void Output::lock(double patience_seconds) {
  const util::Stopwatch watch;
  double next_word = word_every_seconds;
  while (true) {
    bool exclusive = true;
    held_ = util::try_lock(journal_, &exclusive);
    if (held_.valid() && !exclusive) check_nobody_else();
    if (held_.valid()) break;
    if (watch.seconds() >= patience_seconds) refuse_held(journal_);
    if (stop_signal() != 0) {
      throw util::Error(util::ExitCode::resumable, "stopped on request while waiting for " +
                                                       journal_.string() + "; the same command resumes");
    }
    if (watch.seconds() >= next_word) {
      next_word += word_every_seconds;
      const std::string holder = HolderNote::read(journal_);
      util::log_info("waiting for {}, held by {}: {:.0f} s of at most {:.0f}", journal_.string(),
                     holder.empty() ? "another run" : holder, watch.seconds(), patience_seconds);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  note_.emplace(journal_);
}

// Where the file system has no locks, a note is all there is to know another run by.
void Output::check_nobody_else() const {
  const std::string holder = HolderNote::read(journal_);
  util::check_input(
      !config_.overwrite || holder.empty(),
      "{} may be in use by another run ({}), and its file system has no locks to tell; remove {} if "
      "that run is over, or choose another output",
      journal_.string(), holder, note_path(journal_).string());
}

void Output::check_tasks_kept(const Preparation& preparation) const {
  std::error_code error;
  if (config_.overwrite || !std::filesystem::exists(config_.output, error)) return;
  std::optional<results::ResultsReader> reader;
  try {
    reader.emplace(config_.output);
  } catch (const results::DamagedFile&) {
    return;  // the writer moves it aside once the journal is known to be this run's
  }
  for (const auto& there : reader->tasks()) {
    const auto asked =
        std::any_of(preparation.tasks.begin(), preparation.tasks.end(),
                    [&](const PreparedTask& prepared) { return prepared.task.task == there.task; });
    util::check_input(
        asked,
        "{} holds results of task {}, which this command does not name; name it too, choose another output, "
        "or give --overwrite",
        config_.output.string(), there.task);
  }
}

// The output goes first: should this end in between, the journal still answers for it.
void Output::start_over() const {
  std::error_code error;
  std::filesystem::remove(config_.output, error);
  util::check_input(!error, "cannot remove {} ({}); choose another output", config_.output.string(),
                    error.message());
  if (::ftruncate(held_.get(), 0) != 0) util::fail_errno("truncate " + journal_.string());
  const char* job = std::getenv("SLURM_JOB_ID");
  if (job != nullptr) std::ofstream(started_over_path(journal_), std::ios::trunc) << job << '\n';
}

std::unique_ptr<results::Journal> Output::open_journal(const std::string& identity) {
  if (!held_.valid()) lock(0);  // not there when this began
  if (config_.overwrite) start_over();
  check_same_instructions(journal_, identity);
  return std::make_unique<results::Journal>(journal_, identity, std::move(held_));
}

}  // namespace assay::campaign
