// assay plan: what a run would look like; runs nothing.
#include <fmt/format.h>

#include <algorithm>

#include "assay/plan/deployment.hpp"
#include "assay/util/error.hpp"
#include "cli/campaign_options.hpp"
#include "cli/command.hpp"

namespace assay::cli {
namespace {

constexpr const char* examples =
    "  assay plan --model DIR --tp 2 --pp 2\n"
    "  assay plan campaign.yaml --ranks 16\n"
    "  assay plan --model DIR --tp 8 --dtype bfloat16 --max-length 8192 --max-sequences 256\n";

util::ExitCode run(const std::vector<std::string>& arguments) {
  po::options_description options("Options");
  po::positional_options_description positional;
  options.add_options()("ranks", po::value<int>()->value_name("N"),
                        "ranks to plan for (default: tp x pp x dp)");
  add_campaign_options(options, positional);
  const auto values = parse_arguments(arguments, options, positional, "plan");
  if (values.count("help") > 0) {
    print_help("assay plan [CAMPAIGN.yaml] [OPTIONS]",
               "Shows the mesh and the bytes every rank would hold (weights, KV cache, work space), from "
               "config.json\n"
               "and the headers of the weights. Loads and runs nothing.",
               options, examples);
    return util::ExitCode::ok;
  }
  const campaign::CampaignConfig config = read_campaign_options(values);
  util::check_input(!config.model.empty(), "no model is named; give --model DIR");
  const model::ArchSpec spec = model::read_arch_spec(config.model);
  const auto& mesh = config.mesh;
  const std::int64_t named = std::int64_t{std::max(1, mesh.tp)} * std::max(1, mesh.pp) * std::max(1, mesh.dp);
  const int ranks = values.count("ranks") > 0 ? values["ranks"].as<int>()
                                              : static_cast<int>(std::min<std::int64_t>(named, 1 << 20));
  util::check_input(ranks >= 1, "--ranks must be positive");
  const engine::EngineOptions engine_options = campaign::engine_options(config, spec, 1);
  const auto deployment = plan::plan_deployment(spec, plan::choose_mesh(mesh, ranks, spec), engine_options);
  fmt::print("{}", plan::to_text(deployment, spec, engine_options));
  return util::ExitCode::ok;
}

}  // namespace

extern const Command command_plan{"plan", "show mesh and memory of a run, without running it", run};

}  // namespace assay::cli
