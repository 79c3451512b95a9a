#include "eval/prompt/fewshot.hpp"

#include "assay/util/error.hpp"

namespace assay::eval {

FewshotSampler::FewshotSampler(const TaskConfig& task, const std::vector<Document>& pool, std::uint64_t seed)
    : task_(task), random_(seed) {
  for (const Document& document : pool) pool_.push_back(&document);
}

std::vector<const Document*> FewshotSampler::take(const std::vector<const Document*>& from,
                                                  std::size_t count) {
  util::check_input(
      count <= from.size(),
      "task {}: {} few-shot examples are needed but split \"{}\" offers {}; lower --num-fewshot", task_.task,
      count, task_.fewshot_split, from.size());
  std::vector<const Document*> drawn;
  for (const std::size_t i : random_.sample(from.size(), count)) drawn.push_back(from[i]);
  return drawn;
}

std::vector<const Document*> FewshotSampler::draw(std::size_t count, const util::OrderedJson& document) {
  const auto is_this = [&](const Document* other) {
    return task_.fewshot.exclude_document && other->fields == document;
  };
  if (count == 0) return {};
  if (task_.fewshot.sampler == "first_n") {
    std::vector<const Document*> first;
    for (const Document* other : pool_) {
      if (first.size() == count) break;
      if (!is_this(other)) first.push_back(other);
    }
    util::check_input(first.size() == count,
                      "task {}: {} few-shot examples are needed but split \"{}\" offers {}", task_.task,
                      count, task_.fewshot_split, first.size());
    return first;
  }
  if (!task_.fewshot.exclude_document) return take(pool_, count);
  // One more than needed, less the document itself wherever it was drawn.
  std::vector<const Document*> drawn = take(pool_, count + 1);
  std::erase_if(drawn, is_this);
  if (drawn.size() >= count) {
    drawn.resize(count);
    return drawn;
  }
  // Copies of the document were drawn: draw again from the others.
  std::vector<const Document*> others = pool_;
  std::erase_if(others, is_this);
  return take(others, count);
}

}  // namespace assay::eval
