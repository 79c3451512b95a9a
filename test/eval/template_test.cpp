#include "eval/template.hpp"

#include "eval/support.hpp"

namespace assay::eval {
namespace {

const util::OrderedJson document = util::OrderedJson::parse(R"({
  "q": "What?", "n": 3, "f": 1.5, "empty": null, "yes": true, "words": ["a", "b's", "ü"],
  "choices": {"text": ["one", "two"], "label": ["A", "B"]}, "key": "B", "text": " alpha beta  gamma"})");

std::string render(const std::string& text) {
  return Template(text, "t.yaml:1").render(document);
}

TEST_CASE("templates render as Jinja does") {
  CHECK(render("") == "");
  CHECK(render("no fields\n") == "no fields\n");
  CHECK(render("Q: {{q}}\nA:") == "Q: What?\nA:");
  CHECK(render("{{n}} {{f}} {{empty}} {{yes}}") == "3 1.5 None True");
  CHECK(render("{{words}}") == "['a', \"b's\", 'ü']");
  CHECK(render("{{choices.text[1]}}{{choices['text'][-2]}}") == "twoone");
  CHECK(render("{{choices.label.index(key)}}") == "1");
  CHECK(render("{{text.split(' ')[:-1]|join(' ')}}|") == " alpha beta |");
  CHECK(render("{{' '+text.split(' ')[-1]}}") == " gamma");
  CHECK(render("{{text.strip().upper()}}") == "ALPHA BETA  GAMMA");
  CHECK(render("{{words|join(', ')}} {{words|length}} {{q|lower}}") == "a, b's, ü 3 what?");
  CHECK(render("{{ 'it\\'s }}' ~ n }}") == "it's }}3");
  CHECK(render("a {{- q -}}  b") == "aWhat?b");
  CHECK(render("{{text[1:3]}}{{words[2]}}{{words[0:0]}}") == "alü[]");
  CHECK(render("{{(q + '!').replace('What', \"That\")}}") == "That?!");
  CHECK(render("{{[q, n]}}{{2 + 3}}{{words + ['c']}}") == "['What?', 3]5['a', \"b's\", 'ü', 'c']");
}

TEST_CASE("a template that is one expression keeps its value") {
  const Template expression("{{choices.text}}", "t");
  REQUIRE(expression.is_expression());
  CHECK(expression.value(document) == document["choices"]["text"]);
  CHECK_FALSE(Template("{{q}} ", "t").is_expression());
}

TEST_CASE("what is not supported is refused with its place") {
  for (const std::string text : {"{% if q %}x{% endif %}", "{# c #}", "{{q", "{{}}", "{{q if n else f}}",
                                 "{{q and n}}", "{{1.5}}", "{{q.}}", "{{q[}}", "{{q|}}", "{{'open}}",
                                 "{{q == n}}", "{{q + }}", "{{(q}}", "{{not q}}", "{{a b}}", "{{q(1)}}"}) {
    CAPTURE(text);
    const std::string message = test::input_error([&] { Template(text, "task.yaml:7"); });
    CHECK(message.starts_with("task.yaml:7: "));
  }
  CHECK_THROWS_AS(Template("{{" + std::string(10'000, '(') + "q", "t"), util::InputError);
  CHECK_THROWS_AS(Template("{{" + std::string(10'000, '(') + "q" + std::string(10'000, ')') + "}}", "t"),
                  util::InputError);
  std::string sum = "{{q";
  for (int i = 0; i < 10'000; ++i) sum += "+q";
  CHECK_THROWS_AS(Template(sum + "}}", "t"), util::InputError);
}

TEST_CASE("numbers in expressions have one sign and a size") {
  for (const std::string text : {"--5", "--9223372036854775808", "-+5", "9223372036854775808",
                                 "-9223372036854775809", "99999999999999999999999"}) {
    CAPTURE(text);
    CHECK_THROWS_AS(render("{{words[" + text + "]}}"), util::InputError);
    CHECK_THROWS_AS(render("{{words[" + text + ":]}}"), util::InputError);
    CHECK_THROWS_AS(render("{{ " + text + " }}"), util::InputError);
  }
  CHECK(render("{{ -9223372036854775808 }} {{9223372036854775807}}") ==
        "-9223372036854775808 9223372036854775807");
  CHECK(render("{{text[-9223372036854775808:3]}}{{text[9223372036854775807:]}}") == " al");
}

TEST_CASE("missing fields and wrong types are named") {
  const auto message = [](const std::string& text) { return test::input_error([&] { (void)render(text); }); };
  CHECK(message("{{absent}}").find("\"absent\"") != std::string::npos);
  CHECK(message("{{choices.absent}}").find("\"absent\"") != std::string::npos);
  CHECK(message("{{q.x}}").find("members") != std::string::npos);
  CHECK(message("{{words[3]}}").find("3") != std::string::npos);
  CHECK(message("{{words.index('z')}}").find("'z'") != std::string::npos);
  CHECK(message("{{n.split()}}").find("a number") != std::string::npos);
  CHECK(message("{{q + n}}").find("a number") != std::string::npos);
  CHECK(message("{{q.title()}}").find("title") != std::string::npos);
  CHECK(message("{{q|tojson}}").find("tojson") != std::string::npos);
  CHECK(message("{{q.split('')}}").find("separator") != std::string::npos);
  CHECK(message("{{q.strip(1, 2)}}").find("arguments") != std::string::npos);
}

TEST_CASE("what a template makes of a document is bounded") {
  util::OrderedJson big;
  big["x"] = std::string(std::size_t{1} << 20, 'a');
  big["list"] = util::OrderedJson::array();
  for (int i = 0; i < 1000; ++i) big["list"].push_back("");
  std::string sums = "x";
  std::string lists = "list";
  std::string quotes = "'\\''";
  for (int i = 0; i < 80; ++i) sums += "+x";
  for (int i = 0; i < 10; ++i) lists = "(" + lists + "+" + lists + ")";
  for (int i = 0; i < 30; ++i) quotes = "[" + quotes + "]|string";
  const std::string half = sums.substr(0, 79);
  std::string rendered;
  for (int i = 0; i < 80; ++i) rendered += "{{x}}";
  const std::string tenfold = ".replace('a', 'aaaaaaaaaa')";
  for (const std::string& text :
       {"{{" + sums + "}}", "{{x" + tenfold + tenfold + "}}", std::string("{{x.replace('a', x)}}"),
        std::string("{{list|join(x)}}"), std::string("{{x.split('a')}}"),
        std::string("{{x.replace('a', ' a').split()}}"), "{{[" + half + ", " + half + "]}}", rendered}) {
    CAPTURE(text.substr(0, 60));
    const std::string message = test::input_error([&] { (void)Template(text, "t").render(big); });
    CHECK(message.find("more than 64 MiB") != std::string::npos);
  }
  // 1024 lists cannot be written: an expression has at most 256 operations.
  CHECK_THROWS_AS(Template("{{" + lists + "}}", "t"), util::InputError);
  CHECK_THROWS_AS(Template("{{" + quotes + "}}", "t").render(big), util::InputError);
  CHECK_THROWS_AS(Template("{{ x * 1000000000 }}", "t"), util::InputError);
  CHECK(Template("{{" + half + "}}", "t").render(big).size() == std::size_t{40} << 20);
  const std::string quoted = test::input_error([&] { (void)Template("{{list.index(x)}}", "t").render(big); });
  CHECK(quoted.size() < 1000);
}

}  // namespace
}  // namespace assay::eval
