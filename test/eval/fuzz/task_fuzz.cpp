// libFuzzer target: a hostile task file and hostile data, up to scores. Input: YAML, a line "----", JSON
// lines.
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "assay/eval/score.hpp"
#include "assay/util/error.hpp"

namespace {

namespace fs = std::filesystem;

const fs::path& root() {
  static const fs::path folder = fs::temp_directory_path() / ("assay-fuzz-eval-" + std::to_string(getpid()));
  return folder;
}

void write(const fs::path& file, std::string_view text) {
  fs::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << text;
}

void run(const fs::path& file) {
  using namespace assay;
  eval::TaskConfig task = eval::load_task(file);
  // Wherever the task looks, it finds this data.
  task.dataset_path = "d";
  task.dataset_name.clear();
  task.test_split = "s";
  task.fewshot_split = "s";
  eval::BuildOptions options;
  options.data_root = root();
  options.limit = 8;
  if (options.num_fewshot.value_or(task.num_fewshot) > 4) options.num_fewshot = 4;
  std::vector<std::vector<eval::SampleScore>> scores;
  const eval::SampleSet set = eval::build_samples(task, options);
  for (const eval::Sample& sample : set.samples) {
    std::vector<engine::Completion> answers(sample.requests.size());
    for (std::size_t i = 0; i < answers.size(); ++i) {
      answers[i].log_probability = -static_cast<double>(i % 3);
      answers[i].text = sample.requests[i].context.substr(0, 200);
    }
    scores.push_back(eval::score_sample(task, sample, answers));
  }
  // Bootstraps would take the fuzzer's time.
  for (eval::MetricConfig& metric : task.metrics) {
    if (metric.aggregation == "perplexity" || metric.aggregation == "median") return;
  }
  (void)eval::aggregate(task, scores);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto cut = text.find("\n----\n");
  write(root() / "t.yaml", text.substr(0, cut));
  write(root() / "d" / "default" / "s.jsonl", cut == std::string_view::npos ? text : text.substr(cut + 6));
  try {
    run(root() / "t.yaml");
  } catch (const assay::util::InputError&) {
    // What hostile input has to end in.
  }
  return 0;
}
