// The built-in functions of hellaswag, on documents no dataset has.
#include "eval/function_module.hpp"
#include "eval/support.hpp"

namespace assay::eval {
namespace {

using util::OrderedJson;

OrderedJson processed(const std::string& ending) {
  OrderedJson document = {{"ctx_a", "A man"},
                          {"ctx_b", "he runs"},
                          {"activity_label", "Running"},
                          {"endings", OrderedJson::array({ending})},
                          {"label", "0"}};
  const NamedProcess* process = find_process("hellaswag.process_docs");
  REQUIRE(process != nullptr);
  process->function(document);
  return document;
}

TEST_CASE("hellaswag loses its mark-up") {
  const auto cleaned = [](const std::string& ending) { return processed(ending)["choices"][0]; };
  CHECK(cleaned("[step] Run  [substeps] fast") == " Run  fast");
  CHECK(cleaned("a [title] b") == "a. b");
  CHECK(cleaned("[a]b[c") == "b[c");
  CHECK(cleaned("a[[b]]c") == "a]c");
  CHECK(cleaned("x[a\nb]y[c]z") == "x[a\nb]yz");
  CHECK(cleaned("x[a\n[b]y") == "x[a\ny");
  CHECK(cleaned("]a[b]") == "]a");
  CHECK(processed("x")["query"] == "Running: A man He runs");
}

TEST_CASE("brackets that never close cost no more than those that do") {
  const std::string open(4 << 20, '[');
  CHECK(processed(open)["choices"][0] == open);
  CHECK(processed(open + "\n")["choices"][0].get_ref<const std::string&>().size() == open.size());
}

}  // namespace
}  // namespace assay::eval
