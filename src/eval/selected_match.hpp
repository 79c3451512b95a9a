// What regular-expression filters take out of a text: one of re.findall's matches.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "assay/util/json.hpp"
#include "eval/python_regex.hpp"

namespace assay::eval {

/// lm-eval's pattern where a task gives none: GSM8K's answer.
constexpr const char* default_answer_pattern = R"(#### (\-?[0-9\.\,]+))";

/// The match that `select` picks, negative from the end; of several groups the first that is not empty, "" if
/// all are. No match, or fewer than `select` asks for (where lm-eval stops with an IndexError): nullopt.
[[nodiscard]] std::optional<std::string> selected_match(const PythonRegex& regex, const std::string& text,
                                                        std::int64_t select);
/// The index into `count` matches that `select` means in Python, or nullopt.
[[nodiscard]] std::optional<std::size_t> python_index(std::int64_t select, std::size_t count);

/// The options that these filters share: regex_pattern, group_select and fallback. Throws InputError.
void check_match_option(const std::string& key, const util::OrderedJson& value);
[[nodiscard]] std::int64_t group_select(const util::OrderedJson& options);

}  // namespace assay::eval
