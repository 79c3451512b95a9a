// Bad input ends a run with one clear sentence on rank 0, a documented exit code, and nothing lost.
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "cli/assay_program.hpp"
#include "support/temp_dir.hpp"

using namespace assay::test;
using Catch::Contains;
namespace fs = std::filesystem;

namespace {

std::string read_bytes(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void write_bytes(const fs::path& path, const std::string& bytes) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << bytes;
}

void replace_text(const fs::path& file, const std::string& from, const std::string& to) {
  std::string text = read_bytes(file);
  const auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  write_bytes(file, text.replace(at, from.size(), to));
}

// A copy of the demo that a test may break.
struct Broken {
  TempDir folder;
  fs::path model() const { return folder / "demo" / "model"; }
  fs::path weights() const { return model() / "model.safetensors"; }
  fs::path data(const std::string& task) const {
    return folder / "demo" / "data" / "assay" / task / "default" / "test.jsonl";
  }
  fs::path output() const { return folder / "out.h5"; }
  Broken() { fs::copy(demo(), folder / "demo", fs::copy_options::recursive); }

  std::vector<std::string> words(const std::vector<std::string>& extra = {}) const {
    std::vector<std::string> all{
        "run", (folder / "demo" / "campaign.yaml").string(), "-o", output().string(), "--limit", "3"};
    all.insert(all.end(), extra.begin(), extra.end());
    return all;
  }
  ProgramResult run(int ranks, const std::vector<std::string>& extra = {}) const {
    return run_program(under_mpirun(ranks, words(extra)), mpi_options());
  }

  // Every rank leaves within seconds with code 2, and rank 0 alone says `expected` in one sentence.
  void refused(const std::string& expected, const std::vector<std::string>& extra = {}, int ranks = 1,
               const ProgramOptions& options = {}) const {
    const auto failure = run_to_failure(under_mpirun(ranks, words(extra)), mpi_options(options));
    INFO("stderr: " << failure.result.err);
    CHECK(failure.result.exit_code == 2);
    CHECK(failure.seconds_after_error < most_seconds_after_error);
    REQUIRE(failure.sentences.size() == 1);
    CHECK_THAT(failure.sentences[0], Contains(expected) && Catch::StartsWith("assay: error: "));
  }
};

// assay on `ranks` ranks, each started by a shell's `script`, whose arguments are the program's.
std::vector<std::string> in_shell(const std::string& script, int ranks,
                                  const std::vector<std::string>& words) {
  auto line = under_mpirun(ranks, words);
  const std::vector<std::string> shell{"bash", "-c", script, "bash"};
  line.insert(line.end() - static_cast<std::ptrdiff_t>(words.size()) - 1, shell.begin(), shell.end());
  return line;
}

// The length of the safetensors header, and the header.
std::string header_of(const std::string& file) {
  std::uint64_t size = 0;
  std::memcpy(&size, file.data(), sizeof(size));
  return file.substr(8, size);
}

std::string with_header(const std::string& file, const std::string& header) {
  const std::uint64_t size = header.size();
  std::string result(reinterpret_cast<const char*>(&size), sizeof(size));
  return result + header + file.substr(8 + header_of(file).size());
}

}  // namespace

TEST_CASE("broken weights are refused by name") {
  SECTION("truncated file") {
    const Broken broken;
    fs::resize_file(broken.weights(), fs::file_size(broken.weights()) / 2);
    broken.refused("model.safetensors", {}, 2);
  }
  SECTION("header longer than the file") {
    const Broken broken;
    std::string bytes = read_bytes(broken.weights());
    const std::uint64_t huge = std::uint64_t{1} << 60;
    std::memcpy(bytes.data(), &huge, sizeof(huge));
    write_bytes(broken.weights(), bytes);
    broken.refused("model.safetensors");
  }
  SECTION("a missing tensor") {
    const Broken broken;
    const std::string bytes = read_bytes(broken.weights());
    std::string header = header_of(bytes);
    const std::string name = "\"model.norm.weight\"";
    header.replace(header.find(name), name.size(), "\"model.mumb.weight\"");
    write_bytes(broken.weights(), with_header(bytes, header));
    broken.refused("model.norm.weight", {}, 2);
  }
  SECTION("NaN weights") {
    const Broken broken;
    std::string bytes = read_bytes(broken.weights());
    for (std::size_t i = bytes.size() - 64; i < bytes.size(); ++i) bytes[i] = '\x7f';
    for (std::size_t i = bytes.size() - 63; i < bytes.size(); i += 2) bytes[i] = '\xff';
    for (std::size_t i = bytes.size() - 64; i < bytes.size(); i += 2) bytes[i] = '\xff';
    write_bytes(broken.weights(), bytes);
    broken.refused("NaN", {}, 2);
  }
  SECTION("an index that leaves the directory") {
    const Broken broken;
    fs::rename(broken.weights(), broken.folder / "outside.safetensors");
    write_bytes(
        broken.model() / "model.safetensors.index.json",
        R"({"metadata":{"total_size":1},"weight_map":{"model.norm.weight":"../../outside.safetensors"}})");
    broken.refused("outside.safetensors");
  }
  SECTION("no weights at all") {
    const Broken broken;
    fs::remove(broken.weights());
    broken.refused("safetensors", {}, 4);
  }
}

