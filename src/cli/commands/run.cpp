// assay run: the main job.
#include <cstdio>
#include <memory>
#include <optional>

#include "assay/campaign/run.hpp"
#include "assay/comm/agreement.hpp"
#include "assay/results/show.hpp"
#include "assay/util/log.hpp"
#include "cli/campaign_options.hpp"
#include "cli/command.hpp"

namespace assay::cli {
namespace {

constexpr const char* examples =
    "  assay run --model DIR --tasks hellaswag,gsm8k --data-root DATA -o out.h5\n"
    "  mpirun -np 4 assay run --model DIR --tasks arc_easy --tp 2 --pp 2 --dtype bfloat16 -o out.h5\n"
    "  srun -n 16 --mpi=pmix assay run campaign.yaml -o falcon.h5\n"
    "  assay run campaign.yaml --limit 20 --num-fewshot 5 --gen-kwargs temperature=0.7,do_sample=true\n";

void report(const campaign::CampaignConfig& config) {
  const std::string file = config.output.string();
  std::fputs(results::show(file).c_str(), stdout);
  fmt::print(
      "\nresults  {0}\nnext     assay results show {0}\n"
      "         assay results export {0} --format lm-eval --output-dir out\n"
      "         assay results export {0} --format csv --table samples\n",
      file);
}

util::ExitCode run(const std::vector<std::string>& arguments) {
  po::options_description options("Options");
  po::positional_options_description positional;
  add_campaign_options(options, positional);
  const auto values = parse_arguments(arguments, options, positional, "run");
  if (values.count("help") > 0) {
    print_help(
        "[mpirun -np N | srun -n N --mpi=pmix] assay run [CAMPAIGN.yaml] [OPTIONS]",
        "Evaluates a model on tasks. The ranks form a mesh tp x pp x dp. Finished requests are journalled:\n"
        "after a kill, the same command resumes, on any number of ranks.",
        options, examples);
    return util::ExitCode::ok;
  }
  // MPI is touched only where a launcher started several ranks.
  std::optional<comm::MpiRuntime> mpi;
  std::unique_ptr<comm::Communicator> self;
  if (comm::launched_ranks() > 1) {
    mpi.emplace();
  } else {
    self = comm::make_self_communicator();
  }
  comm::Communicator& world = mpi ? mpi->world() : *self;
  util::set_log_rank(world.rank());
  try {
    campaign::CampaignConfig config;
    comm::on_rank_zero(world, [&] { config = read_campaign_options(values); });
    const auto code = campaign::run_campaign(config, world);
    if (world.rank() == 0 && code != util::ExitCode::resumable) report(config);
    return code;
  } catch (const std::exception& error) {
    // Said before the ranks part: mpirun ends the others as soon as one has left with an error.
    const comm::Failure failure = comm::describe_failure(error);
    const bool agreed = dynamic_cast<const comm::AgreedError*>(&error) != nullptr;
    if (!agreed || world.rank() == 0) util::log_error("{}", failure.message);
    throw util::Error(failure.code, "");
  }
}

}  // namespace

extern const Command command_run{"run", "evaluate a model on tasks (the main job)", run};

}  // namespace assay::cli
