// Prompts as turns: chat templates, beginnings of answers, choices that are contexts, several answers.
#include "assay/eval/task.hpp"
#include "eval/prompt/messages.hpp"
#include "eval/support.hpp"

namespace assay::eval {
namespace {

using test::TemporaryFolder;

// A template as plain as can be: [role]content for each turn, then [assistant] where it begins.
text::RenderedText render_plainly(const std::vector<text::ChatMessage>& turns, bool add_generation_prompt) {
  text::RenderedText out;
  for (const text::ChatMessage& turn : turns) {
    out.text += "[" + turn.role + "]";
    out.outside.emplace_back(out.text.size(), out.text.size() + turn.content.size());
    out.text += turn.content;
  }
  if (add_generation_prompt) out.text += "[assistant]";
  return out;
}

struct World {
  TemporaryFolder folder;
  BuildOptions options;

  World() {
    options.data_root = folder.path() / "data";
    options.chat = render_plainly;
    folder.write("data/org/set/default/test.jsonl",
                 "{\"q\":\"Q0\",\"a\":\"A0\",\"n\":1}\n{\"q\":\"Q1\",\"a\":\"A1\",\"n\":0}\n");
  }
  [[nodiscard]] std::vector<Sample> build(const std::string& more) const {
    const auto file = folder.write("t.yaml", "task: t\ndataset_path: org/set\ntest_split: test\n" + more);
    return std::move(build_samples(load_task(file), options).samples);
  }
};

const std::string asked = "doc_to_text: q\ndoc_to_target: a\n";
const std::string one_shot =
    "num_fewshot: 1\nfewshot_config: {sampler: first_n, samples: [{q: QS, a: AS, n: 0}]}\n";

TEST_CASE("shots are turns of their own, or all of one") {
  World world;
  world.options.system_instruction = "Be brief.";
  const std::string description = "description: \"About things.\\n\\n\"\n";
  const auto apart = world.build(asked + one_shot + description);
  CHECK(apart[0].requests.at(0).context ==
        "[system]Be brief.\n\nAbout things.\n\n[user]QS[assistant]AS[user]Q0[assistant]");
  world.options.fewshot_as_multiturn = false;
  const auto together = world.build(asked + one_shot + description);
  const TextRequest& request = together[0].requests.at(0);
  CHECK(request.context == "[system]Be brief.\n\nAbout things.\n\n[user]QS AS\n\nQ0[assistant]");
  REQUIRE(request.plain.size() == 2);
  CHECK(request.context.substr(request.plain[1].begin, request.plain[1].end - request.plain[1].begin) ==
        "QS AS\n\nQ0");
  world.options.chat = nullptr;
  CHECK(world.build(asked + one_shot + description)[0].requests.at(0).context ==
        "Be brief.\n\nAbout things.\n\nQS AS\n\nQ0");
}

TEST_CASE("the beginning of an answer ends the prompt, and stands in the shots too") {
  World world;
  const std::string begun = asked + one_shot + "gen_prefix: \"So:\"\n";
  CHECK(world.build(begun)[0].requests.at(0).context == "[user]QS[assistant]So: AS[user]Q0[assistant]So:");
  world.options.fewshot_as_multiturn = false;
  CHECK(world.build(begun)[0].requests.at(0).context == "[user]QS So: AS\n\nQ0[assistant]So:");
  world.options.chat = nullptr;
  CHECK(world.build(begun)[0].requests.at(0).context == "QS So: AS\n\nQ0 So:");
}

TEST_CASE("behind a chat template choices have no delimiter, unless an answer was begun") {
  World world;
  const std::string choice =
      "output_type: multiple_choice\ndoc_to_text: q\ndoc_to_target: n\ndoc_to_choice: [no, yes]\n";
  const std::string quoted =
      "output_type: multiple_choice\ndoc_to_text: q\ndoc_to_target: n\n"
      "doc_to_choice: ['no', 'yes']\n";
  CHECK_THROWS_AS(world.build(choice), util::InputError);  // YAML's no is false
  CHECK(world.build(quoted)[0].requests.at(1).continuation == "yes");
  CHECK(world.build(quoted + "gen_prefix: Answer\n")[0].requests.at(1).continuation == " yes");
  CHECK(world.build(quoted + "gen_prefix: 'Answer '\n")[0].requests.at(1).continuation == "yes");
  world.options.chat = nullptr;
  CHECK(world.build(quoted)[0].requests.at(1).continuation == " yes");
}

TEST_CASE("an index as question makes the choices contexts of one continuation") {
  World world;
  world.options.chat = nullptr;
  const auto samples = world.build(
      "output_type: multiple_choice\ndoc_to_text: n\ndoc_to_target: a\n"
      "doc_to_choice: \"{{[q ~ ' left', q ~ ' right']}}\"\n" +
      one_shot);
  REQUIRE(samples[0].requests.size() == 2);
  CHECK(samples[0].requests[0].context == "QS left AS\n\nQ0 left");
  CHECK(samples[0].requests[1].context == "QS left AS\n\nQ0 right");
  CHECK(samples[0].requests[1].continuation == " A0");
  CHECK(samples[0].target == "A0");
  CHECK(samples[0].gold_context == 1);
}

TEST_CASE("several answers to one question are asked for in a row") {
  World world;
  world.options.chat = nullptr;
  const auto samples = world.build(
      asked +
      "repeats: 3\nfilter_list: [{name: x, filter: [{function: majority_vote}, {function: take_first}]}]\n");
  REQUIRE(samples[0].requests.size() == 3);
  CHECK(samples[0].requests[2].repeat == 2);
  CHECK(samples[0].requests[2].context == "Q0");
}

TEST_CASE("delimiters stand only where neither side has white space") {
  CHECK(join_delimited("a", "b", "-") == "a-b");
  CHECK(join_delimited("a ", "b", "-") == "a b");
  CHECK(join_delimited("a", "\nb", "-") == "a\nb");
  CHECK(join_delimited("", "b", "-") == "b");
  CHECK(join_delimited("a", "", "-") == "a");
  CHECK(join_delimited("a\u00a0", "b", "-") == "a\u00a0b");  // a no-break space is white space
}

TEST_CASE("numbers of a column are of one kind") {
  World world;
  world.folder.write("data/org/set/default/test.jsonl", "{\"q\":\"Q0\",\"a\":1}\n{\"q\":\"Q1\",\"a\":2.5}\n");
  world.options.chat = nullptr;
  const auto samples = world.build("doc_to_text: \"{{q}}/{{a}}\"\ndoc_to_target: a\n");
  CHECK(samples[0].requests[0].context == "Q0/1.0");
  CHECK(samples[1].requests[0].context == "Q1/2.5");
}

}  // namespace
}  // namespace assay::eval
