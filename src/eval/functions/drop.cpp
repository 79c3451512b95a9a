// DROP (Dua et al. 2019): numbers, dates and spans as answers; exact match and F1 over bags of words, as
// lm-evaluation-harness's drop does.
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "assay/eval/python_value.hpp"
#include "assay/text/python.hpp"
#include "assay/util/error.hpp"
#include "eval/function_module.hpp"
#include "eval/function_text.hpp"
#include "eval/python_number.hpp"
#include "eval/squad_text.hpp"

namespace assay::eval {
namespace {

namespace python = text::python;

using util::check_input;
using util::OrderedJson;
using Bag = std::set<std::string>;

// The texts of one answer: its number, its spans, or its date.
OrderedJson parse_answer(const OrderedJson& number, const OrderedJson& spans, const OrderedJson& date) {
  if (number != "") return OrderedJson::array({python_str(number)});
  check_input(spans.is_array(), "the spans of an answer are not a list");
  if (!spans.empty()) return spans;
  const std::string written =
      text_field(date, "day") + " " + text_field(date, "month") + " " + text_field(date, "year");
  return OrderedJson::array({python::strip(written)});
}

OrderedJson get_answers(const OrderedJson& document) {
  const OrderedJson& first = field(document, "answer");
  OrderedJson answers =
      OrderedJson::array({parse_answer(field(first, "number"), field(first, "spans"), field(first, "date"))});
  const OrderedJson& others = field(document, "validated_answers");
  const OrderedJson& numbers = field(others, "number");
  const OrderedJson& dates = field(others, "date");
  const OrderedJson& spans = field(others, "spans");
  check_input(numbers.is_array() && dates.is_array() && spans.is_array() && dates.size() >= numbers.size() &&
                  spans.size() >= numbers.size(),
              "field \"validated_answers\" is not lists of equal length");
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    OrderedJson answer = parse_answer(numbers[i], spans[i], dates[i]);
    if (std::ranges::find(answers, answer) == answers.end()) answers.push_back(std::move(answer));
  }
  return answers;
}

void process_docs(OrderedJson& document) {
  OrderedJson answers = get_answers(document);
  document["id"] = OrderedJson(field(document, "query_id"));
  document["answers"] = std::move(answers);
}

// One word: a number by its value, anything else without punctuation and articles.
std::string normalize_word(const std::string& written) {
  const std::string word = python::lower(written);
  const std::string bare = python_to_float(word) ? word : without_ascii_punctuation(word);
  const auto number = python_to_float(bare);
  return single_spaced(without_articles(number ? python::repr(*number) : bare));
}

std::string normalize(std::string_view answer) {
  std::vector<std::string> words;
  for (const std::string& part : python::split(python::replace_all(answer, "-", " "), " ")) {
    std::string word = normalize_word(part);
    if (!word.empty()) words.push_back(std::move(word));
  }
  return join(words, " ");
}

Bag bag_of(const std::string& normalized) {
  const std::vector<std::string> words = python::split(normalized, "");
  return {words.begin(), words.end()};
}

double bag_f1(const Bag& predicted, const Bag& gold) {
  const auto shared = static_cast<double>(
      std::ranges::count_if(gold, [&](const std::string& word) { return predicted.contains(word); }));
  const double precision = predicted.empty() ? 1.0 : shared / static_cast<double>(predicted.size());
  const double recall = gold.empty() ? 1.0 : shared / static_cast<double>(gold.size());
  if (precision == 0.0 && recall == 0.0) return 0.0;
  return (2 * precision * recall) / (precision + recall);
}

// A gold answer with numbers needs one of them.
bool numbers_agree(const Bag& gold, const Bag& predicted) {
  bool has_number = false;
  for (const std::string& word : gold) {
    if (!python_to_float(word)) continue;
    has_number = true;
    if (predicted.contains(word)) return true;
  }
  return !has_number;
}

struct Score {
  double exact;
  double f1;
};

// One predicted text against the texts of a gold answer. The best alignment of one with several is the best
// pair; those left over count as zero.
Score score(const std::string& prediction, const std::vector<std::string>& gold) {
  const std::string predicted = normalize(prediction);
  const Bag predicted_bag = bag_of(predicted);
  double best = 0;
  for (const std::string& text : gold) {
    const Bag bag = bag_of(normalize(text));
    if (numbers_agree(bag, predicted_bag)) best = std::max(best, bag_f1(predicted_bag, bag));
  }
  const bool exact = gold.size() == 1 && normalize(gold[0]) == predicted;
  // numpy's rounding to two digits.
  const double f1 = std::rint(best / static_cast<double>(gold.size()) * 100) / 100;
  return {exact ? 1.0 : 0.0, f1};
}

MetricValues process_results(const OrderedJson& document, std::span<const OrderedJson> results) {
  const std::string& prediction = text_result(results);
  const OrderedJson& answers = field(document, "answers");
  check_input(answers.is_array(), "field \"answers\" is not a list");
  // Whole numbers as long as nothing is better than them.
  OrderedJson best_exact = 0;
  OrderedJson best_f1 = 0;
  for (const OrderedJson& answer : answers) {
    const std::vector<std::string> gold = texts_field({{"answers", answer}}, "answers");
    check_input(!gold.empty(), "field \"answers\" holds an empty list");
    if (python::strip(gold[0]).empty()) continue;
    const Score found = score(prediction, gold);
    if (found.exact > best_exact.get<double>()) best_exact = found.exact;
    if (found.f1 > best_f1.get<double>()) best_f1 = found.f1;
  }
  return {{"em", best_exact}, {"f1", best_f1}};
}

constexpr std::string_view sources[] = {"a5782ee7d2e537968a5b83976195ae2b9b6e2a565a0bfb5c24d221b4d61a04f5"};
constexpr NamedProcess processes[] = {{"process_docs", process_docs}};
constexpr NamedResults results[] = {{"process_results", process_results}};

}  // namespace

extern const FunctionModule function_module_drop;
const FunctionModule function_module_drop = {
    .name = "drop", .sources = sources, .processes = processes, .results = results};

}  // namespace assay::eval
