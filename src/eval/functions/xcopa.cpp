// cambridgeltl/xcopa: premise and connective of each language, as lm-evaluation-harness's xcopa does.
#include <nlohmann/json.hpp>

#include "assay/text/python.hpp"
#include "assay/util/error.hpp"
#include "eval/function_module.hpp"
#include "eval/function_text.hpp"

namespace assay::eval {
namespace {

namespace python = text::python;

using util::OrderedJson;

struct Connectives {
  std::string_view cause;
  std::string_view effect;
};
constexpr Connectives et{"sest", "seetõttu"};
constexpr Connectives ht{"poukisa", "donk sa"};
constexpr Connectives it{"perché", "quindi"};
constexpr Connectives id{"karena", "maka"};
constexpr Connectives qu{"imataq", "chaymi"};
constexpr Connectives sw{"kwa sababu", "kwa hiyo"};
constexpr Connectives zh{"因为", "所以"};
constexpr Connectives ta{"காரணமாக", "எனவே"};
constexpr Connectives th{"เพราะ", "ดังนั้น"};
constexpr Connectives tr{"çünkü", "bu yüzden"};
constexpr Connectives vi{"bởi vì", "vì vậy"};

// The premise without its full stop, and how it goes on.
template <const Connectives& connectives>
OrderedJson doc_to_text(const OrderedJson& document) {
  const std::string& question = text_field(document, "question");
  util::check_input(question == "cause" || question == "effect",
                    "field \"question\" is neither \"cause\" nor \"effect\"");
  std::string text(first_characters(python::strip(text_field(document, "premise")), -1));
  return text.append(" ").append(question == "cause" ? connectives.cause : connectives.effect);
}

OrderedJson doc_to_choice(const OrderedJson& document) {
  return OrderedJson::array(
      {with_lower_first(text_field(document, "choice1")), with_lower_first(text_field(document, "choice2"))});
}

constexpr std::string_view sources[] = {"191d31bbbfc66be7b66cbc410053e13631201a3700df749f23c653fb7834dd43"};
constexpr NamedValue values[] = {{"doc_to_text_et", doc_to_text<et>}, {"doc_to_text_ht", doc_to_text<ht>},
                                 {"doc_to_text_it", doc_to_text<it>}, {"doc_to_text_id", doc_to_text<id>},
                                 {"doc_to_text_qu", doc_to_text<qu>}, {"doc_to_text_sw", doc_to_text<sw>},
                                 {"doc_to_text_zh", doc_to_text<zh>}, {"doc_to_text_ta", doc_to_text<ta>},
                                 {"doc_to_text_th", doc_to_text<th>}, {"doc_to_text_tr", doc_to_text<tr>},
                                 {"doc_to_text_vi", doc_to_text<vi>}, {"doc_to_choice", doc_to_choice}};

}  // namespace

extern const FunctionModule function_module_xcopa;
const FunctionModule function_module_xcopa = {.name = "xcopa", .sources = sources, .values = values};

}  // namespace assay::eval
