#include "eval/data/dataset.hpp"

#include <bzlib.h>
#include <zlib.h>
#include <zstd.h>

#include "assay/eval/python_value.hpp"
#include "eval/data/line_reader.hpp"
#include "eval/support.hpp"

namespace assay::eval {
namespace {

using test::input_error;
using test::TemporaryFolder;

constexpr const char* rows = "{\"b\":1,\"a\":\"x\"}\r\n\n  \n{\"b\":2,\"a\":\"\\u0000é\"}";

std::string gzip(const std::string& text) {
  z_stream stream{};
  REQUIRE(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out(compressBound(text.size()) + 64, '\0');
  std::string in = text;
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string zstd(const std::string& text) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3));
  return out;
}

std::string bzip2(const std::string& text) {
  std::string out(text.size() + text.size() / 100 + 600, '\0');
  auto size = static_cast<unsigned>(out.size());
  std::string in = text;
  REQUIRE(BZ2_bzBuffToBuffCompress(out.data(), &size, in.data(), static_cast<unsigned>(in.size()), 9, 0, 0) ==
          BZ_OK);
  out.resize(size);
  return out;
}

std::vector<Document> read_documents(const std::filesystem::path& file, std::int64_t limit = -1) {
  return read_rows({file}, limit).documents;
}

void check_rows(const std::vector<Document>& documents) {
  REQUIRE(documents.size() == 2);
  CHECK(documents[0].fields.dump() == R"({"b":1,"a":"x"})");
  CHECK(documents[0].line == 1);
  CHECK(documents[1].fields["a"].get<std::string>() == std::string("\0é", 3));
  CHECK(documents[1].line == 4);
}

TEST_CASE("JSON lines are read plain, compressed and concatenated") {
  const TemporaryFolder folder;
  check_rows(read_documents(folder.write("a.jsonl", rows)));
  check_rows(read_documents(folder.write("a.jsonl", std::string("\xef\xbb\xbf") + rows)));
  check_rows(read_documents(folder.write("a.jsonl.gz", gzip(rows))));
  check_rows(read_documents(folder.write("a.jsonl.zst", zstd(rows))));
  const std::string half(rows, 10);
  check_rows(read_documents(folder.write("b.jsonl.gz", gzip(half) + gzip(rows + 10))));
  check_rows(read_documents(folder.write("b.jsonl.zst", zstd(half) + zstd(rows + 10))));
  check_rows(read_documents(folder.write("a.jsonl.bz2", bzip2(rows))));
  check_rows(read_documents(folder.write("b.jsonl.bz2", bzip2(half) + bzip2("") + bzip2(rows + 10))));
  check_rows(read_documents(folder.write("a.ndjson", rows)));
  check_rows(read_documents(folder.write("c.json", rows)));
  const auto array = read_documents(folder.write("d.json", " [{\"b\":1,\"a\":\"x\"}, {\"b\": 2}]"));
  REQUIRE(array.size() == 2);
  CHECK(array[1].fields["b"] == 2);
  CHECK(read_documents(folder.write("a.jsonl", rows), 1).size() == 1);
}

TEST_CASE("broken lines are named by file and line") {
  const TemporaryFolder folder;
  const auto message = [&](const std::string& text) {
    return input_error([&] { (void)read_documents(folder.write("bad.jsonl", text)); });
  };
  for (const std::string line :
       {"{\"a\":", "[1]", "7", "{\"a\":1,\"a\":2}", "{\"a\":\"\xff\"}", "{\"a\":1} x", "{\"a\":NaN}"}) {
    CAPTURE(line);
    CHECK(message("{\"a\":1}\n" + line + "\n{\"a\":3}\n").find("bad.jsonl:2:") != std::string::npos);
  }
  CHECK(message(std::string("{\"a\":\"x\0y\"}", 12)).find("bad.jsonl:1:") != std::string::npos);
  CHECK(message(std::string(1000, '[')).find("bad.jsonl:1:") != std::string::npos);
  std::string deep;
  for (int i = 0; i < 1000; ++i) deep += "{\"a\":";
  CHECK(message(deep).find("deeper") != std::string::npos);
}

TEST_CASE("a limit does not change how many rows a file has") {
  const TemporaryFolder folder;
  for (const std::string name : {"a.jsonl", "a.json", "b.json", "a.csv"}) {
    CAPTURE(name);
    std::string text = "{\"a\":1}\n\n{\"a\":2}\n {\"a\":3}\r\n{\"a\":4}";
    if (name == "b.json") text = "[{\"a\":1}, {\"a\":2} ,{\"a\":3},\n{\"a\":4}]\n";
    if (name == "a.csv") text = "a\n1\n2\n\n3\n4\n";
    const auto file = folder.write(name, text);
    for (const int limit : {-1, 0, 1, 3, 4, 9}) {
      CAPTURE(limit);
      const Split split = read_rows({file}, limit);
      CHECK(split.rows == 4);
      REQUIRE(split.documents.size() == static_cast<std::size_t>(limit < 0 ? 4 : std::min(limit, 4)));
      for (std::size_t i = 0; i < split.documents.size(); ++i) CHECK(split.documents[i].fields["a"] == i + 1);
    }
  }
}

TEST_CASE("a JSON array is read element by element") {
  const TemporaryFolder folder;
  const auto file =
      folder.write("a.json", "\xef\xbb\xbf [\n{\"a\":\"],}\\\\\\\"{[\"},\n\n\t{\"a\":[{},[]]}\n]\n ");
  const auto documents = read_documents(file);
  REQUIRE(documents.size() == 2);
  CHECK(documents[0].fields["a"] == "],}\\\"{[");
  CHECK(documents[0].line == 2);
  CHECK(documents[1].fields["a"].size() == 2);
  CHECK(documents[1].line == 4);
  CHECK(read_documents(folder.write("empty.json", "[ ]")).empty());
  for (const std::string bad :
       {"[{}\n,", "[{}\n,]", "[{}\n,,{}]", "[{},\n{]", "[{},\n[1]]", "[{},\n1]", "[{},\n{\"a\":1,\"a\":2}]",
        "[{},\n}", "[{}]\nx", "[{}\n,{\"a", "[{}\n,{\"a\\", "[{},\n{} {}]", "[{}]\n]"}) {
    CAPTURE(bad);
    const std::string message = input_error([&] { (void)read_documents(folder.write("bad.json", bad)); });
    CAPTURE(message);
    CHECK(message.find("bad.json:2:") != std::string::npos);
  }
}

TEST_CASE("a row past the limit is refused and one below it read") {
  const TemporaryFolder folder;
  constexpr std::size_t row_bytes = DataLimits{}.row_bytes;
  const auto line = [](std::size_t bytes) { return "{\"a\":\"" + std::string(bytes - 8, 'x') + "\"}"; };
  // Compressed, so that little is written: a line of that size is as likely a mistake as an attack.
  const auto good = read_documents(folder.write("big.jsonl.zst", zstd(line(row_bytes - 1) + "\n{\"a\":2}")));
  CHECK(good.size() == 2);
  const auto refused = [&](const std::string& name, const std::string& text) {
    return input_error([&] { (void)read_documents(folder.write(name, text)); });
  };
  for (const std::size_t bytes : {row_bytes + 10, std::size_t{50'000'000}}) {
    CHECK(refused("big.jsonl.zst", zstd("{}\n" + line(bytes)))
              .find("big.jsonl.zst:2: the line is longer than 16") != std::string::npos);
    CHECK(refused("big.json.zst", zstd("[{},\n" + line(bytes) + "]")).find("big.json.zst:2: ") !=
          std::string::npos);
    CHECK(refused("big.csv.zst", zstd("a,b\n1,2\n3," + std::string(bytes, 'x'))).find("big.csv.zst:3: ") !=
          std::string::npos);
  }
  // A few KB that claim to hold a line of 80 MiB.
  CHECK(refused("bomb.jsonl.zst", zstd(std::string(80u << 20, 'x'))).find("bomb.jsonl.zst:1:") !=
        std::string::npos);
  CHECK(refused("bomb.jsonl.bz2", bzip2(std::string(20u << 20, 'x'))).find("bomb.jsonl.bz2:1:") !=
        std::string::npos);
}

TEST_CASE("a file past the limit is refused where it is reached") {
  const TemporaryFolder folder;
  const std::string line = "{\"a\":\"" + std::string(1000, 'x') + "\"}\n";
  std::string text;
  for (int i = 0; i < 3000; ++i) text += line;
  const DataLimits limits{.stream_bytes = std::size_t{1} << 20, .whole_bytes = std::size_t{1} << 20};
  for (const std::string name : {"a.jsonl", "a.jsonl.zst", "a.json", "a.csv"}) {
    CAPTURE(name);
    const auto file = folder.write(name, name == "a.jsonl.zst" ? zstd(text)
                                         : name == "a.json"    ? "[" + text
                                                               : text);
    const std::string message = input_error([&] { (void)read_rows({file}, -1, limits); });
    CAPTURE(message);
    CHECK(message.find(name) != std::string::npos);
    CHECK(message.find("more than 1 MiB") != std::string::npos);
    // 1 MiB is 1039 lines of 1009 bytes and a part of one.
    if (!name.starts_with("a.jsonl")) continue;
    CHECK(message.find(name + ":1040:") != std::string::npos);
    // A few of its rows may be had: the others are only counted.
    const Split few = read_rows({file}, 3, limits);
    CHECK(few.documents.size() == 3);
    CHECK(few.rows == 3000);
  }
}

// A look-up of each key among those before it would take minutes.
TEST_CASE("rows of very many fields are read in one pass") {
  const TemporaryFolder folder;
  std::string header = "k";
  std::string cells = "1";
  std::string object = "{\"k\":1";
  for (int i = 0; i < 300'000; ++i) {
    const std::string name = "k" + std::to_string(i);
    header += "," + name;
    cells += ",1";
    object += ",\"" + name + "\":1";
  }
  const auto csv = read_documents(folder.write("wide.csv", header + "\n" + cells + "\n"));
  REQUIRE(csv.size() == 1);
  CHECK(csv[0].fields.size() == 300'001);
  CHECK(csv[0].fields == read_documents(folder.write("wide.jsonl", object + "}\n"))[0].fields);
}

TEST_CASE("damaged compressed files are refused") {
  const TemporaryFolder folder;
  std::string noise;
  for (int i = 0; i < 20'000; ++i) noise += "{\"a\":" + std::to_string(i * 7919 % 10'007) + "}\n";
  for (const std::string kind : {"gz", "zst", "bz2"}) {
    const std::string name = "x.jsonl." + kind;
    const std::string whole = kind == "gz" ? gzip(noise) : kind == "zst" ? zstd(noise) : bzip2(noise);
    CHECK_NOTHROW(read_documents(folder.write(name, whole)));
    CHECK_THROWS_AS(read_documents(folder.write(name, whole.substr(0, whole.size() / 2))), util::InputError);
    std::string flipped = whole;
    for (std::size_t i = whole.size() / 3; i < whole.size() / 3 + 64; ++i)
      flipped[i] = static_cast<char>(flipped[i] ^ 0x55);
    CHECK_THROWS_AS(read_documents(folder.write(name, flipped)), util::InputError);
    CHECK_THROWS_AS(read_documents(folder.write(name, "plain text")), util::InputError);
    CHECK_THROWS_AS(read_documents(folder.write(name, "")), util::InputError);
  }
}

TEST_CASE("CSV follows RFC 4180 and types whole columns") {
  const std::string text = "id,q,n,x,e\r\n1,\"a, \"\"b\"\"\nc\",07,1.5,\r\n2,plain,8,2,\r\n\r\n3,,9,,\r\n";
  const auto documents = parse_csv(text, ',', "t.csv");
  REQUIRE(documents.size() == 3);
  CHECK(documents[0].fields.dump() == R"({"id":1,"q":"a, \"b\"\nc","n":7,"x":1.5,"e":null})");
  CHECK(documents[2].fields.dump() == R"({"id":3,"q":null,"n":9,"x":null,"e":null})");
  CHECK(documents[1].line == 4);
  for (const auto& entry : test::recorded("csv.json").at("cases")) {  // what `datasets` reads
    INFO(entry.at("text"));
    const auto read = parse_csv(entry.at("text").get<std::string>(), ',', "t.csv");
    REQUIRE(read.size() == entry.at("rows").size());
    for (std::size_t i = 0; i < read.size(); ++i) CHECK(python_repr(read[i].fields) == entry.at("rows")[i]);
  }
  const auto tsv = parse_csv("a\tb\n1,2\t\"x\"\n", '\t', "t.tsv");
  CHECK(tsv[0].fields.dump() == R"({"a":"1,2","b":"x"})");
  CHECK(input_error([] { (void)parse_csv("a,b\n1\n", ',', "t.csv"); }).starts_with("t.csv:2:"));
  CHECK(input_error([] { (void)parse_csv("a,a\n", ',', "t.csv"); }).starts_with("t.csv:1:"));
  CHECK(input_error([] { (void)parse_csv("a\n\"x\ny\n", ',', "t.csv"); }).starts_with("t.csv:2:"));
  CHECK(input_error([] { (void)parse_csv("a\n\"x\"y\n", ',', "t.csv"); }).starts_with("t.csv:2:"));
  CHECK_THROWS_AS(parse_csv("", ',', "t.csv"), util::InputError);
}

TEST_CASE("splits are found below the data root") {
  const TemporaryFolder folder;
  folder.write("org/set/default/test.jsonl", rows);
  folder.write("org/set/main/validation.csv", "a\n1\n");
  check_rows(read_split(folder.path(), "org/set", "", "test").documents);
  CHECK(read_split(folder.path(), "org/set", "main", "validation").documents[0].fields["a"] == 1);
  const auto message = [&](const std::string& path, const std::string& name, const std::string& split) {
    return input_error([&] { (void)read_split(folder.path(), path, name, split); });
  };
  CHECK(message("org/set", "", "train").find("splits there: test") != std::string::npos);
  CHECK(message("org/set", "other", "test").find("folders there: default, main") != std::string::npos);
  CHECK(message("other/set", "", "test").find("folders there: org") != std::string::npos);
  for (const std::string name : {"../x", "/etc", "a/../../b", ""}) {
    CAPTURE(name);
    CAPTURE(message(name, "", "test"));
    CHECK(message(name, "", "test").find("inside the data root") != std::string::npos);
  }
  CHECK(message("org/set", "", "../default/test").find("inside the data root") != std::string::npos);
  folder.write("org/empty/default/test.jsonl", "\n\n");
  CHECK(message("org/empty", "", "test").find("is empty") != std::string::npos);
  CHECK(input_error([&] { (void)read_split(folder.path() / "absent", "a", "", "test"); }).find("data root") !=
        std::string::npos);
  std::filesystem::create_directories(folder.path() / "org/dir/default/test.jsonl");
  CHECK(message("org/dir", "", "test").find("folder") != std::string::npos);
}

}  // namespace
}  // namespace assay::eval
