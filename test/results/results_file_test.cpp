// The HDF5 results file: what is written comes back; the same bytes however a run went; atomic; other runs'
// files.
#include "assay/results/results_file.hpp"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>

#include "assay/results/results_reader.hpp"
#include "assay/results/show.hpp"
#include "assay/util/error.hpp"
#include "assay/util/files.hpp"
#include "results/sample_results.hpp"
#include "results/temporary_folder.hpp"

using namespace assay;
using Catch::Contains;
using results::ResultsReader;
using results::ResultsWriter;
using test::TemporaryFolder;

namespace {

void write_all(const std::filesystem::path& path) {
  ResultsWriter writer(path, test::run_info());
  writer.add(test::choice_result());
  writer.add(test::generation_result());
  writer.add(test::rolling_result());
  writer.finish(test::rank_timings(), 4.5);
}

void check_same_samples(const results::TaskSamples& read, const results::TaskResult& written) {
  REQUIRE(read.samples.size() == written.samples.size());
  for (std::size_t i = 0; i < read.samples.size(); ++i) {
    const auto& a = read.samples[i];
    const auto& b = written.samples[i];
    CHECK(a.doc_id == b.doc_id);
    CHECK(a.doc == b.doc);
    CHECK(a.doc.dump() == b.doc.dump());  // key order too
    CHECK(a.target == b.target);
    CHECK(a.choices == b.choices);
    REQUIRE(a.requests.size() == b.requests.size());
    for (std::size_t r = 0; r < a.requests.size(); ++r) {
      CHECK(a.requests[r].kind == b.requests[r].kind);
      CHECK(a.requests[r].context == b.requests[r].context);
      CHECK(a.requests[r].continuation == b.requests[r].continuation);
      CHECK(a.requests[r].gen_kwargs == b.requests[r].gen_kwargs);
      const auto& x = read.completions[i][r];
      const auto& y = written.completions[i][r];
      CHECK(x.kind == y.kind);
      CHECK(x.log_probability == y.log_probability);
      CHECK(x.is_greedy == y.is_greedy);
      CHECK(x.token_log_probabilities == y.token_log_probabilities);
      CHECK(x.generated == y.generated);
      CHECK(x.text == y.text);
      CHECK(x.finish_reason == y.finish_reason);
      CHECK(x.prompt_tokens == y.prompt_tokens);
      CHECK(x.error == y.error);
    }
    REQUIRE(read.scores[i].size() == written.scores[i].size());
    for (std::size_t f = 0; f < read.scores[i].size(); ++f) {
      CHECK(read.scores[i][f].filter == written.scores[i][f].filter);
      CHECK(read.scores[i][f].filtered_response == written.scores[i][f].filtered_response);
      CHECK(read.scores[i][f].metrics == written.scores[i][f].metrics);
    }
  }
}

}  // namespace

TEST_CASE("everything written is read back") {
  const TemporaryFolder folder;
  const auto path = folder / "out.h5";
  write_all(path);
  const ResultsReader reader(path);
  CHECK(reader.finished());
  CHECK(reader.wall_seconds() == 4.5);
  CHECK(reader.info().configuration == test::run_info().configuration);
  CHECK(reader.info().identity == test::run_info().identity);
  CHECK(reader.info().model_path == "models/tiny");
  CHECK(reader.info().mesh == "tp=2 pp=1 dp=2");
  CHECK(reader.info().started_at == "2025-01-02T03:04:05Z");
  CHECK(reader.info().max_length == 512);
  REQUIRE(reader.tasks().size() == 3);
  const auto& choosing = reader.tasks()[0];
  CHECK(choosing.task == "choosing");
  CHECK(choosing.output_type == "multiple_choice");
  CHECK(choosing.documents == 40);
  CHECK(choosing.samples == 2);
  REQUIRE(choosing.metrics.size() == 2);
  CHECK(choosing.metrics[1].metric == "acc_norm");
  CHECK(choosing.metrics[1].value == 0.5);
  CHECK(choosing.metrics[1].standard_error == 0.5);
  CHECK(reader.tasks()[1].num_fewshot == 5);
  CHECK_FALSE(reader.tasks()[1].metrics[0].standard_error.has_value());
  CHECK_FALSE(reader.tasks()[2].metrics[0].higher_is_better);
  check_same_samples(reader.samples("choosing"), test::choice_result());
  check_same_samples(reader.samples("writing"), test::generation_result());
  check_same_samples(reader.samples("reading"), test::rolling_result());
  const auto ranks = reader.rank_timings();
  REQUIRE(ranks.size() == 2);
  CHECK(ranks[1].host == "node-b");
  REQUIRE(ranks[1].phases.size() == 2);
  CHECK(ranks[1].phases[1].phase == "compute");
  CHECK(ranks[1].phases[1].seconds == 2.5);
  CHECK(ranks[0].generated_tokens == 40);
  const auto tasks = reader.task_timings();
  REQUIRE(tasks.size() == 3);
  CHECK(tasks[0].seconds == 1.25);
  CHECK(tasks[0].resumed_requests == 2);
  CHECK_THROWS_WITH(reader.samples("nothing"), Contains("holds no task \"nothing\""));
}

