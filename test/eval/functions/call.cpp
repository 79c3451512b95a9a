#include "eval/functions/call.hpp"

#include <zlib.h>

#include <algorithm>
#include <memory>

#include "eval/function_module.hpp"
#include "eval/python_random.hpp"
#include "eval/support.hpp"

namespace assay::eval::test {

using util::OrderedJson;

std::vector<std::filesystem::path> recorded_modules() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(data_folder() / "functions"))
    files.push_back(entry.path());
  std::ranges::sort(files);
  return files;
}

OrderedJson read_recorded(const std::filesystem::path& file) {
  const std::unique_ptr<gzFile_s, int (*)(gzFile)> in(gzopen(file.c_str(), "rb"), gzclose);
  REQUIRE(in != nullptr);
  std::string text;
  std::string buffer(1 << 16, '\0');
  for (int size = 1; size > 0;) {
    size = gzread(in.get(), buffer.data(), static_cast<unsigned>(buffer.size()));
    REQUIRE(size >= 0);
    text.append(buffer, 0, static_cast<std::size_t>(size));
  }
  return util::parse_ordered_json(text, file.string());
}

std::vector<OrderedJson> processed(const std::string& function, const std::vector<OrderedJson>& documents) {
  const NamedProcess* process = find_process(function);
  REQUIRE(process != nullptr);
  std::vector<OrderedJson> out;
  PythonRandom random(process->seed);
  for (OrderedJson document : documents) {
    if (process->expand != nullptr) {
      for (OrderedJson& part : process->expand(document)) out.push_back(std::move(part));
      continue;
    }
    if (process->draw != nullptr)
      process->draw(document, random);
    else
      process->function(document);
    if (process->keep == nullptr || process->keep(document)) out.push_back(std::move(document));
  }
  return out;
}

namespace {

using List = std::vector<OrderedJson>;

OrderedJson results_of(const std::string& name, const OrderedJson& call) {
  const NamedResults* results = find_results(name);
  REQUIRE(results != nullptr);
  OrderedJson out = OrderedJson::object();
  for (const auto& [metric, value] : results->function(call["document"], call["results"].get<List>()))
    out[metric] = value;
  return out;
}

OrderedJson filtered(const std::string& name, const OrderedJson& call) {
  const NamedFilter* filter = find_named_filter(name);
  REQUIRE(filter != nullptr);
  for (const auto& [key, value] : call["options"].items())
    CHECK(std::ranges::find(filter->options, key) != filter->options.end());
  if (filter->check != nullptr) filter->check(call["options"]);
  return filter->apply(call["responses"], call["options"], call["document"]);
}

OrderedJson programs_of(const std::string& name, const OrderedJson& call) {
  const NamedExecution* execution = find_execution(name);
  REQUIRE(execution != nullptr);
  return execution->programs(call["reference"].get<std::string>(), call["predictions"]);
}

}  // namespace

OrderedJson result_of(const OrderedJson& call) {
  const auto kind = call["kind"].get<std::string>();
  const auto name = call["function"].get<std::string>();
  if (kind == "process") return processed(name, call["documents"].get<List>());
  if (kind == "results") return results_of(name, call);
  if (kind == "filter") return filtered(name, call);
  if (kind == "execution") return programs_of(name, call);
  if (kind == "value") {
    REQUIRE(find_value(name) != nullptr);
    return find_value(name)->function(call["document"]);
  }
  if (kind == "samples") {
    REQUIRE(find_samples(name) != nullptr);
    return find_samples(name)->function();
  }
  if (kind == "metric") {
    REQUIRE(find_named_metric(name) != nullptr);
    return find_named_metric(name)->value(call["reference"], call["prediction"]);
  }
  REQUIRE(kind == "aggregation");
  REQUIRE(find_named_aggregation(name) != nullptr);
  return find_named_aggregation(name)->function(call["values"].get<List>());
}

std::string written(const OrderedJson& value, const std::string& kind) {
  return kind == "results" ? util::Json(value).dump() : value.dump();
}

}  // namespace assay::eval::test
