#include "model/safetensors.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <random>

#include "model/checkpoint_writer.hpp"

using assay::model::parse_safetensors_header;
using assay::model::SafetensorsFile;
using assay::test::refusal;
using assay::test::TempDir;
using assay::test::with_header;
using assay::test::write_text;
using Catch::Contains;
using Catch::Equals;

namespace {

std::string parse_refusal(const std::string& header, std::uint64_t data_bytes) {
  return refusal([&] { (void)parse_safetensors_header(header, data_bytes, "x.safetensors"); });
}

std::string file_refusal(const std::string& bytes) {
  const TempDir folder;
  write_text(folder / "m.safetensors", bytes);
  return refusal([&] { SafetensorsFile file(folder / "m.safetensors"); });
}

// {"t": {...}} with the given dtype, shape and offsets.
std::string one(const std::string& dtype, const std::string& shape, const std::string& offsets) {
  return R"({"t":{"dtype":")" + dtype + R"(","shape":)" + shape + R"(,"data_offsets":)" + offsets + "}}";
}

}  // namespace

TEST_CASE("a well-formed header is read") {
  const std::string header = R"({"__metadata__":{"format":"pt","a":"b"},)"
                             R"("b":{"data_offsets":[8,20],"shape":[2,3],"dtype":"BF16"},)"
                             R"("a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})";
  const auto tensors = parse_safetensors_header(header + "   ", 20, "x");
  REQUIRE(tensors.size() == 2);
  CHECK(tensors.at("b").dtype == "BF16");
  CHECK(tensors.at("b").shape == assay::tensor::Shape{2, 3});
  CHECK(tensors.at("b").begin == 8);
  CHECK(tensors.at("b").bytes() == 12);
}

TEST_CASE("legal oddities are accepted") {
  CHECK_THAT(parse_refusal("{}", 0), Equals("accepted"));
  CHECK_THAT(parse_refusal(" \n" + one("F32", "[1]", "[0,4]"), 4),
             Equals("accepted"));                                               // leading white space
  CHECK_THAT(parse_refusal(one("F32", "[]", "[0,4]"), 4), Equals("accepted"));  // rank 0
  CHECK_THAT(parse_refusal(one("F32", "[0]", "[0,0]"), 0), Equals("accepted"));
  CHECK_THAT(parse_refusal(one("F32", "[3,0,5]", "[0,0]"), 0), Equals("accepted"));
  CHECK_THAT(parse_refusal(one("F4", "[2]", "[0,1]"), 1), Equals("accepted"));
  CHECK_THAT(parse_refusal(one("F6_E2M3", "[4]", "[0,3]"), 3), Equals("accepted"));
  // Two empty tensors around a full one share its ends.
  CHECK_THAT(parse_refusal(R"({"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},)"
                           R"("b":{"dtype":"U8","shape":[3],"data_offsets":[0,3]},)"
                           R"("c":{"dtype":"U8","shape":[0],"data_offsets":[3,3]}})",
                           3),
             Equals("accepted"));
}

TEST_CASE("every dtype of the format has its width") {
  const std::vector<std::pair<std::string, int>> bytes_of_four = {
      {"BOOL", 4},    {"F4", 2},      {"F6_E2M3", 3}, {"F6_E3M2", 3},     {"U8", 4},   {"I8", 4},
      {"F8_E5M2", 4}, {"F8_E4M3", 4}, {"F8_E8M0", 4}, {"F8_E4M3FNUZ", 4}, {"I16", 8},  {"F8_E5M2FNUZ", 4},
      {"U16", 8},     {"F16", 8},     {"BF16", 8},    {"I32", 16},        {"U32", 16}, {"F32", 16},
      {"C64", 32},    {"F64", 32},    {"I64", 32},    {"U64", 32}};
  for (const auto& [dtype, bytes] : bytes_of_four) {
    INFO(dtype);
    const auto size = std::to_string(bytes);
    CHECK_THAT(parse_refusal(one(dtype, "[4]", "[0," + size + "]"), static_cast<std::uint64_t>(bytes)),
               Equals("accepted"));
  }
}