TEST_CASE("hashes are those of lm-eval") {
  const TemporaryFolder folder;
  write_all(folder / "out.h5");
  const auto samples = ResultsReader(folder / "out.h5").samples("writing");
  // sha256 of json.dumps({"question": "How many?", "answer": "#### 42"}, indent=2), of the prompt, of "####
  // 42".
  CHECK(samples.document_hashes[0] == "dcae3ba6dae3bb447918e73f5a6c5c8fc2a939319476cf1be763519c265f2b0a");
  CHECK(samples.prompt_hashes[0] == "79bfe1792f6252c69f5ab51583e5e065141fc7a9788f0cccf338a07476ea3a14");
  CHECK(samples.target_hashes[0] == "1f168f3be14df84808e835bfc5c50170899d511b13980cf0b4000cb81a6ded7d");
}

TEST_CASE("the file has the same bytes in every run, apart from times") {
  const TemporaryFolder folder;
  write_all(folder / "a.h5");
  write_all(folder / "b.h5");
  CHECK(util::read_file(folder / "a.h5") == util::read_file(folder / "b.h5"));
  // Killed after two tasks, in another order, and resumed.
  {
    ResultsWriter writer(folder / "c.h5", test::run_info());
    writer.add(test::rolling_result());
    writer.add(test::choice_result());
  }
  CHECK_FALSE(results::is_finished(folder / "c.h5"));
  write_all(folder / "c.h5");
  CHECK(util::read_file(folder / "c.h5") == util::read_file(folder / "a.h5"));
  CHECK(results::is_finished(folder / "c.h5"));
}

TEST_CASE("the file lists tasks as planned, whichever is done first") {
  const TemporaryFolder folder;
  const std::vector<std::string> plan = {"choosing", "writing", "reading"};
  write_all(folder / "a.h5");
  {
    ResultsWriter writer(folder / "b.h5", test::run_info());
    writer.plan(plan);
    writer.add(test::rolling_result());
    writer.add(test::generation_result());
    const ResultsReader reader(folder / "b.h5");
    REQUIRE(reader.tasks().size() == 2);
    CHECK(reader.tasks()[0].task == "writing");
  }
  ResultsWriter writer(folder / "b.h5", test::run_info());
  writer.plan(plan);
  writer.add(test::choice_result());
  {
    const ResultsReader reader(folder / "b.h5");  // what was there before keeps its place too
    REQUIRE(reader.tasks().size() == 3);
    CHECK(reader.tasks()[0].task == "choosing");
    CHECK(reader.tasks()[2].task == "reading");
  }
  writer.add(test::rolling_result());
  writer.add(test::generation_result());
  writer.finish(test::rank_timings(), 4.5);
  CHECK(util::read_file(folder / "a.h5") == util::read_file(folder / "b.h5"));
}

TEST_CASE("a damaged file beside its journal is moved aside, never lost") {
  const TemporaryFolder folder;
  const auto path = folder / "out.h5";
  const auto journal = folder / "out.h5.journal";
  const auto damage = [&](bool cut) {
    write_all(path);
    std::string bytes = util::read_file(path);
    if (cut) bytes.resize(bytes.size() / 2);
    bytes[bytes.size() / 3] ^= 1;
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
    return bytes;
  };
  const std::string first = damage(false);
  CHECK_THROWS_WITH(ResultsWriter(path, test::run_info()), Contains("checksum") && Contains("from a copy"));
  CHECK(util::read_file(path) == first);  // nothing to rebuild it from
  std::ofstream(journal) << "answers";
  CHECK_THROWS_WITH(ResultsReader(path), Contains("out.h5.journal holds the answers") &&
                                             Contains("without --overwrite") && Contains("rebuilds"));
  CHECK_THROWS_WITH(results::show(path), Contains("out.h5.journal holds the answers"));
  write_all(path);
  CHECK(ResultsReader(path).tasks().size() == 3);
  CHECK(util::read_file(folder / "out.h5.damaged") == first);
  const std::string second = damage(true);
  CHECK_THROWS_WITH(ResultsReader(path), Contains("cannot be read as HDF5") && Contains("rebuilds"));
  write_all(path);
  CHECK(results::is_finished(path));
  CHECK(util::read_file(folder / "out.h5.damaged") == first);
  CHECK(util::read_file(folder / "out.h5.damaged2") == second);
  CHECK(util::read_file(journal) == "answers");
  // What is whole but another run's is refused as before.
  auto info = test::run_info();
  info.identity = R"({"model":"m2","tokenizer":"t1","dtype":"float32"})";
  CHECK_THROWS_WITH(ResultsWriter(path, info), Contains("a different run"));
}

