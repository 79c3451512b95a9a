#include "assay/engine/request.hpp"

#include <catch2/catch.hpp>

#include "assay/util/error.hpp"

using namespace assay;
using engine::Completion;
using engine::Request;

namespace {

Request sample_request() {
  Request request;
  request.id = 0x1122334455667788;
  request.kind = engine::RequestKind::loglikelihood_rolling;
  request.windows = {{{1, 2, 3}, 1}, {{}, 7}, {{-5, 2147483647}, -1}};
  request.max_new_tokens = 12;
  request.stops = {"", "\n\n", std::string("a\0b", 3)};
  request.sampling = {0.7, 40, 0.95, 99, 1.1};
  return request;
}

Completion sample_completion() {
  Completion completion;
  completion.id = 42;
  completion.kind = engine::RequestKind::generate;
  completion.log_probability = -12.25;
  completion.is_greedy = false;
  completion.token_log_probabilities = {-1.5F, -0.25F};
  completion.generated = {7, 8};
  completion.text = "héllo";
  completion.finish_reason = engine::FinishReason::length;
  completion.prompt_tokens = 17;
  completion.error = "no";
  return completion;
}

template <class T>
std::vector<std::byte> bytes_of(const T& value) {
  util::ByteWriter out;
  write(out, value);
  return out.take();
}

}  // namespace

TEST_CASE("requests and completions survive the journey through bytes") {
  const Request request = sample_request();
  const auto request_bytes = bytes_of(request);
  util::ByteReader in(request_bytes);
  const Request back = engine::read_request(in);
  CHECK(in.empty());
  CHECK(back.id == request.id);
  CHECK(back.windows.size() == 3);
  CHECK(back.windows[2].tokens == request.windows[2].tokens);
  CHECK(back.windows[2].score_from == -1);
  CHECK(back.stops == request.stops);
  CHECK(back.sampling.top_k == 40);
  CHECK(back.sampling.repetition_penalty == 1.1);
  CHECK(bytes_of(back) == request_bytes);

  const auto completion_bytes = bytes_of(sample_completion());
  util::ByteReader completion_in(completion_bytes);
  const Completion completion = engine::read_completion(completion_in);
  CHECK(completion_in.empty());
  CHECK(completion.log_probability == -12.25);
  CHECK_FALSE(completion.is_greedy);
  CHECK(completion.text == "héllo");
  CHECK(completion.error == "no");
  CHECK(bytes_of(completion) == completion_bytes);
}

TEST_CASE("cut or altered records never do worse than throw") {
  const auto request_bytes = bytes_of(sample_request());
  const auto completion_bytes = bytes_of(sample_completion());
  for (std::size_t size = 0; size < request_bytes.size(); ++size) {
    util::ByteReader in{std::span(request_bytes).first(size)};
    CHECK_THROWS_AS(engine::read_request(in), util::InputError);
  }
  for (std::size_t size = 0; size < completion_bytes.size(); ++size) {
    util::ByteReader in{std::span(completion_bytes).first(size)};
    CHECK_THROWS_AS(engine::read_completion(in), util::InputError);
  }
  std::size_t refused = 0;
  for (std::size_t i = 0; i < request_bytes.size(); ++i) {
    auto altered = request_bytes;
    altered[i] = std::byte{0xff};
    util::ByteReader in(altered);
    try {
      (void)engine::read_request(in);
    } catch (const util::InputError&) {
      ++refused;
    }
  }
  CHECK(refused >= 8 * 7);  // all high bytes of the lengths at least
}

TEST_CASE("values outside the enumerations are refused") {
  auto bytes = bytes_of(sample_request());
  bytes[8] = std::byte{3};
  util::ByteReader request_in(bytes);
  CHECK_THROWS_WITH(engine::read_request(request_in), Catch::Contains("request kind 3"));

  bytes = bytes_of(sample_completion());
  bytes[8 + 1 + 8] = std::byte{2};
  util::ByteReader completion_in(bytes);
  CHECK_THROWS_WITH(engine::read_completion(completion_in), Catch::Contains("truth value"));
}

TEST_CASE("the content hash covers everything but the id") {
  const auto hash = engine::content_hash(sample_request());
  const auto after = [](auto&& change) {
    Request request = sample_request();
    change(request);
    return engine::content_hash(request);
  };
  CHECK(after([](Request& r) { r.id = 1; }) == hash);
  CHECK(after([](Request& r) { r.kind = engine::RequestKind::generate; }) != hash);
  CHECK(after([](Request& r) { r.windows[0].tokens[1] = 9; }) != hash);
  CHECK(after([](Request& r) { r.windows[0].score_from = 2; }) != hash);
  CHECK(after([](Request& r) { r.windows.pop_back(); }) != hash);
  CHECK(after([](Request& r) { r.max_new_tokens = 13; }) != hash);
  CHECK(after([](Request& r) { r.stops[1] = "\n"; }) != hash);
  CHECK(after([](Request& r) { r.sampling.temperature = 0; }) != hash);
  CHECK(after([](Request& r) { r.sampling.top_k = 0; }) != hash);
  CHECK(after([](Request& r) { r.sampling.top_p = 1; }) != hash);
  CHECK(after([](Request& r) { r.sampling.seed = 0; }) != hash);
  CHECK(after([](Request& r) { r.sampling.repetition_penalty = 1; }) != hash);
  // Moving a token from one window to the next is another question.
  CHECK(after([](Request& r) { r.windows[0].tokens.pop_back(), r.windows[1].tokens.push_back(3); }) != hash);
}

TEST_CASE("names of kinds and reasons") {
  CHECK(name_of(engine::RequestKind::loglikelihood_rolling) == "loglikelihood_rolling");
  CHECK(name_of(engine::FinishReason::none).empty());
  CHECK(name_of(engine::FinishReason::stop_string) == "stop");
  CHECK(name_of(engine::FinishReason::end_of_text) == "eos");
}
