#include "eval/document_module.hpp"

#include <nlohmann/json.hpp>

#include "assay/util/error.hpp"

namespace assay::eval {
namespace {

std::pair<std::string_view, std::string_view> parts(std::string_view name) {
  const auto dot = name.rfind('.');
  if (dot == std::string_view::npos) return {"", name};
  return {name.substr(0, dot), name.substr(dot + 1)};
}

template <class Named>
const Named* find(std::string_view resolved, std::span<const Named> DocumentModule::*kind) {
  const auto [module_name, function] = parts(resolved);
  for (const DocumentModule* module : all_document_modules()) {
    if (module->name != module_name) continue;
    for (const Named& named : module->*kind) {
      if (named.name == function) return &named;
    }
  }
  return nullptr;
}

}  // namespace

std::string resolve_function(std::string_view written, std::string_view dataset_path) {
  const auto [module_name, function] = parts(written);
  for (const DocumentModule* module : all_document_modules()) {
    const bool meant = module->name == module_name || (module_name == "utils" && !module->dataset.empty() &&
                                                       module->dataset == dataset_path);
    if (!meant) continue;
    std::string resolved = std::string(module->name) + "." + std::string(function);
    if (find_process(resolved) != nullptr || find_text(resolved) != nullptr ||
        find_units(resolved) != nullptr) {
      return resolved;
    }
  }
  return "";
}

const NamedProcess* find_process(std::string_view resolved) {
  return find(resolved, &DocumentModule::processes);
}
const NamedText* find_text(std::string_view resolved) {
  return find(resolved, &DocumentModule::texts);
}
const NamedUnits* find_units(std::string_view resolved) {
  return find(resolved, &DocumentModule::units);
}

const std::string& text_field(const util::OrderedJson& document, std::string_view name) {
  const auto found = document.find(name);
  util::check_input(found != document.end(), "field \"{}\" is missing", name);
  util::check_input(found->is_string(), "field \"{}\" is not text", name);
  return found->get_ref<const std::string&>();
}

}  // namespace assay::eval
