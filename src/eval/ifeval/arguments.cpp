#include "eval/ifeval/arguments.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "assay/text/python.hpp"
#include "assay/util/error.hpp"
#include "assay/util/suggest.hpp"

namespace assay::eval {
namespace {

using util::check_input;
using util::fail_input;
using util::OrderedJson;

bool is_false(const OrderedJson& value) {
  if (value.is_null()) return true;
  if (value.is_boolean()) return !value.get<bool>();
  if (value.is_number()) return value.get<double>() == 0;
  if (value.is_string()) return value.get_ref<const std::string&>().empty();
  return value.empty();
}

std::string quoted(const OrderedJson& value) {
  return text::python::shortened(value.dump(-1, ' ', false, OrderedJson::error_handler_t::replace));
}

}  // namespace

Arguments::Arguments(const OrderedJson& kwargs, std::string where)
    : kwargs_(&kwargs), where_(std::move(where)) {
  check_input(kwargs.is_object(), "{}: its kwargs are {}, but should be an object; correct the document",
              where_, quoted(kwargs));
}

void Arguments::refuse(std::string_view name, std::string_view why) const {
  const auto found = kwargs_->find(std::string(name));
  fail_input("{}: \"{}\" is {}, but {}; correct the document", where_, name,
             found == kwargs_->end() ? "missing" : quoted(*found), why);
}

const OrderedJson& Arguments::value(std::string_view name) const {
  const auto found = kwargs_->find(std::string(name));
  if (found == kwargs_->end() || is_false(*found))
    refuse(name, "is needed (lm-eval would draw one at random)");
  return *found;
}

double Arguments::number(std::string_view name) const {
  const OrderedJson& given = value(name);
  if (!given.is_number()) refuse(name, "should be a number");
  const auto number = given.get<double>();
  if (!(number >= 0)) refuse(name, "should not be negative (lm-eval would draw one at random)");
  return number;
}

std::size_t Arguments::whole(std::string_view name) const {
  const double given = number(name);
  constexpr double largest = 1e9;
  if (given != std::floor(given) || given > largest) refuse(name, "should be a whole number up to 1e9");
  return static_cast<std::size_t>(given);
}

std::string Arguments::text(std::string_view name) const {
  const OrderedJson& given = value(name);
  if (!given.is_string()) refuse(name, "should be a string");
  return given.get<std::string>();
}

std::vector<std::string> Arguments::texts(std::string_view name) const {
  const OrderedJson& given = value(name);
  const bool strings = given.is_array() &&
                       std::ranges::all_of(given, [](const OrderedJson& item) { return item.is_string(); });
  if (!strings) refuse(name, "should be a list of strings");
  return given.get<std::vector<std::string>>();
}

Relation Arguments::relation(std::string_view name) const {
  const std::string given = text(name);
  if (given == "less than") return Relation::less_than;
  if (given != "at least") refuse(name, "should be \"less than\" or \"at least\"");
  return Relation::at_least;
}

void Arguments::allow_only(std::initializer_list<std::string_view> names) const {
  for (const auto& [name, given] : kwargs_->items()) {
    if (is_false(given) || std::ranges::find(names, name) != names.end()) continue;
    const std::vector<std::string> known(names.begin(), names.end());
    fail_input("{}: \"{}\" is none of its arguments{}; correct the document", where_,
               text::python::shortened(name), util::did_you_mean(name, known));
  }
}

}  // namespace assay::eval
