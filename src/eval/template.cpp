#include "eval/template.hpp"

#include <nlohmann/json.hpp>
#include <vector>

#include "assay/eval/python_value.hpp"
#include "assay/text/python.hpp"
#include "assay/util/error.hpp"
#include "eval/expression.hpp"

namespace assay::eval {

struct Template::Impl {
  /// Literal text, then an expression; the last part has none.
  struct Part {
    std::string text;
    std::optional<Expression> expression;
  };
  std::vector<Part> parts;
};

namespace {

// The end of an expression: }} outside string literals.
std::size_t expression_end(std::string_view text, std::size_t from) {
  char quote = '\0';
  for (std::size_t i = from; i < text.size(); ++i) {
    if (quote != '\0') {
      if (text[i] == '\\')
        ++i;
      else if (text[i] == quote)
        quote = '\0';
    } else if (text[i] == '\'' || text[i] == '"') {
      quote = text[i];
    } else if (text.substr(i).starts_with("}}")) {
      return i;
    }
  }
  return std::string_view::npos;
}

}  // namespace

void check_rendered_size(std::size_t bytes) {
  util::check_input(
      bytes <= max_rendered_bytes,
      "the template makes more than {} MiB of the document; shorten the document or the template",
      max_rendered_bytes >> 20);
}

Template::Template(std::string_view text, std::string_view where) : impl_(std::make_unique<Impl>()) {
  for (const std::string_view tag : {"{%", "{#"}) {
    util::check_input(
        text.find(tag) == std::string_view::npos,
        "{}: the template uses {} (statements and comments are not supported); use {{{{ field }}}} and "
        "expressions, or a built-in function",
        where, tag);
  }
  std::size_t at = 0;
  for (;;) {
    const std::size_t open = text.find("{{", at);
    Impl::Part part;
    part.text = text.substr(at, open == std::string_view::npos ? open : open - at);
    if (open == std::string_view::npos) {
      impl_->parts.push_back(std::move(part));
      return;
    }
    const std::size_t close = expression_end(text, open + 2);
    util::check_input(close != std::string_view::npos, "{}: the template has a {{{{ that is not closed",
                      where);
    std::string_view body = text.substr(open + 2, close - open - 2);
    // {{- and -}} take the white space around them away.
    if (body.starts_with("-")) {
      body.remove_prefix(1);
      part.text = text::python::rstrip(part.text);
    }
    const bool strip_after = body.ends_with("-");
    if (strip_after) body.remove_suffix(1);
    part.expression = parse_expression(body, where);
    impl_->parts.push_back(std::move(part));
    at = close + 2;
    if (strip_after) at = text.size() - text::python::lstrip(text.substr(at)).size();
  }
}

Template::Template(Template&&) noexcept = default;
Template& Template::operator=(Template&&) noexcept = default;
Template::~Template() = default;

std::string Template::render(const util::OrderedJson& document) const {
  std::string out;
  for (const auto& part : impl_->parts) {
    out += part.text;
    if (part.expression) out += python_str(evaluate(*part.expression, document));
    check_rendered_size(out.size());
  }
  return out;
}

bool Template::is_expression() const {
  return impl_->parts.size() == 2 && impl_->parts[0].text.empty() && impl_->parts[1].text.empty();
}

util::OrderedJson Template::value(const util::OrderedJson& document) const {
  return evaluate(*impl_->parts.at(0).expression, document);
}

}  // namespace assay::eval
