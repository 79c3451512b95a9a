#include "assay/plan/memory_share.hpp"

#include <algorithm>
#include <fstream>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace assay::plan {
namespace {

namespace fs = std::filesystem;

// The words of a control group's files; version 1 has a hierarchy of its own for memory.
struct CgroupFiles {
  const char* mount;
  const char* limit;
  const char* usage;
  const char* caches[2];  // keys of memory.stat
};
constexpr CgroupFiles version_1{"sys/fs/cgroup/memory",
                                "memory.limit_in_bytes",
                                "memory.usage_in_bytes",
                                {"total_inactive_file", "total_active_file"}};
constexpr CgroupFiles version_2{
    "sys/fs/cgroup", "memory.max", "memory.current", {"inactive_file", "active_file"}};

// "max" (no limit) is no number.
std::optional<std::int64_t> read_number(const fs::path& file) {
  std::ifstream in(file);
  std::int64_t value = 0;
  if (!(in >> value) || value < 0) return std::nullopt;
  return value;
}

// The number after `key` on a line of its own; files under /proc have no size, so that they are read by
// lines.
std::optional<std::int64_t> read_value(const fs::path& file, const std::string& key) {
  std::ifstream in(file);
  std::string word;
  std::int64_t value = 0;
  for (std::string line; in >> word;) {
    if (word == key && in >> value && value >= 0) return value;
    std::getline(in, line);
  }
  return std::nullopt;
}

// What the group's limit leaves; the page cache that it counts goes before a process does.
std::optional<std::int64_t> left_in(const fs::path& group, const CgroupFiles& files) {
  const auto limit = read_number(group / files.limit);
  const auto usage = read_number(group / files.usage);
  if (!limit || !usage) return std::nullopt;
  std::int64_t used = *usage;
  for (const char* key : files.caches) used -= read_value(group / "memory.stat", key).value_or(0);
  return std::max<std::int64_t>(0, *limit - std::max<std::int64_t>(0, used));
}

// The least of a group and those it is in. Inside a container the path may be the host's, so that only its
// upper part, if any, is there.
std::optional<std::int64_t> left_along(const fs::path& root, std::string path, const CgroupFiles& files) {
  std::optional<std::int64_t> least;
  while (true) {
    const auto left = left_in(root / files.mount / fs::path(path).relative_path(), files);
    if (left) least = std::min(*left, least.value_or(*left));
    const auto slash = path.find_last_of('/');
    if (slash == std::string::npos) return least;
    path.resize(slash);
  }
}

}  // namespace

std::optional<std::int64_t> free_host_memory(const fs::path& root) {
  constexpr std::int64_t none = std::numeric_limits<std::int64_t>::max();
  std::int64_t least = none;
  if (const auto available = read_value(root / "proc/meminfo", "MemAvailable:"))
    least = std::min(*available, none >> 10) << 10;
  std::ifstream groups(root / "proc/self/cgroup");
  for (std::string line; std::getline(groups, line);) {  // "0::/path", "4:memory:/path"
    const auto first = line.find(':');
    const auto second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = "," + line.substr(first + 1, second - first - 1) + ",";
    const bool is_v1 = controllers.find(",memory,") != std::string::npos;
    if (!is_v1 && controllers != ",,") continue;
    const auto left = left_along(root, line.substr(second + 1), is_v1 ? version_1 : version_2);
    if (left) least = std::min(least, *left);
  }
  if (least == none) return std::nullopt;
  return least;
}

void fit_to_work(engine::EngineOptions& options, const engine::Demand& demand, comm::Communicator& world) {
  std::int64_t known[] = {demand.longest_sequence, demand.sequences};
  world.broadcast(std::as_writable_bytes(std::span(known)), 0);
  options.longest_sequence = known[0];
  options.wanted_sequences = known[1];

  // 0 would mean "not known" to the engine: a host with nothing left counts as a byte.
  constexpr std::int64_t unknown = std::numeric_limits<std::int64_t>::max();
  const auto free = free_host_memory();
  const std::int64_t share[] = {free ? std::max<std::int64_t>(1, *free / std::max(1, world.local_size()))
                                     : unknown};
  std::vector<std::int64_t> shares(static_cast<std::size_t>(world.size()));
  world.all_gather(std::as_bytes(std::span(share)), std::as_writable_bytes(std::span(shares)));
  const std::int64_t least = *std::min_element(shares.begin(), shares.end());
  options.memory_bytes = least == unknown ? 0 : least;
}

}  // namespace assay::plan
