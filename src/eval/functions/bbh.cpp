// BIG-Bench Hard (Suzgun et al. 2022), zero-shot: answers cut out of free text by the kind of question, as
// the filters of lm-evaluation-harness's bbh do. Where those stop with an error (a match beyond the last,
// words that are no number), there is no match here.
#include <utf8proc.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "assay/text/python.hpp"
#include "assay/util/error.hpp"
#include "assay/util/utf8.hpp"
#include "eval/function_module.hpp"
#include "eval/function_text.hpp"
#include "eval/number_words.hpp"
#include "eval/python_regex.hpp"

namespace assay::eval {
namespace {

namespace python = text::python;

using util::check_input;
using util::OrderedJson;

constexpr const char* default_pattern = R"(#### (\-?[0-9\.\,]+))";

std::string without_punctuation(std::string_view text) {
  std::string out;
  for (const std::int32_t point : python::code_points(text)) {
    const auto category = utf8proc_category(point);
    const bool is_punctuation = category >= UTF8PROC_CATEGORY_PC && category <= UTF8PROC_CATEGORY_PO;
    if (!is_punctuation) util::append_character(out, static_cast<char32_t>(point));
  }
  return out;
}

struct Options {
  explicit Options(const OrderedJson& options)
      : pattern(options.value("regex_pattern", std::string(default_pattern))),
        select(options.value("group_select", std::int64_t{0})),
        fallback(options.value("fallback", std::string("[invalid]"))),
        ignore_case(options.value("ignore_case", false)),
        ignore_punctuation(options.value("ignore_punctuation", false)) {
    const OrderedJson ignored = options.value("regexes_to_ignore", OrderedJson());
    for (const OrderedJson& regex : ignored) regexes_to_ignore.emplace_back(regex.get<std::string>());
  }

  [[nodiscard]] std::string without_ignored(std::string text) const {
    for (const PythonRegex& regex : regexes_to_ignore)
      text = regex.substitute(text, [](const PythonRegex::Groups&) { return std::string(); });
    if (ignore_case) text = python::lower(text);
    return ignore_punctuation ? without_punctuation(text) : text;
  }

  /// The match that group_select picks, stripped; empty if there is none.
  [[nodiscard]] std::string find(const PythonRegex& regex, std::string_view text) const {
    const auto matches = regex.find_all(text);
    const auto count = static_cast<std::int64_t>(matches.size());
    const std::int64_t at = select < 0 ? select + count : select;
    if (at < 0 || at >= count) return "";
    const PythonRegex::Groups& groups = matches[static_cast<std::size_t>(at)];
    if (regex.groups() < 2)
      return std::string(python::strip(groups[static_cast<std::size_t>(regex.groups())]));
    const auto filled = std::find_if(groups.begin() + 1, groups.end(),
                                     [](const std::string& group) { return !group.empty(); });
    return filled == groups.end() ? "" : std::string(python::strip(*filled));
  }

