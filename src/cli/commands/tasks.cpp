// assay tasks: look at tasks before anything runs.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "assay/campaign/task_options.hpp"
#include "assay/eval/request_list.hpp"
#include "assay/model/arch_spec.hpp"
#include "assay/util/log.hpp"
#include "assay/util/suggest.hpp"
#include "cli/campaign_options.hpp"
#include "cli/command.hpp"

namespace assay::cli {
namespace {

constexpr const char* examples =
    "  assay tasks validate my_task.yaml\n"
    "  assay tasks show gsm8k --doc 3 --data-root DATA\n"
    "  assay tasks show arc_easy --model DIR --apply-chat-template --num-fewshot 2 --data-root DATA\n"
    "  assay tasks requests hellaswag,mmlu --limit 50 --num-fewshot 5 --out requests --data-root DATA\n";

constexpr std::string_view settings[] = {"model",
                                         "data_root",
                                         "include_path",
                                         "category",
                                         "limit",
                                         "num_fewshot",
                                         "fewshot_seed",
                                         "sample_seed",
                                         "gen_kwargs",
                                         "apply_chat_template",
                                         "fewshot_as_multiturn",
                                         "system_instruction",
                                         "add_bos_token",
                                         "profile",
                                         "max_length"};

// What the words and options ask for.
struct Wanted {
  std::string verb;
  std::vector<std::string> names;
  campaign::CampaignConfig config;
  std::int64_t doc = 0;
  std::filesystem::path out;
};

util::ExitCode validate(const Wanted& wanted) {
  util::check_input(!wanted.names.empty(), "say which files: `assay tasks validate FILE...`");
  std::size_t problems = 0;
  for (const std::string& file : wanted.names) {
    for (const std::string& problem : eval::validate_task_file(file)) {
      fmt::print("{}\n", problem);
      ++problems;
    }
  }
  util::check_input(problems == 0, "{} problem{} found", problems, problems == 1 ? "" : "s");
  fmt::print("{} file{} valid\n", wanted.names.size(), wanted.names.size() == 1 ? " is" : "s are");
  return util::ExitCode::ok;
}

eval::TaskSelection selected(Wanted& wanted) {
  for (const std::string& name : wanted.names) {
    campaign::find_setting("tasks")->set(wanted.config, name);
  }
  util::check_input(!wanted.config.tasks.empty() || !wanted.config.categories.empty(),
                    "say which tasks: `assay tasks {} TASK`", wanted.verb);
  util::check_input(!wanted.config.data_root.empty(),
                    "no data root is named; give --data-root DIR or set ASSAY_DATA_ROOT");
  return campaign::select_tasks(wanted.config);
}

// The tokenizer of --model, and how it is used; null without one.
struct Encoding {
  std::unique_ptr<text::Tokenizer> tokenizer;
  eval::EncodeOptions options;

