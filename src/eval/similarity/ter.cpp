#include "eval/similarity/ter.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <tuple>

#include "assay/text/python.hpp"
#include "assay/util/error.hpp"
#include "eval/similarity/ngrams.hpp"

namespace assay::eval {
namespace {

using text::python::lower;
using text::python::split;

using Words = std::vector<std::uint32_t>;
using WordView = std::span<const std::uint32_t>;

// tercom's limits, and sacrebleu's on how many shifts are tried.
constexpr std::int64_t max_shift_size = 10;
constexpr std::int64_t max_shift_distance = 50;
constexpr std::int64_t least_beam = 25;
constexpr int max_candidates = 1000;

enum class Edit : char { none, keep, substitute, remove, insert };

// Edit distances of hypothesis prefixes to reference prefixes within a beam around the diagonal. Rows of a
// prefix are kept, so that a shifted hypothesis is computed from its first changed word on.
class BeamDistance {
 public:
  explicit BeamDistance(WordView reference, std::size_t hypothesis_size)
      : reference_(reference), rows_(hypothesis_size + 1) {
    const auto columns = static_cast<std::int64_t>(reference.size());
    ratio_ = hypothesis_size == 0 ? 1 : static_cast<double>(columns) / static_cast<double>(hypothesis_size);
    beam_ =
        least_beam < ratio_ / 2 ? static_cast<std::int64_t>(std::ceil(ratio_ / 2 + least_beam)) : least_beam;
    for (std::int64_t j = 0; j <= columns; ++j) rows_[0].cells.push_back({j, Edit::insert});
  }

  // Distance of `words`, whose first `unchanged` words are those of the last call.
  std::int64_t operator()(WordView words, std::size_t unchanged) {
    for (std::size_t i = std::min(unchanged, valid_) + 1; i < rows_.size(); ++i) fill(i, words);
    valid_ = words.size();
    return rows_.back().cells.back().cost;
  }
  // Rows beyond `prefix` words do not belong to the words of the next call.
  void forget(std::size_t prefix) { valid_ = std::min(valid_, prefix); }

  // The edits of the last call, first to last.
  [[nodiscard]] std::vector<Edit> trace() const {
    std::vector<Edit> edits;
    auto i = static_cast<std::int64_t>(rows_.size()) - 1;
    auto j = static_cast<std::int64_t>(reference_.size());
    while (i > 0 || j > 0) {
      const Edit edit = rows_[static_cast<std::size_t>(i)].at(j).edit;
      ASSAY_CHECK(edit != Edit::none);
      edits.push_back(edit);
      if (edit != Edit::insert) --i;
      if (edit != Edit::remove) --j;
    }
    std::ranges::reverse(edits);
    return edits;
  }

 private:
  struct Cell {
    std::int64_t cost = std::numeric_limits<std::int64_t>::max() / 2;
    Edit edit = Edit::none;
  };
  struct Row {
    std::int64_t first = 0;
    std::vector<Cell> cells;
    [[nodiscard]] Cell at(std::int64_t j) const {
      const std::int64_t offset = j - first;
      const bool inside = offset >= 0 && offset < static_cast<std::int64_t>(cells.size());
      return inside ? cells[static_cast<std::size_t>(offset)] : Cell{};
    }
  };

  void fill(std::size_t i, WordView words) {
    const auto columns = static_cast<std::int64_t>(reference_.size());
    const auto diagonal = static_cast<std::int64_t>(std::floor(static_cast<double>(i) * ratio_));
    const std::int64_t last = i == words.size() ? columns : std::min(columns, diagonal + beam_ - 1);
    const Row& above = rows_[i - 1];
    Row& row = rows_[i];
    row.first = std::max<std::int64_t>(0, diagonal - beam_);
    row.cells.clear();
    for (std::int64_t j = row.first; j <= last; ++j) {
      Cell cell;
      const auto take = [&](std::int64_t cost, Edit edit) {
        if (cost < cell.cost) cell = {cost, edit};
      };
      if (j > 0) {
        const bool same = words[i - 1] == reference_[static_cast<std::size_t>(j - 1)];
        take(above.at(j - 1).cost + (same ? 0 : 1), same ? Edit::keep : Edit::substitute);
      }
      take(above.at(j).cost + 1, Edit::remove);
      if (j > 0) take(row.at(j - 1).cost + 1, Edit::insert);
      row.cells.push_back(cell);
    }
  }

  WordView reference_;
  double ratio_ = 1;
  std::int64_t beam_ = least_beam;
  std::vector<Row> rows_;
  std::size_t valid_ = 0;
};

// Where each reference word stands in the hypothesis, and how many errors lie before each position.
struct Alignment {
  std::vector<std::int64_t> at;
  std::vector<std::int64_t> reference_errors = {0};
  std::vector<std::int64_t> hypothesis_errors = {0};

