#include <algorithm>
#include <array>

#include "assay/text/python.hpp"
#include "assay/util/error.hpp"
#include "eval/ifeval/character_classes.hpp"
#include "eval/ifeval/instruction.hpp"
#include "eval/ifeval/language.hpp"
#include "eval/ifeval/word_tokens.hpp"

namespace assay::eval {
namespace {

namespace python = text::python;

// Those that lm-eval has a name for.
constexpr auto languages = std::to_array<std::string_view>(
    {"ar", "bg", "bn", "de", "en", "es", "fa", "fi", "fr", "gu", "he", "hi", "it", "ja", "kn",
     "ko", "ml", "mr", "ne", "pa", "pl", "pt", "ru", "sw", "ta", "te", "th", "uk", "ur", "vi"});

void require_detection(const Arguments& arguments) {
  util::check_input(
      can_detect_language(),
      "{}: the language of a response cannot be told (this assay was built without the language "
      "profiles of langdetect); install python3-langdetect and build again",
      arguments.where());
}

// A text without anything to tell its language by counts as following.
bool is_language(std::string_view response, std::string_view code) {
  const auto detected = detect_language(response);
  return !detected || *detected == code;
}

Check response_language(const Arguments& arguments) {
  arguments.allow_only({"language"});
  const std::string language = arguments.text("language");
  if (!std::ranges::binary_search(languages, language))
    arguments.refuse("language", "is none of IFEval's languages");
  require_detection(arguments);
  return [language](std::string_view response) { return is_language(response, language); };
}

Check english_capital(const Arguments& arguments) {
  arguments.allow_only({});
  require_detection(arguments);
  return [](std::string_view response) { return is_upper_text(response) && is_language(response, "en"); };
}

Check english_lowercase(const Arguments& arguments) {
  arguments.allow_only({});
  require_detection(arguments);
  return [](std::string_view response) { return is_lower_text(response) && is_language(response, "en"); };
}

Check capital_word_frequency(const Arguments& arguments) {
  arguments.allow_only({"capital_frequency", "capital_relation"});
  const Threshold wanted{arguments.relation("capital_relation"), arguments.number("capital_frequency")};
  return [wanted](std::string_view response) {
    return wanted.holds(count_capital_tokens(response, wanted.enough()));
  };
}

Check no_comma(const Arguments& arguments) {
  arguments.allow_only({});
  return [](std::string_view response) { return response.find(',') == std::string_view::npos; };
}

Check end_checker(const Arguments& arguments) {
  arguments.allow_only({"end_phrase"});
  const std::string given = arguments.text("end_phrase");
  const std::string phrase = python::lower(python::strip(given));
  return [phrase](std::string_view response) {
    std::string_view text = python::strip(response);
    text.remove_prefix(std::min(text.find_first_not_of('"'), text.size()));
    text = text.substr(0, text.find_last_not_of('"') + 1);
    return python::lower(text).ends_with(phrase);
  };
}

Check quotation(const Arguments& arguments) {
  arguments.allow_only({});
  return [](std::string_view response) {
    const std::string_view text = python::strip(response);
    return text.size() > 1 && text.starts_with('"') && text.ends_with('"');
  };
}

}  // namespace

std::span<const InstructionKind> letter_instructions() {
  static constexpr InstructionKind kinds[] = {
      {"change_case:capital_word_frequency", capital_word_frequency},
      {"change_case:english_capital", english_capital},
      {"change_case:english_lowercase", english_lowercase},
      {"language:response_language", response_language},
      {"punctuation:no_comma", no_comma},
      {"startend:end_checker", end_checker},
      {"startend:quotation", quotation},
  };
  return kinds;
}

}  // namespace assay::eval
