#include "assay/campaign/config.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>

#include "assay/util/error.hpp"
#include "support/temp_dir.hpp"

using namespace assay;
using campaign::parse_gen_kwargs;

namespace {

std::string failure(const std::function<void()>& work) {
  try {
    work();
  } catch (const util::InputError& error) {
    return error.what();
  }
  return "accepted";
}

std::string write_campaign(const test::TempDir& folder, const std::string& text) {
  const auto file = folder.path() / "campaign.yaml";
  std::ofstream(file) << text;
  return file.string();
}

}  // namespace

TEST_CASE("generation settings are parsed as JSON where they can be") {
  const auto kwargs =
      parse_gen_kwargs("temperature=0.5,do_sample=True,until=[\"a,b\",\"c\"],name=x=y,max_gen_toks=7");
  CHECK(kwargs["temperature"] == 0.5);
  CHECK(kwargs["do_sample"] == true);
  CHECK(kwargs["until"] == util::OrderedJson::array({"a,b", "c"}));
  CHECK(kwargs["name"] == "x=y");
  CHECK(kwargs["max_gen_toks"] == 7);
  CHECK(parse_gen_kwargs("").empty());
  CHECK_THAT(failure([] { (void)parse_gen_kwargs("temperature"); }), Catch::Contains("key=value"));
  CHECK_THAT(failure([] { (void)parse_gen_kwargs("a=1,a=2"); }), Catch::Contains("twice"));
}

TEST_CASE("a campaign file sets what the command line sets, with paths relative to it") {
  const test::TempDir folder;
  campaign::CampaignConfig config;
  campaign::read_campaign_file(write_campaign(folder,
                                              "model: m\ntasks: [a, tasks/b.yaml]\ntp: 2\nlimit: "
                                              "5\ndata_root: /data\ngen_kwargs: {temperature: 0.5}\n"),
                               config);
  CHECK(config.model == folder.path() / "m");
  REQUIRE(config.tasks.size() == 2);
  CHECK(config.tasks[0] == "a");
  CHECK(config.tasks[1] == (folder.path() / "tasks/b.yaml").string());
  CHECK(config.mesh.tp == 2);
  CHECK(config.limit == 5);
  CHECK(config.data_root == "/data");
  CHECK(parse_gen_kwargs(config.gen_kwargs)["temperature"] == 0.5);
}

TEST_CASE("mistakes in a campaign file are named with file, line and the nearest key") {
  const test::TempDir folder;
  const auto message = [&](const std::string& text) {
    campaign::CampaignConfig config;
    return failure([&] { campaign::read_campaign_file(write_campaign(folder, text), config); });
  };
  CHECK_THAT(message("model: m\nlimt: 3\n"),
             Catch::Contains("campaign.yaml:2") && Catch::Contains("\"limit\""));
  CHECK_THAT(message("limit: many\n"), Catch::Contains("campaign.yaml:1") && Catch::Contains("whole number"));
  CHECK_THAT(message("limit: 0\n"), Catch::Contains("from 1"));
  CHECK_THAT(message("tp:\n"), Catch::Contains("missing"));
  CHECK_THAT(message("- a\n"), Catch::Contains("mapping"));
}

TEST_CASE("every setting has a name, a help text and appears in the recorded configuration") {
  const auto json = campaign::to_json({});
  for (const auto& setting : campaign::settings()) {
    CHECK(std::string(setting.help).size() > 5);
    const std::string name = setting.name;
    // Switches that only affect how this launch ends are not part of what was evaluated.
    if (name == "overwrite" || name == "fail_fast") continue;
    CHECK(json.contains(name));
  }
}
