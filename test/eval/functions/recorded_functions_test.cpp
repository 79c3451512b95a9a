// Built-in functions give what lm-evaluation-harness's Python functions gave: the same values of the same
// types.
#include <set>

#include "eval/function_module.hpp"
#include "eval/functions/call.hpp"
#include "eval/support.hpp"

namespace assay::eval {
namespace {

using test::written;
using util::OrderedJson;

// Whether two results are numbers by the same names, as near as a case with the key "relative" allows.
bool is_near(const OrderedJson& result, const OrderedJson& wanted, const OrderedJson& call) {
  if (!call.contains("relative") || result.size() != wanted.size()) return false;
  return std::ranges::all_of(wanted.items(), [&](const auto& item) {
    const OrderedJson value = result.value(item.key(), OrderedJson());
    if (!value.is_number_float() || !item.value().is_number_float()) return value == item.value();
    return value.template get<double>() ==
           Approx(item.value().template get<double>()).epsilon(call["relative"]);
  });
}

// Empty where the case holds, else what was wrong.
std::string difference(OrderedJson call, const std::string& module) {
  const std::string shown = call.dump().substr(0, 2000);
  call["function"] = module + "." + call["function"].get<std::string>();
  const auto kind = call["kind"].get<std::string>();
  try {
    const OrderedJson value = test::result_of(call);
    const std::string result = written(value, kind);
    if (call.contains("error")) return shown + "\n  gives " + result + " where Python raises";
    const std::string wanted = written(call["result"], kind);
    return result == wanted || is_near(value, call["result"], call)
               ? ""
               : shown + "\n  gives  " + result + "\n  wanted " + wanted;
  } catch (const util::InputError& error) {
    return call.contains("error") ? "" : shown + "\n  throws " + error.what();
  }
}

TEST_CASE("built-in functions give what lm-eval's Python functions gave") {
  const auto files = test::recorded_modules();
  REQUIRE(files.size() > 20);
  for (const auto& file : files) {
    const OrderedJson recorded = test::read_recorded(file);
    const auto module = recorded["module"].get<std::string>();
    INFO(module);
    CHECK(recorded["cases"].size() >= 4);
    std::size_t wrong = 0;
    for (const OrderedJson& call : recorded["cases"]) {
      const std::string found = difference(call, module);
      if (!found.empty() && ++wrong <= 5) FAIL_CHECK(found);
    }
    CHECK(wrong == 0);
  }
}

TEST_CASE("modules name the Python files that their recorded cases came from") {
  for (const auto& file : test::recorded_modules()) {
    const OrderedJson recorded = test::read_recorded(file);
    const auto name = recorded["module"].get<std::string>();
    const auto modules = all_function_modules();
    const auto module = std::ranges::find_if(modules, [&](const auto* known) { return known->name == name; });
    INFO(name);
    REQUIRE(module != modules.end());
    for (const OrderedJson& source : recorded["sources"])
      CHECK(std::ranges::find((*module)->sources, source.get<std::string>()) != (*module)->sources.end());
  }
}

TEST_CASE("every built-in function has recorded cases") {
  std::set<std::string> seen = {"hellaswag.process_docs", "wikitext.wikitext_detokenizer",
                                "wikitext.process_results"};  // these have tests of their own
  for (const auto& file : test::recorded_modules()) {
    const OrderedJson recorded = test::read_recorded(file);
    for (const OrderedJson& call : recorded["cases"])
      seen.insert(recorded["module"].get<std::string>() + "." + call["function"].get<std::string>());
  }
  for (const FunctionModule* module : all_function_modules()) {
    const auto all_seen = [&](const auto& functions) {
      for (const auto& function : functions) {
        INFO(module->name << "." << function.name);
        CHECK(seen.contains(std::string(module->name) + "." + std::string(function.name)));
      }
    };
    all_seen(module->processes);
    all_seen(module->values);
    all_seen(module->samples);
    all_seen(module->results);
    all_seen(module->metrics);
    all_seen(module->aggregations);
    all_seen(module->filters);
    all_seen(module->executions);
  }
}

}  // namespace
}  // namespace assay::eval
