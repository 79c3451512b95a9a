// Vectors: FIPS 180-4 examples as published by NIST; XXH3 from its specification's sanity values.
#include "assay/util/hash.hpp"

#include <catch2/catch.hpp>
#include <vector>

using namespace assay::util;

TEST_CASE("SHA-256 of the published examples") {
  CHECK(sha256_hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(sha256_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  CHECK(sha256_hex(std::string(1000000, 'a')) ==
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("the pieces a hash is fed in do not matter") {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += static_cast<char>(i * 7);
  for (const std::size_t cut : {0u, 1u, 55u, 56u, 63u, 64u, 65u, 128u, 999u, 1000u}) {
    Sha256 hash;
    hash.update(std::string_view(text).substr(0, cut));
    hash.update(std::as_bytes(std::span(text).subspan(cut)));
    CHECK(hash.finish() == sha256_hex(text));
  }
}

TEST_CASE("XXH3 separates close inputs and does not depend on alignment") {
  CHECK(xxh3_64({}) == 0x2d06800538d394c2u);  // empty input, seed 0
  std::vector<std::byte> bytes(300, std::byte{1});
  for (const std::size_t size : {1u, 8u, 16u, 17u, 128u, 129u, 240u, 241u, 290u}) {
    const auto whole = std::span<const std::byte>(bytes).first(size);
    const auto hash = xxh3_64(whole);
    CHECK(hash == xxh3_64(std::span<const std::byte>(bytes).subspan(3, size)));
    CHECK(hash != xxh3_64(whole.first(size - 1)));
    bytes[size - 1] = std::byte{2};
    CHECK(hash != xxh3_64(std::span<const std::byte>(bytes).first(size)));
    bytes[size - 1] = std::byte{1};
  }
}
