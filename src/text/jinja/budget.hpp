// What one rendering may still use. Values are compared, written and hashed far below the interpreter, so the
// budget is that of the rendering that runs on the calling thread.
#pragma once

#include <cstddef>

#include "assay/text/jinja.hpp"

namespace assay::text::jinja {

class Budget {
 public:
  /// The thread's budget until it is destroyed; budgets nest.
  explicit Budget(const JinjaLimits& limits);
  Budget(const Budget&) = delete;
  Budget& operator=(const Budget&) = delete;
  ~Budget();

  // Each throws EvaluationError when its limit is met. Without a budget on the thread (while parsing) nothing
  // counts.

  /// One expression or statement.
  static void step();
  /// Values made and kept.
  static void values(std::size_t count);
  /// Bytes of text made.
  static void text(std::size_t bytes);
  /// Bytes of values that are only looked at.
  static void work(std::size_t bytes);

 private:
  friend class Depth;
  static thread_local Budget* current_;

  Budget* const outer_;
  int depth_left_;
  std::size_t steps_left_;
  std::size_t values_left_;
  std::size_t text_left_;
  std::size_t work_left_;
};

/// Counts how deep calls nest while it lives. Throws EvaluationError beyond the limit.
class Depth {
 public:
  Depth();
  Depth(const Depth&) = delete;
  Depth& operator=(const Depth&) = delete;
  ~Depth();
};

}  // namespace assay::text::jinja
