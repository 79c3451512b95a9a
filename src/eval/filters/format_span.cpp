// Named entities as "label: entity $ label: entity" (Masakhane's NER tasks).
#include <nlohmann/json.hpp>

#include "assay/text/python.hpp"
#include "eval/cached_regex.hpp"
#include "eval/filter.hpp"

namespace assay::eval {
namespace {

using text::python::lower;
using text::python::replace_all;
using text::python::split;
using text::python::strip;

using util::OrderedJson;

// A word before a colon that stands for a label.
constexpr std::pair<const char*, const char*> labels[] = {
    {"person", "PER"},  {"location", "LOC"},  {"organization", "ORG"}, {"counties", "LOC"},
    {"places", "LOC"},  {"people", "PER"},    {"persons", "PER"},      {"company", "ORG"},
    {"country", "LOC"}, {"continent", "LOC"}, {"time", "DATE"},        {"date", "DATE"},
    {"per", "PER"},     {"loc", "LOC"},       {"org", "ORG"}};

std::string with_labels(const std::string& response) {
  std::string text = lower(response);
  for (const auto& [word, label] : labels) {
    const PythonRegex& regex = cached_regex(std::string("\\b") + word + "\\s*:");
    text = regex.substitute(text, [&](const PythonRegex::Groups&) { return std::string(label) + ":"; });
  }
  text = replace_all(text, "$$", "$");
  while (text.ends_with('$')) text.pop_back();
  return text;
}

std::string entities(const std::string& labelled) {
  const std::string text(strip(replace_all(labelled, "\n", "$")));
  std::string out;
  for (const PythonRegex::Groups& groups :
       cached_regex(R"(\b(PER|LOC|ORG|DATE):\s*([^$]+))").find_all(text)) {
    for (const std::string& part : split(groups[2], ",")) {
      const std::string_view entity = strip(part);
      if (lower(entity) == "none") continue;
      if (!out.empty()) out += " $ ";
      out.append(lower(groups[1])).append(": ").append(entity);
    }
  }
  return out;
}

OrderedJson apply(const FilterInput& input) {
  return map_texts(input, [](const std::string& text) { return entities(with_labels(text)); });
}

}  // namespace

extern const Filter filter_format_span;
const Filter filter_format_span = {.name = "format_span", .options = {}, .leaves_list = true, .apply = apply};

}  // namespace assay::eval
