#include "results/journal_format.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <nlohmann/json.hpp>
#include <set>

#include "assay/util/bytes.hpp"
#include "assay/util/error.hpp"
#include "assay/util/hash.hpp"
#include "assay/util/json.hpp"

namespace assay::results::journal {
namespace {

constexpr std::array<char, 8> kMagic = {'A', 'S', 'S', 'A', 'Y', 'J', 'N', 'L'};
constexpr std::size_t kHeaderPrefix = 8 + 4 + 4 + 8;  // magic, version, identity length, checksum
constexpr std::array<char, 4> kMarker = {'\xA5', 'R', 'e', 'c'};
constexpr std::size_t kRecordPrefix = 4 + 4 + 8;  // marker, payload length, checksum

template <class T>
T load(std::span<const std::byte> bytes, std::size_t at) {
  T value;
  std::memcpy(&value, bytes.data() + at, sizeof(T));
  return value;
}

template <class T>
void store(std::vector<std::byte>& bytes, std::size_t at, const T& value) {
  std::memcpy(bytes.data() + at, &value, sizeof(T));
}

// Covers length, position and payload, so that a copy of a record elsewhere in the file (say, inside a
// generated text) is never taken for one.
std::uint64_t record_checksum(std::span<const std::byte> payload, std::uint64_t offset) {
  util::ByteWriter out;
  out.put(offset);
  out.put_span(payload);
  return util::xxh3_64(out.bytes());
}

// The record that starts at `at`, if it is whole and good; sets `size` to its bytes. Adds the bytes it hashed
// in vain to `wasted`.
std::optional<JournalRecord> read_record(std::span<const std::byte> file, std::size_t at, std::size_t& size,
                                         std::size_t& wasted) {
  if (file.size() - at < kRecordPrefix) return std::nullopt;
  if (std::memcmp(file.data() + at, kMarker.data(), kMarker.size()) != 0) return std::nullopt;
  const auto length = load<std::uint32_t>(file, at + 4);
  if (length > kMaxPayloadBytes || length > file.size() - at - kRecordPrefix) return std::nullopt;
  const auto payload = file.subspan(at + kRecordPrefix, length);
  if (load<std::uint64_t>(file, at + 8) != record_checksum(payload, at)) {
    wasted += length;
    return std::nullopt;
  }
  size = kRecordPrefix + length;
  return decode_payload(payload);  // a good checksum over nonsense: written by something else
}

}  // namespace

std::vector<std::byte> encode_header(const std::string& identity) {
  util::check_input(identity.size() <= kMaxPayloadBytes, "run identity is too long ({} bytes)",
                    identity.size());
  std::vector<std::byte> bytes(kHeaderPrefix + identity.size());
  store(bytes, 0, kMagic);
  store(bytes, 8, kFormatVersion);
  store(bytes, 12, static_cast<std::uint32_t>(identity.size()));
  store(bytes, 16, util::xxh3_64(std::as_bytes(std::span(identity))));
  if (!identity.empty()) std::memcpy(bytes.data() + kHeaderPrefix, identity.data(), identity.size());
  return bytes;
}

std::optional<Header> decode_header(std::span<const std::byte> file, const std::string& name) {
  const std::size_t magic = std::min(file.size(), kMagic.size());
  util::check_input(magic == 0 || std::memcmp(file.data(), kMagic.data(), magic) == 0,
                    "{} is not a journal (it does not start with {}); move it away or choose another output",
                    name, std::string_view(kMagic.data(), kMagic.size()));
  if (file.size() < kHeaderPrefix) return std::nullopt;
  const auto version = load<std::uint32_t>(file, 8);
  util::check_input(version == kFormatVersion,
                    "{} has journal format {} (this version reads {}); finish that run with the version that "
                    "began it, or choose another output",
                    name, version, kFormatVersion);
  const auto length = load<std::uint32_t>(file, 12);
  if (length > file.size() - kHeaderPrefix) {
    // Cut short while it was created. With a sane length nothing can follow; otherwise the length is damaged.
    util::check_input(length <= kMaxPayloadBytes,
                      "{} is damaged (its header announces {} bytes); move it away", name, length);
    util::check_input(
        std::search(file.begin(), file.end(), reinterpret_cast<const std::byte*>(kMarker.data()),
                    reinterpret_cast<const std::byte*>(kMarker.data() + kMarker.size())) == file.end(),
        "{} is damaged (its header announces {} bytes, but records start earlier); move it away", name,
        length);
    return std::nullopt;
  }
  const auto identity = file.subspan(kHeaderPrefix, length);
  util::check_input(load<std::uint64_t>(file, 16) == util::xxh3_64(identity),
                    "{} is damaged (the checksum of its header is wrong); move it away to start again", name);
  return Header{std::string(reinterpret_cast<const char*>(identity.data()), identity.size()),
                kHeaderPrefix + length};
}

std::vector<std::byte> encode_record(const JournalRecord& record, std::uint64_t offset) {
  util::ByteWriter out;
  out.put(kMarker);
  out.put<std::uint32_t>(0);
  out.put<std::uint64_t>(0);
  out.put_string(record.key.task);
  out.put(record.key.doc_id);
  out.put(record.key.request_index);
  out.put(record.key.content_hash);
  engine::write(out, record.completion);
  std::vector<std::byte> bytes = out.take();
  const auto payload = std::span<const std::byte>(bytes).subspan(kRecordPrefix);
  if (payload.size() > kMaxPayloadBytes) {
    util::fail_internal("a completion of task {} is too long for the journal ({} bytes, limit {})",
                        record.key.task, payload.size(), kMaxPayloadBytes);
  }
  store(bytes, 4, static_cast<std::uint32_t>(payload.size()));
  store(bytes, 8, record_checksum(payload, offset));
  return bytes;
}

std::optional<JournalRecord> decode_payload(std::span<const std::byte> payload) {
  try {
    util::ByteReader in(payload);
    JournalRecord record;
    record.key.task = in.get_string();
    record.key.doc_id = in.get<std::int64_t>();
    record.key.request_index = in.get<std::int32_t>();
    record.key.content_hash = in.get<std::uint64_t>();
    record.completion = engine::read_completion(in);
    if (!in.empty()) return std::nullopt;
    return record;
  } catch (const util::InputError&) {
    return std::nullopt;
  }
}

Scan scan_records(std::span<const std::byte> file, std::size_t start) {
  Scan scan;
  scan.end = start;
  std::size_t at = start;
  std::size_t wasted = 0;  // bounds the time that forged lengths can cost
  while (at < file.size()) {
    if (wasted / 16 > file.size()) {
      scan.gave_up = true;
      break;
    }
    std::size_t size = 0;
    if (auto record = read_record(file, at, size, wasted)) {
      if (at > scan.end) {
        scan.damaged_bytes += at - scan.end;
        ++scan.damaged_places;
      }
      scan.records.push_back(std::move(*record));
      at += size;
      scan.end = at;
      continue;
    }
    // Damaged or torn: look for the next marker that starts a good record.
    const auto* marker = reinterpret_cast<const std::byte*>(kMarker.data());
    const auto next = std::search(file.begin() + static_cast<std::ptrdiff_t>(at) + 1, file.end(), marker,
                                  marker + kMarker.size());
    at = static_cast<std::size_t>(next - file.begin());
  }
  return scan;
}

std::string differing_keys(const std::string& a, const std::string& b) {
  if (a == b) return "";
  const util::Json left = util::parse_json(a, "run identity");
  const util::Json right = util::parse_json(b, "run identity");
  if (!left.is_object() || !right.is_object()) return left == right ? "" : "identity";
  std::set<std::string> keys;
  for (const auto& [key, value] : left.items()) {
    if (!right.contains(key) || right.at(key) != value) keys.insert(key);
  }
  for (const auto& [key, value] : right.items()) {
    if (!left.contains(key)) keys.insert(key);
  }
  return fmt::format("{}", fmt::join(keys, ", "));
}

}  // namespace assay::results::journal
