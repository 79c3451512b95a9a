#include "eval/cached_regex.hpp"

#include <unordered_map>

namespace assay::eval {

const PythonRegex& cached_regex(const std::string& pattern) {
  // A campaign has a handful; the bound only guards against growth without end.
  constexpr std::size_t max_entries = 256;
  thread_local std::unordered_map<std::string, PythonRegex> cache;
  if (cache.size() >= max_entries && !cache.contains(pattern)) cache.clear();
  return cache.try_emplace(pattern, pattern).first->second;
}

}  // namespace assay::eval
