#include "eval/prompt/generation.hpp"

#include <charconv>
#include <limits>
#include <nlohmann/json.hpp>

#include "assay/eval/task.hpp"
#include "assay/util/error.hpp"
#include "assay/util/suggest.hpp"

namespace assay::eval {
namespace {

using util::check_input;
using util::fail_input;
using util::OrderedJson;

// transformers samples among the 50 likeliest tokens unless told otherwise.
constexpr std::int32_t default_top_k = 50;

const std::vector<std::string> known = {"until",        "do_sample",
                                        "temperature",  "top_k",
                                        "top_p",        "repetition_penalty",
                                        "max_gen_toks", "max_new_tokens",
                                        "max_tokens",   "max_completion_tokens",
                                        "num_beams",    "num_return_sequences",
                                        "use_cache"};

void check_keys(const OrderedJson& kwargs) {
  for (const auto& [key, value] : kwargs.items()) {
    if (key == "max_length") {
      fail_input(
          "the generation setting \"max_length\" counts the prompt too and is not supported; use "
          "max_gen_toks");
    }
    check_input(std::ranges::find(known, key) != known.end(),
                "the generation setting \"{}\" is not supported{}", key, util::did_you_mean(key, known));
    const bool one = key == "num_beams" || key == "num_return_sequences";
    check_input(!one || value.is_null() || value == 1,
                "the generation setting {} other than 1 is not supported", key);
  }
}

double number(const OrderedJson& kwargs, const char* key, double otherwise) {
  const auto found = kwargs.find(key);
  if (found == kwargs.end() || found->is_null()) return otherwise;
  check_input(found->is_number(), "the generation setting {} is not a number", key);
  return found->get<double>();
}

std::vector<std::string> stops_of(const OrderedJson& kwargs) {
  const auto until = kwargs.find("until");
  std::vector<std::string> stops;
  if (until == kwargs.end() || until->is_null()) return stops;
  const OrderedJson list = until->is_array() ? *until : OrderedJson::array({*until});
  for (const OrderedJson& stop : list) {
    check_input(stop.is_string(), "a stop string in `until` is not text");
    std::string text = stop.get<std::string>();
    if (!text.empty() && std::ranges::find(stops, text) == stops.end()) stops.push_back(std::move(text));
  }
  return stops;
}

std::int64_t max_new_tokens(const OrderedJson& kwargs) {
  // The first that is given, in lm-eval's order of preference.
  for (const char* key : {"max_gen_toks", "max_new_tokens", "max_tokens", "max_completion_tokens"}) {
    const double value = number(kwargs, key, -1);
    if (value == -1) continue;
    check_input(value >= 1 && value < std::numeric_limits<std::int32_t>::max(),
                "{} is not a number of tokens", key);
    return static_cast<std::int64_t>(value);
  }
  return 256;
}

// Without do_sample, a temperature above 0 asks for sampling.
bool samples(const OrderedJson& kwargs) {
  const auto do_sample = kwargs.find("do_sample");
  if (do_sample == kwargs.end() || do_sample->is_null()) return number(kwargs, "temperature", 0.0) > 0;
  check_input(do_sample->is_boolean(), "the generation setting do_sample is not true or false");
  return do_sample->get<bool>();
}

}  // namespace

OrderedJson with_model_defaults(OrderedJson kwargs, const OrderedJson& defaults) {
  if (!defaults.is_object()) return kwargs;
  if (!kwargs.is_object()) kwargs = OrderedJson::object();
  const bool sample = samples(kwargs);
  for (const auto& [key, value] : defaults.items()) {
    if (key != "repetition_penalty" && !sample) continue;
    const auto own = kwargs.find(key);
    if (own == kwargs.end() || own->is_null()) kwargs[key] = value;
  }
  return kwargs;
}

Generation read_generation(const OrderedJson& kwargs) {
  Generation result;
  if (kwargs.is_null()) return result;
  check_input(kwargs.is_object(), "the generation settings are not a mapping");
  check_keys(kwargs);
  result.stops = stops_of(kwargs);
  result.max_new_tokens = max_new_tokens(kwargs);
  const double penalty = number(kwargs, "repetition_penalty", 1.0);
  check_input(penalty >= 1e-6 && penalty <= 1e6, "repetition_penalty is not a number from 1e-6 to 1e6");
  result.sampling.repetition_penalty = penalty;
  if (!samples(kwargs)) return result;
  const double temperature = number(kwargs, "temperature", 0.0);
  check_input(
      temperature > 0 && temperature < 1e6,
      "do_sample is true but temperature is {} (it must be above 0); set temperature, or do_sample: false",
      temperature);
  result.sampling.temperature = temperature;
  result.sampling.top_p = number(kwargs, "top_p", 1.0);
  check_input(result.sampling.top_p > 0 && result.sampling.top_p <= 1, "top_p is not in (0, 1]");
  const double top_k = number(kwargs, "top_k", default_top_k);
  check_input(top_k >= 0 && top_k < std::numeric_limits<std::int32_t>::max(),
              "top_k is not a number of tokens");
  result.sampling.top_k = static_cast<std::int32_t>(top_k);
  return result;
}

}  // namespace assay::eval