TEST_CASE("malformed headers are refused") {
  CHECK_THAT(parse_refusal("", 0), Contains("not a JSON object"));
  CHECK_THAT(parse_refusal("[]", 0), Contains("not a JSON object"));
  CHECK_THAT(parse_refusal("\xef\xbb\xbf{}", 0), Contains("not a JSON object"));
  CHECK_THAT(parse_refusal("{\"a\"", 0), Contains("not valid JSON"));
  CHECK_THAT(parse_refusal("{} {}", 0), Contains("not valid JSON"));
  CHECK_THAT(parse_refusal("{\"\xff\":1}", 0), Contains("not valid JSON"));
  CHECK_THAT(parse_refusal(std::string("{}\0junk", 7), 0), Contains("NUL byte"));
  CHECK_THAT(parse_refusal(R"({"t":1})", 0), Contains("number where none belongs"));
  CHECK_THAT(parse_refusal(R"({"t":null})", 0), Contains("null"));
  CHECK_THAT(parse_refusal(R"({"t":[1]})", 0), Contains("list where none belongs"));
  CHECK_THAT(parse_refusal(R"({"t":{}})", 0), Contains("lacks dtype, shape or data_offsets"));
  CHECK_THAT(parse_refusal(R"({"t":{"dtype":"F32","shape":[1]}})", 4), Contains("lacks"));
  CHECK_THAT(parse_refusal(R"({"t":{"dtype":{"a":1}}})", 0), Contains("object where none belongs"));
  CHECK_THAT(parse_refusal(R"({"t":{"dtype":["F32"]}})", 0), Contains("list where none belongs"));
  CHECK_THAT(parse_refusal(R"({"t":{"extra":1}})", 0), Contains("unknown member \"extra\""));
  CHECK_THAT(parse_refusal(one("F33", "[1]", "[0,4]"), 4), Contains("unknown dtype \"F33\""));
  CHECK_THAT(parse_refusal(one("F32", "[[1]]", "[0,4]"), 4), Contains("list where none belongs"));
  CHECK_THAT(parse_refusal(R"({"__metadata__":"x"})", 0), Contains("string where none belongs"));
  CHECK_THAT(parse_refusal(R"({"__metadata__":{"a":1}})", 0), Contains("number where none belongs"));
  CHECK_THAT(parse_refusal(R"({"__metadata__":{"a":{}}})", 0), Contains("object where none belongs"));
}

TEST_CASE("duplicate keys are refused at every level") {
  const std::string body = R"({"dtype":"U8","shape":[0],"data_offsets":[0,0]})";
  CHECK_THAT(parse_refusal(R"({"t":)" + body + R"(,"t":)" + body + "}", 0), Contains("tensor t twice"));
  CHECK_THAT(parse_refusal(R"({"__metadata__":{},"__metadata__":{}})", 0), Contains("__metadata__ twice"));
  CHECK_THAT(parse_refusal(R"({"__metadata__":{"a":"1","a":"2"}})", 0), Contains("metadata key \"a\" twice"));
  CHECK_THAT(parse_refusal(R"({"t":{"dtype":"U8","dtype":"U8"}})", 0), Contains("member \"dtype\" twice"));
  CHECK_THAT(parse_refusal(R"({"t":{"shape":[],"shape":[]}})", 0), Contains("member \"shape\" twice"));
  CHECK_THAT(parse_refusal(R"({"t":{"data_offsets":[0,0],"data_offsets":[0,0]}})", 0),
             Contains("data_offsets"));
}