  explicit Alignment(const std::vector<Edit>& edits) {
    std::int64_t position = -1;
    for (const Edit edit : edits) {
      const int error = edit == Edit::keep ? 0 : 1;
      if (edit != Edit::insert) {
        ++position;
        hypothesis_errors.push_back(hypothesis_errors.back() + error);
      }
      if (edit != Edit::remove) {
        at.push_back(position);
        reference_errors.push_back(reference_errors.back() + error);
      }
    }
  }
};

bool any_errors(const std::vector<std::int64_t>& before, std::int64_t start, std::int64_t size) {
  return before[static_cast<std::size_t>(start + size)] > before[static_cast<std::size_t>(start)];
}

// The words with `size` of them from `start` on moved to before `target`; a target within them moves them
// that far to the right.
Words shifted(const Words& words, std::int64_t start, std::int64_t size, std::int64_t target) {
  Words result = words;
  const auto first = result.begin() + start;
  if (target < start)
    std::rotate(result.begin() + target, first, first + size);
  else if (target > start + size)
    std::rotate(first, first + size, result.begin() + target);
  else
    std::rotate(first, first + size, result.begin() + std::min(std::ssize(result), size + target));
  return result;
}

class ShiftSearch {
 public:
  ShiftSearch(Words hypothesis, WordView reference)
      : words_(std::move(hypothesis)), reference_(reference), distance_(reference, words_.size()) {}

  // Shifts for as long as they help; edits and shifts together.
  std::int64_t edits() {
    std::int64_t shifts = 0;
    while (step()) ++shifts;
    return shifts + distance_(words_, 0);
  }

 private:
  // tercom ranks shifts by gain, then length, then an early start, then an early target.
  using Rank = std::tuple<std::int64_t, std::int64_t, std::int64_t, std::int64_t>;

  bool step() {
    const std::int64_t before = distance_(words_, 0);
    const Alignment alignment(distance_.trace());
    best_.clear();
    find(before, alignment);
    // sacrebleu drops what it found when the limit is reached.
    if (candidates_ >= max_candidates || best_.empty() || std::get<0>(rank_) <= 0) return false;
    words_ = best_;
    return true;
  }

  void find(std::int64_t before, const Alignment& alignment) {
    const auto hypothesis_size = std::ssize(words_);
    const auto reference_size = static_cast<std::int64_t>(reference_.size());
    for (std::int64_t h = 0; h < hypothesis_size; ++h) {
      const std::int64_t from = std::max<std::int64_t>(0, h - max_shift_distance);
      const std::int64_t to = std::min(reference_size, h + max_shift_distance + 1);
      for (std::int64_t r = from; r < to; ++r) {
        const std::int64_t most = std::min({max_shift_size, hypothesis_size - h, reference_size - r});
        for (std::int64_t size = 1; size <= most; ++size) {
          if (words_[static_cast<std::size_t>(h + size - 1)] !=
              reference_[static_cast<std::size_t>(r + size - 1)])
            break;
          if (consider(before, alignment, h, r, size) && candidates_ >= max_candidates) return;
        }
      }
    }
  }

  // Tries the targets of one matching run; false if the run is not worth moving.
  bool consider(std::int64_t before, const Alignment& alignment, std::int64_t h, std::int64_t r,
                std::int64_t size) {
    if (!any_errors(alignment.hypothesis_errors, h, size) || !any_errors(alignment.reference_errors, r, size))
      return false;
    const std::int64_t aligned = alignment.at[static_cast<std::size_t>(r)];
    if (h <= aligned && aligned < h + size) return false;
    std::int64_t previous = -1;
    for (std::int64_t offset = -1; offset < size; ++offset) {
      const std::int64_t position = r + offset;
      if (position >= std::ssize(alignment.at)) break;
      const std::int64_t target = position == -1 ? 0 : alignment.at[static_cast<std::size_t>(position)] + 1;
      if (target == previous) continue;
      previous = target;
      evaluate(before, h, size, target);
    }
    return true;
  }

  void evaluate(std::int64_t before, std::int64_t start, std::int64_t size, std::int64_t target) {
    Words words = shifted(words_, start, size, target);
    const auto unchanged = static_cast<std::size_t>(std::min(start, target));
    const Rank rank{before - distance_(words, unchanged), size, -start, -target};
    distance_.forget(unchanged);
    ++candidates_;
    if (best_.empty() || rank > rank_) {
      rank_ = rank;
      best_ = std::move(words);
    }
  }

  Words words_;
  WordView reference_;
  BeamDistance distance_;
  Words best_;
  Rank rank_;
  int candidates_ = 0;
};

}  // namespace

TerCounts& TerCounts::operator+=(const TerCounts& other) {
  edits += other.edits;
  reference_length += other.reference_length;
  return *this;
}

TerCounts ter_counts(std::string_view hypothesis, const std::vector<std::string_view>& references) {
  WordNumbers numbers;
  const Words words = numbers.numbers(split(lower(hypothesis), ""));
  TerCounts counts{std::numeric_limits<std::int64_t>::max(), 0};
  std::int64_t length = 0;
  for (const std::string_view text : references) {
    const Words reference = numbers.numbers(split(lower(text), ""));
    length += std::ssize(reference);
    const std::int64_t edits = reference.empty() ? std::ssize(words) : ShiftSearch(words, reference).edits();
    counts.edits = std::min(counts.edits, edits);
  }
  counts.reference_length = static_cast<double>(length) / static_cast<double>(references.size());
  return counts;
}

double ter_score(const TerCounts& counts) {
  if (counts.reference_length > 0) return 100 * (static_cast<double>(counts.edits) / counts.reference_length);
  return counts.edits > 0 ? 100 : 0;
}

}  // namespace assay::eval
