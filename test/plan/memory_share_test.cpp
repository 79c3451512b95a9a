#include "assay/plan/memory_share.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <string>

#include "support/temp_dir.hpp"

using namespace assay;
namespace fs = std::filesystem;

namespace {

void write(const fs::path& file, const std::string& text) {
  fs::create_directories(file.parent_path());
  std::ofstream(file) << text;
}

constexpr const char* meminfo =
    "MemTotal:       16000 kB\nMemFree:          100 kB\nMemAvailable:    9000 kB\nCached: 7 kB\n";

}  // namespace

TEST_CASE("without control groups, what the kernel calls available is free") {
  const test::TempDir root;
  CHECK_FALSE(plan::free_host_memory(root.path()).has_value());
  write(root.path() / "proc/meminfo", meminfo);
  CHECK(plan::free_host_memory(root.path()) == 9000 * 1024);
  write(root.path() / "proc/meminfo", "MemAvailable: much\n");
  CHECK_FALSE(plan::free_host_memory(root.path()).has_value());
  CHECK(plan::free_host_memory().value_or(0) > 0);  // this machine
}

TEST_CASE("the tightest control group around the process decides") {
  const test::TempDir root;
  const fs::path groups = root.path() / "sys/fs/cgroup";
  write(root.path() / "proc/meminfo", meminfo);
  write(root.path() / "proc/self/cgroup", "0::/job/step\n");
  write(groups / "job/step/memory.max", "max\n");
  write(groups / "job/step/memory.current", "4000000\n");
  write(groups / "job/memory.max", "5000000\n");
  write(groups / "job/memory.current", "4500000\n");
  CHECK(plan::free_host_memory(root.path()) == 500000);
  write(groups / "job/memory.stat", "anon 3000000\ninactive_file 1000000\nactive_file 200000\n");
  CHECK(plan::free_host_memory(root.path()) == 1700000);
  write(groups / "job/memory.current", "7000000\n");  // above its limit, for a moment
  CHECK(plan::free_host_memory(root.path()) == 0);
  write(groups / "job/memory.max", "999999999999999999999999\n");
  CHECK(plan::free_host_memory(root.path()) == 9000 * 1024);
}

TEST_CASE("control groups of version 1 count, as do paths of the host inside a container") {
  const test::TempDir root;
  const fs::path groups = root.path() / "sys/fs/cgroup/memory";
  write(root.path() / "proc/meminfo", meminfo);
  write(root.path() / "proc/self/cgroup",
        "7:cpuacct,cpu:/\nnonsense\n4:hugetlb,memory:/docker/abc\n1:name=systemd:/\n0::/\n");
  write(groups / "memory.limit_in_bytes", "3000000\n");
  write(groups / "memory.usage_in_bytes", "1000000\n");
  write(groups / "memory.stat", "cache 5\ninactive_file 999\ntotal_inactive_file 400000\n");
  CHECK(plan::free_host_memory(root.path()) == 2400000);
}

TEST_CASE("a rank alone gets all that is free, and the demand it states") {
  const auto world = comm::make_self_communicator();
  engine::EngineOptions options;
  plan::fit_to_work(options, {.longest_sequence = 300, .sequences = 12}, *world);
  CHECK(options.longest_sequence == 300);
  CHECK(options.wanted_sequences == 12);
  CHECK(options.memory_bytes > 0);
}
