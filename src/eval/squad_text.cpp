#include "eval/squad_text.hpp"

#include <cctype>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "assay/text/python.hpp"
#include "eval/python_regex.hpp"

namespace assay::eval {

namespace python = text::python;

std::string without_ascii_punctuation(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80 || std::ispunct(byte) == 0) out += c;
  }
  return out;
}

std::string without_articles(std::string_view text) {
  static const PythonRegex articles(R"(\b(a|an|the)\b)");
  return articles.substitute(text, [](const PythonRegex::Groups&) { return std::string(" "); });
}

std::string single_spaced(std::string_view text) {
  std::string out;
  for (const std::string& word : python::split(text, "")) {
    if (!out.empty()) out += ' ';
    out += word;
  }
  return out;
}

std::string normalize_squad(std::string_view text) {
  return single_spaced(without_articles(without_ascii_punctuation(python::lower(text))));
}

std::size_t shared_words(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  std::unordered_map<std::string_view, std::size_t> left;
  for (const std::string& word : a) ++left[word];
  std::size_t shared = 0;
  for (const std::string& word : b) {
    const auto found = left.find(word);
    if (found == left.end() || found->second == 0) continue;
    --found->second;
    ++shared;
  }
  return shared;
}

int squad_exact(std::string_view gold, std::string_view prediction) {
  return normalize_squad(gold) == normalize_squad(prediction) ? 1 : 0;
}

util::OrderedJson squad_f1(std::string_view gold, std::string_view prediction) {
  const std::vector<std::string> gold_words = python::split(normalize_squad(gold), "");
  const std::vector<std::string> words = python::split(normalize_squad(prediction), "");
  if (gold_words.empty() || words.empty()) return gold_words == words ? 1 : 0;
  const auto shared = static_cast<double>(shared_words(gold_words, words));
  if (shared == 0) return 0;
  const double precision = shared / static_cast<double>(words.size());
  const double recall = shared / static_cast<double>(gold_words.size());
  return (2 * precision * recall) / (precision + recall);
}

}  // namespace assay::eval