  explicit Encoding(const campaign::CampaignConfig& config) {
    if (config.model.empty()) return;
    tokenizer = text::load_tokenizer(config.model);
    const std::int64_t length =
        config.max_length > 0 ? config.max_length : model::read_arch_spec(config.model).max_positions;
    options = campaign::encode_options(config, length);
  }
  /// Tokens that the model would be given for a sample.
  [[nodiscard]] std::int64_t count(const eval::Sample& sample) const {
    std::size_t tokens = 0;
    for (const eval::TextRequest& request : sample.requests) {
      for (const auto& window : eval::encode(request, *tokenizer, options).windows)
        tokens += window.tokens.size();
    }
    return static_cast<std::int64_t>(tokens);
  }
};

util::ExitCode show(Wanted& wanted) {
  const eval::TaskSelection selection = selected(wanted);
  for (const eval::BrokenTask& broken : selection.broken) util::fail_input("{}", broken.error);
  eval::BuildOptions options = campaign::build_options(wanted.config, {});
  options.limit = wanted.doc + 1;
  options.sample_seed.reset();  // the document of this number, not one of those drawn
  const Encoding encoding(wanted.config);
  for (const eval::TaskConfig& task : selection.tasks) {
    const eval::SampleSet set = eval::build_samples(task, options);
    util::check_input(wanted.doc < static_cast<std::int64_t>(set.samples.size()),
                      "task {} has {} documents, so no document {}", task.task, set.documents, wanted.doc);
    std::fputs(
        eval::describe_sample(task, set.samples.back(), encoding.tokenizer.get(), encoding.options).c_str(),
        stdout);
  }
  return util::ExitCode::ok;
}

util::ExitCode requests(Wanted& wanted) {
  util::check_input(!wanted.out.empty(), "say where to: `assay tasks requests TASKS --out DIR`");
  const eval::TaskSelection selection = selected(wanted);
  const eval::BuildOptions options = campaign::build_options(wanted.config, {});
  const Encoding encoding(wanted.config);
  std::filesystem::create_directories(wanted.out);
  std::size_t failed = 0;
  for (const eval::BrokenTask& broken : selection.broken) {
    util::log_error("{}; the other tasks go on", broken.error);
    ++failed;
  }
  for (const eval::TaskConfig& task : selection.tasks) {
    try {
      const eval::SampleSet set = eval::build_samples(task, options);
      util::check_input(task.task.find('/') == std::string::npos && task.task[0] != '.',
                        "the task {} cannot be the name of a file", task.task);
      const std::filesystem::path file = wanted.out / (task.task + ".jsonl");
      std::ofstream out(file, std::ios::binary);
      for (const eval::Sample& sample : set.samples) out << eval::request_lines(task, sample);
      util::check_input(out.flush().good(), "{} cannot be written", file.string());
      std::string tokens;
      if (encoding.tokenizer != nullptr) {
        std::int64_t sum = 0;
        for (const eval::Sample& sample : set.samples) sum += encoding.count(sample);
        tokens = fmt::format("\t{} tokens", sum);
      }
      fmt::print("{}\t{} documents{}\t{}\n", task.task, set.samples.size(), tokens, file.string());
    } catch (const util::InputError& error) {
      util::log_error("{}; the other tasks go on", error.what());
      ++failed;
    }
  }
  return failed == 0 ? util::ExitCode::ok : util::ExitCode::failed_tasks;
}

util::ExitCode run(const std::vector<std::string>& arguments) {
  po::options_description options("Options");
  options.add_options()("words", po::value<std::vector<std::string>>()->value_name("VERB NAME..."),
                        "validate, show or requests, and what (also as plain words)")(
      "doc", po::value<std::int64_t>()->value_name("N")->default_value(0), "show: which document")(
      "out", po::value<std::string>()->value_name("DIR"), "requests: folder for <task>.jsonl");
  add_setting_options(options, settings);
  po::positional_options_description positional;
  positional.add("words", -1);
  const auto values = parse_arguments(arguments, options, positional, "tasks");
  if (values.count("help") > 0) {
    print_help(
        "assay tasks validate FILE... | show TASK | requests TASK,... --out DIR [OPTIONS]",
        "validate  explains every problem of task files, with its line\n"
        "show      prints the exact prompt, continuations and stop strings of one document; with\n"
        "          --model its tokens too\n"
        "requests  writes every request of the tasks as JSON lines, in lm-evaluation-harness's order;\n"
        "          with --model it counts their tokens",
        options, examples);
    return util::ExitCode::ok;
  }
  const std::vector<std::string> verbs{"validate", "show", "requests"};
  util::check_input(values.count("words") > 0, "say what to do: validate, show or requests");
  Wanted wanted;
  wanted.names = values["words"].as<std::vector<std::string>>();
  wanted.verb = wanted.names[0];
  wanted.names.erase(wanted.names.begin());
  if (const char* root = std::getenv("ASSAY_DATA_ROOT")) wanted.config.data_root = root;
  read_setting_options(values, settings, wanted.config);
  wanted.doc = values["doc"].as<std::int64_t>();
  util::check_input(wanted.doc >= 0 && wanted.doc < 1'000'000'000, "--doc is not the number of a document");
  if (values.count("out") > 0) wanted.out = values["out"].as<std::string>();
  if (wanted.verb == "validate") return validate(wanted);
  if (wanted.verb == "show") return show(wanted);
  if (wanted.verb == "requests") return requests(wanted);
  util::fail_input("cannot {} tasks{}; choose validate, show or requests", wanted.verb,
                   util::did_you_mean(wanted.verb, verbs));
}

}  // namespace

extern const Command command_tasks{"tasks", "check task files, show prompts, list requests", run};

}  // namespace assay::cli
