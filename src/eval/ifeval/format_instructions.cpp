#include <algorithm>
#include <memory>

#include <fmt/format.h>

#include "assay/text/python.hpp"
#include "assay/util/utf8.hpp"
#include "eval/ifeval/counted_pattern.hpp"
#include "eval/ifeval/instruction.hpp"
#include "eval/ifeval/json_acceptance.hpp"

namespace assay::eval {
namespace {

namespace python = text::python;

bool is_blank(std::string_view text) {
  return python::strip(text).empty();
}

// [anything on one line], the shortest ones.
Check number_placeholders(const Arguments& arguments) {
  arguments.allow_only({"num_placeholders"});
  const double wanted = arguments.number("num_placeholders");
  return [wanted](std::string_view response) {
    std::size_t count = 0;
    for (std::size_t at = response.find('['); at != std::string_view::npos; at = response.find('[', at)) {
      at = response.find_first_of("]\n", at + 1);
      if (at == std::string_view::npos) break;
      if (response[at] == ']') ++count;
    }
    return static_cast<double>(count) >= wanted;
  };
}

Check postscript(const Arguments& arguments) {
  arguments.allow_only({"postscript_marker"});
  const std::string given = arguments.text("postscript_marker");
  const std::string marker(python::strip(given));
  std::string pattern = python::lower(marker);  // a regular expression, which lm-eval does not escape
  if (marker == "P.P.S") pattern = R"(p\.\s?p\.\s?s)";
  if (marker == "P.S.") pattern = R"(p\.\s?s\.)";
  // lm-eval searches for \s*marker.*$; what stands before and behind the marker can always be empty. Where it
  // begins with a sign, \s* may belong to it.
  const bool plain = !pattern.empty() && pattern[0] != '*' && pattern[0] != '+' && pattern[0] != '?' &&
                     pattern[0] != '{' && pattern.find('|') == std::string::npos;
  if (!plain) pattern = fmt::format(R"((?m)\s*{}.*$)", pattern);
  const auto compiled =
      std::make_shared<const CountedPattern>(pattern, Letters::as_written, arguments.where());
  return [compiled](std::string_view response) { return compiled->is_in(python::lower(response)); };
}

// Bytes of white space, line ends included, from `at` on.
std::size_t skip_space(std::string_view text, std::size_t at) {
  while (at < text.size()) {
    const util::Character next = util::character_at(text, at);
    if (!python::is_space(static_cast<std::int32_t>(next.code))) break;
    at += next.size;
  }
  return at;
}

// Lines that begin, behind white space and blank lines, with the mark; with '*', another character than '*'
// follows, be it a line end.
std::size_t count_bullets(std::string_view text, char mark) {
  std::size_t count = 0;
  std::size_t line = 0;
  while (line < text.size()) {
    std::size_t at = skip_space(text, line);
    bool bullet = at < text.size() && text[at] == mark;
    if (bullet && mark == '*') {
      ++at;
      bullet = at < text.size() && text[at] != '*';
    }
    if (bullet) {
      ++count;
      if (mark == '*') ++at;  // the other character belongs to the bullet
    }
    const std::size_t end = text.find('\n', at);
    if (end == std::string_view::npos) break;
    line = end + 1;
  }
  return count;
}

Check number_bullet_lists(const Arguments& arguments) {
  arguments.allow_only({"num_bullets"});
  const double wanted = arguments.number("num_bullets");
  return [wanted](std::string_view response) {
    return static_cast<double>(count_bullets(response, '*') + count_bullets(response, '-')) == wanted;
  };
}

Check constrained_response(const Arguments& arguments) {
  arguments.allow_only({});
  return [](std::string_view response) {
    constexpr std::string_view options[] = {"My answer is yes.", "My answer is no.", "My answer is maybe."};
    return std::ranges::any_of(
        options, [&](std::string_view option) { return response.find(option) != std::string_view::npos; });
  };
}

// *text* on one line with something between the signs.
std::size_t count_highlights(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t at = text.find('*'); at != std::string_view::npos; at = text.find('*', at)) {
    const std::size_t end = text.find_first_of("*\n", at + 1);
    if (end == std::string_view::npos) break;
    if (text[end] == '*' && !is_blank(text.substr(at + 1, end - at - 1))) ++count;
    at = end + 1;
  }
  return count;
}

// **text** likewise.
std::size_t count_double_highlights(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t at = text.find("**"); at != std::string_view::npos; at = text.find("**", at)) {
    const std::size_t end = text.find_first_of("*\n", at + 2);
    if (end == std::string_view::npos) break;
    if (text.substr(end).starts_with("**")) {
      if (!is_blank(text.substr(at + 2, end - at - 2))) ++count;
      at = end + 2;
    } else {
      at += 1;
    }
  }
  return count;
}