  std::string pattern;
  std::int64_t select;
  std::string fallback;
  bool ignore_case;
  bool ignore_punctuation;
  std::vector<PythonRegex> regexes_to_ignore;
};

template <class Function>
OrderedJson each_text(const OrderedJson& responses, Function function) {
  OrderedJson out = OrderedJson::array();
  for (const OrderedJson& response : responses) {
    check_input(response.is_string(), "a response is not text");
    out.push_back(function(response.get_ref<const std::string&>()));
  }
  return out;
}

// re.escape
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (std::string_view("()[]{}?*+-|^$\\.&~# \t\n\r\v\f").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

// The options of a question as they stand in its text, "(A) ...", and the two patterns that find one.
class QuestionOptions {
 public:
  QuestionOptions(const std::string& question, const Options& options)
      : QuestionOptions(options_of(question), options) {}

  /// "(A)" for a text that holds an option's text, or ": A"; empty if it holds neither.
  [[nodiscard]] std::string find(const std::string& response, const Options& options) const {
    std::string found = options.find(texts_, options.without_ignored(response));
    if (!found.empty()) {
      const auto letter = letters_.find(found);
      return letter == letters_.end() ? found : letter->second;
    }
    found = options.find(bare_letters_, response);
    // Any match is one of the letters; an empty one where there are none.
    return found.empty() ? found : "(" + found + ")";
  }

 private:
  QuestionOptions(const std::vector<std::string>& texts, const Options& options)
      : texts_(any_text(texts, options)), bare_letters_(any_letter(texts.size())) {
    char letter = 'A';
    for (const std::string& text : texts)
      letters_[options.without_ignored(text)] = std::string("(") + letter++ + ")";
  }

  static std::vector<std::string> options_of(const std::string& question) {
    static const PythonRegex option(R"(\([A-Z]\)([^\n^(]*))");
    std::vector<std::string> texts;
    for (const PythonRegex::Groups& match : option.find_all(question))
      texts.emplace_back(python::strip(match[1]));
    check_input(texts.size() <= 26, "the question has more options than there are letters");
    return texts;
  }

  // The longest option first, so that none hides another that goes on after it.
  static std::string any_text(const std::vector<std::string>& texts, const Options& options) {
    std::vector<std::string> patterns;
    for (const std::string& text : texts) patterns.push_back(escaped(options.without_ignored(text)));
    std::ranges::stable_sort(patterns, std::ranges::greater(),
                             [](const std::string& p) { return python::length(p); });
    return join(patterns, "|");
  }

  static std::string any_letter(std::size_t count) {
    std::vector<std::string> letters;
    for (std::size_t i = 0; i < count; ++i) letters.emplace_back(1, static_cast<char>('A' + i));
    return R"(:[\s]*()" + join(letters, "|") + ")";
  }

  PythonRegex texts_;
  PythonRegex bare_letters_;
  std::map<std::string, std::string> letters_;
};

OrderedJson multi_choice(const OrderedJson& responses, const OrderedJson& settings,
                         const OrderedJson& document) {
  const Options options(settings);
  const PythonRegex first(options.pattern);
  const QuestionOptions question(text_field(document, "input"), options);
  return each_text(responses, [&](const std::string& response) {
    std::string found = options.find(first, response);
    if (found.empty()) found = question.find(response, options);
    return found.empty() ? options.fallback : found;
  });
}

OrderedJson number_parse(const OrderedJson& responses, const OrderedJson& settings, const OrderedJson&) {
  const Options options(settings);
  const PythonRegex digits(options.pattern);
  return each_text(responses, [&](const std::string& response) {
    std::string found = options.find(digits, response);
    if (found.empty()) {
      const auto number = words_to_number(options.find(english_number_pattern(), python::lower(response)));
      if (number) found = std::to_string(*number);
    }
    return found.empty() ? options.fallback : found;
  });
}

OrderedJson map_regex(const OrderedJson& responses, const OrderedJson& settings, const OrderedJson&) {
  const Options options(settings);
  std::vector<std::string> patterns;
  std::vector<std::pair<PythonRegex, OrderedJson>> values;
  const OrderedJson mapping = settings.value("regex_pattern_to_value", OrderedJson::object());
  for (const auto& [pattern, value] : mapping.items()) {
    patterns.push_back(pattern);
    values.emplace_back(PythonRegex(pattern), value);
  }
  const PythonRegex any(join(patterns, "|"));
  OrderedJson out = OrderedJson::array();
  for (const OrderedJson& response : responses) {
    check_input(response.is_string(), "a response is not text");
    OrderedJson value = options.fallback;
    const std::string found = options.find(any, options.without_ignored(response.get<std::string>()));
    if (!found.empty()) {
      const std::string text = options.without_ignored(found);
      const auto match = std::ranges::find_if(
          values, [&](const auto& entry) { return !options.find(entry.first, text).empty(); });
      if (match != values.end() && match->second != "") value = match->second;
    }
    out.push_back(std::move(value));
  }
  return out;
}

// The words of the question's list in the order of their last appearances in the response.
OrderedJson word_sort(const OrderedJson& responses, const OrderedJson&, const OrderedJson& document) {
  const std::vector<std::string> parts = python::split(text_field(document, "input"), "List:");
  check_input(parts.size() > 1, "field \"input\" has no \"List:\"");
  std::vector<std::string> patterns;
  for (const std::string& word : python::split(parts[1], "")) patterns.push_back("\\b" + word + "\\b");
  const PythonRegex any(join(patterns, "|"));
  check_input(any.groups() < 2, "a word of the list holds brackets");
  return each_text(responses, [&](const std::string& response) {
    std::vector<std::string> words;
    for (const PythonRegex::Groups& match : any.find_all(response)) {
      const std::string& word = match[static_cast<std::size_t>(any.groups())];
      std::erase(words, word);
      words.push_back(word);
    }
    return join(words, " ");
  });
}

void check_options(const OrderedJson& settings) {
  for (const auto& [key, value] : settings.items()) {
    if (key == "group_select")
      check_input(value.is_number_integer(), "group_select is not a whole number");
    else if (key == "ignore_case" || key == "ignore_punctuation")
      check_input(value.is_boolean(), "{} is neither true nor false", key);
    else if (key == "regex_pattern" || key == "fallback")
      check_input(value.is_string(), "{} is not text", key);
    else if (key == "regexes_to_ignore")
      check_input(value.is_null() || value.is_array(), "regexes_to_ignore is not a list");
    else
      check_input(value.is_object(), "{} is not a mapping", key);
  }
  if (const auto list = settings.find("regexes_to_ignore"); list != settings.end()) {
    for (const OrderedJson& regex : *list) check_input(regex.is_string(), "regexes_to_ignore holds no text");
  }
  const PythonRegex compiled(Options(settings).pattern);
}

void check_mapping(const OrderedJson& settings) {
  check_options(settings);
  (void)map_regex(OrderedJson::array(), settings, {});
}

constexpr std::string_view extended_options[] = {"regex_pattern", "group_select",       "fallback",
                                                 "ignore_case",   "ignore_punctuation", "regexes_to_ignore"};
constexpr std::string_view map_options[] = {
    "regex_pattern_to_value", "group_select",     "fallback", "ignore_case",
    "ignore_punctuation",     "regexes_to_ignore"};

constexpr std::string_view sources[] = {"ecc017c5c3c0a03757d94072fb74feac74406b63d2f6efa6ec68f73f8db8a9fd"};
constexpr NamedFilter filters[] = {{"MultiChoiceRegexFilter", extended_options, multi_choice, check_options},
                                   {"NumberParseRegexFilter", extended_options, number_parse, check_options},
                                   {"MapRegexFilter", map_options, map_regex, check_mapping},
                                   {"WordSortFilter", {}, word_sort}};

}  // namespace

extern const FunctionModule function_module_bbh;
const FunctionModule function_module_bbh = {.name = "bbh", .sources = sources, .filters = filters};

}  // namespace assay::eval
