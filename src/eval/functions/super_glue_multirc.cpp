// super_glue's MultiRC in T5's form, where a target is "<question>_<True or False>": F1 over answers, and
// the share of questions whose answers are all right, as lm-evaluation-harness does.
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "assay/text/python.hpp"
#include "assay/util/error.hpp"
#include "eval/choice.hpp"
#include "eval/function_module.hpp"
#include "eval/function_text.hpp"

namespace assay::eval {
namespace {

namespace python = text::python;

using util::check_input;
using util::OrderedJson;

struct Label {
  std::string group;
  bool is_true;
};

Label label_of(const std::string& group, const std::string& name) {
  check_input(name == "True" || name == "False", "the target ends neither in \"True\" nor in \"False\"");
  return {group, name == "True"};
}

std::string text_of(const OrderedJson& target) {
  check_input(target.is_string(), "the target is not text");
  return target.get<std::string>();
}

// The index of what was answered; an answer that is neither counts as wrong, which Python gives as a bool.
OrderedJson predicted(const OrderedJson& prediction, bool gold) {
  if (prediction == "True") return 1;
  if (prediction == "False") return 0;
  return !gold;
}

OrderedJson f1(const OrderedJson& reference, const OrderedJson& prediction) {
  const Label label = label_of("", std::string(after_last(text_of(reference), "_")));
  return OrderedJson::array({predicted(prediction, label.is_true), label.is_true ? 1 : 0});
}

OrderedJson em(const OrderedJson& reference, const OrderedJson& prediction) {
  const std::vector<std::string> parts = python::split(text_of(reference), "_");
  check_input(parts.size() == 2, "the target is not \"<question>_<True or False>\"");
  const Label label = label_of(parts[0], parts[1]);
  return OrderedJson::array({label.group, predicted(prediction, label.is_true), label.is_true ? 1 : 0});
}

// F1 of the label 1; 0 where neither side has it.
double agg_f1(std::span<const OrderedJson> pairs) {
  double hits = 0;
  double named = 0;
  check_input(!pairs.empty(), "there are no values to combine");
  for (const OrderedJson& pair : pairs) {
    check_input(pair.is_array() && pair.size() == 2, "a value is not a pair of labels");
    const bool first = as_index(pair[0]) == 1;
    const bool second = as_index(pair[1]) == 1;
    named += (first ? 1 : 0) + (second ? 1 : 0);
    hits += first && second ? 1 : 0;
  }
  return named > 0 ? 2 * hits / named : 0;
}

double agg_em(std::span<const OrderedJson> triples) {
  std::unordered_map<std::string, bool> all_right;
  check_input(!triples.empty(), "there are no values to combine");
  for (const OrderedJson& triple : triples) {
    check_input(triple.is_array() && triple.size() == 3 && triple[0].is_string(),
                "a value is not a question with its two labels");
    const auto question = all_right.emplace(triple[0].get<std::string>(), true).first;
    if (as_index(triple[1]) != as_index(triple[2])) question->second = false;
  }
  double right = 0;
  for (const auto& [question, is_right] : all_right) right += is_right ? 1 : 0;
  return right / static_cast<double>(all_right.size());
}

constexpr std::string_view sources[] = {"d48cfd317baeaf78af1f171d1bb5ae8c6cdce3bbfaa2da2c65352c13d27ff586"};
constexpr NamedMetric metrics[] = {{"f1", f1}, {"em", em}};
constexpr NamedAggregation aggregations[] = {{"agg_f1", agg_f1}, {"agg_em", agg_em}};

}  // namespace

extern const FunctionModule function_module_super_glue_multirc;
const FunctionModule function_module_super_glue_multirc = {
    .name = "super_glue_multirc", .sources = sources, .metrics = metrics, .aggregations = aggregations};

}  // namespace assay::eval
