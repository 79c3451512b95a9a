// What kind of file a name says it is: format and compression.
#pragma once

#include <string>
#include <string_view>

namespace assay::eval {

enum class DataFormat { none, json_lines, json, csv, tsv, parquet };

/// The format, below any compression, by the name's end; none for what is not read.
[[nodiscard]] DataFormat format_of(std::string_view file_name);

/// "validation" of "validation.jsonl.gz"; empty for files that are not read.
[[nodiscard]] std::string stem_of(std::string_view file_name);

/// Formats that may follow each other in one split have the same family: "json", "csv", "parquet".
[[nodiscard]] std::string_view family_of(DataFormat format);

/// The extensions that are read, for messages: ".jsonl, .json, ...".
[[nodiscard]] std::string readable_extensions();

}  // namespace assay::eval