TEST_CASE("numbers that are not sizes are refused") {
  CHECK_THAT(parse_refusal(one("U8", "[-1]", "[0,0]"), 0), Contains("non-negative"));
  CHECK_THAT(parse_refusal(one("U8", "[1.0]", "[0,1]"), 1), Contains("non-negative"));
  CHECK_THAT(parse_refusal(one("U8", "[1e0]", "[0,1]"), 1), Contains("non-negative"));
  CHECK_THAT(parse_refusal(one("U8", "[18446744073709551616]", "[0,1]"), 1), Contains("non-negative"));
  CHECK_THAT(parse_refusal(one("U8", "[9223372036854775808]", "[0,1]"), 1), Contains("too large"));
  CHECK_THAT(parse_refusal(one("U8", "[true]", "[0,1]"), 1), Contains("boolean"));
  CHECK_THAT(parse_refusal(one("U8", "[1]", "[0,-1]"), 1), Contains("non-negative"));
  CHECK_THAT(parse_refusal(one("U8", "[1]", "[0]"), 1), Contains("two data_offsets"));
  CHECK_THAT(parse_refusal(one("U8", "[1]", "[]"), 1), Contains("two data_offsets"));
  CHECK_THAT(parse_refusal(one("U8", "[1]", "[0,1,1]"), 1), Contains("more than two"));
}

TEST_CASE("shapes that overflow or do not fill bytes are refused") {
  CHECK_THAT(parse_refusal(one("F32", "[4611686018427387904,4]", "[0,0]"), 0), Contains("overflows"));
  CHECK_THAT(parse_refusal(one("F32", "[0,4611686018427387904,8]", "[0,0]"), 0), Contains("overflows"));
  CHECK_THAT(parse_refusal(one("F4", "[3]", "[0,2]"), 2), Contains("whole bytes"));
  CHECK_THAT(parse_refusal(one("F6_E3M2", "[1]", "[0,1]"), 1), Contains("whole bytes"));
  CHECK_THAT(parse_refusal(one("U8", "[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]", "[0,1]"), 1),
             Contains("dimensions"));
}

TEST_CASE("layouts with holes, overlaps or wrong ends are refused") {
  const auto two = [](const std::string& first, const std::string& second) {
    return R"({"a":{"dtype":"U8","shape":[4],"data_offsets":)" + first +
           R"(},"b":{"dtype":"U8","shape":[4],"data_offsets":)" + second + "}}";
  };
  CHECK_THAT(parse_refusal(two("[0,4]", "[4,8]"), 8), Equals("accepted"));
  CHECK_THAT(parse_refusal(two("[4,8]", "[0,4]"), 8), Equals("accepted"));
  CHECK_THAT(parse_refusal(two("[0,4]", "[0,4]"), 4), Contains("overlaps"));  // the memory bomb
  CHECK_THAT(parse_refusal(two("[0,4]", "[3,7]"), 7), Contains("overlaps"));
  CHECK_THAT(parse_refusal(two("[0,4]", "[5,9]"), 9), Contains("hole"));
  CHECK_THAT(parse_refusal(two("[1,5]", "[5,9]"), 9), Contains("hole"));
  CHECK_THAT(parse_refusal(two("[0,4]", "[4,8]"), 9), Contains("1 bytes after its last tensor"));  // polyglot
  CHECK_THAT(parse_refusal(two("[0,4]", "[4,8]"), 7), Contains("outside the file"));
  CHECK_THAT(parse_refusal(two("[4,0]", "[4,8]"), 8), Contains("outside the file"));
  CHECK_THAT(parse_refusal(two("[0,3]", "[3,7]"), 7), Contains("needs 4 bytes, but its data_offsets span 3"));
  CHECK_THAT(parse_refusal(two("[0,4]", "[4,18446744073709551615]"), 8), Contains("outside the file"));
  CHECK_THAT(parse_refusal("{}", 1), Contains("1 bytes after"));
}

