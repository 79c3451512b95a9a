// The engine against Jinja2 itself: every template of test/data/text/jinja in both environments.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <string>

#include "assay/text/jinja.hpp"
#include "assay/util/error.hpp"
#include "assay/util/files.hpp"
#include "assay/util/json.hpp"

namespace assay::text {
namespace {

using util::OrderedJson;

// The text, or {"error": message}.
OrderedJson render(const std::string& source, const JinjaOptions& options, const OrderedJson& context) {
  try {
    return JinjaTemplate(source, "t", options).render(context, OrderedJson::object()).text;
  } catch (const util::InputError& error) {
    return {{"error", error.what()}};
  }
}

void compare(const std::string& environment, const JinjaOptions& options, const OrderedJson& record) {
  int rendered = 0;
  for (const OrderedJson& one : record["cases"]) {
    const OrderedJson& expected = one[environment];
    const OrderedJson got = render(one["template"].get<std::string>(), options, record["context"]);
    INFO(environment << ": " << one["template"] << "\nexpected: " << expected << "\ngot:      " << got);
    if (expected.is_string()) {
      CHECK(got == expected);
      ++rendered;
    } else {
      CHECK(got.is_object());
    }
  }
  CHECK(rendered > 90);
}

TEST_CASE("templates render as Jinja2 renders them") {
  const std::string path = ASSAY_TEST_DATA "/text/jinja/expressions.json";
  const OrderedJson record = util::parse_ordered_json(util::read_file(path), path);
  SECTION("in the environment of chat templates") {
    compare("chat", chat_template_options(record["now"].get<std::int64_t>()), record);
  }
  SECTION("in the environment of task files") {
    compare("task", task_template_options(), record);
  }
}

}  // namespace
}  // namespace assay::text
