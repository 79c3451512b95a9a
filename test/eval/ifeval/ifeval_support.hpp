// Helpers of the IFEval tests.
#pragma once

#include <zlib.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "assay/util/json.hpp"
#include "eval/ifeval/ifeval.hpp"
#include "test/support/skip.hpp"

namespace assay::eval::test {

inline std::filesystem::path ifeval_data() {
  return std::filesystem::path(ASSAY_TEST_DATA) / "eval" / "ifeval";
}

inline util::OrderedJson read_gzipped_json(const std::filesystem::path& path) {
  gzFile file = gzopen(path.c_str(), "rb");
  REQUIRE(file != nullptr);
  std::string text;
  char buffer[16384];
  for (int count = 0; (count = gzread(file, buffer, sizeof buffer)) > 0;)
    text.append(buffer, static_cast<std::size_t>(count));
  gzclose(file);
  return util::parse_ordered_json(text, path.string());
}

/// "10/11": the strict verdicts, then the loose ones.
inline std::string bits(const IfevalOutcome& outcome) {
  std::string text;
  for (const bool verdict : outcome.strict) text += verdict ? '1' : '0';
  text += '/';
  for (const bool verdict : outcome.loose) text += verdict ? '1' : '0';
  return text;
}

}  // namespace assay::eval::test
