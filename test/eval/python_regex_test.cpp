#include "eval/python_regex.hpp"

#include "eval/support.hpp"

namespace assay::eval {
namespace {

using Groups = PythonRegex::Groups;

// re.findall: the whole match, the only group, or all groups.
std::vector<Groups> find_all_like_python(const PythonRegex& regex, const std::string& text) {
  auto matches = regex.find_all(text);
  for (Groups& match : matches) {
    if (regex.groups() > 0) match.erase(match.begin());
  }
  return matches;
}

TEST_CASE("patterns find and replace what Python's re does") {
  const auto data = test::recorded("python.json");
  const auto texts = data["texts"].get<std::vector<std::string>>();
  for (const auto& record : data["regexes"]) {
    const auto pattern = record["pattern"].get<std::string>();
    const PythonRegex regex(pattern);
    CHECK(regex.groups() == record["groups"].get<int>());
    for (std::size_t i = 0; i < texts.size(); ++i) {
      CAPTURE(pattern, texts[i]);
      CHECK(find_all_like_python(regex, texts[i]) == record["found"][i][0].get<std::vector<Groups>>());
      CHECK(regex.substitute(texts[i], [](const Groups&) { return "<>"; }) ==
            record["found"][i][1].get<std::string>());
    }
  }
}

TEST_CASE("patterns that Python refuses are refused") {
  const auto data = test::recorded("python.json");
  for (const auto& pattern : data["bad_regexes"]) {
    CAPTURE(pattern);
    CHECK_THROWS_AS(PythonRegex(pattern.get<std::string>()), util::InputError);
  }
  CHECK_THROWS_AS(PythonRegex(std::string(1 << 20, 'a')), util::InputError);
}

TEST_CASE("endless backtracking is an error, not a hang") {
  const PythonRegex regex("(a+)+$");
  const std::string message = test::input_error([&] { (void)regex.find_all(std::string(64, 'a') + "b"); });
  CHECK(message.find("(a+)+$") != std::string::npos);
  CHECK(message.find("limit") != std::string::npos);
}

TEST_CASE("starts that each stay below the limit share one budget") {
  // About 2^20 steps at each of 10 000 starts: below any limit of one match, hours in sum.
  const std::string text(10'000, 'a');
  const PythonRegex none("(?:a|a){20}[bc]");
  CHECK(test::input_error([&] { (void)none.find_all(text); }).find("limit") != std::string::npos);
  // The same where every start ends in a match.
  const PythonRegex all("(?:(?:a|a){19}[bc]|a)");
  CHECK(test::input_error([&] { (void)all.find_all(text); }).find("limit") != std::string::npos);
}

TEST_CASE("costly starts do not hide matches, or change which is found first") {
  // "é" x 12 then a letter: 2^12 steps where no "!" follows, more than are free.
  const PythonRegex regex("(?:é|é){12}!|x*?(?=y)|[0-9]+");
  const std::string run = "éééééééééééé";
  const std::string text = run + " 12 " + run + "! " + std::string(40, 'z') + run + "? y345";
  std::vector<std::string> found;
  for (const Groups& match : regex.find_all(text)) found.push_back(match[0]);
  CHECK(found == std::vector<std::string>{"12", run + "!", "", "345"});
}

TEST_CASE("text that is not UTF-8 can be searched") {
  CHECK(PythonRegex("b")
            .find_all("a\xff\xfe"
                      "b")
            .size() == 1);
}

}  // namespace
}  // namespace assay::eval
