// Results files that are damaged, forged or foreign: an InputError, never a crash and never a wrong answer.
#include <hdf5.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <functional>
#include <random>

#include "assay/results/results_reader.hpp"
#include "assay/results/show.hpp"
#include "assay/util/error.hpp"
#include "assay/util/files.hpp"
#include "results/hdf5/handle.hpp"
#include "results/sample_results.hpp"
#include "results/temporary_folder.hpp"

using namespace assay;
using Catch::Contains;
using results::ResultsReader;
using results::hdf5::Handle;
using results::hdf5::own;
using test::TemporaryFolder;

namespace {

void write_results(const std::filesystem::path& path) {
  results::ResultsWriter writer(path, test::run_info());
  writer.add(test::choice_result());
  writer.finish(test::rank_timings(), 4.5);
}

void read_everything(const std::filesystem::path& path) {
  const ResultsReader reader(path);
  for (const auto& task : reader.tasks()) (void)reader.samples(task.task);
  (void)reader.groups();
  (void)reader.rank_timings();
  (void)reader.task_timings();
}

// A good file with one change made through HDF5; what reading it says.
std::string message_after(const std::function<void(hid_t)>& change) {
  const TemporaryFolder folder;
  write_results(folder / "out.h5");
  {
    const Handle file =
        own(H5Fopen((folder / "out.h5").c_str(), H5F_ACC_RDWR, H5P_DEFAULT), H5Fclose, "opening");
    change(file.get());
  }
  try {
    read_everything(folder / "out.h5");
    return "";
  } catch (const util::InputError& error) {
    return error.what();
  }
}

// Replaces a dataset by `count` elements of `type`, of which nothing is written.
void replace(hid_t file, const char* path, hid_t type, hsize_t count, hsize_t chunk = 0) {
  REQUIRE(H5Ldelete(file, path, H5P_DEFAULT) >= 0);
  const hsize_t growable = H5S_UNLIMITED;
  const Handle space = own(H5Screate_simple(1, &count, chunk > 0 ? &growable : nullptr), H5Sclose, "space");
  const Handle properties = own(H5Pcreate(H5P_DATASET_CREATE), H5Pclose, "properties");
  if (chunk > 0) H5Pset_chunk(properties.get(), 1, &chunk);
  const Handle made =
      own(H5Dcreate2(file, path, type, space.get(), H5P_DEFAULT, properties.get(), H5P_DEFAULT), H5Dclose,
          "dataset");
}

void overwrite_integers(hid_t file, const char* path, const std::vector<std::int64_t>& values) {
  const Handle dataset = own(H5Dopen2(file, path, H5P_DEFAULT), H5Dclose, "dataset");
  REQUIRE(H5Dwrite(dataset.get(), H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) >= 0);
}

}  // namespace

TEST_CASE("a changed file is refused, naming the place") {
  constexpr const char* doc_id = "/tasks/choosing/samples/doc_id";
  CHECK(message_after([](hid_t) {}) == "");
  CHECK_THAT(message_after([&](hid_t f) { H5Ldelete(f, doc_id, H5P_DEFAULT); }),
             Contains("out.h5: /tasks/choosing/samples/doc_id is missing"));
  CHECK_THAT(message_after([&](hid_t f) { replace(f, doc_id, H5T_IEEE_F64LE, 2); }),
             Contains("doc_id has an unexpected type"));
  CHECK_THAT(message_after([&](hid_t f) { replace(f, doc_id, H5T_STD_I64LE, 3); }),
             Contains("doc_id has 3 rows instead of 2"));
  CHECK_THAT(message_after([&](hid_t f) {
               H5Ldelete(f, doc_id, H5P_DEFAULT);
               H5Lcreate_soft("/configuration", f, doc_id, H5P_DEFAULT, H5P_DEFAULT);
             }),
             Contains("is not a plain dataset"));
  CHECK_THAT(message_after([&](hid_t f) {
               H5Ldelete(f, "/timings", H5P_DEFAULT);
               H5Lcreate_external("/etc/passwd", "/", f, "/timings", H5P_DEFAULT, H5P_DEFAULT);
             }),
             Contains("/timings is not a plain group"));
  CHECK_THAT(message_after([](hid_t f) { replace(f, "/identity", H5T_STD_U8LE, hsize_t{1} << 40, 1 << 20); }),
             Contains("announces 1099511627776 rows, more than it holds"));
  CHECK_THAT(message_after([](hid_t f) { replace(f, "/identity", H5T_STD_U8LE, 10, hsize_t{1} << 30); }),
             Contains("chunks that are too large"));
  CHECK_THAT(message_after([](hid_t f) { replace(f, "/configuration", H5T_STD_U8LE, 10); }),
             Contains("/configuration is not valid JSON"));
  CHECK_THAT(message_after([](hid_t f) { H5Adelete(f, "mesh"); }), Contains("/@mesh is missing"));
  CHECK_THAT(message_after([](hid_t f) { H5Adelete(f, "format"); }), Contains("/@format is missing"));
  CHECK_THAT(message_after([](hid_t f) {
               const std::int64_t version = 2;
               const Handle attribute = own(H5Aopen(f, "format_version", H5P_DEFAULT), H5Aclose, "attribute");
               H5Awrite(attribute.get(), H5T_NATIVE_INT64, &version);
             }),
             Contains("results format 2 (this version reads 1)"));
}

