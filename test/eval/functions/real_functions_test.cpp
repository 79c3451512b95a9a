// Built-in functions on the first documents of real datasets: hashes of what lm-evaluation-harness's Python
// functions gave. Runs where ASSAY_DATA_ROOT names a data root with such a dataset.
#include <cstdlib>

#include "assay/eval/python_value.hpp"
#include "assay/util/hash.hpp"
#include "eval/data/dataset.hpp"
#include "eval/functions/call.hpp"
#include "eval/support.hpp"
#include "support/skip.hpp"

namespace assay::eval {
namespace {

namespace fs = std::filesystem;
using util::OrderedJson;

std::vector<OrderedJson> documents_of(const fs::path& file, std::int64_t rows) {
  std::vector<OrderedJson> documents;
  for (Document& document : read_rows({file}, rows).documents)
    documents.push_back(std::move(document.fields));
  return documents;
}

// Log-probabilities for each of a document's choices, by the rule of the script.
OrderedJson made_up_results(const OrderedJson& choices, std::size_t row) {
  OrderedJson results = OrderedJson::array();
  for (std::size_t i = 0; i < choices.size(); ++i)
    results.push_back({-static_cast<double>((i * 7 + row * 3) % 11) - 1.5, false});
  return results;
}

// The calls that an entry stands for, for one document.
std::vector<OrderedJson> calls_for(const OrderedJson& entry, const std::string& function,
                                   const OrderedJson& document, std::size_t row) {
  OrderedJson call = {{"kind", entry["kind"]}, {"function", function}, {"document", document}};
  OrderedJson texts = OrderedJson::array();
  for (const OrderedJson& parts : entry.value("responses", OrderedJson::array())) {
    const OrderedJson& shown = document[parts[1].get<std::string>()];
    texts.push_back(parts[0].get<std::string>() + python_str(shown) + parts[2].get<std::string>());
  }
  if (entry["kind"] == "filter") {
    call["options"] = entry["options"];
    call["responses"] = texts;
  }
  if (entry["kind"] != "results") return {call};
  if (entry.contains("pairs")) {
    const OrderedJson* choices = &document;
    for (const OrderedJson& key : entry["pairs"]) choices = &choices->at(key.get<std::string>());
    call["results"] = made_up_results(*choices, row);
    return {call};
  }
  std::vector<OrderedJson> calls;
  for (const OrderedJson& text : texts) {
    call["results"] = OrderedJson::array({text});
    calls.push_back(call);
  }
  return calls;
}

std::string hash_of(const OrderedJson& entry, const std::string& module, const fs::path& file) {
  const std::string function = module + "." + entry["function"].get<std::string>();
  const auto kind = entry["kind"].get<std::string>();
  std::vector<OrderedJson> documents = documents_of(file, entry["rows"].get<std::int64_t>());
  std::string out;
  if (kind == "process") {
    for (const OrderedJson& document : test::processed(function, documents)) out += document.dump() + "\n";
    return util::sha256_hex(out);
  }
  if (entry.contains("process"))
    documents = test::processed(module + "." + entry["process"].get<std::string>(), documents);
  for (std::size_t row = 0; row < documents.size(); ++row) {
    for (const OrderedJson& call : calls_for(entry, function, documents[row], row))
      out += test::written(test::result_of(call), kind) + "\n";
  }
  return util::sha256_hex(out);
}

TEST_CASE("built-in functions agree with lm-eval's on real documents") {
  const char* root = std::getenv("ASSAY_DATA_ROOT");
  std::size_t compared = 0;
  for (const auto& recorded_file : test::recorded_modules()) {
    const OrderedJson recorded = test::read_recorded(recorded_file);
    for (const OrderedJson& entry : recorded["data"]) {
      const fs::path file =
          fs::path(root == nullptr ? "" : root) / (entry["data"].get<std::string>() + ".jsonl");
      if (root == nullptr || !fs::exists(file)) continue;
      ++compared;
      const auto module = recorded["module"].get<std::string>();
      INFO(module << " " << entry.dump());
      CHECK(hash_of(entry, module, file) == entry["sha256"].get<std::string>());
    }
  }
  if (compared == 0)
    return assay::test::skip(
        "real documents are not compared (ASSAY_DATA_ROOT names no folder with one of the datasets)");
}

}  // namespace
}  // namespace assay::eval
