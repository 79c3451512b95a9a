// The journal against kills, full disks, cut and flipped bytes, other runs.
#include "assay/results/journal.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <random>
#include <span>

#include "assay/util/error.hpp"
#include "assay/util/files.hpp"
#include "results/journal_format.hpp"
#include "results/temporary_folder.hpp"

using assay::results::Journal;
using assay::results::JournalRecord;
using assay::test::TemporaryFolder;
using Catch::Contains;
namespace util = assay::util;

namespace {

const std::string kIdentity = R"({"dtype":"float32","model":"m1"})";

// Record i; its size varies with i, from 100 bytes to some thousand.
JournalRecord record(int i) {
  JournalRecord out;
  out.key = {"task" + std::to_string(i % 3), i, i % 4, 0x1234567890ABCDEFU + static_cast<std::uint64_t>(i)};
  out.completion.id = static_cast<std::uint64_t>(i);
  out.completion.kind = assay::engine::RequestKind::generate;
  out.completion.log_probability = -0.5 * i;
  out.completion.is_greedy = i % 2 == 0;
  out.completion.token_log_probabilities.assign(static_cast<std::size_t>(i * 37 % 400),
                                                -0.125F * static_cast<float>(i));
  out.completion.generated.assign(static_cast<std::size_t>(i * 11 % 90), i);
  out.completion.text =
      std::string(static_cast<std::size_t>(i * 53 % 700), 'x') + std::string("\0\xA5Rec", 5);
  out.completion.finish_reason = assay::engine::FinishReason::length;
  out.completion.prompt_tokens = 17;
  return out;
}

bool same(const JournalRecord& a, const JournalRecord& b) {
  return assay::results::journal::encode_record(a, 0) == assay::results::journal::encode_record(b, 0);
}

// True if `records` are record(0), record(1), ... except those in `without`.
bool are_the_first(const std::vector<JournalRecord>& records, std::vector<int> without = {}) {
  int i = 0;
  for (const auto& found : records) {
    while (std::count(without.begin(), without.end(), i) > 0) ++i;
    if (!same(found, record(i++))) return false;
  }
  return true;
}

void write_records(const std::filesystem::path& path, int count) {
  Journal journal(path, kIdentity);
  for (int i = 0; i < count; ++i) journal.append(record(i));
}

std::vector<std::size_t> record_starts(int count) {
  std::vector<std::size_t> starts = {assay::results::journal::encode_header(kIdentity).size()};
  for (int i = 0; i < count; ++i) {
    starts.push_back(starts.back() + assay::results::journal::encode_record(record(i), 0).size());
  }
  return starts;
}

void write_text(const std::filesystem::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
}

}  // namespace

TEST_CASE("a journal gives back what was appended, over several runs") {
  const TemporaryFolder folder;
  const auto path = folder / "out.h5.journal";
  CHECK(assay::results::journal_path(folder / "out.h5") == path);
  for (int run = 0; run < 3; ++run) {
    Journal journal(path, kIdentity);
    const auto records = journal.take_records();
    REQUIRE(records.size() == static_cast<std::size_t>(run * 10));
    REQUIRE(are_the_first(records));
    CHECK(journal.take_records().empty());
    for (int i = 0; i < 10; ++i) journal.append(record(run * 10 + i));
    journal.sync();
  }
}

TEST_CASE("the journal's bytes are the documented ones") {
  const TemporaryFolder folder;
  const auto path = folder / "j";
  {
    Journal journal(path, "{}");
    JournalRecord small;
    small.key = {"t", 2, 1, 0};
    journal.append(small);
  }
  const std::string bytes = util::read_file(path);
  CHECK(bytes.substr(0, 8) == "ASSAYJNL");
  CHECK(bytes.substr(8, 8) == std::string("\1\0\0\0\2\0\0\0", 8));
  CHECK(bytes.substr(24, 2) == "{}");
  CHECK(bytes.substr(26, 4) == "\xA5Rec");
  const auto payload = static_cast<std::size_t>(static_cast<unsigned char>(bytes[30]));
  CHECK(bytes.size() == 26 + 16 + payload);
  CHECK(bytes.substr(42, 9) == std::string("\1\0\0\0\0\0\0\0t", 9));
}

