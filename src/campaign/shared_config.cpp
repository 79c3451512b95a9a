#include "campaign/shared_config.hpp"

#include <charconv>
#include <cstdlib>
#include <cstring>

#include "assay/comm/agreement.hpp"
#include "assay/util/bytes.hpp"
#include "assay/util/log.hpp"
#include "campaign/output.hpp"

namespace assay::campaign {
namespace {

/// Writes and reads the same members in the same order, so that the two cannot drift apart.
class Packer {
 public:
  explicit Packer(util::ByteWriter& out) : out_(&out) {}
  template <class T>
  requires std::is_trivially_copyable_v<T>
  void operator()(T& value) { out_->put(value); }
  void operator()(std::string& text) { out_->put_string(text); }
  void operator()(std::filesystem::path& path) {
    out_->put_string(path.empty() ? std::string() : std::filesystem::absolute(path).string());
  }
  template <class T>
  void operator()(std::vector<T>& items) {
    out_->put<std::uint64_t>(items.size());
    for (T& item : items) (*this)(item);
  }
  template <class T>
  void operator()(std::optional<T>& item) {
    out_->put<std::uint8_t>(item ? 1 : 0);
    if (item) (*this)(*item);
  }

 private:
  util::ByteWriter* out_;
};

class Unpacker {
 public:
  explicit Unpacker(util::ByteReader& in) : in_(&in) {}
  template <class T>
  requires std::is_trivially_copyable_v<T>
  void operator()(T& value) { value = in_->get<T>(); }
  void operator()(std::string& text) { text = in_->get_string(); }
  void operator()(std::filesystem::path& path) { path = in_->get_string(); }
  template <class T>
  void operator()(std::vector<T>& items) {
    items.clear();
    for (auto count = in_->get<std::uint64_t>(); count > 0; --count) (*this)(items.emplace_back());
  }
  template <class T>
  void operator()(std::optional<T>& item) {
    item.reset();
    if (in_->get<std::uint8_t>() != 0) (*this)(item.emplace());
  }

 private:
  util::ByteReader* in_;
};

template <class Visitor>
void visit(CampaignConfig& config, Visitor each) {
  // As many names as there are members, or this does not compile.
  auto& [model, tasks, categories, output, data_root, task_folders, mesh, layers_per_stage, dtype, limit,
         num_fewshot, fewshot_seed, sample_seed, gen_kwargs, chat_template, fewshot_as_multiturn,
         system_instruction, add_bos_token, profile, allow_code_execution, sandbox_python, seed, max_length,
         batch_tokens, max_sequences, kv_cache_mib, overwrite, fail_fast] = config;
  each(model);
  each(tasks);
  each(categories);
  each(output);
  each(data_root);
  each(task_folders);
  each(mesh);
  each(layers_per_stage);
  each(dtype);
  each(limit);
  each(num_fewshot);
  each(fewshot_seed);
  each(sample_seed);
  each(gen_kwargs);
  each(chat_template);
  each(fewshot_as_multiturn);
  each(system_instruction);
  each(add_bos_token);
  each(profile);
  each(allow_code_execution);
  each(sandbox_python);
  each(seed);
  each(max_length);
  each(batch_tokens);
  each(max_sequences);
  each(kv_cache_mib);
  each(overwrite);
  each(fail_fast);
}

// The attempt before this one has overwritten already: once more would throw away what it finished, for ever.
void resume_after_restart(CampaignConfig& config) {
  if (!config.overwrite || !started_over_by_this_job(config.output)) return;
  const int restarts = slurm_restarts();
  config.overwrite = false;
  util::log_info("SLURM has started this job again ({} time{}): it resumes, --overwrite is ignored", restarts,
                 restarts == 1 ? "" : "s");
}

}  // namespace

int slurm_restarts() {
  const char* text = std::getenv("SLURM_RESTART_COUNT");
  if (text == nullptr) return 0;
  int count = 0;
  (void)std::from_chars(text, text + std::strlen(text), count);
  return count > 0 ? count : 0;
}

CampaignConfig share_config(const CampaignConfig& given, comm::Communicator& world) {
  CampaignConfig config = given;
  util::ByteWriter out;
  comm::on_rank_zero(world, [&] {
    check(config);
    resume_after_restart(config);
    visit(config, Packer(out));
  });
  const auto bytes = world.broadcast_message(out.take(), 0);
  if (world.rank() == 0) return config;
  util::ByteReader in(bytes);
  visit(config, Unpacker(in));
  return config;
}

}  // namespace assay::campaign