TEST_CASE("tasks of an interrupted run stay until they are added again or the run ends") {
  const TemporaryFolder folder;
  const auto path = folder / "out.h5";
  {
    ResultsWriter writer(path, test::run_info());
    writer.add(test::choice_result());
    writer.add(test::rolling_result());
  }
  ResultsWriter writer(path, test::run_info());
  writer.add(test::generation_result());
  {
    const ResultsReader reader(path);
    REQUIRE(reader.tasks().size() == 3);
    check_same_samples(reader.samples("choosing"), test::choice_result());
  }
  auto changed = test::choice_result();
  changed.metrics[0].value = 0.25;
  writer.add(changed);
  {
    const ResultsReader reader(path);
    REQUIRE(reader.tasks().size() == 3);
    CHECK(reader.tasks()[2].metrics[0].value == 0.25);
  }
  writer.finish({}, 1);
  const ResultsReader reader(path);
  REQUIRE(reader.tasks().size() == 2);
  CHECK(reader.tasks()[0].task == "writing");
  CHECK(reader.tasks()[1].task == "choosing");
}

TEST_CASE("an existing file of another run, or no results file at all, is refused") {
  const TemporaryFolder folder;
  const auto path = folder / "out.h5";
  write_all(path);
  const std::string before = util::read_file(path);
  auto info = test::run_info();
  info.identity = R"({"model":"m2","tokenizer":"t1","dtype":"float32"})";
  CHECK_THROWS_WITH(ResultsWriter(path, info), Contains("a different run (model differ"));
  CHECK(util::read_file(path) == before);
  std::ofstream(folder / "notes.txt") << "my notes";
  CHECK_THROWS_AS(ResultsWriter(folder / "notes.txt", info), util::InputError);
  CHECK_THROWS_AS(ResultsWriter(folder.path(), info), util::InputError);
  CHECK_FALSE(results::is_finished(folder / "notes.txt"));
  CHECK_FALSE(results::is_finished(folder / "missing.h5"));
}

TEST_CASE("failed and empty tasks, odd names") {
  const TemporaryFolder folder;
  const auto path = folder / "out.h5";
  auto failed = test::choice_result();
  failed.error = "the data of choosing cannot be read (line 3 is not JSON); repair it";
  failed.completions = {failed.completions[0]};
  failed.scores.clear();
  failed.metrics.clear();
  results::TaskResult empty;
  empty.task = test::task_config("a/b c%", eval::OutputType::generate_until);
  empty.error = "nothing";
  auto strange = test::generation_result();
  strange.task.task = "..";
  strange.completions[0][0].text = "bad \xFF\xC3(\xED\xA0\x80 utf-8";
  {
    ResultsWriter writer(path, test::run_info());
    writer.add(failed);
    writer.add(empty);
    writer.add(strange);
    writer.finish({}, 0);
  }
  const ResultsReader reader(path);
  REQUIRE(reader.tasks().size() == 3);
  CHECK(reader.tasks()[0].error == failed.error);
  const auto samples = reader.samples("choosing");
  CHECK(samples.completions[0][1].error.empty());
  CHECK(samples.completions[1][0].error == "not run");
  CHECK(std::isnan(samples.completions[1][0].log_probability));
  CHECK(reader.tasks()[1].task == "a/b c%");
  CHECK(reader.samples("a/b c%").samples.empty());
  CHECK(reader.samples("..").completions[0][0].text ==
        "bad \xEF\xBF\xBD\xEF\xBF\xBD(\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD utf-8");
}

