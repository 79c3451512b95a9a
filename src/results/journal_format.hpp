// Bytes of the journal: header and records, without any file handling. Byte format: FORMAT.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "assay/results/journal.hpp"

namespace assay::results::journal {

inline constexpr std::uint32_t kFormatVersion = 1;
/// Longest payload that is believed when reading, and allowed when writing.
inline constexpr std::size_t kMaxPayloadBytes = std::size_t{1} << 30;

[[nodiscard]] std::vector<std::byte> encode_header(const std::string& identity);

struct Header {
  std::string identity;
  std::size_t size = 0;  ///< bytes; records start here
};
/// The header at the start of `file`. Empty if the file is a header cut short by a kill, so that no record
/// can follow. Throws InputError naming `name` if it is not a journal, is damaged, or is of another version.
[[nodiscard]] std::optional<Header> decode_header(std::span<const std::byte> file, const std::string& name);

/// The record as it lies at byte `offset` of the file. Throws Error if it exceeds kMaxPayloadBytes.
[[nodiscard]] std::vector<std::byte> encode_record(const JournalRecord& record, std::uint64_t offset);

/// The record a payload holds; empty if it is malformed.
[[nodiscard]] std::optional<JournalRecord> decode_payload(std::span<const std::byte> payload);

struct Scan {
  std::vector<JournalRecord> records;
  std::size_t end = 0;            ///< offset after the last good record (or the header's size)
  std::size_t damaged_bytes = 0;  ///< before `end`, belonging to no good record
  std::size_t damaged_places = 0;
  bool gave_up = false;  ///< so much is damaged that the search for good records was ended early
};
/// Every good record of `file` from `start` on; never throws on bad bytes. Time is linear in the file's size,
/// whatever it holds.
[[nodiscard]] Scan scan_records(std::span<const std::byte> file, std::size_t start);

/// Keys of two identities (JSON objects) whose values differ, sorted and separated by ", ".
[[nodiscard]] std::string differing_keys(const std::string& a, const std::string& b);

}  // namespace assay::results::journal
