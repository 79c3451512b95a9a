#include "eval/data/parquet.hpp"

#include <dlfcn.h>

#include <exception>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "assay/util/error.hpp"
#include "assay/util/log.hpp"
#include "assay/util/module.hpp"
#include "assay/util/utf8.hpp"
#include "eval/data/parquet_table.hpp"

namespace assay::eval {
namespace {

namespace fs = std::filesystem;
using util::check_input;
using util::fail_input;
using util::OrderedJson;
using Kind = ParquetEventKind;

// What a value costs of the byte budgets beside its text.
constexpr std::size_t value_bytes = 8;
constexpr std::int64_t footer_bytes = std::int64_t{8} << 20;
constexpr std::int64_t memory_bytes = std::int64_t{1} << 30;
constexpr std::int64_t batch_bytes = std::int64_t{8} << 20;

struct Module {
  const ParquetTable* table = nullptr;
  std::string problem;
};

Module load_module() {
  const auto path = util::find_module("libassay_parquet.so", "ASSAY_PARQUET_MODULE");
  if (!path) {
    return {nullptr,
            "built without Parquet support: no libassay_parquet.so beside the program; run scripts/setup and "
            "build "
            "again (or give cmake an Apache Arrow by -DASSAY_ARROW_ROOT), or convert the data to JSON lines"};
  }
  // Never closed: the libraries behind it have state that ends with the process.
  void* handle = dlopen(path->c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) {
    return {nullptr, fmt::format("the Parquet module does not load ({}); check ASSAY_PARQUET_MODULE and "
                                 "LD_LIBRARY_PATH, or install it anew",
                                 dlerror())};
  }
  const auto function = reinterpret_cast<ParquetTableFunction>(dlsym(handle, parquet_table_symbol));
  const ParquetTable* table = function == nullptr ? nullptr : function();
  if (table == nullptr || table->version != ParquetTable::current_version) {
    return {
        nullptr,
        fmt::format("{} is not this program's Parquet module (version {}, wanted {}); install both from "
                    "one build",
                    path->string(), table == nullptr ? 0 : table->version, ParquetTable::current_version)};
  }
  return {table, ""};
}

const Module& module() {
  static const Module loaded = load_module();
  return loaded;
}

// Text of a hostile file for an error: one line of printable characters.
std::string printable(const char* text) {
  std::string line = util::replace_invalid_utf8(text);
  for (char& c : line) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  return line;
}

// Makes documents of events.
class RowBuilder {
 public:
  RowBuilder(const fs::path& file, const DataLimits& limits,
             const std::function<void(OrderedJson, std::int64_t)>& row)
      : file_(file), limits_(limits), row_(row) {}

  static ParquetAnswer put(void* self, const ParquetEvent* event) {
    auto& builder = *static_cast<RowBuilder*>(self);
    try {
      return builder.take(*event);
    } catch (...) {
      builder.error_ = std::current_exception();
      return ParquetAnswer::stop;
    }
  }

  void rethrow() const {
    if (error_) std::rethrow_exception(error_);
  }
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

 private:
  ParquetAnswer take(const ParquetEvent& event) {
    switch (event.kind) {
      case Kind::row_begin:
        begin_row();
        break;
      case Kind::row_end:
        row_(std::move(document_), number_);
        break;
      case Kind::key:
        begin_field(text_of(event));
        break;
      case Kind::bytes:
        if (!util::is_valid_utf8({event.text, event.size}))
          return leave_out("it holds bytes that are not UTF-8");
        [[fallthrough]];
      case Kind::text:
        add(std::string(text_of(event)));
        break;
      case Kind::null:
        add(nullptr);
        break;
      case Kind::boolean:
        add(event.integer != 0);
        break;
      case Kind::integer:
        add(event.integer);
        break;
      case Kind::natural:
        add(event.natural);
        break;
      case Kind::number:
        add(event.number);
        break;
      case Kind::list_begin:
        open_.push_back(&add(OrderedJson::array()));
        break;
      case Kind::struct_begin:
        open_.push_back(&add(OrderedJson::object()));
        break;
      case Kind::list_end:
      case Kind::struct_end:
        ASSAY_CHECK(open_.size() > 1);
        open_.pop_back();
        break;
      case Kind::no_text:
        return leave_out(printable(std::string(event.text, event.size).c_str()));
    }
    return ParquetAnswer::go_on;
  }

