#include <algorithm>
#include <nlohmann/json.hpp>

#include "assay/eval/task.hpp"
#include "assay/util/error.hpp"
#include "assay/util/log.hpp"
#include "eval/prompt/fewshot.hpp"
#include "eval/prompt/sample_builder.hpp"
#include "eval/prompt/split_source.hpp"
#include "eval/python_random.hpp"

namespace assay::eval {
namespace {

using util::check_input;
using util::OrderedJson;

// Indices of the documents that are evaluated, ascending.
std::vector<std::size_t> chosen_documents(std::size_t count, const BuildOptions& options) {
  const std::size_t wanted =
      options.limit < 0 ? count : std::min(count, static_cast<std::size_t>(options.limit));
  std::vector<std::size_t> chosen;
  if (options.sample_seed && wanted < count) {
    chosen = PythonRandom(*options.sample_seed).sample(count, wanted);
    std::ranges::sort(chosen);
  } else {
    for (std::size_t i = 0; i < wanted; ++i) chosen.push_back(i);
  }
  return chosen;
}

// The shots of document after document; each document of the pool is written once.
class Shots {
 public:
  Shots(const TaskConfig& task, const BuildOptions& options, const SampleBuilder& builder)
      : task_(task),
        builder_(builder),
        count_(static_cast<std::size_t>(effective_num_fewshot(task, options))),
        pool_(count_ > 0 ? read_fewshot_pool(task, options) : Split()),
        written_(pool_.documents.size()),
        sampler_(task, pool_.documents, options.fewshot_seed) {}

  std::vector<const std::vector<Turn>*> next(const OrderedJson& document) {
    std::vector<const std::vector<Turn>*> shots;
    std::size_t bytes = 0;
    for (const Document* drawn : sampler_.draw(count_, document)) {
      const auto index = static_cast<std::size_t>(drawn - pool_.documents.data());
      auto& written = written_[index];
      for_document(task_, pool_, index, [&] {
        if (!written) written = builder_.shot(drawn->fields);
        bytes += plain_text(*written).size();
        check_rendered_size(bytes);
      });
      shots.push_back(&*written);
    }
    return shots;
  }

 private:
  const TaskConfig& task_;
  const SampleBuilder& builder_;
  std::size_t count_;
  Split pool_;
  std::vector<std::optional<std::vector<Turn>>> written_;
  FewshotSampler sampler_;
};

}  // namespace

int effective_num_fewshot(const TaskConfig& task, const BuildOptions& options) {
  return task.num_fewshot_fixed ? 0 : options.num_fewshot.value_or(task.num_fewshot);
}

SampleSet build_samples(const TaskConfig& task, const BuildOptions& options) {
  check_input(effective_num_fewshot(task, options) >= 0, "the number of few-shot examples is negative");
  // Without a seed the first documents are taken, and no more need be kept.
  const Split split = read_scored_split(task, options, options.sample_seed ? -1 : options.limit);
  SampleBuilder builder(task, options, fields_of(split));
  if (!split.documents.empty())
    for_document(task, split, 0, [&] { builder.look_at_first(split.documents[0].fields); });
  Shots shots(task, options, builder);
  SampleSet set{{}, split.rows};
  std::vector<std::size_t> without_gold;
  for (const std::size_t i : chosen_documents(split.documents.size(), options)) {
    const OrderedJson& document = split.documents[i].fields;
    const auto drawn = shots.next(document);
    for_document(task, split, i, [&] { set.samples.push_back(builder.build(i, document, drawn)); });
    const bool chooses = task.output_type == OutputType::multiple_choice;
    if (chooses && !builder.gold_is_choice(set.samples.back())) without_gold.push_back(i);
  }
  if (!without_gold.empty()) {
    util::log_warning(
        "task {}: {} of {} targets name none of their choices and count as wrong (the first: {})", task.task,
        without_gold.size(), set.samples.size(), split.place(without_gold[0]));
  }
  check_input(!set.samples.empty(), "task {}: no documents are left to evaluate (limit {})", task.task,
              options.limit);
  return set;
}

}  // namespace assay::eval
