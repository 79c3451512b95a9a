#include "eval/data/parquet.hpp"

#include <algorithm>
#include <random>

#include "assay/eval/python_value.hpp"
#include "eval/data/dataset.hpp"
#include "eval/support.hpp"
#include "support/skip.hpp"

namespace assay::eval {
namespace {

namespace fs = std::filesystem;
using test::data_folder;
using test::input_error;
using test::recorded;
using test::TemporaryFolder;

// True, with a word, where the program was built without Arrow. A module that is there and does not load
// fails.
bool without_module() {
  const std::string problem = parquet_problem();
  if (problem.starts_with("built without")) {
    assay::test::skip(problem);
    return true;
  }
  REQUIRE(problem == "");
  return false;
}

fs::path parquet_folder() {
  return data_folder() / "parquet";
}

std::string bytes_of(const fs::path& file) {
  return util::read_file(parquet_folder() / file);
}

TEST_CASE("Parquet values are those that pyarrow reads") {
  if (without_module()) return;
  for (const auto& [name, rows] : recorded("parquet/expected.json").at("files").items()) {
    CAPTURE(name);
    const Split split = read_rows({parquet_folder() / name});
    const bool all = rows.is_array();
    REQUIRE(split.rows ==
            (all ? static_cast<std::int64_t>(rows.size()) : rows.at("rows").get<std::int64_t>()));
    REQUIRE(split.documents.size() == static_cast<std::size_t>(split.rows));
    for (std::size_t i = 0; i < split.documents.size(); ++i) {
      const std::string key = std::to_string(i);
      if (!all && !rows.at("some").contains(key)) continue;
      CHECK(python_repr(split.documents[i].fields) == (all ? rows.at(i) : rows.at("some").at(key)));
    }
  }
}

TEST_CASE("a repository of Parquet files is read as datasets reads it") {
  if (without_module()) return;
  for (const auto& query : recorded("parquet/expected.json").at("repository")) {
    const std::string config = query.at("config").is_null() ? "" : query.at("config").get<std::string>();
    const Split split =
        read_split(parquet_folder(), "repository", config, query.at("split").get<std::string>());
    std::vector<std::string> rows;
    for (const Document& document : split.documents) rows.push_back(python_repr(document.fields));
    CHECK(rows == query.at("rows").get<std::vector<std::string>>());
  }
}

TEST_CASE("rows of Parquet files are limited, counted and placed") {
  if (without_module()) return;
  const fs::path many = parquet_folder() / "many-zstd.parquet";
  for (const std::int64_t limit : {0, 1, 699, 700, 701, 2999, 3000, 4000}) {
    const Split split = read_rows({many}, limit);
    CHECK(split.rows == 3000);
    REQUIRE(split.documents.size() == static_cast<std::size_t>(std::min<std::int64_t>(limit, 3000)));
    for (std::size_t i = 0; i < split.documents.size(); ++i) REQUIRE(split.documents[i].fields["id"] == i);
  }
  const Split two = read_rows({many, many}, 3001);
  CHECK(two.rows == 6000);
  CHECK(two.documents[3000].fields["id"] == 0);
  CHECK(two.place(3000).ends_with("many-zstd.parquet row 1"));
  // The second half of the file is gone but for its metadata: the first rows are still to be had.
  std::string half = bytes_of("many-zstd.parquet");
  std::fill(half.begin() + 16000, half.end() - 4000, '\0');
  const TemporaryFolder folder;
  const fs::path damaged = folder.write("half.parquet", half);
  CHECK(read_rows({damaged}, 300).documents.size() == 300);
  CHECK(input_error([&] { (void)read_rows({damaged}); }).find("cannot be read as Parquet") !=
        std::string::npos);
}

TEST_CASE("what is no text leaves its column out of its row") {
  if (without_module()) return;
  const Split split = read_rows({parquet_folder() / "left_out.parquet"});
  REQUIRE(split.documents.size() == 3);
  CHECK(split.documents[0].fields.dump() == R"({"id":1,"after":"a"})");
  CHECK(split.documents[1].fields.dump() ==
        R"({"id":2,"image":{"bytes":"plain","path":"b"},"list":["ok"],"after":"b"})");
  CHECK(split.documents[2].fields.dump() == R"({"id":3,"image":null,"zone":null,"list":[],"after":"c"})");
}

TEST_CASE("limits of rows hold for Parquet") {
  if (without_module()) return;
  const auto message = [](const fs::path& name, const DataLimits& limits) {
    return input_error([&] { (void)read_rows({parquet_folder() / name}, -1, limits); });
  };
  CHECK(message("scalars.parquet", {.row_bytes = 300}).find("scalars.parquet row 1: the row is larger") !=
        std::string::npos);
  CHECK(message("many-lz4.parquet", {.stream_bytes = 100'000}).find("the file holds more than") !=
        std::string::npos);
  const std::vector<fs::path> files(30, parquet_folder() / "many-lz4.parquet");
  CHECK(input_error([&] { (void)read_rows(files, -1, {.stream_bytes = 4u << 20}); }).find("more than") !=
        std::string::npos);
  // A column that is nested more deeply than documents may be is left out.
  const Split flat = read_rows({parquet_folder() / "nested.parquet"}, -1, {.row_depth = 4});
  CHECK_FALSE(flat.documents[0].fields.contains("deep"));
  CHECK(flat.documents[0].fields.contains("choices"));
}

TEST_CASE("damaged Parquet files are refused or read, and nothing else") {
  if (without_module()) return;
  const TemporaryFolder folder;
  const auto refused = [&](const std::string& bytes) {
    const std::string message = input_error([&] { (void)read_rows({folder.write("bad.parquet", bytes)}); });
    CHECK(message.find("bad.parquet cannot be read") != std::string::npos);
    CHECK(message.find('\n') == std::string::npos);
  };
  const std::string good = bytes_of("nested.parquet");
  for (const std::size_t size : {0u, 1u, 11u, 12u, 500u}) refused(good.substr(0, size));
  refused(good.substr(1));
  refused("PAR1" + std::string("\xff\xff\xff\x7f", 4) + "PAR1");
  refused("PAR1" + std::string(4, '\0') + "PAR1");
  refused(good.substr(0, good.size() - 4) + "PARE");
  refused(std::string(100'000, '\0'));
  CHECK(input_error([&] { (void)read_rows({folder.path() / "none.parquet"}); }).find("none.parquet") !=
        std::string::npos);

  std::mt19937 random(20);
  int read = 0;
  int errors = 0;
  for (const std::string name :
       {"nested.parquet", "scalars.parquet", "many-snappy.parquet", "no_schema.parquet"}) {
    const std::string whole = bytes_of(name);
    for (int round = 0; round < 100; ++round) {
      std::string bytes = whole;
      // Half of them in the metadata, which the last bytes are.
      const std::size_t from = round % 2 == 0 ? 0 : bytes.size() - std::min<std::size_t>(bytes.size(), 2000);
      for (int i = 0; i < 1 + round % 7; ++i)
        bytes[from + random() % (bytes.size() - from)] = static_cast<char>(random());
      try {
        (void)read_rows({folder.write("mutant.parquet", bytes)});
        ++read;
      } catch (const util::InputError&) {
        ++errors;
      }
    }
  }
  CHECK(read > 20);
  CHECK(errors > 20);
}

}  // namespace
}  // namespace assay::eval
