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

TEST_CASE("text that is not UTF-8 can be searched") {
  CHECK(PythonRegex("b")
            .find_all("a\xff\xfe"
                      "b")
            .size() == 1);
}

}  // namespace
}  // namespace assay::eval
