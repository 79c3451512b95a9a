#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>

#include "cli/assay_program.hpp"
#include "support/temp_dir.hpp"

using namespace assay::test;
using Catch::Contains;

namespace {

std::string demo_tasks() {
  return (demo() / "tasks").string();
}
std::string demo_data() {
  return (demo() / "data").string();
}

}  // namespace

TEST_CASE("data check names what is here, and the download of each missing dataset once") {
  const TempDir empty;
  const auto here = run_assay({"data", "check", "--tasks", "demo_choice,demo_arith", "--include-path",
                               demo_tasks(), "--data-root", demo_data(), "--rows"});
  INFO(here.out << here.err);
  CHECK(here.exit_code == 0);
  CHECK_THAT(here.out,
             Contains("present  assay/demo_choice") && Contains(" rows") && Contains("2 of 2 tasks"));
  CHECK_THAT(here.out, !Contains("hf download"));

  // Everything: a survey, which is no failure.
  const auto survey =
      run_assay({"data", "check"}, {.environment = {{"ASSAY_DATA_ROOT", empty.path().string()}}});
  INFO(survey.out << survey.err);
  CHECK(survey.exit_code == 0);
  const std::string command = "hf download --repo-type dataset allenai/ai2_arc --local-dir " +
                              (empty.path() / "allenai/ai2_arc").string() + "\n";
  const auto first = survey.out.find(command);
  REQUIRE(first != std::string::npos);
  CHECK(survey.out.find(command, first + 1) == std::string::npos);

  // What was named is missed.
  const auto named =
      run_assay({"data", "check", "--tasks", "arc_easy,arc_challenge", "--data-root", empty.path().string()});
  CHECK(named.exit_code == 2);
  CHECK_THAT(named.out, Contains("missing  allenai/ai2_arc [ARC-Challenge, ARC-Easy]: test"));
  CHECK_THAT(named.out, Contains("0 of 2 tasks"));
}

TEST_CASE("data show prints rows") {
  const auto shown = run_assay(
      {"data", "show", "assay/demo_arith", "--split", "test", "--limit", "2", "--data-root", demo_data()});
  INFO(shown.out << shown.err);
  CHECK(shown.exit_code == 0);
  CHECK(std::count(shown.out.begin(), shown.out.end(), '\n') == 2);
  CHECK(shown.out.starts_with("{\""));
  CHECK_THAT(shown.err, Contains("2 of "));
}

TEST_CASE("data says what is wrong with its words") {
  const auto check = [](const std::vector<std::string>& words, const std::string& expected) {
    const auto result = run_assay(words, {.unset = {"ASSAY_DATA_ROOT"}});
    INFO(result.out << result.err);
    CHECK(result.exit_code == 2);
    CHECK_THAT(result.err, Contains(expected));
  };
  check({"data"}, "assay data check");
  check({"data", "chek"}, "\"check\"");
  check({"data", "check"}, "--data-root");
  check({"data", "show", "x", "--data-root", demo_data()}, "--split");
  check({"data", "show", "x/y", "--split", "test", "--data-root", demo_data()}, "is not under the data root");
  check({"data", "check", "--tasks", "gsm9k", "--data-root", demo_data()}, "\"gsm8k\"");
  check({"data", "check", "--category", "nonsense", "--data-root", demo_data()}, "nonsense");
}
