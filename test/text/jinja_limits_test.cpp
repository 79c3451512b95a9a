// Hostile templates end in one error that says where, before they use up time, memory or the stack.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "assay/text/jinja.hpp"
#include "assay/util/error.hpp"
#include "assay/util/json.hpp"

namespace assay::text {
namespace {

using util::OrderedJson;

std::string repeated(const std::string& part, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += part;
  return out;
}

// What rendering ends in: its text, or the error's message behind "error: ".
std::string outcome(const std::string& source, const JinjaOptions& options, const OrderedJson& outside) {
  try {
    return JinjaTemplate(source, "t", options).render(outside, OrderedJson::object()).text;
  } catch (const util::InputError& error) {
    return std::string("error: ") + error.what();
  }
}
// With less room than usual, so that the test is quick.
std::string outcome(const std::string& source) {
  JinjaOptions options = chat_template_options(0);
  options.limits.max_steps = 200'000;
  options.limits.max_values = 400'000;
  options.limits.max_text_bytes = std::size_t{16} << 20;
  return outcome(source, options, OrderedJson::object());
}
std::string outcome_with_little(const std::string& source, const JinjaOptions& all_options) {
  JinjaOptions options = all_options;
  options.limits.max_steps = 20'000;
  options.limits.max_values = 200'000;
  options.limits.max_text_bytes = 1 << 20;
  return outcome(source, options, {{"text", std::string(100'000, 'a')}});
}

constexpr const char* steps = "the template takes too many steps";
constexpr const char* values = "the template makes too many values";
constexpr const char* too_much_text = "the template makes too much text";
constexpr const char* nests = "the template nests too deeply";
constexpr const char* nested_expressions = "expressions are nested too deeply";

TEST_CASE("a template cannot make more text than its limit") {
  for (const std::string source :
       {"{{ 'a' * 10**9 }}", "{{ 10**9 * 'ab' }}", "{{ 'a'.center(10**12) }}", "{{ 'a'.zfill(10**15) }}",
        "{{ 'a'|center(10**15) }}", "{{ 'aaaa'.replace('', 'b' * 10**6).replace('', 'b' * 10**6) }}",
        "{% set x = namespace(s='a') %}{% for i in range(99) %}{% set x.s = x.s ~ x.s %}{% endfor %}",
        "{{ ['a' * 10**6] * 1000 | join }}", "{{ '\\n'.join(['x' * 1000] * 10**6) }}",
        "{{ (['x' * 1000] * 10**6)|join('y') }}", "{{ '%100000d' * 10**4 % (1,) }}",
        "{{ ('%100000s' * 5000)|format(1) }}", "{{ ('a\\n' * 10**5)|indent(10000) }}"}) {
    CAPTURE(source);
    CHECK_THAT(outcome(source), Catch::StartsWith("error: t:1:"));
  }
  CHECK_THAT(outcome("{{ 'a' * 10**9 }}"), Catch::Contains(too_much_text));
  CHECK_THAT(outcome("{{ 'a' * 9223372036854775807 }}"), Catch::Contains(too_much_text));
}

TEST_CASE("a template cannot make more values than its limit") {
  for (const std::string source :
       {"{{ (',' * 4500000).split(',')|length }}", "{{ ('\\n' * 4500000).splitlines()|length }}",
        "{{ (',' * 4500000).rsplit(',')|length }}", "{{ [1] * 10**9 }}",
        "{{ [1, 2] * 9223372036854775807 }}",
        "{% for a in range(99999) %}{% for b in range(99999) %}{% break %}{% endfor %}{% endfor %}",
        "{% set ns = namespace(x=[1]) %}{% for i in range(99) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
        "{% for a in range(9999) %}{% set c = cycler(1, 2, 3) %}{{ [c] * 99999 }}{% endfor %}"}) {
    CAPTURE(source);
    CHECK_THAT(outcome(source), Catch::Contains(values));
  }
  CHECK_THAT(outcome("{{ range(10**12) }}"), Catch::Contains("the range is too large"));
  CHECK_THAT(outcome("{{ range(0, 0 - 10**18, -1) }}"), Catch::Contains("the range is too large"));
  CHECK_THAT(outcome("{{ range(10**12) }}", task_template_options(), OrderedJson::object()),
             Catch::Contains("the range is too large"));
  CHECK_THAT(outcome("{{ ('a' * 500000)|list|length }}"), Catch::Contains("too many characters"));
}

TEST_CASE("a template cannot run longer than its limit") {
  const std::string loops = "{% for a in range(300) %}{% for b in range(300) %}";
  const std::string ends = "{% endfor %}{% endfor %}";
  for (const std::string body :
       {"{{ a }}", "{{ a + b }}", "{% if text.find('ab') > 0 %}{% endif %}",
        "{% if 'b' in text %}{% endif %}", "{% if text == text ~ '' %}{% endif %}",
        "{% if text[5] == text[-1] %}{% endif %}", "{% set x = text.strip('bcdefgh') %}",
        "{% set x = text.upper()|length %}", "{% set x = text.isalpha() %}", "{% set x = text.rfind('b') %}",
        "{% set x = text is lower %}"}) {
    CAPTURE(body);
    const std::string message = outcome_with_little(loops + body + ends, chat_template_options(0));
    const bool limited = message.find(steps) != std::string::npos ||
                         message.find(values) != std::string::npos ||
                         message.find(too_much_text) != std::string::npos;
    CHECK(limited);
  }
  // What is shared again and again is of exponential size only where it is written or compared.
  const std::string shared =
      "{% set ns = namespace(x=[0], y=[0]) %}{% for i in range(60) %}{% set ns.x = [ns.x, ns.x] %}"
      "{% set ns.y = [ns.y, ns.y] %}{% endfor %}";
  for (const std::string use : {"{{ ns.x }}", "{{ ns.x == ns.y }}", "{{ ns.x < ns.y }}", "{{ ns.x|tojson }}",
                                "{{ ns.x|string|length }}", "{{ '%s' % (ns.x,) }}", "{{ ns.x in [ns.y] }}"}) {
    CAPTURE(use);
    CHECK_THAT(outcome(shared + use), Catch::Contains(steps));
  }
  CHECK_THAT(outcome("{% set ns = namespace(x=(0,)) %}{% for i in range(60) %}{% set ns.x = (ns.x, ns.x) %}"
                     "{% endfor %}{{ {ns.x: 1}|length }}"),
             Catch::Contains(steps));
}

TEST_CASE("searching is linear in text and word") {
  const std::string half(500'000, 'a');
  const OrderedJson outside = {{"text", half + half + "c"}, {"word", half + "b"}, {"mirrored", "b" + half}};
  const std::string source =
      "{{ text.find(word) }} {{ text.rfind(mirrored) }} {{ word in text }} {{ text.split(word)|length }} "
      "{{ text.rsplit(mirrored)|length }} {{ text.count(word) }} {{ text.replace(word, '')|length }}";
  CHECK(outcome(source, chat_template_options(0), outside) == "-1 -1 False 1 1 0 1000001");
}

TEST_CASE("nesting is limited before the stack is") {
  for (const int times : {1'000, 60'000}) {
    CAPTURE(times);
    for (const std::string part :
         {"(", "[", "{1: ", "not ", "-", "a[", "a(", "a|default(", "1 if ", "'' ~ ("}) {
      CAPTURE(part);
      CHECK_THAT(outcome("{{ " + repeated(part, times) + " }}"), Catch::StartsWith("error: t:1:"));
    }
    for (const std::string part : {" + 1", " ~ 1", " * 1", " ** 1", " and 1", " or 1", " if 1 else 1", "|abs",
                                   ".a", "[0]", "()", " is odd"}) {
      CAPTURE(part);
      CHECK_THAT(outcome("{{ 1" + repeated(part, times) + " }}"), Catch::StartsWith("error: t:1:"));
    }
  }
  CHECK_THAT(outcome("{{ 1" + repeated(" + 1", 1000) + " }}"), Catch::Contains(nested_expressions));
  CHECK(outcome("{{ 1" + repeated(" + 1", 250) + " }}") == "251");
  CHECK(outcome("{{ " + repeated("(", 100) + "1" + repeated(")", 100) + " }}") == "1");
  CHECK_THAT(outcome(repeated("{% if 1 %}", 1000)), Catch::Contains("less deeply nested blocks"));
  CHECK_THAT(outcome(repeated("{% for a in b %}", 60'000)), Catch::StartsWith("error: t:1:"));
}

TEST_CASE("recursion is limited before the stack is") {
  CHECK_THAT(outcome("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}"), Catch::Contains(nests));
  CHECK_THAT(outcome("{% macro f() %}{{ caller }}{% call f() %}{% endcall %}{% endmacro %}{{ f() }}"),
             Catch::Contains(nests));
  CHECK_THAT(outcome("{% macro f() %}" + repeated("{% if 1 %}", 90) + "{{ f() }}" +
                     repeated("{% endif %}", 90) + "{% endmacro %}{{ f() }}"),
             Catch::Contains(nests));
  CHECK_THAT(outcome("{% macro f() %}{{ g() }}{% endmacro %}{% macro g() %}{{ f() }}{% endmacro %}{{ f() }}"),
             Catch::Contains(nests));
  CHECK_THAT(outcome("{% for a in [[1]] recursive %}{{ loop([a]) }}{% endfor %}"), Catch::Contains(nests));
  const std::string deep =
      "{% set ns = namespace(x=[]) %}{% for i in range(9999) %}{% set ns.x = [ns.x] %}{% endfor %}";
  for (const std::string use :
       {"{{ ns.x }}", "{{ ns.x == [ns.x] }}", "{{ ns.x|tojson }}", "{{ [ns.x]|sort }}x"}) {
    CAPTURE(use);
    const std::string got = outcome(deep + use);
    CHECK((got.find(nests) != std::string::npos || got.ends_with("x")));
  }
  CHECK_THAT(outcome(deep + "{{ ns.x|map('map'" + repeated(", 'map'", 9999) + ") }}"),
             Catch::Contains(nests));
  const JinjaOptions task = task_template_options();
  CHECK_THAT(outcome("{% set x = [] %}{% set _ = x.append(x) %}{{ x }}", task, OrderedJson::object()),
             Catch::Contains(nests));
}

TEST_CASE("lists that grow while they are gone through, and dictionaries, stay within the limits") {
  const JinjaOptions task = task_template_options();
  CHECK_THAT(outcome_with_little(
                 "{% set x = [1] %}{% for i in range(9999) %}{% set _ = x.extend(x) %}{% endfor %}", task),
             Catch::StartsWith("error: t:1:"));
  CHECK_THAT(
      outcome_with_little(
          "{% set d = {} %}{% for i in range(190000) %}{% set _ = d.update({i: text}) %}{% endfor %}", task),
      Catch::StartsWith("error: t:1:"));
  CHECK_THAT(
      outcome_with_little(
          "{% for i in range(500) %}{% set d = dict(range(300)|map('string')|map('list')) %}{% endfor %}",
          task),
      Catch::StartsWith("error: t:1:"));
}

TEST_CASE("what is no template says line, column and the text there") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"{{ a", "t:1:1: a tag is not closed (at: {{ a)"},
      {"x\n  {% if a %}\ny", "t:2:6: a block is not closed by 'endif' (at: if a %})"},
      {"{{ 'abc }}", "t:1:4: a string is not closed (at: 'abc }})"},
      {"{# abc", "t:1:1: a comment is not closed (at: {# abc)"},
      {"{% raw %}abc", "t:1:1: 'raw' is not closed by 'endraw' (at: {% raw %}abc)"},
      {"é\n{{ a ! b }}", "t:2:6: unexpected '!' (at: ! b }})"},
      {"{{ (1 }}", "t:1:7: unexpected '}' (at: }})"},
      {"a\nb {{ 1 + }}", "t:2:10: expected an expression, found '}}' (at: }})"},
      {"{{ a|nothing }}", "t:1:6: no filter is named 'nothing' (at: nothing }})"},
      {"{{ a is nothing }}", "t:1:9: no test is named 'nothing' (at: nothing }})"},
      {"{% nothing %}", "t:1:4: no statement is named 'nothing' (at: nothing %})"},
      {"{{ 99999999999999999999 }}", "t:1:4: '99999999999999999999' is no number that fits in 64 bits"},
      {"{% endfor %}", "t:1:4: "},
  };
  for (const auto& [source, message] : cases) {
    CAPTURE(source);
    CHECK_THAT(outcome(source), Catch::StartsWith("error: " + message));
  }
  CHECK_THAT(outcome(std::string((1 << 20) + 1, ' ')), Catch::Contains("the template is too long"));
}

TEST_CASE("what fails while rendering says line, column and the text there") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"a\n{{ raise_exception('no ' ~ 1) }}", "t:2:19: no 1 (at: ('no ' ~ 1) }})"},
      {"{{ 1 }}\n\n {{ x.y }}", "t:3:6: 'x' is undefined (at: .y }})"},
      {"{% for i in [1] %}\n{{ i / 0 }}{% endfor %}", "t:2:4: division by zero (at: i / 0 }}{% endfor %})"},
      {"{{ 9223372036854775807 + 1 }}", "t:1:4: the integer is too large (beyond 64 bits)"},
      {"{{ -9223372036854775807 - 2 }}", "t:1:4: the integer is too large (beyond 64 bits)"},
  };
  for (const auto& [source, message] : cases) {
    CAPTURE(source);
    CHECK_THAT(outcome(source), Catch::StartsWith("error: " + message));
  }
  CHECK(outcome("{{ raise_exception('x' * 100000) }}").size() < 400);
}

TEST_CASE("bytes that are not UTF-8 are no reason to read past a text") {
  for (const std::string bytes : {"\xff", "a\xe2\x82", "\xf0\x9f\x99", "\x80\x80 ", " \xc3"}) {
    for (const std::string use :
         {"x", "x[0]", "x[::-1]", "x|upper", "x|tojson", "x.split()", "x|list", "x|reverse", "x.strip('a')",
          "x|title", "x|truncate(5)", "x.center(9)", "'%3s' % x", "[x]"}) {
      CAPTURE(use);
      CHECK_NOTHROW(JinjaTemplate("{{ " + use + " }}" + bytes, "t", chat_template_options(0))
                        .render({{"x", bytes}}, OrderedJson::object()));
    }
  }
}

}  // namespace
}  // namespace assay::text
