#include <algorithm>
#include <charconv>
#include <set>

#include "assay/util/error.hpp"
#include "eval/data/dataset.hpp"

namespace assay::eval {
namespace {

using util::check_input;
using util::OrderedJson;

struct Row {
  std::vector<std::string> cells;
  std::int64_t line = 0;
};

class CsvReader {
 public:
  CsvReader(std::string_view text, char separator, std::string_view source, std::size_t row_bytes)
      : rest_(text),
        separator_(separator),
        ends_({'\r', '\n', separator}),
        source_(source),
        row_bytes_(row_bytes) {}

  // Blank lines are skipped; false at the end.
  bool next(Row& row) {
    while (!rest_.empty() && (rest_[0] == '\n' || rest_.starts_with("\r\n"))) skip_line_end();
    if (rest_.empty()) return false;
    row.cells.clear();
    row.line = line_;
    const std::size_t before = rest_.size();
    for (;;) {
      row.cells.push_back(cell());
      check_input(before - rest_.size() <= row_bytes_,
                  "{}:{}: the row is longer than {} MiB (a row holds one document); break the document up",
                  source_, row.line, row_bytes_ >> 20);
      if (rest_.empty()) return true;
      if (rest_[0] == separator_) {
        rest_.remove_prefix(1);
        continue;
      }
      skip_line_end();
      return true;
    }
  }

 private:
  void skip_line_end() {
    if (rest_[0] == '\r') rest_.remove_prefix(1);
    if (!rest_.empty() && rest_[0] == '\n') rest_.remove_prefix(1);
    ++line_;
  }

  std::string cell() {
    if (rest_.empty() || rest_[0] != '"') {
      const std::size_t end = std::min(rest_.find_first_of(ends_), rest_.size());
      std::string text(rest_.substr(0, end));
      rest_.remove_prefix(end);
      return text;
    }
    const std::int64_t start = line_;
    rest_.remove_prefix(1);
    std::string text;
    for (;;) {
      const std::size_t quote = rest_.find('"');
      check_input(quote != std::string_view::npos, "{}:{}: a quoted cell is not closed", source_, start);
      for (const char c : rest_.substr(0, quote)) line_ += c == '\n' ? 1 : 0;
      text += rest_.substr(0, quote);
      rest_.remove_prefix(quote + 1);
      if (!rest_.starts_with('"')) break;
      text += '"';
      rest_.remove_prefix(1);
    }
    check_input(rest_.empty() || rest_[0] == separator_ || rest_[0] == '\n' || rest_[0] == '\r',
                "{}:{}: text follows the closing quote of a cell", source_, line_);
    return text;
  }

  std::string_view rest_;
  char separator_;
  std::string ends_;  // of an unquoted cell
  std::string_view source_;
  std::size_t row_bytes_;
  std::int64_t line_ = 1;
};

// Words that pandas takes for no value.
bool is_missing(const std::string& cell) {
  static const std::set<std::string> words = {
      "",     "#N/A", "#N/A N/A", "#NA",  "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN",
      "<NA>", "N/A",  "NA",       "NULL", "NaN",     "None",     "n/a",  "nan",  "null"};
  return words.contains(cell);
}

template <class Number>
bool parse_number(std::string_view cell, Number& value) {
  const std::size_t begin = std::min(cell.find_first_not_of(' '), cell.size());
  cell = cell.substr(begin, cell.find_last_not_of(' ') + 1 - begin);
  if (cell.starts_with('+') && !cell.starts_with("+-")) cell.remove_prefix(1);
  const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  return error == std::errc() && end == cell.data() + cell.size();
}

bool parse_boolean(const std::string& cell, bool& value) {
  value = cell == "True" || cell == "TRUE" || cell == "true";
  return value || cell == "False" || cell == "FALSE" || cell == "false";
}

enum class ColumnType { boolean, integer, natural, number, text };

// Narrowest type of all values. Whole numbers with a gap among them are floats to pandas.
ColumnType column_type(const std::vector<Row>& rows, std::size_t column) {
  bool gaps = false;
  bool booleans = true;
  bool integers = true;
  bool naturals = true;
  bool numbers = true;
  for (const Row& row : rows) {
    const std::string& cell = row.cells[column];
    if (is_missing(cell)) {
      gaps = true;
      continue;
    }
    bool boolean = false;
    std::int64_t integer = 0;
    std::uint64_t natural = 0;
    double number = 0;
    booleans = booleans && parse_boolean(cell, boolean);
    integers = integers && parse_number(cell, integer);
    naturals = naturals && parse_number(cell, natural);
    numbers = numbers && parse_number(cell, number);
    if (!booleans && !numbers) return ColumnType::text;
  }
  if (booleans) return ColumnType::boolean;
  if (gaps && (integers || naturals)) return ColumnType::number;
  if (integers) return ColumnType::integer;
  return naturals ? ColumnType::natural : ColumnType::number;
}

OrderedJson typed(const std::string& cell, ColumnType type) {
  if (is_missing(cell)) return nullptr;
  bool boolean = false;
  std::int64_t integer = 0;
  std::uint64_t natural = 0;
  double number = 0;
  switch (type) {
    case ColumnType::boolean:
      parse_boolean(cell, boolean);
      return boolean;
    case ColumnType::integer:
      parse_number(cell, integer);
      return integer;
    case ColumnType::natural:
      parse_number(cell, natural);
      return natural;
    case ColumnType::number:
      parse_number(cell, number);
      return number;
    case ColumnType::text:
      break;
  }
  return cell;
}

}  // namespace

std::vector<Document> parse_csv(std::string_view text, char separator, std::string_view source,
                                const DataLimits& limits) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  CsvReader reader(text, separator, source, limits.row_bytes);
  Row header;
  check_input(reader.next(header), "{} is empty (a header line is needed)", source);
  std::set<std::string> names;
  for (const std::string& name : header.cells) {
    check_input(names.insert(name).second, "{}:{}: the column \"{}\" appears twice", source, header.line,
                name);
  }
  std::vector<Row> rows;
  for (Row row; reader.next(row);) {
    check_input(row.cells.size() == header.cells.size(), "{}:{}: {} cells where the header has {}", source,
                row.line, row.cells.size(), header.cells.size());
    rows.push_back(std::move(row));
  }
  std::vector<ColumnType> types;
  for (std::size_t i = 0; i < header.cells.size(); ++i) types.push_back(column_type(rows, i));
  std::vector<Document> documents;
  for (const Row& row : rows) {
    Document document{OrderedJson::object(), row.line};
    // Appended as they are: operator[] would look each of many columns up among those before it.
    auto& fields = document.fields.get_ref<OrderedJson::object_t&>();
    for (std::size_t i = 0; i < types.size(); ++i)
      static_cast<OrderedJson::object_t::Container&>(fields).emplace_back(header.cells[i],
                                                                          typed(row.cells[i], types[i]));
    documents.push_back(std::move(document));
  }
  return documents;
}

}  // namespace assay::eval
