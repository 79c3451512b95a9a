// libFuzzer target: a template is rendered or refused with InputError, within small limits; the ranges of
// outside text are in order and inside the output. The first byte chooses the environment.
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>

#include "assay/text/jinja.hpp"
#include "assay/util/error.hpp"
#include "assay/util/json.hpp"

namespace {

using namespace assay;

const util::OrderedJson outside = util::OrderedJson::parse(
    R"({"messages":[{"role":"system","content":"S"},{"role":"user","content":"héllo <s>"}],"a":1,"f":2.5,"n":null,
        "l":[3,"1",["z"]],"d":{"x":{"y":[1,2]}},"add_generation_prompt":true,"text":"a b\n c"})");
const util::OrderedJson trusted = util::OrderedJson::parse(R"({"bos_token":"<s>","eos_token":"</s>"})");

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1 || size > 8192) return 0;
  text::JinjaOptions options =
      data[0] % 2 == 0 ? text::chat_template_options(0) : text::task_template_options();
  options.limits.max_steps = 20'000;
  options.limits.max_values = 50'000;
  options.limits.max_text_bytes = std::size_t{1} << 20;
  try {
    const text::JinjaTemplate source(std::string(reinterpret_cast<const char*>(data + 1), size - 1), "fuzz",
                                     options);
    const text::RenderedText rendered = source.render(outside, trusted);
    std::size_t at = 0;
    for (const text::ByteRange& range : rendered.outside) {
      if (range.begin < at || range.begin >= range.end || range.end > rendered.text.size()) std::abort();
      at = range.end;
    }
  } catch (const util::InputError&) {  // the only way to refuse
  }
  return 0;
}
