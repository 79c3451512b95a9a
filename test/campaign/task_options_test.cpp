#include "assay/campaign/task_options.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>

#include "assay/util/error.hpp"
#include "support/temp_dir.hpp"

using namespace assay;
using Catch::Contains;

namespace {

std::string failure(const std::function<void()>& work) {
  try {
    work();
  } catch (const util::InputError& error) {
    return error.what();
  }
  return "accepted";
}

void write(const std::filesystem::path& path, const std::string& text) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

// Takes no system message, as Gemma's does; every turn stands in marks of its role.
constexpr const char* no_system =
    "{% for m in messages %}{% if m.role == 'system' %}{{ raise_exception('System role not supported') }}"
    "{% endif %}<{{ m.role }}>{{ m.content }}</{{ m.role }}>\n{% endfor %}"
    "{% if add_generation_prompt %}<assistant>{% endif %}";

campaign::CampaignConfig with_template(const test::TempDir& folder, const std::string& text) {
  write(folder / "model" / "chat_template.jinja", text);
  campaign::CampaignConfig config;
  config.model = folder / "model";
  config.chat_template = "true";
  return config;
}

std::vector<std::string> outside(const text::RenderedText& rendered) {
  std::vector<std::string> parts;
  for (const text::ByteRange& range : rendered.outside)
    parts.push_back(rendered.text.substr(range.begin, range.end - range.begin));
  return parts;
}

const eval::BuildOptions& no_chat() {
  static const eval::BuildOptions options = campaign::build_options({}, {});
  return options;
}

}  // namespace

TEST_CASE("a profile decides whether the tokenizer adds BOS, unless the campaign says so itself") {
  campaign::CampaignConfig config;
  config.seed = 7;
  eval::EncodeOptions options = campaign::encode_options(config, 512);
  CHECK(options.max_length == 512);
  CHECK(options.sampling_seed == 7);
  CHECK_FALSE(options.add_bos_token.has_value());
  config.profile = "lm-eval-0.4.9.1";
  CHECK(campaign::encode_options(config, 512).add_bos_token == std::optional(false));
  config.add_bos_token = true;
  CHECK(campaign::encode_options(config, 512).add_bos_token == std::optional(true));
  config.profile = eval::newest_profile;
  config.add_bos_token = false;
  CHECK(campaign::encode_options(config, 512).add_bos_token == std::optional(false));
}

TEST_CASE("an unknown profile is refused with all that there are") {
  campaign::CampaignConfig config;
  const auto* setting = campaign::find_setting("profile");
  REQUIRE(setting != nullptr);
  for (const eval::Profile& profile : eval::profiles()) {
    setting->set(config, std::string(profile.name));
    CHECK(config.profile == profile.name);
    CHECK_THAT(failure([&] { setting->set(config, "lm-eval-9"); }),
               Contains("lm-eval-9") && Contains(std::string(profile.name)));
  }
  config.profile = "lm-eval-9";
  CHECK_THAT(failure([&] { (void)campaign::encode_options(config, 512); }), Contains("lm-eval-0.4.13"));
}

