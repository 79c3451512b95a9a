// libFuzzer target: templates, Python literals, regular expressions, text methods and CSV on arbitrary bytes.
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "assay/eval/python_value.hpp"
#include "assay/text/python.hpp"
#include "assay/util/error.hpp"
#include "eval/data/dataset.hpp"
#include "eval/prompt/part.hpp"
#include "eval/python_regex.hpp"

namespace {

using namespace assay;

const util::OrderedJson document = util::OrderedJson::parse(
    R"({"a":"x y","b":[1,"2",["z"]],"c":{"text":["p","q"],"label":["A","B"]},"d":null,"e":2.5,"n":3})");

template <class Function>
void attempt(Function function) {
  try {
    function();
  } catch (const util::InputError&) {
    // What hostile input has to end in.
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1 || size > 4096) return 0;
  const std::string text(reinterpret_cast<const char*>(data + 1), size - 1);
  switch (data[0] % 5) {
    case 0:
      attempt([&] { (void)eval::TextTemplate(text, "fuzz").render(document); });
      break;
    case 1:
      attempt([&] {
        if (const auto value = eval::python_literal(text))
          (void)eval::python_literal(eval::python_repr(*value)).value();
      });
      break;
    case 2:
      attempt([&] {
        const auto cut = text.find('\n');
        const eval::PythonRegex regex(text.substr(0, cut));
        (void)regex.find_all(cut == std::string::npos ? text : text.substr(cut + 1, 64));
      });
      break;
    case 3:
      (void)text::python::lower(text), (void)text::python::upper(text), (void)text::python::capitalize(text),
          (void)text::python::split(text, "");
      (void)text::python::strip(text), (void)eval::python_repr(text), (void)text::python::count_words(text);
      break;
    default:
      attempt([&] { (void)eval::parse_csv(text, ',', "fuzz"); });
  }
  return 0;
}
