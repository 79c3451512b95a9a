// EleutherAI/wikitext_document_level: the page with word-level tokenisation undone, as
// lm-evaluation-harness's wikitext does; its perplexities divide by the words and bytes of the page before
// that.
#include <nlohmann/json.hpp>
#include <utility>

#include "assay/text/python.hpp"
#include "eval/function_module.hpp"
#include "eval/python_regex.hpp"

namespace assay::eval {
namespace {

using util::OrderedJson;

std::string replace_each(std::string text,
                         std::span<const std::pair<std::string_view, std::string_view>> pairs) {
  for (const auto& [from, to] : pairs) text = text::python::replace_all(text, from, to);
  return text;
}

OrderedJson wikitext_detokenizer(const OrderedJson& document) {
  static constexpr std::pair<std::string_view, std::string_view> joined[] = {
      {" @-@ ", "-"}, {" @,@ ", ","}, {" @.@ ", "."}, {" : ", ": "}, {" ; ", "; "},
      {" . ", ". "},  {" ! ", "! "},  {" ? ", "? "},  {" , ", ", "}};
  static constexpr std::pair<std::string_view, std::string_view> cleaned[] = {
      {"= = = =", "===="}, {"= = =", "==="}, {"= =", "=="},  {" \xc2\xb0 ", "\xc2\xb0"},
      {" \n", "\n"},       {"\n ", "\n"},    {" N ", " 1 "}, {" 's", "'s"}};
  // White space just inside a pair of brackets or quotes goes.
  struct Pair {
    PythonRegex pattern;
    std::string open;
    std::string close;
  };
  static const Pair pairs[] = {{PythonRegex(R"(\(\s*([^\)]*?)\s*\))"), "(", ")"},
                               {PythonRegex(R"(\[\s*([^\]]*?)\s*\])"), "[", "]"},
                               {PythonRegex(R"({\s*([^}]*?)\s*})"), "{", "}"},
                               {PythonRegex(R"(\"\s*([^\"]*?)\s*\")"), "\"", "\""},
                               {PythonRegex(R"('\s*([^']*?)\s*')"), "'", "'"}};
  // The original replaces this rare pattern by its own text.
  static const PythonRegex year("/' [0-9]/");
  std::string text = text::python::replace_all(text_field(document, "page"), "s '", "s'");
  text = year.substitute(text, [](const PythonRegex::Groups&) { return std::string("/'[0-9]/"); });
  text = replace_each(std::move(text), joined);
  for (const Pair& pair : pairs) {
    text = pair.pattern.substitute(
        text, [&](const PythonRegex::Groups& groups) { return pair.open + groups[1] + pair.close; });
  }
  return replace_each(std::move(text), cleaned);
}

MetricValues process_results(const OrderedJson& document, std::span<const OrderedJson> results) {
  const std::string& page = text_field(document, "page");
  const auto per = [&](std::int64_t units) { return OrderedJson::array({results[0], units}); };
  const auto bytes = static_cast<std::int64_t>(page.size());
  return {{"word_perplexity", per(text::python::count_words(page))},
          {"byte_perplexity", per(bytes)},
          {"bits_per_byte", per(bytes)}};
}

constexpr std::string_view sources[] = {"a44020374b172159bf5be80a64d2c4194c9d5c77284f696ac666361338c8da7d"};
constexpr NamedValue values[] = {{"wikitext_detokenizer", wikitext_detokenizer}};
constexpr NamedResults results[] = {{"process_results", process_results}};

}  // namespace

extern const FunctionModule function_module_wikitext;
const FunctionModule function_module_wikitext = {
    .name = "wikitext", .sources = sources, .values = values, .results = results};

}  // namespace assay::eval