TEST_CASE("categories add their tasks and groups to those that are named, each once") {
  const test::TempDir folder;
  const auto task = [&](const std::string& name, const std::string& more) {
    write(folder / "tasks" / (name + ".yaml"),
          "task: " + name +
              "\ndataset_path: a/b\ntest_split: test\noutput_type: generate_until\ndoc_to_text: q\n"
              "doc_to_target: a\n" +
              more);
  };
  task("sea_one", "category: weather_at_sea\n");
  task("sea_two", "category: [weather_on_land, weather_at_sea]\n");
  task("land", "category: weather_on_land\n");
  task("inland", "");
  write(folder / "tasks" / "sea_group.yaml",
        "group: sea_group\ntask: [inland]\ncategory: weather_at_sea\naggregate_metric_list: [{metric: "
        "exact_match}]\n");
  campaign::CampaignConfig config;
  config.task_folders = {folder / "tasks"};
  const auto names = [&] {
    std::vector<std::string> all;
    for (const eval::TaskConfig& one : campaign::select_tasks(config).tasks) all.push_back(one.task);
    return all;
  };
  config.categories = {"weather_at_sea"};
  CHECK(names() == std::vector<std::string>{"inland", "sea_one", "sea_two"});
  const eval::TaskSelection selection = campaign::select_tasks(config);
  REQUIRE(selection.groups.size() == 1);
  CHECK(selection.groups[0].group == "sea_group");
  config.categories = {"weather_on_land", "weather_at_sea"};
  CHECK(names() == std::vector<std::string>{"land", "sea_two", "inland", "sea_one"});
  config.tasks = {"sea_one"};
  CHECK(names() == std::vector<std::string>{"sea_one", "land", "sea_two", "inland"});
  config.categories = {"weather_at_see"};
  CHECK_THAT(failure([&] { (void)campaign::select_tasks(config); }),
             Contains("no category \"weather_at_see\"") && Contains("weather_at_sea\""));
}

TEST_CASE("how samples are built is taken from the settings and the model") {
  campaign::CampaignConfig config;
  config.data_root = "/data";
  config.limit = 9;
  config.num_fewshot = 3;
  config.fewshot_seed = 5;
  config.sample_seed = 6;
  config.gen_kwargs = "max_gen_toks=7";
  config.system_instruction = "Be brief.";
  config.fewshot_as_multiturn = false;
  model::GenerationDefaults defaults;
  defaults.temperature = 0.25;
  defaults.top_k = 40;
  defaults.repetition_penalty = 1.5;
  const eval::BuildOptions options = campaign::build_options(config, defaults);
  CHECK(options.data_root == "/data");
  CHECK(options.limit == 9);
  CHECK(options.num_fewshot == 3);
  CHECK(options.fewshot_seed == 5);
  CHECK(options.sample_seed == 6);
  CHECK(options.gen_kwargs == util::OrderedJson{{"max_gen_toks", 7}});
  CHECK(options.system_instruction == "Be brief.");
  CHECK_FALSE(options.fewshot_as_multiturn);
  CHECK(options.model_generation ==
        util::OrderedJson{{"temperature", 0.25}, {"top_k", 40}, {"repetition_penalty", 1.5}});
  CHECK_FALSE(static_cast<bool>(options.chat));
  CHECK(no_chat().model_generation == util::OrderedJson::object());
}

TEST_CASE("a template that refuses a system message gets the conversation without it") {
  const test::TempDir folder;
  const auto options = campaign::build_options(with_template(folder, no_system), {});
  REQUIRE(static_cast<bool>(options.chat));
  const std::vector<text::ChatMessage> turns = {
      {"system", "S"}, {"user", "Q1"}, {"assistant", "A1"}, {"user", "Q2"}};
  const text::RenderedText rendered = options.chat(turns, true);
  CHECK(rendered.text == "<user>Q1</user>\n<assistant>A1</assistant>\n<user>Q2</user>\n<assistant>");
  CHECK(outside(rendered) == std::vector<std::string>{"Q1", "A1", "Q2"});
  // The answer's beginning is the last turn, which goes on.
  auto begun = turns;
  begun.push_back({"assistant", "The answer is"});
  CHECK(options.chat(begun, false).text ==
        "<user>Q1</user>\n<assistant>A1</assistant>\n<user>Q2</user>\n<assistant>The answer is");
  // A lone system message is not left out: nothing would remain.
  CHECK_THAT(failure([&] {
               (void)options.chat({{"system", "S"}}, true);
             }),
             Contains("System role not supported"));
}