  void begin_row() {
    ++number_;
    row_bytes_ = 0;
    document_ = OrderedJson::object();
    open_ = {&document_};
    count(value_bytes);
  }

  void count(std::size_t bytes) {
    row_bytes_ += bytes;
    bytes_ += bytes;
    check_input(row_bytes_ <= limits_.row_bytes,
                "{} row {}: the row is larger than {} MiB (a row holds one document); break the document up",
                file_.string(), number_, limits_.row_bytes >> 20);
    check_input(bytes_ <= limits_.stream_bytes,
                "{} row {}: the file holds more than {} MiB of data; keep fewer rows in it", file_.string(),
                number_, limits_.stream_bytes >> 20);
  }

  std::string_view text_of(const ParquetEvent& event) {
    const std::string_view text(event.text, event.size);
    count(text.size());
    check_input(util::is_valid_utf8(text), "{} row {}: the text of the column \"{}\" is not UTF-8",
                file_.string(), number_, column_);
    return text;
  }

  static OrderedJson::object_t::Container& members(OrderedJson& object) {
    return object.get_ref<OrderedJson::object_t&>();
  }

  // Appended without a look-up: names of a schema were compared by the module.
  void begin_field(std::string_view name) {
    ASSAY_CHECK(!open_.empty() && open_.back()->is_object());
    if (open_.size() == 1) column_ = name;
    count(value_bytes);
    members(*open_.back()).emplace_back(std::string(name), nullptr);
  }

  OrderedJson& add(OrderedJson value) {
    count(value_bytes);
    OrderedJson& parent = *open_.back();
    if (parent.is_array()) {
      parent.push_back(std::move(value));
      return parent.back();
    }
    members(parent).back().second = std::move(value);
    return members(parent).back().second;
  }

  ParquetAnswer leave_out(const std::string& why) {
    open_.resize(1);
    members(document_).pop_back();
    if (told_.insert(column_).second) {
      util::log_warning("{} row {}: the column \"{}\" is left out of rows where it is not text ({})",
                        file_.string(), number_, column_, why);
    }
    return ParquetAnswer::leave_column;
  }

  const fs::path& file_;
  const DataLimits& limits_;
  const std::function<void(OrderedJson, std::int64_t)>& row_;
  OrderedJson document_;
  std::vector<OrderedJson*> open_;  // the document and what is open in it
  std::string column_;
  std::int64_t number_ = 0;
  std::size_t row_bytes_ = 0;
  std::uint64_t bytes_ = 0;
  std::set<std::string> told_;
  std::exception_ptr error_;
};

}  // namespace

std::string parquet_problem() {
  return module().problem;
}

ParquetRead read_parquet(const fs::path& file, std::int64_t limit, const DataLimits& limits,
                         const std::function<void(OrderedJson fields, std::int64_t number)>& row) {
  check_input(module().table != nullptr, "{} cannot be read ({})", file.string(), module().problem);
  std::error_code ignored;
  check_input(fs::is_regular_file(file, ignored), "{} cannot be read (it is not a regular file)",
              file.string());
  const ParquetTable& table = *module().table;
  const ParquetOptions options{footer_bytes, memory_bytes, batch_bytes, limits.row_depth};
  ParquetError error;
  const auto fail = [&] {
    fail_input("{} cannot be read as Parquet ({}); download it anew", file.string(), printable(error.text));
  };
  const std::unique_ptr<void, void (*)(void*)> open(table.open(file.c_str(), &options, &error), table.close);
  if (!open) fail();
  RowBuilder builder(file, limits, row);
  const ParquetOutcome outcome = table.read(open.get(), limit, {&builder, RowBuilder::put}, &error);
  builder.rethrow();
  if (outcome != ParquetOutcome::done) fail();
  return {table.rows(open.get()), builder.bytes()};
}

}  // namespace assay::eval