Check number_highlighted_sections(const Arguments& arguments) {
  arguments.allow_only({"num_highlights"});
  const double wanted = arguments.number("num_highlights");
  return [wanted](std::string_view response) {
    return static_cast<double>(count_highlights(response) + count_double_highlights(response)) >= wanted;
  };
}

Check multiple_sections(const Arguments& arguments) {
  arguments.allow_only({"section_spliter", "num_sections"});
  const std::string given = arguments.text("section_spliter");
  const double wanted = arguments.number("num_sections");
  const std::string pattern = fmt::format(R"(\s?{}\s?\d+\s?)", python::strip(given));
  const auto compiled =
      std::make_shared<const CountedPattern>(pattern, Letters::as_written, arguments.where());
  return [compiled, wanted](std::string_view response) {
    // re.split gives the groups too.
    const auto pieces_a_match = static_cast<double>(1 + compiled->groups());
    const Threshold enough{Relation::at_least, wanted / pieces_a_match};
    return enough.holds(compiled->count(response, enough.enough()));
  };
}

bool is_json(std::string_view response) {
  std::string_view text = python::strip(response);
  for (const std::string_view prefix : {"```json", "```Json", "```JSON", "```"}) {
    if (text.starts_with(prefix)) text.remove_prefix(prefix.size());
  }
  if (text.ends_with("```")) text.remove_suffix(3);
  return python_reads_json(python::strip(text));
}

Check json_format(const Arguments& arguments) {
  arguments.allow_only({});
  return is_json;
}

// On some line, <<anything but signs and blanks>>.
bool has_title(std::string_view response) {
  while (!response.empty()) {
    const std::size_t end = std::min(response.find('\n'), response.size());
    const std::string_view line = response.substr(0, end);
    response.remove_prefix(std::min(end + 1, response.size()));
    const std::size_t open = line.find("<<");
    const std::size_t close = line.rfind(">>");
    if (open == std::string_view::npos || close == std::string_view::npos || close < open + 3) continue;
    std::string_view title = line.substr(open, close + 2 - open);
    title.remove_prefix(std::min(title.find_first_not_of('<'), title.size()));
    title = title.substr(0, title.find_last_not_of('>') + 1);
    if (!is_blank(title)) return true;
  }
  return false;
}

Check title(const Arguments& arguments) {
  arguments.allow_only({});
  return has_title;
}

// Two different ones between six asterisks; only the first and the last piece may be blank.
bool has_two_responses(std::string_view response) {
  constexpr std::string_view separator = "******";
  std::vector<std::string_view> answers;
  for (bool first = true;; first = false) {
    const std::size_t end = response.find(separator);
    const bool last = end == std::string_view::npos;
    const std::string_view answer = python::strip(response.substr(0, end));
    if (answer.empty() && !first && !last) return false;
    if (!answer.empty()) answers.push_back(answer);
    if (last || answers.size() > 2) break;
    response.remove_prefix(end + separator.size());
  }
  return answers.size() == 2 && answers[0] != answers[1];
}

Check two_responses(const Arguments& arguments) {
  arguments.allow_only({});
  return has_two_responses;
}

Check repeat_prompt(const Arguments& arguments) {
  arguments.allow_only({"prompt_to_repeat"});
  const std::string given = arguments.text("prompt_to_repeat");
  const std::string prompt = python::lower(python::strip(given));
  return [prompt](std::string_view response) {
    return python::lower(python::strip(response)).starts_with(prompt);
  };
}

}  // namespace

std::span<const InstructionKind> format_instructions() {
  static constexpr InstructionKind kinds[] = {
      {"combination:repeat_prompt", repeat_prompt},
      {"combination:two_responses", two_responses},
      {"detectable_content:number_placeholders", number_placeholders},
      {"detectable_content:postscript", postscript},
      {"detectable_format:constrained_response", constrained_response},
      {"detectable_format:json_format", json_format},
      {"detectable_format:multiple_sections", multiple_sections},
      {"detectable_format:number_bullet_lists", number_bullet_lists},
      {"detectable_format:number_highlighted_sections", number_highlighted_sections},
      {"detectable_format:title", title},
  };
  return kinds;
}

}  // namespace assay::eval
