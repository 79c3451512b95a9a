// A campaign without a model whose task runs programs: the answers are the programs' last words.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "campaign/made_up_campaign.hpp"
#include "campaign/program_runs.hpp"
#include "support/skip.hpp"

namespace assay::test {

/// False, after skip(), where no sandbox can be built.
inline bool can_run_programs() {
  static const eval::SandboxProbe probe = eval::probe_sandbox();
  if (probe.available) return true;
  // Where bubblewrap works, but not as it should, that is no reason to skip.
  if (probe.sentence.find("cannot build a sandbox") != 0) throw std::runtime_error(probe.sentence);
  skip(probe.sentence);
  return false;
}

/// One task "code" of `samples` documents that are asked `repeats` times, scored by pass@1 and pass@repeats;
/// the program of an answer is the answer, then the test "assert right".
inline campaign::Preparation code_task(std::int64_t samples, int repeats) {
  campaign::Preparation preparation;
  campaign::PreparedTask prepared{task_config("code", eval::OutputType::generate_until), 0, {}, {}, samples};
  prepared.task.repeats = repeats;
  prepared.task.runs_code = true;
  prepared.task.filters = {{"code", {{"take_first_k", {{"k", repeats}}}}}};
  prepared.task.metrics = {{"pass_at_k", "mean", true, {{"k", {1, repeats}}}, "humaneval.pass_at_k"}};
  for (std::int64_t doc = 0; doc < samples; ++doc) {
    eval::Sample sample;
    sample.doc_id = doc;
    sample.doc = {{"question", "q" + std::to_string(doc)}};
    sample.target = "assert right";
    for (int repeat = 0; repeat < repeats; ++repeat) {
      sample.requests.push_back(
          {engine::RequestKind::generate, "q" + std::to_string(doc), "", {}, {}, repeat});
      campaign::PlannedRequest planned{
          0, static_cast<std::size_t>(doc), static_cast<std::size_t>(repeat), 0, {}};
      planned.request.id = preparation.requests.size();
      planned.request.kind = engine::RequestKind::generate;
      planned.request.windows = {{{static_cast<engine::TokenId>(7 + doc)}, 0}};
      planned.content_hash = engine::content_hash(planned.request);
      preparation.requests.push_back(planned);
    }
    prepared.samples.push_back(sample);
  }
  preparation.tasks.push_back(prepared);
  return preparation;
}

inline engine::Completion wrote(std::uint64_t id, const std::string& text) {
  engine::Completion completion;
  completion.id = id;
  completion.kind = engine::RequestKind::generate;
  completion.text = text;
  completion.finish_reason = engine::FinishReason::stop_string;
  completion.prompt_tokens = 1;
  return completion;
}

}  // namespace assay::test
