// Progress of a long step on stderr: a bar on a terminal, a plain line now and then elsewhere.
#pragma once

#include <cstdint>
#include <string>

#include "assay/util/clock.hpp"

namespace assay::campaign {

class Progress {
 public:
  /// `done` of `total` requests are there already (resumed).
  Progress(std::int64_t total, std::int64_t done);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  /// Computing begins: rates count from the first call.
  void start();
  /// One more request is finished; `task` is what is being worked on.
  void advance(const std::string& task);
  /// Leaves the line of a bar, so that other output can follow.
  void clear();

 private:
  void print(const std::string& task);

  std::int64_t total_;
  std::int64_t done_;
  std::int64_t resumed_;
  bool terminal_;
  bool bar_shown_ = false;
  util::Stopwatch watch_ = {};
  bool started_ = false;
  double last_print_ = 0;
};

}  // namespace assay::campaign
