// super_glue's Winograd schemas: the pronoun marked in its passage, as lm-evaluation-harness's wsc and its
// T5 variant do.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "assay/text/python.hpp"
#include "assay/util/error.hpp"
#include "eval/choice.hpp"
#include "eval/function_module.hpp"
#include "eval/function_text.hpp"
#include "eval/python_regex.hpp"

namespace assay::eval {
namespace {

namespace python = text::python;

using util::check_input;
using util::OrderedJson;

// Spaces that tokenisation put around punctuation go.
std::string detokenize(std::string text) {
  static const PythonRegex spaced(" (['.,])");
  text = python::replace_all(text, " n't", "n't");
  text = python::replace_all(text, " )", ")");
  text = python::replace_all(text, "( ", "(");
  text = python::replace_all(text, "\" ", "\"");
  text = python::replace_all(text, " \"", "\"");
  return spaced.substitute(text, [](const PythonRegex::Groups& groups) { return groups[1]; });
}

OrderedJson default_doc_to_text(const OrderedJson& document) {
  const std::string& text = text_field(document, "text");
  const std::string& pronoun = text_field(document, "span2_text");
  std::vector<std::string> words = python::split(text, "");
  // The place counts words; Python's slice takes negative ones from the end.
  const auto count = static_cast<std::int64_t>(words.size());
  const std::int64_t place = integer_field(document, "span2_index");
  words.resize(
      static_cast<std::size_t>(std::clamp<std::int64_t>(place < 0 ? count + place : place, 0, count)));
  const std::string before = join(words, " ");
  const auto skipped = static_cast<std::int64_t>(python::length(before) + python::length(pronoun) + 1);
  const std::string after(without_first(text, skipped));
  return "Passage: " + detokenize(before + " *" + pronoun + "*" + after) +
         "\nQuestion: In the passage above, does the pronoun \"*" + pronoun + "*\" refer to \"*" +
         text_field(document, "span1_text") + "*\"?\nAnswer:";
}

// Two passages of the dataset whose place is not that of the pronoun, with the pronoun as X.
struct Special {
  std::string_view text;
  std::string_view marked;
};
constexpr Special special[] = {
    {"The boy continued to whip the pony , and eventually the pony threw him over. John laughed out quite "
     "loud. \"Good for him,\" he said. ",
     "The boy continued to whip the pony , and eventually the pony threw him over. John laughed out quite "
     "loud. \"Good for X ,\" he said."},
    {"When they had eventually calmed down a bit , and had gotten home, Mr. Farley put the magic pebble in "
     "an "
     "iron safe . Some day they might want to use it , but really for now, what more could they wish for?",
     "When they had eventually calmed down a bit , and had gotten home, Mr. Farley put the magic pebble in "
     "an "
     "iron safe . Some day they might want to use X , but really for now, what more could they wish for?"}};

std::string marked(const OrderedJson& document) {
  const std::string& text = text_field(document, "text");
  const std::vector<std::string> words = python::split(text, " ");
  const std::int64_t place = integer_field(document, "span2_index");
  check_input(place > 0 && place < static_cast<std::int64_t>(words.size()),
              "field \"span2_index\" is no place of a word behind the first");
  for (const Special& known : special) {
    if (text == known.text) return std::string(known.marked);
  }
  const auto at = words.begin() + place;
  check_input(*at == text_field(document, "span2_text"),
              "field \"span2_text\" is not the word at \"span2_index\"");
  return join({words.begin(), at}, " ") + " X " + join({at + 1, words.end()}, " ");
}

OrderedJson doc_to_text(const OrderedJson& document) {
  const std::string& pronoun = text_field(document, "span2_text");
  check_input(pronoun.find('\\') == std::string::npos, "field \"span2_text\" holds a backslash");
  return "wsc: " + python::replace_all(marked(document), " X ", " *" + pronoun + "* ");
}

// Lower case, without determiners.
std::string clean(std::string_view text) {
  static constexpr std::string_view determiners[] = {
      "a",    "an",   "few", "her",   "his",   "each", "every", "many",  "much",  "my",  "our",
      "some", "that", "the", "their", "these", "this", "those", "which", "whose", "your"};
  std::vector<std::string> words = python::split(python::lower(python::strip(text)), " ");
  std::erase_if(words, [](const std::string& word) {
    return std::ranges::find(determiners, word) != std::end(determiners);
  });
  return join(words, " ");
}

MetricValues process_results(const OrderedJson& document, std::span<const OrderedJson> results) {
  const std::string prediction = clean(text_result(results));
  const std::string reference = clean(text_field(document, "span1_text"));
  const auto has_quote = [](const std::string& text) { return text.find('\'') != std::string::npos; };
  bool is_referent = false;  // "Bob's hat" is not "Bob"
  if (has_quote(prediction) == has_quote(reference)) {
    const auto words = [](const std::string& text) {
      const std::vector<std::string> list = python::split(text, " ");
      return std::set<std::string>(list.begin(), list.end());
    };
    const auto predicted = words(prediction);
    const auto referent = words(reference);
    is_referent = std::ranges::includes(predicted, referent) || std::ranges::includes(referent, predicted);
  }
  const bool right = as_index(field(document, "label")) == (is_referent ? 1 : 0);
  return {{"accuracy", right ? 1.0 : 0.0}};
}

constexpr std::string_view sources[] = {"af369d50024ef69d607630f79c70669b15d0501f3800be9ee46c98bb605d43fa",
                                        "f58d7b8030112f8e348baaad96acbf81e67970027dfd8ddcf1c27b2559b8ef48"};
constexpr NamedValue values[] = {{"default_doc_to_text", default_doc_to_text}, {"doc_to_text", doc_to_text}};
constexpr NamedResults results[] = {{"process_results", process_results}};

}  // namespace

extern const FunctionModule function_module_super_glue_wsc;
const FunctionModule function_module_super_glue_wsc = {
    .name = "super_glue_wsc", .sources = sources, .values = values, .results = results};

}  // namespace assay::eval
