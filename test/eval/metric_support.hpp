// Recorded reference scores of metrics, and how closely ours have to agree with them.
#pragma once

#include <cmath>
#include <string>

#include "eval/data/line_reader.hpp"
#include "eval/support.hpp"

namespace assay::eval::test {

/// test/data/eval/metrics/<name>.json.gz, the part of the same name.
inline util::OrderedJson metric_record(const std::string& name) {
  const auto path = data_folder() / "metrics" / (name + ".json.gz");
  return util::parse_ordered_json(read_text(path), path.string()).at(name);
}

/// Equal bits, or both no number (null in the record).
inline bool same(double ours, const util::OrderedJson& theirs) {
  return theirs.is_null() ? std::isnan(ours) : ours == theirs.get<double>();
}

/// Where the reference's exp() is numpy's vectorised one, whose last bits depend on the processor.
inline bool close(double ours, const util::OrderedJson& theirs) {
  return theirs.is_null() ? std::isnan(ours)
                          : std::abs(ours - theirs.get<double>()) <= 1e-12 * std::max(1.0, std::abs(ours));
}

}  // namespace assay::eval::test
