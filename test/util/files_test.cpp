#include "assay/util/files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>

#include "assay/util/error.hpp"
#include "support/run_program.hpp"
#include "support/temp_dir.hpp"

using namespace assay::util;
using assay::test::TempDir;

namespace {

std::size_t entries_in(const std::filesystem::path& folder) {
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder), {}));
}

std::string this_program() {
  return std::filesystem::read_symlink("/proc/self/exe").string();
}

}  // namespace

TEST_CASE("files are read whole, up to a limit") {
  const TempDir dir;
  const std::string text("a\0b\n\xff", 5);
  std::ofstream(dir / "f", std::ios::binary) << text;
  std::ofstream(dir / "empty").flush();
  CHECK(read_file(dir / "f") == text);
  CHECK(read_file(dir / "f", 5) == text);
  CHECK_THROWS_AS(read_file(dir / "f", 4), InputError);
  CHECK(read_file(dir / "empty", 0).empty());
}

TEST_CASE("what is not a readable regular file is bad input that names the path") {
  const TempDir dir;
  CHECK_THROWS_WITH(read_file(dir / "missing"),
                    Catch::Contains("missing") && Catch::Contains("No such file"));
  CHECK_THROWS_AS(read_file(dir / "missing"), InputError);
  CHECK_THROWS_WITH(read_file(dir.path()), Catch::Contains("not a regular file"));
  CHECK_THROWS_WITH(MappedFile(dir.path()), Catch::Contains("not a regular file"));
  CHECK_THROWS_AS(MappedFile(dir / "missing"), InputError);
  CHECK_THROWS_WITH(read_file("/dev/null"), Catch::Contains("not a regular file"));
}

// May fail: opening a pipe to read it waits for a writer unless it is opened with O_NONBLOCK.
TEST_CASE("a named pipe is refused at once") {
  const TempDir dir;
  REQUIRE(::mkfifo((dir / "pipe").c_str(), 0600) == 0);
  // Opening it must not wait for a writer; in a process of its own, since that wait would have no end.
  const auto result = assay::test::run_program(
      {this_program(), "reads ASSAY_TEST_TARGET"},
      {.environment = {{"ASSAY_TEST_TARGET", (dir / "pipe").string()}}, .timeout_seconds = 10});
  CHECK_FALSE(result.timed_out);
  CHECK(result.out.find("not a regular file") != std::string::npos);
}

TEST_CASE("reads ASSAY_TEST_TARGET", "[.]") {
  // Run by the test above in a process of its own; a run by file name meets it without a target.
  if (std::getenv("ASSAY_TEST_TARGET") == nullptr) return;
  (void)read_file(std::getenv("ASSAY_TEST_TARGET"));
}

TEST_CASE("mappings show the bytes, move, and outlive the file") {
  const TempDir dir;
  std::ofstream(dir / "f") << "hello";
  std::ofstream(dir / "g") << "other";
  MappedFile first(dir / "f");
  std::filesystem::remove(dir / "f");
  REQUIRE(first.bytes().size() == 5);
  CHECK(first.bytes()[4] == std::byte{'o'});
  MappedFile second(std::move(first));
  CHECK(second.bytes()[0] == std::byte{'h'});
  second = MappedFile(dir / "g");
  CHECK(second.bytes()[1] == std::byte{'t'});
  std::ofstream(dir / "empty").flush();
  CHECK(MappedFile(dir / "empty").bytes().empty());
  CHECK(MappedFile().bytes().empty());
}

TEST_CASE("atomic writes replace the content and leave nothing else behind") {
  const TempDir dir;
  write_file_atomically(dir / "f", "one");
  CHECK(read_file(dir / "f") == "one");
  const std::string big(1 << 20, 'z');
  write_file_atomically(dir / "f", big);
  CHECK(read_file(dir / "f") == big);
  write_file_atomically(dir / "f", "");
  CHECK(read_file(dir / "f").empty());
  CHECK(entries_in(dir.path()) == 1);
}

