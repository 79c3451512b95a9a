// Throughput of a tokenizer on one thread, and how its time grows on hostile texts. Alone it prints MB/s;
// with
// --serve it encodes the whole text once for every line it reads and answers "<seconds> <ids> <checksum>", so
// that tokenizer_bench.py can take turns with the reference within one run.
#include <fmt/format.h>
#include <boost/program_options.hpp>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <iostream>
#include <string>
#include <vector>

#include "assay/text/tokenizer.hpp"
#include "assay/util/error.hpp"
#include "assay/util/files.hpp"

namespace {

namespace po = boost::program_options;
namespace text = assay::text;

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// Documents of about `bytes` bytes, cut behind line breaks; 0: one document.
std::vector<std::string_view> documents(std::string_view all, std::size_t bytes) {
  if (bytes == 0) return {all};
  std::vector<std::string_view> out;
  while (!all.empty()) {
    const std::size_t end = all.size() <= bytes ? std::string_view::npos : all.find('\n', bytes);
    const std::size_t size = end == std::string_view::npos ? all.size() : end + 1;
    out.push_back(all.substr(0, size));
    all.remove_prefix(size);
  }
  return out;
}

struct Round {
  double seconds = 0;
  std::uint64_t ids = 0;
  std::uint64_t checksum = 0;  // of all ids in order; the driver compares it with the reference's
};

Round encode_all(const text::Tokenizer& tokenizer, const std::vector<std::string_view>& documents) {
  Round round;
  std::vector<std::vector<text::TokenId>> encoded(documents.size());
  const auto start = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < documents.size(); ++i) encoded[i] = tokenizer.encode(documents[i], false);
  round.seconds = seconds_since(start);
  for (const auto& ids : encoded) {
    round.ids += ids.size();
    for (const auto id : ids)
      round.checksum = (round.checksum * 31 + static_cast<std::uint64_t>(id)) % 2147483647;
  }
  return round;
}

void serve(const text::Tokenizer& tokenizer, const std::vector<std::string_view>& documents) {
  for (std::string line; std::getline(std::cin, line);) {
    const Round round = encode_all(tokenizer, documents);
    fmt::print("{:.9f} {} {}\n", round.seconds, round.ids, round.checksum);
    std::fflush(stdout);
  }
}

void throughput(const text::Tokenizer& tokenizer, std::string_view all,
                const std::vector<std::string_view>& documents, int rounds) {
  const double megabytes = static_cast<double>(all.size()) / 1e6;
  fmt::print("{:.2f} MB in {} documents\n", megabytes, documents.size());
  for (int i = 0; i <= rounds; ++i) {
    const Round round = encode_all(tokenizer, documents);
    fmt::print("{} {:8.2f} MB/s, {:.3f} bytes an id\n", i == 0 ? "first pass" : "round     ",
               megabytes / round.seconds, static_cast<double>(all.size()) / static_cast<double>(round.ids));
  }
}

// Time at full size over time at a quarter of it: 4 is linear.
void hostile(const text::Tokenizer& tokenizer, std::size_t bytes) {
  const std::vector<std::pair<const char*, std::string>> units = {{"a", "a"},
                                                                  {"space", " "},
                                                                  {"emoji", "😀"},
                                                                  {"digit", "7"},
                                                                  {"newline", "\n"},
                                                                  {"mark", "\u0301"},
                                                                  {"apostrophe", "'"},
                                                                  {"han", "字"},
                                                                  {"hyphen", "-"},
                                                                  {"<", "<"},
                                                                  {"invalid byte", "\xff"},
                                                                  {"word", "ab "},
                                                                  {"byte mix", "\x01z"},
                                                                  {"tab newline", "\t\n"}};
  for (const auto& [name, unit] : units) {
    double times[2] = {};
    for (int large = 0; large < 2; ++large) {
      std::string input;
      while (input.size() < (large == 1 ? bytes : bytes / 4)) input += unit;
      const auto start = std::chrono::steady_clock::now();
      (void)tokenizer.encode(input, false);
      times[large] = seconds_since(start);
    }
    fmt::print("{:12} {:9.3f} ms, {:5.2f} times a quarter of it\n", name, times[1] * 1e3,
               times[1] / times[0]);
  }
}

int run(int argc, char** argv) {
  std::string directory;
  std::string file;
  int rounds = 5;
  std::size_t bytes = 4096;
  std::size_t size = 1 << 20;
  po::options_description options("bench_tokenizer: a tokenizer on one thread");
  options.add_options()("help", "print this")("tokenizer", po::value(&directory)->required(),
                                              "model directory")(
      "text", po::value(&file), "UTF-8 text to encode")("rounds", po::value(&rounds)->default_value(rounds),
                                                        "rounds behind the first pass")(
      "document-bytes", po::value(&bytes)->default_value(bytes), "size of a document; 0: the text is one")(
      "serve", "encode once for every line of the standard input")(
      "hostile", "time texts of one repeated unit instead")("size", po::value(&size)->default_value(size),
                                                            "bytes of a hostile text");
  po::variables_map values;
  po::store(po::parse_command_line(argc, argv, options), values);
  if (values.count("help") > 0) {
    std::cout << options;
    return 0;
  }
  po::notify(values);
  const auto tokenizer = text::load_tokenizer(directory);
  if (values.count("hostile") > 0) {
    hostile(*tokenizer, size);
    return 0;
  }
  assay::util::check_input(!file.empty(), "--text is missing; name a UTF-8 text file");
  const std::string all = assay::util::read_file(file, std::size_t{1} << 30);
  const auto parts = documents(all, bytes);
  if (values.count("serve") > 0) {
    serve(*tokenizer, parts);
  } else {
    throughput(*tokenizer, all, parts, rounds);
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    fmt::print(stderr, "bench_tokenizer: {}\n", error.what());
    return 2;
  }
}