TEST_CASE("broken configuration files are refused by name") {
  SECTION("config.json nested without end") {
    const Broken broken;
    write_bytes(broken.model() / "config.json", std::string(100000, '['));
    broken.refused("config.json", {}, 2);
  }
  SECTION("unknown architecture") {
    const Broken broken;
    replace_text(broken.model() / "config.json", "\"model_type\": \"llama\"", "\"model_type\": \"zebra\"");
    broken.refused("zebra");
  }
  SECTION("a wrong shape") {
    const Broken broken;
    const std::string config = read_bytes(broken.model() / "config.json");
    const auto at = config.find("\"intermediate_size\": ");
    REQUIRE(at != std::string::npos);
    replace_text(broken.model() / "config.json", "\"intermediate_size\": ", "\"intermediate_size\": 1");
    broken.refused("mlp");
  }
  SECTION("broken tokenizer.json") {
    const Broken broken;
    write_bytes(broken.model() / "tokenizer.json", "{\"model\": 3}");
    broken.refused("tokenizer.json", {}, 2);
  }
  SECTION("a campaign that refers to itself") {
    const Broken broken;
    write_bytes(broken.folder / "demo" / "campaign.yaml", "tasks: &a [*a]\n");
    broken.refused("campaign.yaml");
  }
  SECTION("a model that is not there") {
    const Broken broken;
    broken.refused("nowhere", {"--model", "/nowhere"}, 2);
  }
}

TEST_CASE("broken tasks and data are refused with file and line") {
  SECTION("unknown task") {
    const Broken broken;
    broken.refused("demo_choice", {"--tasks", "demo_choise"}, 2);
  }
  SECTION("a broken line") {
    const Broken broken;
    std::string text = read_bytes(broken.data("demo_choice"));
    text.insert(text.find('\n') + 1, "{\"context\": \n");
    write_bytes(broken.data("demo_choice"), text);
    broken.refused("test.jsonl:2", {"--tasks", "demo_choice"});
  }
  SECTION("an empty dataset") {
    const Broken broken;
    write_bytes(broken.data("demo_choice"), "");
    broken.refused("test.jsonl", {"--tasks", "demo_choice"});
  }
  SECTION("a dataset that is not there") {
    const Broken broken;
    fs::remove(broken.data("demo_choice"));
    broken.refused("demo_choice", {"--tasks", "demo_choice"});
  }
  SECTION("a continuation longer than the context") {
    const Broken broken;
    broken.refused("document", {"--tasks", "demo_arith", "--max-length", "8"});
  }
  SECTION("a task file that is not YAML") {
    const Broken broken;
    write_bytes(broken.folder / "demo" / "tasks" / "broken.yaml", "task: [\n");
    broken.refused("broken.yaml", {"--tasks", (broken.folder / "demo" / "tasks" / "broken.yaml").string()});
  }
}

TEST_CASE("a task with bad data does not stop the others") {
  const Broken broken;
  write_bytes(broken.data("demo_choice"), "");
  const auto result = broken.run(2, {"--tp", "2"});
  INFO(result.err);
  CHECK(result.exit_code == 3);
  CHECK_THAT(result.err, Contains("demo_choice"));
  CHECK_THAT(result.out, Contains("demo_arith") && Contains("demo_text"));
}

TEST_CASE("launches that cannot be are refused with what would fit") {
  const Broken broken;
  broken.refused("needs 3 ranks but 2 were launched; use tp=2 pp=1 dp=1, tp=1 pp=2 dp=1, tp=1 pp=1 dp=2",
                 {"--tp", "3", "--dp", "1"}, 2);
  broken.refused("pp", {"--pp", "4", "--layers-per-stage", "1,1,1"}, 4);
}

TEST_CASE("outputs that cannot be written are refused before anything is computed") {
  const Broken broken;
  broken.refused("/nowhere", {"-o", "/nowhere/out.h5"}, 2);
  broken.refused("folder", {"-o", broken.folder.path().string()});
}

