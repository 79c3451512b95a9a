// libFuzzer target: what a data root may hold. Dataset cards, shell patterns, names of splits, and rows of
// every text format, plain and compressed; Parquet where the module is built (ASSAY_PARQUET_MODULE).
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "assay/util/error.hpp"
#include "eval/data/dataset.hpp"
#include "eval/data/dataset_card.hpp"
#include "eval/data/glob.hpp"
#include "eval/data/split_names.hpp"

namespace {

using namespace assay;

template <class Function>
void attempt(Function function) {
  try {
    function();
  } catch (const util::InputError&) {
    // What hostile input has to end in.
  }
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    lines.emplace_back(line);
    text.remove_prefix(std::min(line.size() + 1, text.size()));
  }
  return lines;
}

void read_file(std::string_view extension, std::string_view bytes) {
  static const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("assay-fuzz-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  const std::filesystem::path file = folder / ("rows" + std::string(extension));
  std::ofstream(file, std::ios::binary) << bytes;
  attempt([&] {
    (void)eval::read_rows({file}, 100,
                          {.row_bytes = 1 << 16, .stream_bytes = 1 << 20, .whole_bytes = 1 << 20});
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1 || size > 65536) return 0;
  const std::string text(reinterpret_cast<const char*>(data + 1), size - 1);
  constexpr std::string_view extensions[] = {".jsonl",    ".json",      ".csv",       ".tsv",
                                             ".jsonl.gz", ".jsonl.zst", ".jsonl.bz2", ".parquet"};
  switch (const unsigned choice = data[0] % 11U) {
    case 8:
      attempt([&] { (void)eval::parse_dataset_card("---\n" + text + "\n---\n", "README.md"); });
      break;
    case 9: {
      const std::size_t cut = text.find('\n');
      if (cut != std::string::npos) (void)eval::glob_match(text.substr(0, cut), text.substr(cut + 1));
      break;
    }
    case 10:
      for (const auto& [split, files] : eval::tell_splits_apart(lines_of(text))) {
        for (const std::string& file : files) (void)eval::config_folder_of(file, split);
      }
      break;
    default:
      read_file(extensions[choice], text);
  }
  return 0;
}
