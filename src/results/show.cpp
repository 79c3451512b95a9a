#include "assay/results/show.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <vector>

#include "assay/results/results_reader.hpp"

namespace assay::results {
namespace {

// Names come from files: nothing in them may steer the terminal.
std::string printable(std::string text) {
  for (char& c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F) c = '?';
  }
  return text;
}

using Row = std::array<std::string, 7>;

// Columns as wide as their widest cell; numbers to the right.
std::string align(const std::vector<Row>& rows) {
  constexpr std::array<bool, 7> to_the_right = {false, false, false, true, true, true, false};
  std::array<std::size_t, 7> width{};
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) width[i] = std::max(width[i], row[i].size());
  }
  std::string out;
  for (const Row& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string padding(width[i] - row[i].size(), ' ');
      line += (i > 0 ? "  " : "") + (to_the_right[i] ? padding + row[i] : row[i] + padding);
    }
    out += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return out;
}

std::string metric_table(const std::vector<TaskSummary>& tasks, const std::vector<GroupSummary>& groups) {
  std::vector<Row> rows = {{"task", "metric", "filter", "shots", "samples", "value", "\u00b1 stderr"}};
  for (const TaskSummary& task : tasks) {
    for (const eval::MetricResult& metric : task.metrics) {
      rows.push_back({printable(task.task), printable(metric.metric), printable(metric.filter),
                      std::to_string(task.num_fewshot), std::to_string(metric.samples),
                      fmt::format("{:.4f}", metric.value),
                      metric.standard_error ? fmt::format("\u00b1 {:.4f}", *metric.standard_error) : ""});
    }
  }
  for (const GroupSummary& group : groups) {
    const std::string name = printable(group.group.alias.empty() ? group.group.group : group.group.alias);
    for (const eval::MetricResult& metric : group.metrics) {
      rows.push_back({name + " (" + std::to_string(group.tasks.size()) + " tasks)", printable(metric.metric),
                      printable(metric.filter), "", std::to_string(metric.samples),
                      fmt::format("{:.4f}", metric.value),
                      metric.standard_error ? fmt::format("\u00b1 {:.4f}", *metric.standard_error) : ""});
    }
    if (group.missing_tasks > 0 && !group.group.metrics.empty()) {
      rows.push_back({fmt::format("{} (lacks {} of {} tasks)", name, group.missing_tasks, group.tasks.size()),
                      "", "", "", "", "", ""});
    }
  }
  return align(rows);
}

std::string header(const ResultsReader& reader, const std::vector<RankTiming>& ranks) {
  const RunInfo& info = reader.info();
  std::set<std::string> hosts;
  for (const RankTiming& rank : ranks) hosts.insert(printable(rank.host));
  const std::string where = hosts.empty() ? ""
                                          : fmt::format(", {} rank{} on {}", ranks.size(),
                                                        ranks.size() == 1 ? "" : "s", fmt::join(hosts, ", "));
  std::string out = fmt::format("model    {} ({}, {} numerics)\n", printable(info.model_path),
                                printable(info.dtype), printable(info.numerics));
  out += fmt::format("mesh     {}{}\n", printable(info.mesh), where);
  out +=
      fmt::format("run      {} by assay {}, {}\n", printable(info.started_at), printable(info.assay_version),
                  reader.finished() ? fmt::format("finished after {:.1f} s", reader.wall_seconds())
                                    : "not finished: the same command resumes it");
  return out;
}

// The phases in which requests are worked on; the others come before, or overlap with these.
bool is_evaluating(const std::string& phase) {
  return phase == "compute" || phase == "communicate" || phase == "wait";
}

// Tokens over the time in which the slowest rank worked on requests; then each phase's slowest rank.
std::string timing(const std::vector<RankTiming>& ranks) {
  std::int64_t prefill = 0;
  std::int64_t generated = 0;
  double evaluating = 0;
  std::vector<util::PhaseTiming> slowest;  // in order of first use
  std::map<std::string, std::size_t> positions;
  for (const RankTiming& rank : ranks) {
    prefill += rank.prefill_tokens;
    generated += rank.generated_tokens;
    double seconds = 0;
    for (const util::PhaseTiming& phase : rank.phases) {
      if (is_evaluating(phase.phase)) seconds += phase.seconds;
      const auto [found, added] = positions.try_emplace(phase.phase, slowest.size());
      if (added) slowest.push_back(phase);
      double& longest = slowest[found->second].seconds;
      longest = std::max(longest, phase.seconds);
    }
    evaluating = std::max(evaluating, seconds);
  }
  std::string out;
  if (prefill + generated > 0 && evaluating > 0) {
    out += fmt::format("tokens   {} read + {} generated in {:.2f} s: {:.0f} tokens/s\n", prefill, generated,
                       evaluating, static_cast<double>(prefill + generated) / evaluating);
  }
  if (!slowest.empty()) {
    out += "seconds ";
    for (const util::PhaseTiming& phase : slowest) {
      out += fmt::format(" {} {:.2f}", printable(phase.phase), phase.seconds);
    }
    out += " (slowest rank)\n";
  }
  return out;
}

}  // namespace

std::string show(const std::filesystem::path& file) {
  const ResultsReader reader(file);
  const std::vector<RankTiming> ranks = reader.rank_timings();
  std::string out = header(reader, ranks) + "\n" + metric_table(reader.tasks(), reader.groups());
  for (const TaskSummary& task : reader.tasks()) {
    if (!task.error.empty())
      out += fmt::format("FAILED   {}: {}\n", printable(task.task), printable(task.error));
  }
  const std::string times = timing(ranks);
  if (!times.empty()) out += "\n" + times;
  std::int64_t resumed = 0;
  for (const TaskTiming& task : reader.task_timings()) resumed += task.resumed_requests;
  if (resumed > 0) out += fmt::format("resumed  {} requests were finished by an earlier run\n", resumed);
  return out;
}

}  // namespace assay::results
