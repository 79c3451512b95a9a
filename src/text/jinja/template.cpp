#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "assay/text/jinja.hpp"
#include "assay/text/python.hpp"
#include "assay/util/error.hpp"
#include "text/jinja/budget.hpp"
#include "text/jinja/builtins.hpp"
#include "text/jinja/interpreter.hpp"
#include "text/jinja/parser.hpp"

namespace assay::text {

using namespace jinja;  // NOLINT: this file joins the two

struct JinjaTemplate::Impl {
  std::string name;
  JinjaOptions options;
  LexedTemplate lexed;
  Block block;
};

namespace {

constexpr std::size_t max_template_bytes = std::size_t{1} << 20;
constexpr std::size_t max_message_bytes = 1000;

// "line:column" of a byte, both from 1, and the text that stands there.
std::string place(const std::string& source, std::size_t offset) {
  std::size_t line = 1;
  std::size_t begin = 0;
  for (std::size_t at = source.find('\n'); at != std::string::npos && at < offset;
       at = source.find('\n', at + 1)) {
    ++line;
    begin = at + 1;
  }
  return fmt::format("{}:{}", line, offset - begin + 1);
}

std::string excerpt(const std::string& source, std::size_t offset) {
  constexpr std::size_t most = 60;
  std::size_t end = std::min(source.find('\n', offset), source.size());
  const bool cut = end - offset > most;
  if (cut) {
    end = offset + most;
    while (end > offset && (static_cast<unsigned char>(source[end]) & 0xC0) == 0x80) --end;
  }
  return source.substr(offset, end - offset) + (cut ? "..." : "");
}

[[noreturn]] void fail_at(const std::string& name, const std::string& source, std::size_t offset,
                          std::string message) {
  if (message.size() > max_message_bytes) message = python::shortened(std::move(message));
  const std::size_t at = std::min(offset, source.size());
  const std::string near = excerpt(source, at);
  util::fail_input("{}:{}: {}{}", name, place(source, at), message,
                   near.empty() ? "" : " (at: " + near + ")");
}

// JSON as the template sees it. `trusted`: names of members whose values are not marked.
Value to_value(const util::OrderedJson& json, bool outside, const std::vector<std::string>& trusted,
               Heap& heap) {
  switch (json.type()) {
    case util::OrderedJson::value_t::boolean:
      return json.get<bool>();
    case util::OrderedJson::value_t::number_integer:
      return json.get<std::int64_t>();
    case util::OrderedJson::value_t::number_unsigned: {
      const auto value = json.get<std::uint64_t>();
      if (value > static_cast<std::uint64_t>(INT64_MAX)) return json.get<double>();
      return static_cast<std::int64_t>(value);
    }
    case util::OrderedJson::value_t::number_float:
      return json.get<double>();
    case util::OrderedJson::value_t::string:
      return MarkedText(json.get_ref<const std::string&>(), outside);
    case util::OrderedJson::value_t::array: {
      std::vector<Value> items;
      items.reserve(json.size());
      for (const auto& item : json) items.push_back(to_value(item, outside, trusted, heap));
      return heap.list(std::move(items));
    }
    case util::OrderedJson::value_t::object: {
      Dict* const out = heap.dict();
      for (const auto& [key, item] : json.items()) {
        const bool marked = outside && std::ranges::find(trusted, key) == trusted.end();
        out->set(MarkedText(key, outside), to_value(item, marked, trusted, heap));
      }
      return out;
    }
    default:
      return None{};
  }
}

std::vector<ByteRange> marked_ranges(const MarkedText& text) {
  std::vector<ByteRange> out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (!text.marked(at)) continue;
    if (!out.empty() && out.back().end == at) {
      ++out.back().end;
    } else {
      out.push_back({at, at + 1});
    }
  }
  return out;
}

}  // namespace

JinjaOptions chat_template_options(std::int64_t now) {
  JinjaOptions out;
  out.trim_blocks = true;
  out.lstrip_blocks = true;
  out.sandboxed = true;
  out.html_safe_json = false;
  out.chat_extensions = true;
  out.now = now;
  out.trusted_members = {"role"};
  return out;
}

JinjaOptions task_template_options() {
  JinjaOptions out;
  out.strict_undefined = true;
  out.keep_trailing_newline = true;
  return out;
}

JinjaTemplate::JinjaTemplate(std::string_view source, std::string name, const JinjaOptions& options) {
  util::check_input(source.size() <= max_template_bytes,
                    "{}: the template is too long ({} bytes; the limit is {})", name, source.size(),
                    max_template_bytes);
  auto impl = std::make_unique<Impl>();
  impl->name = std::move(name);
  impl->options = options;
  try {
    impl->lexed.source = source;
    impl->lexed = lex(source, {options.trim_blocks, options.lstrip_blocks, options.keep_trailing_newline});
    impl->block = parse(impl->lexed, {[](std::string_view filter) { return find_filter(filter) != nullptr; },
                                      [](std::string_view test) { return find_test(test) != nullptr; },
                                      options.chat_extensions});
  } catch (const SyntaxError& error) {
    fail_at(impl->name, impl->lexed.source, error.offset, error.message);
  }
  impl->lexed.tokens = {};
  impl_ = std::move(impl);
}

JinjaTemplate::JinjaTemplate(JinjaTemplate&&) noexcept = default;
JinjaTemplate& JinjaTemplate::operator=(JinjaTemplate&&) noexcept = default;
JinjaTemplate::~JinjaTemplate() = default;

RenderedText JinjaTemplate::render(const util::OrderedJson& outside, const util::OrderedJson& trusted) const {
  const Budget budget(impl_->options.limits);
  Heap heap;
  Interpreter interpreter(impl_->options, heap);
  try {
    for (const auto& [name, value] : outside.items())
      interpreter.define(name, to_value(value, true, impl_->options.trusted_members, heap));
    for (const auto& [name, value] : trusted.items())
      interpreter.define(name, to_value(value, false, {}, heap));
    const MarkedText out = interpreter.render(impl_->block);
    return {out.bytes(), marked_ranges(out)};
  } catch (const EvaluationError& error) {
    fail_at(impl_->name, impl_->lexed.source, interpreter.offset(), error.message);
  }
}

}  // namespace assay::text
