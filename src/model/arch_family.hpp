// What one architecture family adds: how its config.json reads, and what its checkpoint tensors are called.
// Each src/model/arch/<stem>.cpp defines one `extern const ArchFamily family_<stem>`; the build lists them.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "assay/model/arch_spec.hpp"
#include "model/config_reader.hpp"

namespace assay::model {

/// Checkpoint names without ".weight" or ".bias"; "{}" stands for the layer. All strings are literals.
struct TensorNames {
  std::string_view embedding;
  std::string_view final_norm;
  std::string_view lm_head;
  std::string_view attention_norm;
  std::string_view mlp_norm;
  std::string_view q;
  std::string_view k;
  std::string_view v;
  std::string_view attention_out;
  std::string_view q_norm;
  std::string_view k_norm;
  std::string_view gate;
  std::string_view up;
  std::string_view down;
};

struct ArchFamily {
  std::string_view name;                            ///< the stem of its file
  std::span<const std::string_view> model_types;    ///< config.json's model_type
  std::span<const std::string_view> architectures;  ///< config.json's architectures
  ArchSpec (*read_spec)(ConfigReader& config);      ///< throws InputError naming the key
  TensorNames tensors;
  std::span<const std::string_view> skipped_suffixes;  ///< tensors that are buffers, not parameters
};

/// All families, from the generated registry.
[[nodiscard]] std::span<const ArchFamily* const> families();

/// The family an ArchSpec was read by.
[[nodiscard]] const ArchFamily& family_of(const ArchSpec& spec);

/// ArchSpec from parsed documents; `generation` may be null. `source` names config.json in errors.
[[nodiscard]] ArchSpec parse_arch_spec(const util::Json& config, const util::Json* generation,
                                       const std::string& source);

}  // namespace assay::model
