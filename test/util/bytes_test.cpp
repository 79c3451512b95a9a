#include "assay/util/bytes.hpp"

#include <catch2/catch.hpp>
#include <limits>

using namespace assay::util;

namespace {

std::vector<std::byte> sample() {
  ByteWriter writer;
  writer.put<std::int32_t>(-2);
  writer.put_string("text");
  writer.put_vector(std::vector<double>{0.5, -1});
  writer.put_vector(std::vector<std::int32_t>{});
  writer.put<std::uint8_t>(7);
  return writer.take();
}

void read_all(std::span<const std::byte> bytes) {
  ByteReader reader(bytes);
  CHECK(reader.get<std::int32_t>() == -2);
  CHECK(reader.get_string() == "text");
  CHECK(reader.get_vector<double>() == std::vector<double>{0.5, -1});
  CHECK(reader.get_vector<std::int32_t>().empty());
  CHECK_FALSE(reader.empty());
  CHECK(reader.get<std::uint8_t>() == 7);
  CHECK(reader.empty());
}

std::vector<std::byte> announcing(std::uint64_t count, std::size_t follow) {
  ByteWriter writer;
  writer.put(count);
  for (std::size_t i = 0; i < follow; ++i) writer.put<std::uint8_t>(0);
  return writer.take();
}

}  // namespace

TEST_CASE("what was written is read back") {
  read_all(sample());
}

TEST_CASE("the layout is little-endian with a u64 length first") {
  ByteWriter writer;
  writer.put<std::uint16_t>(0x1234);
  writer.put_string("ab");
  const std::vector<std::byte> expected{std::byte{0x34}, std::byte{0x12}, std::byte{2},   std::byte{0},
                                        std::byte{0},    std::byte{0},    std::byte{0},   std::byte{0},
                                        std::byte{0},    std::byte{0},    std::byte{'a'}, std::byte{'b'}};
  CHECK(writer.bytes() == expected);
}

TEST_CASE("a record cut short anywhere is refused") {
  const auto bytes = sample();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    ByteReader reader(std::span<const std::byte>(bytes).first(size));
    const auto read = [&] {
      (void)reader.get<std::int32_t>();
      (void)reader.get_string();
      (void)reader.get_vector<double>();
      (void)reader.get_vector<std::int32_t>();
      (void)reader.get<std::uint8_t>();
    };
    CHECK_THROWS_AS(read(), InputError);
  }
}

TEST_CASE("announced lengths that overflow or exceed the record are refused before memory is taken") {
  constexpr auto most = std::numeric_limits<std::uint64_t>::max();
  for (const std::uint64_t count : {std::uint64_t{9}, std::uint64_t{1} << 61, most / 8 + 1, most - 7, most}) {
    const auto bytes = announcing(count, 8);
    CAPTURE(count);
    CHECK_THROWS_AS(ByteReader(bytes).get_string(), InputError);
    CHECK_THROWS_AS(ByteReader(bytes).get_vector<double>(), InputError);
    CHECK_THROWS_AS(ByteReader(bytes).get_vector<std::uint8_t>(), InputError);
  }
  CHECK_THROWS_AS(ByteReader(announcing(2, 15)).get_vector<double>(), InputError);
  CHECK(ByteReader(announcing(2, 16)).get_vector<double>().size() == 2);
}
