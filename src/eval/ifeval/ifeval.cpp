#include "eval/ifeval/ifeval.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>

#include "assay/text/python.hpp"
#include "assay/util/error.hpp"
#include "assay/util/suggest.hpp"
#include "assay/util/utf8.hpp"
#include "eval/ifeval/instruction.hpp"

namespace assay::eval {
namespace {

namespace python = text::python;
using util::check_input;
using util::OrderedJson;

std::vector<InstructionKind> all_kinds() {
  std::vector<InstructionKind> kinds;
  for (const auto group :
       {keyword_instructions(), length_instructions(), format_instructions(), letter_instructions()})
    kinds.insert(kinds.end(), group.begin(), group.end());
  return kinds;
}

const InstructionKind& kind_of(const std::string& id, const std::string& document) {
  static const std::vector<InstructionKind> kinds = all_kinds();
  const auto found = std::ranges::find(kinds, id, &InstructionKind::id);
  if (found != kinds.end()) return *found;
  std::vector<std::string> known;
  for (const InstructionKind& kind : kinds) known.emplace_back(kind.id);
  util::fail_input("{}: \"{}\" is none of IFEval's instructions{}; correct the document", document,
                   python::shortened(id), util::did_you_mean(id, known));
}

// "IFEval document 1000"
std::string name_of(const OrderedJson& document) {
  if (!document.is_object() || !document.contains("key")) return "an IFEval document";
  return "IFEval document " +
         python::shortened(document["key"].dump(-1, ' ', false, OrderedJson::error_handler_t::replace));
}

const OrderedJson& list_of(const OrderedJson& document, const char* field, const std::string& name) {
  check_input(document.is_object() && document.contains(field) && document[field].is_array(),
              "{}: it has no list \"{}\"; correct the document", name, field);
  return document[field];
}

std::vector<Check> checks_of(const OrderedJson& document) {
  const std::string name = name_of(document);
  const OrderedJson& ids = list_of(document, "instruction_id_list", name);
  const OrderedJson& kwargs = list_of(document, "kwargs", name);
  check_input(kwargs.size() >= ids.size(),
              "{}: it has {} instructions, but only {} of them have kwargs; correct the document", name,
              ids.size(), kwargs.size());
  std::vector<Check> checks;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    check_input(ids[i].is_string(), "{}: its instruction {} is not a string; correct the document", name, i);
    const auto& id = ids[i].get_ref<const std::string&>();
    const InstructionKind& kind = kind_of(id, name);
    checks.push_back(kind.make(Arguments(kwargs[i], name + ": " + id)));
  }
  return checks;
}

// A response as it is, and what is left of it. Texts are made when they are first asked for.
class Variants {
 public:
  explicit Variants(std::string_view response) {
    const std::size_t first = std::min(response.find('\n'), response.size());
    const std::size_t last = response.rfind('\n');
    const std::string_view behind = response.substr(std::min(first + 1, response.size()));
    const std::string_view before =
        last == std::string_view::npos ? std::string_view() : response.substr(0, last);
    const std::string_view between = last == std::string_view::npos || last <= first
                                         ? std::string_view()
                                         : response.substr(first + 1, last - first - 1);
    lines_ = {response, python::strip(behind), python::strip(before), python::strip(between)};
  }

  [[nodiscard]] bool any(const Check& check) {
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      if (follows(check, lines_[i])) return true;
    }
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      if (lines_[i].find('*') == std::string_view::npos) continue;  // looked at already
      if (!plain_[i]) plain_[i] = python::replace_all(lines_[i], "*", "");
      if (follows(check, *plain_[i])) return true;
    }
    return false;
  }

  [[nodiscard]] static bool follows(const Check& check, std::string_view text) {
    return !python::strip(text).empty() && check(text);
  }

 private:
  std::array<std::string_view, 4> lines_;
  std::array<std::optional<std::string>, 4> plain_;  // without asterisks
};

bool all_of(const std::vector<bool>& verdicts) {
  return std::ranges::all_of(verdicts, [](bool verdict) { return verdict; });
}

}  // namespace

bool IfevalOutcome::all_strict() const {
  return all_of(strict);
}
bool IfevalOutcome::all_loose() const {
  return all_of(loose);
}

void check_ifeval_document(const OrderedJson& document) {
  static_cast<void>(checks_of(document));
}

IfevalOutcome check_instructions(const OrderedJson& document, std::string_view response) {
  const std::vector<Check> checks = checks_of(document);
  const std::string valid = util::replace_invalid_utf8(response);
  Variants variants(valid);
  IfevalOutcome outcome;
  for (const Check& check : checks) {
    const bool strict = Variants::follows(check, valid);
    outcome.strict.push_back(strict);
    outcome.loose.push_back(strict || variants.any(check));
  }
  return outcome;
}

double aggregate_instructions(const std::vector<std::vector<bool>>& samples) {
  std::size_t followed = 0;
  std::size_t all = 0;
  for (const std::vector<bool>& sample : samples) {
    followed += static_cast<std::size_t>(std::ranges::count(sample, true));
    all += sample.size();
  }
  check_input(all > 0, "there are no instructions to average over; check the task's documents");
  return static_cast<double>(followed) / static_cast<double>(all);
}

}  // namespace assay::eval
