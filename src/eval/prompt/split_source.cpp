#include "eval/prompt/split_source.hpp"

#include <algorithm>
#include <new>
#include <nlohmann/json.hpp>

#include "assay/util/error.hpp"
#include "eval/function_module.hpp"
#include "eval/python_random.hpp"

namespace assay::eval {
namespace {

namespace fs = std::filesystem;
using util::check_input;
using util::OrderedJson;

// Names of fields that hold whole numbers in some rows and other numbers in others.
std::vector<std::string> mixed_columns(const Split& split) {
  constexpr int whole = 1;
  constexpr int other = 2;
  std::map<std::string, int, std::less<>> kinds;
  for (const Document& document : split.documents) {
    for (const auto& [name, value] : document.fields.items()) {
      if (value.is_number()) kinds[name] |= value.is_number_float() ? other : whole;
    }
  }
  std::vector<std::string> mixed;
  for (const auto& [name, kind] : kinds) {
    if (kind == (whole | other)) mixed.push_back(name);
  }
  return mixed;
}

// Numbers of a column are of one kind, as in the hub's tables. (A field that a row lacks would be null there;
// here whoever asks for it is told.)
void align_numbers(Split& split) {
  const std::vector<std::string> mixed = mixed_columns(split);
  for (Document& document : split.documents) {
    for (const std::string& name : mixed) {
      const auto value = document.fields.find(name);
      if (value != document.fields.end() && value->is_number_integer()) *value = value->get<double>();
    }
  }
}

std::vector<fs::path> existing(const std::vector<std::string>& files, const fs::path& data_root) {
  std::vector<fs::path> paths;
  for (const std::string& name : files) {
    std::error_code error;
    paths.push_back(fs::is_regular_file(data_root / name, error) ? data_root / name : fs::path(name));
  }
  return paths;
}

Split read_raw(const TaskConfig& task, const BuildOptions& options, const std::string& name,
               std::int64_t limit) {
  try {
    if (task.data_files.empty())
      return read_split(options.data_root, task.dataset_path, task.dataset_name, name, limit);
    const auto files = task.data_files.find(name);
    check_input(files != task.data_files.end(), "dataset_kwargs.data_files names no file for split \"{}\"",
                name);
    return read_rows(existing(files->second, options.data_root), limit);
  } catch (const util::InputError& error) {
    util::fail_input("task {}: {}", task.task, error.what());
  } catch (const std::bad_alloc&) {
    util::fail_input("task {}: its split \"{}\" needs more memory than there is", task.task, name);
  }
}

void process_documents(const TaskConfig& task, const NamedProcess& process, Split& split) {
  PythonRandom random(process.seed);
  std::vector<Document> documents;
  const auto process_one = [&](Document& document) {
    if (process.expand != nullptr) {
      for (OrderedJson& fields : process.expand(document.fields))
        documents.push_back({std::move(fields), document.line, document.file});
      return;
    }
    if (process.draw != nullptr)
      process.draw(document.fields, random);
    else
      process.function(document.fields);
    if (process.keep == nullptr || process.keep(document.fields)) documents.push_back(std::move(document));
  };
  for (std::size_t i = 0; i < split.documents.size(); ++i)
    for_document(task, split, i, [&] { process_one(split.documents[i]); });
  split.documents = std::move(documents);
}

Split read_processed(const TaskConfig& task, const BuildOptions& options, const std::string& name,
                     const std::string& function, std::int64_t limit) {
  const NamedProcess* process = nullptr;
  if (!function.empty()) {
    process = find_process(function);
    check_input(process != nullptr, "task {}: the function \"{}\" is not known", task.task, function);
  }
  // Where documents may be dropped or become several, the first ones are those that result.
  const bool changes_count = process != nullptr && (process->keep != nullptr || process->expand != nullptr);
  Split split = read_raw(task, options, name, changes_count ? -1 : limit);
  align_numbers(split);
  if (process == nullptr) return split;
  process_documents(task, *process, split);
  if (!changes_count) return split;
  split.rows = static_cast<std::int64_t>(split.documents.size());
  if (limit >= 0 && split.rows > limit) split.documents.resize(static_cast<std::size_t>(limit));
  return split;
}

}  // namespace

void for_document(const TaskConfig& task, const Split& split, std::size_t index,
                  const std::function<void()>& function) {
  try {
    function();
  } catch (const util::InputError& error) {
    util::fail_input("task {}, {}: {}", task.task, split.place(index), error.what());
  } catch (const std::bad_alloc&) {
    util::fail_input("task {}, {}: the document needs more memory than there is", task.task,
                     split.place(index));
  }
}

Split read_scored_split(const TaskConfig& task, const BuildOptions& options, std::int64_t limit) {
  return read_processed(task, options, task.test_split, task.process_docs, limit);
}

Split read_fewshot_pool(const TaskConfig& task, const BuildOptions& options) {
  if (task.fewshot.samples.is_null()) {
    // A split that is named has its own processing; the fallback to the task's splits has the task's.
    const std::string& process = task.fewshot.split.empty() ? task.process_docs : task.fewshot.process_docs;
    return read_processed(task, options, task.fewshot_split, process, -1);
  }
  Split split;
  split.files = {task.file};
  for (const OrderedJson& sample : task.fewshot.samples) split.documents.push_back({sample, 0, 0});
  return split;
}

Fields fields_of(const Split& split) {
  Fields fields;
  for (const Document& document : split.documents) {
    for (const auto& [name, value] : document.fields.items()) fields.insert(name);
  }
  return fields;
}

}  // namespace assay::eval