TEST_CASE("a template that refuses another turn is an error, with a system message or without") {
  const test::TempDir folder;
  const auto options = campaign::build_options(
      with_template(folder, "{% for m in messages %}{% if m.role == 'assistant' %}{{ raise_exception('no " +
                                std::string("answers') }}{% endif %}{{ m.content }}{% endfor %}")),
      {});
  CHECK_THAT(failure([&] {
               (void)options.chat({{"user", "Q"}, {"assistant", "A"}}, false);
             }),
             Contains("no answers"));
  CHECK_THAT(failure([&] {
               (void)options.chat({{"system", "S"}, {"user", "Q"}, {"assistant", "A"}}, false);
             }),
             Contains("no answers"));
  CHECK(options.chat({{"system", "S"}, {"user", "Q"}}, true).text == "SQ");  // it takes system messages
}

TEST_CASE("a task's shots, system text and gen_prefix reach the template") {
  const test::TempDir folder;
  auto config = with_template(folder,
                              "{% for m in messages %}<{{ m.role }}>{{ m.content }}</>{% endfor %}{% if "
                              "add_generation_prompt %}<assistant>{% endif %}");
  write(folder / "data" / "a" / "b" / "default" / "train.jsonl", "{\"q\":\"Q0\",\"a\":\"A0\"}\n");
  write(folder / "data" / "a" / "b" / "default" / "test.jsonl", "{\"q\":\"Q1\",\"a\":\"A1\"}\n");
  const std::string yaml =
      "task: t\ndataset_path: a/b\ntraining_split: train\ntest_split: test\noutput_type: generate_until\n"
      "doc_to_text: \"{{q}}\"\ndoc_to_target: \"{{a}}\"\ndescription: \"D\"\nnum_fewshot: 1\n";
  write(folder / "plain.yaml", yaml);
  write(folder / "prefixed.yaml", yaml + "gen_prefix: \"So:\"\n");
  config.data_root = folder / "data";
  config.system_instruction = "S";
  const auto prompt = [&](const char* file) {
    const eval::SampleSet set =
        eval::build_samples(eval::load_task(folder / file), campaign::build_options(config, {}));
    return set.samples.at(0).requests.at(0);
  };
  const eval::TextRequest plain = prompt("plain.yaml");
  CHECK(plain.context == "<system>S\n\nD</><user>Q0</><assistant>A0</><user>Q1</><assistant>");
  CHECK(outside({plain.context, plain.plain}) == std::vector<std::string>{"S\n\nD", "Q0", "A0", "Q1"});
  CHECK(prompt("prefixed.yaml").context ==
        "<system>S\n\nD</><user>Q0</><assistant>So: A0</><user>Q1</><assistant>So:");
  config.fewshot_as_multiturn = false;
  CHECK(prompt("prefixed.yaml").context == "<system>S\n\nD</><user>Q0 So: A0\n\nQ1</><assistant>So:");
  config.chat_template.clear();
  CHECK(prompt("prefixed.yaml").context == "S\n\nDQ0 So: A0\n\nQ1 So:");
}

TEST_CASE("a chat template that is not there is refused before anything runs") {
  const test::TempDir folder;
  std::filesystem::create_directories(folder / "model");
  campaign::CampaignConfig config;
  CHECK_FALSE(campaign::load_chat_template(config).has_value());  // none is asked for
  config.chat_template = "true";
  CHECK_THAT(failure([&] { (void)campaign::build_options(config, {}); }),
             Contains("--apply-chat-template needs --model"));
  config.model = folder / "model";
  CHECK_THAT(failure([&] { (void)campaign::build_options(config, {}); }),
             Contains((folder / "model").string()) && Contains("has no chat template") &&
                 Contains("leave --apply-chat-template out"));
  write(folder / "model" / "additional_chat_templates" / "tools.jinja", "{{ messages[0].content }}");
  write(folder / "model" / "chat_template.jinja", "{{ messages }}");
  config.chat_template = "tool";
  CHECK_THAT(failure([&] { (void)campaign::build_options(config, {}); }),
             Contains("\"tool\"") && Contains("default") && Contains("tools"));
  config.chat_template = "tools";
  CHECK(campaign::build_options(config, {}).chat({{"user", "Q"}}, true).text == "Q");
}