TEST_CASE("killed at a random moment, every appended record is there") {
  const TemporaryFolder folder;
  std::mt19937 random(20240607);
  int kept = 0;
  for (int kill = 0; kill < 24; ++kill) {
    const auto path = folder / ("j" + std::to_string(kill));
    int pipe_ends[2];
    REQUIRE(::pipe(pipe_ends) == 0);
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {  // appends for ever, reporting each record after it is in the journal
      ::close(pipe_ends[0]);
      try {
        Journal journal(path, kIdentity);
        for (int i = 0;; ++i) {
          journal.append(record(i));
          if (::write(pipe_ends[1], "+", 1) != 1) ::_exit(1);
        }
      } catch (const std::exception&) {
        ::_exit(3);
      }
    }
    ::close(pipe_ends[1]);
    // Wait for a few reports (none at all in some rounds), then a little more, so that kills fall anywhere.
    int reported = 0;
    const int wait_for = static_cast<int>(random() % 40);
    char byte = 0;
    while (reported < wait_for && ::read(pipe_ends[0], &byte, 1) == 1) ++reported;
    ::usleep(random() % 700);
    ::kill(child, SIGKILL);
    while (::read(pipe_ends[0], &byte, 1) == 1) ++reported;  // drains what was reported before the kill
    ::close(pipe_ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    REQUIRE(WIFSIGNALED(status));
    Journal journal(path, kIdentity);  // the kill released the lock
    const auto records = journal.take_records();
    CHECK(static_cast<int>(records.size()) >= reported);
    CHECK(are_the_first(records));
    kept += static_cast<int>(records.size());
    journal.append(record(static_cast<int>(records.size())));
  }
  CHECK(kept > 24);
}

TEST_CASE("cut anywhere in its last record, a journal keeps the others and goes on") {
  const TemporaryFolder folder;
  const auto path = folder / "j";
  write_records(path, 4);
  const std::string whole = util::read_file(path);
  const auto starts = record_starts(4);
  REQUIRE(starts.back() == whole.size());
  for (std::size_t size = starts[3]; size < whole.size(); ++size) {
    const auto cut = std::as_bytes(std::span(whole)).first(size);
    const auto scan = assay::results::journal::scan_records(cut, starts[0]);
    REQUIRE(scan.end == starts[3]);
    REQUIRE(scan.damaged_places == 0);
    REQUIRE(are_the_first(scan.records));
    if (size % 11 != 0) continue;
    write_text(path, whole.substr(0, size));
    {
      Journal journal(path, kIdentity);
      REQUIRE(journal.take_records().size() == 3);
      journal.append(record(3));
    }
    REQUIRE(util::read_file(path) == whole);
  }
}

TEST_CASE("cut anywhere in its header, a journal starts anew") {
  const TemporaryFolder folder;
  const auto path = folder / "j";
  write_records(path, 0);
  const std::string header = util::read_file(path);
  for (std::size_t size = 0; size < header.size(); ++size) {
    write_text(path, header.substr(0, size));
    { Journal journal(path, kIdentity); }
    REQUIRE(util::read_file(path) == header);
  }
}

TEST_CASE("a flipped bit costs one record and is never believed") {
  const TemporaryFolder folder;
  const auto path = folder / "j";
  write_records(path, 5);
  const std::string whole = util::read_file(path);
  const auto starts = record_starts(5);
  std::mt19937 random(7);
  for (std::size_t at = starts[1]; at < starts[4]; at += 1 + random() % 5) {
    std::string bytes = whole;
    bytes[at] = static_cast<char>(bytes[at] ^ (1 << random() % 8));
    const int damaged = at < starts[2] ? 1 : at < starts[3] ? 2 : 3;
    const auto scan = assay::results::journal::scan_records(std::as_bytes(std::span(bytes)), starts[0]);
    REQUIRE(scan.damaged_places == 1);
    REQUIRE(scan.records.size() == 4);
    REQUIRE(are_the_first(scan.records, {damaged}));
    if (random() % 50 != 0) continue;
    write_text(path, bytes);
    Journal journal(path, kIdentity);
    REQUIRE(are_the_first(journal.take_records(), {damaged}));
    journal.append(record(5));
    REQUIRE(util::read_file(path).size() > whole.size());  // nothing good was cut off
  }
}

TEST_CASE("a record moved elsewhere in the file is not believed") {
  const TemporaryFolder folder;
  const auto path = folder / "j";
  write_records(path, 2);
  const std::string whole = util::read_file(path);
  const auto starts = record_starts(2);
  write_text(path, whole + whole.substr(starts[0], starts[1] - starts[0]));
  Journal journal(path, kIdentity);
  CHECK(journal.take_records().size() == 2);
}

TEST_CASE("zeros after the last record, as a power loss leaves them, are dropped") {
  const TemporaryFolder folder;
  const auto path = folder / "j";
  write_records(path, 2);
  const std::string whole = util::read_file(path);
  write_text(path, whole + std::string(5000, '\0'));
  { CHECK(Journal(path, kIdentity).take_records().size() == 2); }
  CHECK(util::read_file(path) == whole);
}

TEST_CASE("forged lengths neither crash nor cost unbounded time") {
  std::vector<std::byte> file = assay::results::journal::encode_header(kIdentity);
  const std::size_t start = file.size();
  const unsigned char forged[] = {0xA5, 'R', 'e', 'c', 0x00, 0x00, 0x10, 0x00, 1, 2, 3, 4, 5, 6, 7, 8};
  for (int i = 0; i < 200000; ++i) {
    for (const unsigned char byte : forged) file.push_back(static_cast<std::byte>(byte));
  }
  const auto scan = assay::results::journal::scan_records(file, start);
  CHECK(scan.records.empty());
  CHECK(scan.gave_up);
}

TEST_CASE("a full disk is an error that keeps what was written") {
  const TemporaryFolder folder;
  const auto path = folder / "j";
  const auto starts = record_starts(40);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {  // a limit on the file's size stops writes as a full disk does: part of a record goes in
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{starts[20] + 10, starts[20] + 10};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    Journal journal(path, kIdentity);
    for (int i = 0; i < 20; ++i) journal.append(record(i));
    for (int attempt = 0; attempt < 2; ++attempt) {
      try {
        journal.append(record(20));
        ::_exit(1);
      } catch (const util::Error& error) {
        const std::string message = error.what();
        if (message.find("File too large") == std::string::npos ||
            message.find("20 finished") == std::string::npos) {
          ::_exit(2);
        }
      }
    }
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  REQUIRE(WIFEXITED(status));
  REQUIRE(WEXITSTATUS(status) == 0);
  CHECK(std::filesystem::file_size(path) == starts[20]);
  Journal journal(path, kIdentity);
  CHECK(are_the_first(journal.take_records()));
  journal.append(record(20));
}

TEST_CASE("one run at a time") {
  const TemporaryFolder folder;
  const auto path = folder / "j";
  auto holder = std::make_unique<Journal>(path, kIdentity);
  holder->append(record(0));
  CHECK_THROWS_WITH(Journal(path, kIdentity), Contains("in use by another run"));
  CHECK_THROWS_AS(Journal(path, kIdentity), util::InputError);
  holder.reset();
  CHECK(Journal(path, kIdentity).take_records().size() == 1);
}

TEST_CASE("a second writer on a file system without locks is noticed") {
  const TemporaryFolder folder;
  const auto path = folder / "j";
  Journal journal(path, kIdentity);
  journal.append(record(0));
  std::ofstream(path, std::ios::binary | std::ios::app) << "other";
  CHECK_THROWS_WITH(journal.append(record(1)), Contains("another run writes to it"));
}

TEST_CASE("a journal of another run is refused, naming what differs") {
  const TemporaryFolder folder;
  const auto path = folder / "j";
  write_records(path, 2);
  CHECK_THROWS_WITH(Journal(path, R"({"dtype":"bfloat16","model":"m1"})"), Contains("(dtype differ"));
  CHECK_THROWS_WITH(Journal(path, R"({"dtype":"float32","model":"m2","seed":1})"),
                    Contains("(model, seed differ"));
  CHECK(Journal(path, R"({"model":"m1", "dtype":"float32"})").take_records().size() == 2);
}

TEST_CASE("what is not a journal is refused and left alone") {
  const TemporaryFolder folder;
  const auto path = folder / "j";
  const auto refused = [&](const std::string& bytes, const std::string& why) {
    write_text(path, bytes);
    CHECK_THROWS_AS(Journal(path, kIdentity), util::InputError);
    CHECK_THROWS_WITH(Journal(path, kIdentity), Contains(why));
    CHECK(util::read_file(path) == bytes);
  };
  refused("hello", "is not a journal");
  write_records(folder / "good", 2);
  std::string good = util::read_file(folder / "good");
  std::string other = good;
  other[8] = 9;
  refused(other, "journal format 9");
  other = good;
  other[26] = static_cast<char>(other[26] ^ 1);  // in the identity
  refused(other, "is damaged");
  other = good;
  other[14] = 1;  // the identity's length: beyond the file, over good records
  refused(other, "is damaged");
  CHECK_THROWS_WITH(Journal(folder / "missing/j", kIdentity), Contains("cannot create"));
  std::filesystem::create_directory(folder / "d");
  CHECK_THROWS_AS(Journal(folder / "d", kIdentity), util::InputError);
}