TEST_CASE("an output is not continued with other weights or for other tasks") {
  const Broken broken;
  REQUIRE(broken.run(1, {"--tasks", "demo_choice"}).exit_code == 0);
  broken.refused("demo_choice", {"--tasks", "demo_text"});
  // The same header over other values, as a fine-tune has.
  std::string bytes = read_bytes(broken.weights());
  for (std::size_t i = 8 + header_of(bytes).size() + 1; i < bytes.size(); i += 2)
    bytes[i] = static_cast<char>(bytes[i] ^ 0x80);
  write_bytes(broken.weights(), bytes);
  broken.refused("model", {"--tasks", "demo_choice"});
}

TEST_CASE("a data file that is a pipe is refused, not waited for") {
  const Broken broken;
  fs::remove(broken.data("demo_choice"));
  REQUIRE(::mkfifo(broken.data("demo_choice").c_str(), 0600) == 0);
  broken.refused("regular file", {"--tasks", "demo_choice"});
}

TEST_CASE("what fails before the ranks have met is said by one of them") {
  const Broken broken;
  broken.refused("--modle", {"--modle", "x"}, 3);
  broken.refused("whole number", {"--tp", "two"}, 3);
  broken.refused("ASSAY_COMM_TIMEOUT", {}, 3, {.environment = {{"ASSAY_COMM_TIMEOUT", "soon"}}});
  broken.refused("ASSAY_THREADS", {}, 3, {.environment = {{"ASSAY_THREADS", "many"}}});
}

TEST_CASE("the failing rank is named, wherever in the mesh it is") {
  const Broken broken;
  // The output projection is loaded by the last stage alone: world rank 1 as pp=2, ranks 1 and 3 as dp=2 x
  // pp=2.
  std::string bytes = read_bytes(broken.weights());
  const std::string header = header_of(bytes);
  const auto entry = header.find("\"model.norm.weight\"");
  const auto offsets = header.find("\"data_offsets\":[", entry) + 16;
  const std::size_t begin = 8 + header.size() + std::stoull(header.substr(offsets));
  bytes[begin] = '\xff';
  bytes[begin + 1] = '\xff';
  write_bytes(broken.weights(), bytes);
  broken.refused("(rank 1 on ", {"--pp", "2"}, 2);
  broken.refused("(rank 1 on ", {"--pp", "2", "--dp", "2"}, 4);
  broken.refused("(rank 2 on ", {"--pp", "2", "--tp", "2"}, 4);
}

TEST_CASE("memory that runs out on one rank is one sentence, and all ranks leave") {
  for (const int ranks : {1, 2}) {
    CAPTURE(ranks);
    const Broken broken;
    // Workspace for a million rows within 4 GiB of addresses, which MPI's start fits into; on the last rank
    // alone.
    const std::string limit = "[ ${OMPI_COMM_WORLD_RANK:-0} -lt " + std::to_string(ranks - 1) +
                              " ] || ulimit -v 4194304; exec \"$@\"";
    const auto failure = run_to_failure(
        in_shell(limit, ranks, broken.words({"--batch-tokens", "1048576", "--tp", std::to_string(ranks)})),
        mpi_options());
    INFO("stderr: " << failure.result.err);
    CHECK(failure.result.exit_code == 2);
    CHECK(failure.seconds_after_error < most_seconds_after_error);
    REQUIRE(failure.sentences.size() == 1);
    CHECK_THAT(failure.sentences[0], Contains("not enough memory for this rank's part of the model"));
    if (ranks > 1) CHECK_THAT(failure.sentences[0], Contains("(rank 1 on "));
  }
}

TEST_CASE("a full disk ends the run with what was finished kept") {
  for (const int ranks : {1, 2}) {
    CAPTURE(ranks);
    const Broken broken;
    const auto words = broken.words({"--tp", std::to_string(ranks)});
    // A limit on the size of rank 0's files stands in for the disk: writing past it fails just the same.
    const std::string limit =
        "trap '' XFSZ; [ ${OMPI_COMM_WORLD_RANK:-0} -gt 0 ] || ulimit -f 1; exec \"$@\"";
    const auto full = run_to_failure(in_shell(limit, ranks, words), mpi_options());
    INFO(full.result.err);
    CHECK(full.result.exit_code == 1);
    REQUIRE(full.sentences.size() == 1);
    CHECK_THAT(full.sentences[0], Contains("journal") && Contains("finished requests before it are kept"));
    CHECK(full.seconds_after_error < most_seconds_after_error);
    const auto rest = run_program(under_mpirun(ranks, words), mpi_options());
    INFO(rest.err);
    CHECK(rest.exit_code == 0);
    CHECK_THAT(rest.err, Contains("finished earlier"));
  }
}