TEST_CASE("a reader never sees half of an atomic write") {
  const TempDir dir;
  const std::string old_text(200000, 'a');
  const std::string new_text(300000, 'b');
  write_file_atomically(dir / "f", old_text);
  const MappedFile before(dir / "f");  // a reader that opened it earlier
  write_file_atomically(dir / "f", new_text);
  CHECK(std::all_of(before.bytes().begin(), before.bytes().end(),
                    [](std::byte b) { return b == std::byte{'a'}; }));
  CHECK(read_file(dir / "f") == new_text);
}

TEST_CASE("a write that cannot be done says where") {
  const TempDir dir;
  CHECK_THROWS_WITH(write_file_atomically(dir / "no/such/f", "x"), Catch::Contains("no/such/f"));
  std::filesystem::create_directories(dir / "folder");
  CHECK_THROWS_WITH(write_file_atomically(dir / "folder", "x"), Catch::Contains("folder"));
  CHECK_THROWS_AS(sync_path(dir / "missing"), Error);
}

// May fail: the temporary file stays when the rename is refused.
TEST_CASE("a write that cannot be done leaves nothing behind") {
  const TempDir dir;
  std::filesystem::create_directories(dir / "folder");
  CHECK_THROWS(write_file_atomically(dir / "folder", "x"));
  CHECK(entries_in(dir.path()) == 1);  // the folder alone
}

TEST_CASE("a full disk is reported and the old content stays") {
  // ulimit -f stands for the full disk: writes beyond it fail. It needs a process of its own.
  const TempDir dir;
  write_file_atomically(dir / "f", "old");
  const auto full = assay::test::run_program({"sh", "-c", "trap '' XFSZ; ulimit -f 8; exec \"$0\" \"$@\"",
                                              this_program(), "writes a megabyte to ASSAY_TEST_TARGET"},
                                             {.environment = {{"ASSAY_TEST_TARGET", (dir / "f").string()}}});
  CAPTURE(full.out, full.err);
  CHECK(full.out.find("cannot write") != std::string::npos);
  CHECK(full.out.find("File too large") != std::string::npos);
  CHECK(full.exit_code != 0);
  CHECK(read_file(dir / "f") == "old");
  CHECK(entries_in(dir.path()) == 1);
}

TEST_CASE("writes a megabyte to ASSAY_TEST_TARGET", "[.]") {
  // Run by the test below in a process of its own; a run by file name meets it without a target.
  if (std::getenv("ASSAY_TEST_TARGET") == nullptr) return;
  write_file_atomically(std::getenv("ASSAY_TEST_TARGET"), std::string(1 << 20, 'n'));
}

TEST_CASE("file descriptors move and close") {
  const TempDir dir;
  FileDescriptor first(::open((dir / "f").c_str(), O_CREAT | O_RDWR, 0600));
  REQUIRE(first.valid());
  const int number = first.get();
  FileDescriptor second(std::move(first));
  CHECK_FALSE(first.valid());  // NOLINT(bugprone-use-after-move): that is the point
  CHECK(second.get() == number);
  {
    FileDescriptor third;
    CHECK_FALSE(third.valid());
    third = std::move(second);
    CHECK(third.get() == number);
  }
  CHECK(::fcntl(number, F_GETFD) == -1);
}

TEST_CASE("one holder at a time has a lock") {
  const TempDir dir;
  const auto path = dir / "lock";
  {
    const FileDescriptor held = try_lock(path);
    CHECK(held.valid());
    CHECK_FALSE(try_lock(path).valid());
    CHECK(try_lock(dir / "another").valid());
    // Another process sees it too, and a program this one starts does not inherit it.
    CHECK(assay::test::run_program({"flock", "-n", path.string(), "true"}).exit_code == 1);
  }
  CHECK(try_lock(path).valid());
  CHECK(assay::test::run_program({"flock", "-n", path.string(), "true"}).exit_code == 0);
  CHECK_THROWS_AS(try_lock(dir / "no/such/lock"), InputError);
}
