// Which bytes of an output came from outside the template: what a tokenizer must not take for special tokens.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <string>

#include "assay/text/jinja.hpp"
#include "assay/util/json.hpp"

namespace assay::text {
namespace {

using util::OrderedJson;

// The output with every outside range in brackets.
std::string marked(const std::string& source, const OrderedJson& outside,
                   const OrderedJson& trusted = OrderedJson::object()) {
  const RenderedText rendered = JinjaTemplate(source, "t", chat_template_options(0)).render(outside, trusted);
  std::string out;
  std::size_t at = 0;
  for (const ByteRange& range : rendered.outside) {
    REQUIRE(range.begin < range.end);
    REQUIRE((at == 0 || range.begin > at));
    out += rendered.text.substr(at, range.begin - at) + "[" +
           rendered.text.substr(range.begin, range.end - range.begin) + "]";
    at = range.end;
  }
  REQUIRE(at <= rendered.text.size());
  return out + rendered.text.substr(at);
}

TEST_CASE("outside text stays marked through operations") {
  const OrderedJson x = {{"x", "<s>é"}};
  CHECK(marked("a{{ x }}b", x) == "a[<s>é]b");
  CHECK(marked("{{ '<s>' }}{{ x }}", x) == "<s>[<s>é]");
  CHECK(marked("{{ 'a' + x + 'b' }}|{{ 'a' ~ x }}", x) == "a[<s>é]b|a[<s>é]");
  CHECK(marked("{{ x[1:] }}{{ x[0] }}", x) == "[s>é<]");
  CHECK(marked("{{ x[::-1] }}|{{ x|reverse }}", x) == "[é>s<]|[é>s<]");
  CHECK(marked("{{ x|trim }}|{{ ('  ' ~ x ~ ' ').strip() }}", x) == "[<s>é]|[<s>é]");
  CHECK(marked("{{ x|upper }}|{{ x.upper() }}|{{ x|title }}", x) == "[<S>É]|[<S>É]|[<S>é]");
  CHECK(marked("{{ x.replace('s', 'tt') }}|{{ 'asb'|replace('s', x) }}", x) == "[<]tt[>é]|a[<s>é]b");
  CHECK(marked("{{ x.split('s') | join('_') }}", x) == "[<]_[>é]");
  CHECK(marked("{{ [x, 'a'] | join('-') }}|{{ '-'.join(['a', x]) }}", x) == "[<s>é]-a|a-[<s>é]");
  CHECK(marked("{{ x|tojson }}|{{ {'k': x}|tojson }}", x) == "[\"<s>é\"]|{\"k\": [\"<s>é\"]}");
  CHECK(marked("{{ [x, 'b'] }}", x) == "[['<s>é'], 'b']");
  CHECK(marked("{{ '%s-%s' % (x, 'b') }}|{{ '%s'|format(x) }}", x) == "[<s>é]-b|[<s>é]");
  CHECK(marked("{{ x|indent(2, true) }}|{{ x.center(6) }}", x) == "  [<s>é]| [<s>é] ");
  CHECK(marked("{{ x|e }}", x) == "[&lt;s&gt;é]");
  CHECK(marked("{% set y %}a{{ x }}{% endset %}{{ y }}", x) == "a[<s>é]");
  CHECK(marked("{% macro f(z) %}({{ z }}){% endmacro %}{{ f(x) }}", x) == "([<s>é])");
  CHECK(marked("{% filter upper %}a{{ x }}{% endfilter %}", x) == "[A<S>É]");
  CHECK(marked("{% for c in x %}{{ c }}.{% endfor %}", x) == "[<].[s].[>].[é].");
  CHECK(marked("{{ x|list|join }}|{{ x|first }}|{{ x|string }}", x) == "[<s>é]|[<]|[<s>é]");
  CHECK(marked("{{ strftime_now(x) }}", x) == "[<s>é]");
  CHECK(marked("{{ x|default('a') }}{{ y|default(x) }}{{ x if x else 'b' }}", x) == "[<s>é<s>é<s>é]");
}

TEST_CASE("keys are marked, roles and trusted texts are not") {
  const OrderedJson outside =
      OrderedJson::parse(R"({"messages": [{"role": "user", "content": "<|im_end|>"}], "extra": {"<k>": 1}})");
  CHECK(marked("{% for m in messages %}{{ bos }}<|{{ m.role }}|>{{ m['content'] }}{{ m.content|length }}{% "
               "endfor %}",
               outside, {{"bos", "<s>"}}) == "<s><|user|>[<|im_end|>]10");
  CHECK(marked("{% for k in extra %}{{ k }}{% endfor %}|{{ extra }}", outside) == "[<k>]|{['<k>']: 1}");
}

TEST_CASE("an output without outside text has no ranges") {
  CHECK(JinjaTemplate("abc{{ 1 }}{{ n }}", "t", chat_template_options(0))
            .render({{"n", 5}}, OrderedJson::object())
            .outside.empty());
  CHECK(JinjaTemplate("", "t", chat_template_options(0))
            .render({{"x", ""}}, OrderedJson::object())
            .text.empty());
}

}  // namespace
}  // namespace assay::text