TEST_CASE("names and nesting are bounded") {
  const std::string body = R"({"dtype":"U8","shape":[0],"data_offsets":[0,0]})";
  CHECK_THAT(parse_refusal("{\"" + std::string(2000, 'n') + "\":" + body + "}", 0),
             Contains("longer than 1024"));
  CHECK_THAT(parse_refusal("{\"a\":" + std::string(100000, '{'), 0),
             Contains("not valid JSON") || Contains("object where"));
  CHECK_THAT(parse_refusal("{\"a\":{\"shape\":" + std::string(100000, '['), 0),
             Contains("list where none belongs"));
}

TEST_CASE("damaged files are refused") {
  const std::string good = with_header(one("F32", "[2]", "[0,8]"), "12345678");
  CHECK_THAT(file_refusal(good), Equals("accepted"));
  CHECK_THAT(file_refusal(""), Contains("only 0 bytes"));
  CHECK_THAT(file_refusal("1234567"), Contains("only 7 bytes"));
  CHECK_THAT(file_refusal(std::string(7, '\0') + "\x7f"), Contains("more than the limit"));
  CHECK_THAT(file_refusal(std::string("\x01\xe1\xf5\x05\0\0\0\0", 8)),
             Contains("more than the limit"));  // 10^8 + 1
  CHECK_THAT(file_refusal(std::string("\x03\0\0\0\0\0\0\0{}", 10)), Contains("but has only 2"));
  CHECK_THAT(file_refusal(good.substr(0, good.size() - 1)), Contains("cut short"));
  CHECK_THAT(file_refusal(good + "x"), Contains("after its last tensor"));
}

TEST_CASE("things that are no regular file are refused without waiting") {
  const TempDir folder;
  REQUIRE(::mkfifo((folder / "fifo.safetensors").c_str(), 0600) == 0);
  CHECK_THAT(refusal([&] { SafetensorsFile file(folder / "fifo.safetensors"); }),
             Contains("not a regular file"));
  CHECK_THAT(refusal([&] { SafetensorsFile file(folder.path()); }), Contains("not a regular file"));
  CHECK_THAT(refusal([&] { SafetensorsFile file(folder / "none"); }), Contains("cannot open"));
}

TEST_CASE("a file that shrinks or changes after validation is an error, not a crash") {
  const TempDir folder;
  const auto path = folder / "m.safetensors";
  write_text(path, with_header(one("F32", "[2]", "[0,8]"), "12345678"));
  const SafetensorsFile file(path);
  std::byte out[8];
  file.read(file.tensors().at("t"), 0, out);
  CHECK(static_cast<char>(out[7]) == '8');
  file.read(file.tensors().at("t"), 4, std::span(out).first(2));
  CHECK(static_cast<char>(out[0]) == '5');
  REQUIRE(::truncate(path.c_str(), 30) == 0);
  CHECK_THAT(refusal([&] { file.check_unchanged(); }), Contains("changed while it was read"));
  CHECK_THAT(refusal([&] { file.read(file.tensors().at("t"), 0, out); }), Contains("became shorter"));
}

TEST_CASE("mutated headers are refused or read, never worse") {
  const std::string seed =
      R"({"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},)"
      R"("b":{"dtype":"BF16","shape":[4],"data_offsets":[24,32]}})";
  std::mt19937 random(7);
  const std::string alphabet = "{}[]\",:0123456789-eE.\\u\xc3\x28 truefalsn";
  int accepted = 0;
  for (int round = 0; round < 20000; ++round) {
    std::string text = seed;
    for (int edit = 0; edit < 1 + round % 4; ++edit) {
      const auto at = random() % text.size();
      switch (random() % 3) {
        case 0:
          text[at] = alphabet[random() % alphabet.size()];
          break;
        case 1:
          text.erase(at, 1 + random() % 5);
          break;
        default:
          text.insert(at, text.substr(random() % text.size(), random() % 12));
          break;
      }
      if (text.empty()) text = "{";
    }
    accepted += parse_refusal(text, 32) == "accepted" ? 1 : 0;
  }
  CHECK(accepted > 0);
  CHECK(accepted < 10000);
}