TEST_CASE("a sentence too long for an attribute is cut where one sees it") {
  const TemporaryFolder folder;
  const auto path = folder / "out.h5";
  auto failed = test::choice_result();
  failed.scores.clear();
  failed.metrics.clear();
  const auto read_back = [&](const std::string& error) {
    failed.error = error;
    ResultsWriter(path, test::run_info()).add(failed);
    return ResultsReader(path).tasks().at(0).error;
  };
  CHECK(read_back(std::string(16384, 'e')) == std::string(16384, 'e'));
  // Never inside a character: the one at byte 16383 has two bytes.
  CHECK(read_back(std::string(16383, 'e') + "\xC3\xA9" + std::string(80'000, 'f')) ==
        std::string(16383, 'e') + " ... (cut: 16383 of 96385 bytes)");
}

TEST_CASE("a full disk leaves the earlier file and says so") {
  const TemporaryFolder folder;
  const auto path = folder / "out.h5";
  {
    ResultsWriter writer(path, test::run_info());
    writer.add(test::choice_result());
  }
  const std::string before = util::read_file(path);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    ::signal(SIGXFSZ, SIG_IGN);
    ResultsWriter writer(path, test::run_info());
    const rlimit limit{before.size() + 100, before.size() + 100};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    try {
      writer.add(test::generation_result());
      ::_exit(1);
    } catch (const util::Error& error) {
      ::_exit(std::string(error.what()).find("File too large") == std::string::npos ? 2 : 0);
    }
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  REQUIRE(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
  CHECK(util::read_file(path) == before);
  CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), {}) ==
        1);  // no temporary file left
}

TEST_CASE("killed at any moment, the file is whole and leftovers go") {
  const TemporaryFolder folder;
  const auto path = folder / "out.h5";
  int checked = 0;
  for (int kill = 0; kill < 20; ++kill) {
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      try {
        for (;;) write_all(path);
      } catch (const std::exception&) {
        ::_exit(3);
      }
    }
    for (int wait = 0; wait < 60'000 && !std::filesystem::exists(path); ++wait) ::usleep(1000);
    ::usleep(static_cast<useconds_t>(kill * 2371));
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    REQUIRE(WIFSIGNALED(status));
    const ResultsReader reader(path);
    ++checked;
    for (const auto& task : reader.tasks()) {
      const auto samples = reader.samples(task.task);
      if (task.task == "choosing") check_same_samples(samples, test::choice_result());
    }
  }
  CHECK(checked == 20);
  write_all(path);
  CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 1);
}

TEST_CASE("the file is not written again for each of very many tasks") {
  const TemporaryFolder folder;
  const auto path = folder / "out.h5";
  const auto inode = [&] {
    struct stat status {};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    return status.st_ino;
  };
  constexpr int tasks = 120;
  {
    ResultsWriter writer(path, test::run_info());
    auto result = test::rolling_result();
    int replaced = 0;
    ino_t before = 0;
    for (int i = 0; i < tasks; ++i) {
      result.task.task = "task" + std::to_string(i);
      writer.add(result);
      if (std::exchange(before, inode()) != before) ++replaced;
      if (i < 16) CHECK(replaced == i + 1);
    }
    // At 20, 25, 32, 40, 50, 63, 79 and 99 tasks; a machine that takes minutes for this may add some.
    CHECK(replaced >= 24);
    CHECK(replaced < 40);
    CHECK(ResultsReader(path).tasks().size() >= 99);
    writer.save();
    CHECK(ResultsReader(path).tasks().size() == tasks);
    before = inode();
    writer.save();
    CHECK(inode() == before);
    result.task.task = "last";
    writer.add(result);
  }
  const ResultsReader reader(path);
  REQUIRE(reader.tasks().size() == tasks + 1);
  CHECK(reader.tasks()[7].task == "task7");
  CHECK(reader.tasks().back().task == "last");
}

TEST_CASE("many samples are written in a moment and compressed") {
  const TemporaryFolder folder;
  auto result = test::choice_result();
  const auto pattern = result;
  result.samples.clear();
  result.completions.clear();
  result.scores.clear();
  std::size_t prompt_bytes = 0;
  for (int i = 0; i < 2500; ++i) {
    auto sample = pattern.samples[static_cast<std::size_t>(i % 2)];
    sample.doc_id = i;
    std::string prompt;
    for (int word = 0; word < 300; ++word)
      prompt += "word" + std::to_string((i * 7919 + word * word) % 997) + " ";
    for (auto& request : sample.requests) request.context = prompt;
    prompt_bytes += prompt.size() * sample.requests.size();
    result.samples.push_back(std::move(sample));
    result.completions.push_back(pattern.completions[static_cast<std::size_t>(i % 2)]);
    result.scores.push_back(pattern.scores[static_cast<std::size_t>(i % 2)]);
  }
  ResultsWriter(folder / "out.h5", test::run_info()).add(result);
  CHECK(std::filesystem::file_size(folder / "out.h5") * 5 < prompt_bytes);
  check_same_samples(ResultsReader(folder / "out.h5").samples("choosing"), result);
}