TEST_CASE("indices that lead nowhere are refused") {
  const std::string task = "/tasks/choosing/";
  const auto with = [&](const char* column, const std::vector<std::int64_t>& values) {
    return message_after([&](hid_t f) { overwrite_integers(f, (task + column).c_str(), values); });
  };
  CHECK_THAT(with("requests/sample", {0, 0, 0, 1, 2}), Contains("requests/sample names no sample"));
  CHECK_THAT(with("requests/sample", {0, 0, 0, 1, -1}), Contains("requests/sample names no sample"));
  CHECK_THAT(with("requests/sample", {0, 0, 0, 0, 1}), Contains("requests/index is out of order"));
  CHECK_THAT(with("requests/index", {0, 2, 1, 0, 1}), Contains("requests/index is out of order"));
  CHECK_THAT(with("requests/prompt", {0, 0, 0, 1, 2}), Contains("requests/prompt names no prompt"));
  CHECK_THAT(with("requests/prompt_tokens", {0, 0, 0, 1, -2}), Contains("prompt_tokens is out of range"));
  CHECK_THAT(with("samples/requests", {3, 3}), Contains("lacks requests"));
  CHECK_THAT(with("scores/sample", {0, 0, 1, 7}), Contains("scores/sample names no sample"));
  CHECK_THAT(with("prompts/text_offsets", {0, 1000, 39}), Contains("does not divide its column"));
  CHECK_THAT(with("prompts/text_offsets", {5, 26, 39}), Contains("does not divide its column"));
}

TEST_CASE("foreign, empty and cut files are refused") {
  const TemporaryFolder folder;
  write_results(folder / "out.h5");
  const std::string whole = util::read_file(folder / "out.h5");
  const auto refused = [&](const std::string& bytes) {
    std::ofstream(folder / "bad.h5", std::ios::binary | std::ios::trunc) << bytes;
    CHECK_THROWS_AS(read_everything(folder / "bad.h5"), util::InputError);
  };
  refused("");
  refused("\x89HDF\r\n\x1a\n");
  refused("some text\n");
  for (const double share : {0.1, 0.5, 0.9, 0.99}) {
    refused(whole.substr(0, static_cast<std::size_t>(static_cast<double>(whole.size()) * share)));
  }
  {
    const Handle other =
        own(H5Fcreate((folder / "other.h5").c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT), H5Fclose,
            "creating");
  }
  CHECK_THROWS_WITH(ResultsReader(folder / "other.h5"),
                    Contains("@format is missing; the file is damaged or was not "
                             "written by assay"));
  CHECK_THROWS_AS(ResultsReader(folder.path()), util::InputError);
}

TEST_CASE("flipped bytes are noticed by the checksum, before HDF5 reads them") {
  const TemporaryFolder folder;
  write_results(folder / "out.h5");
  const std::string whole = util::read_file(folder / "out.h5");
  CHECK(whole.substr(whole.size() - 24, 8) == "ASSAYSUM");
  std::mt19937 random(99);
  for (int round = 0; round < 200; ++round) {
    std::string bytes = whole;
    const std::size_t at = random() % (bytes.size() - 24);
    bytes[at] = static_cast<char>(bytes[at] ^ (1 << random() % 8));
    std::ofstream(folder / "bad.h5", std::ios::binary | std::ios::trunc) << bytes;
    REQUIRE_THROWS_WITH(read_everything(folder / "bad.h5"), Contains("is damaged (its checksum is wrong)"));
  }
  CHECK_THROWS_AS(results::ResultsWriter(folder / "bad.h5", test::run_info()), util::InputError);
}

TEST_CASE("very many filters, ranks and phases are read in time linear in them") {
  constexpr int many = 200'000;
  const TemporaryFolder folder;
  auto result = test::choice_result();
  result.scores[0].clear();
  for (int i = 0; i < many; ++i) {
    result.scores[0].push_back({"f" + std::to_string(i), util::OrderedJson::array(), {{"acc", 1.0 * i}}});
  }
  std::vector<results::RankTiming> ranks;
  for (int i = 0; i < many; ++i) ranks.push_back({i, "n", {{"phase " + std::to_string(i), 1.0 * i}}, 0, 0});
  {
    results::ResultsWriter writer(folder / "out.h5", test::run_info());
    writer.add(result);
    writer.finish(ranks, 1);
  }
  const ResultsReader reader(folder / "out.h5");
  const auto scores = reader.samples("choosing").scores.at(0);
  REQUIRE(scores.size() == many);
  CHECK(scores.back().filter == result.scores[0].back().filter);
  CHECK(scores.back().metrics.at("acc") == many - 1);
  const auto timings = reader.rank_timings();
  REQUIRE(timings.size() == many);
  CHECK(timings.back().phases.at(0).seconds == many - 1);
  CHECK_THAT(results::show(folder / "out.h5"), Contains("phase 199999 199999.00 (slowest rank)"));
}

TEST_CASE("a file that somebody annotated is still read") {
  const TemporaryFolder folder;
  write_results(folder / "out.h5");
  {
    const Handle file =
        own(H5Fopen((folder / "out.h5").c_str(), H5F_ACC_RDWR, H5P_DEFAULT), H5Fclose, "opening");
    const Handle group =
        own(H5Gcreate2(file.get(), "my_notes", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Gclose, "group");
  }
  read_everything(folder / "out.h5");
  CHECK_THAT(results::show(folder / "out.h5"), Contains("choosing  acc_norm"));
}
