// Decoders of tokenizer.json, as transducers: tokens go in one by one, text comes out as soon as no later
// token can change it. Decoding a whole sequence is the same thing, so both agree by construction.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "text/json_node.hpp"

namespace assay::text {

/// One running step. After Fuse or ByteLevel everything is one token, handed on in fragments.
class DecoderStep {
 public:
  using Sink = std::function<void(std::string)>;
  virtual ~DecoderStep() = default;
  /// A token, or a fragment of the one fused token, in valid UTF-8.
  virtual void push(std::string token, const Sink& sink) = 0;
  /// Hands on what was held back.
  virtual void finish(const Sink& sink) = 0;
  [[nodiscard]] virtual std::unique_ptr<DecoderStep> clone() const = 0;
};

/// The configured chain; immutable. Makes running chains.
class Decoder {
 public:
  /// No decoder: tokens are joined by spaces.
  Decoder();
  /// Supported: Sequence, Replace, ByteFallback, Fuse, Strip, ByteLevel, Metaspace. Throws InputError for
  /// anything else.
  explicit Decoder(const JsonNode& node);

  /// A running chain.
  class Stream {
   public:
    /// Text that this token completes.
    [[nodiscard]] std::string push(std::string token);
    [[nodiscard]] std::string finish();
    /// What finish() would return now.
    [[nodiscard]] std::string pending() const;

   private:
    friend class Decoder;
    void feed(std::size_t step, std::string token, std::string& out);
    std::vector<std::unique_ptr<DecoderStep>> steps_;
  };
  [[nodiscard]] Stream start() const;

 private:
  /// Makes the step; the argument says whether its input is one token in fragments.
  using Factory = std::function<std::unique_ptr<DecoderStep>(bool fused)>;
  struct Stage {
    Factory make;
    bool fuses = false;
  };
  void read(const JsonNode& node);
  std::vector<Stage> stages_;
};

}  // namespace assay::text
