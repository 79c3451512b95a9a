#!/usr/bin/env python3
"""Makes test/data/model/<name>: small random-weight models and what transformers computes with them.

Usage: model_parity.py [--out DIR] [name ...]      (needs torch and transformers; the tests do not)

Seeds are searched until every choice is clear (the gap between the two best log-probabilities exceeds
MIN_MARGIN at every prompt position and greedy step), the continuation is varied and no end token occurs.
The format of expected.json is described in test/data/model/README.md.
"""

import argparse
import json
import math
import pathlib
import shutil

import torch
import transformers
from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS

MIN_MARGIN = 2e-3
GREEDY_TOKENS = 64
MIN_DISTINCT = 24
MAX_NOISE = 3e-5  # float32 against float64: the models may not amplify rounding much
SMALL = dict(hidden_size=32, intermediate_size=56, num_hidden_layers=3, num_attention_heads=4,
             max_position_embeddings=256, bos_token_id=1, eos_token_id=2, rms_norm_eps=1e-5)


def rope(rope_type, theta=10000.0, **more):
    return dict(rope_type=rope_type, rope_theta=theta, **more)


# name: (configuration class, its arguments, storage dtype, prompt tokens, options)
# options: "v4" writes config.json in the spelling of transformers 4; "shards" splits the weights.
MODELS = {
    "llama2": ("Llama", dict(vocab_size=131), "float32", 70, {}),
    "llama3": ("Llama", dict(vocab_size=257, num_attention_heads=8, num_key_value_heads=2, eos_token_id=[2, 5],
                             num_hidden_layers=4, rope_parameters=rope(
                                 "llama3", 500000.0, factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0,
                                 original_max_position_embeddings=64)), "bfloat16", 97, {}),
    "llama_linear": ("Llama", dict(vocab_size=130, num_key_value_heads=2, rope_parameters=rope(
        "linear", 100000.0, factor=4.0)), "bfloat16", 70, {"v4"}),
    "llama_bias": ("Llama", dict(vocab_size=129, num_key_value_heads=2, attention_bias=True, mlp_bias=True),
                   "float32", 53, {}),
    "llama_yarn": ("Llama", dict(vocab_size=128, num_key_value_heads=1, rope_parameters=rope(
        "yarn", 10000.0, factor=4.0, original_max_position_embeddings=64)), "bfloat16", 70, {}),
    "llama_dynamic": ("Llama", dict(vocab_size=128, rope_parameters=rope("dynamic", 10000.0, factor=2.0)),
                      "bfloat16", 70, {"v4"}),
    "llama_dynamic_long": ("Llama", dict(vocab_size=128, max_position_embeddings=64, rope_parameters=rope(
        "dynamic", 10000.0, factor=2.0)), "bfloat16", 70, {}),
    "llama_longrope": ("Llama", dict(vocab_size=128, rope_parameters=rope(
        "longrope", 10000.0, short_factor=[1.0, 1.05, 1.1, 1.2], long_factor=[1.0, 1.5, 2.5, 4.0],
        original_max_position_embeddings=64)), "bfloat16", 70, {}),
    "codellama": ("Llama", dict(vocab_size=203, rope_parameters=rope("default", 1000000.0)), "bfloat16", 70,
                  {"v4", "shards"}),
    "mistral": ("Mistral", dict(vocab_size=150, num_key_value_heads=2, head_dim=12, sliding_window=16,
                                num_hidden_layers=4), "float32", 70, {"v4"}),
    "mistral_full": ("Mistral", dict(vocab_size=127, num_attention_heads=8, num_key_value_heads=4,
                                     sliding_window=None), "float16", 70, {}),
    "qwen2": ("Qwen2", dict(vocab_size=151, num_key_value_heads=2, tie_word_embeddings=True,
                            rope_parameters=rope("default", 1000000.0)), "float32", 70, {}),
    "qwen2_window": ("Qwen2", dict(vocab_size=139, num_key_value_heads=4, num_hidden_layers=4,
                                   use_sliding_window=True, sliding_window=20, max_window_layers=2),
                     "bfloat16", 70, {"v4"}),
    "qwen3": ("Qwen3", dict(vocab_size=149, num_key_value_heads=2, head_dim=16, rms_norm_eps=1e-6,
                            rope_parameters=rope("default", 1000000.0)), "float32", 70, {}),
    "qwen3_tied": ("Qwen3", dict(vocab_size=133, num_attention_heads=8, num_key_value_heads=1, head_dim=8,
                                 tie_word_embeddings=True, num_hidden_layers=4), "bfloat16", 85, {"v4"}),
}


def build(kind, arguments, dtype, seed):
    """A model whose float32 weights are exactly what the storage dtype holds."""
    config = getattr(transformers, kind + "Config")(**{**SMALL, **arguments})
    config._attn_implementation = "eager"
    config.dtype = dtype
    model = getattr(transformers, kind + "ForCausalLM")(config).float().eval()
    generator = torch.Generator().manual_seed(seed)
    for name, parameter in model.named_parameters():
        noise = torch.randn(parameter.shape, generator=generator)
        if name.endswith("norm.weight") or "layernorm" in name:
            value = 1 + 0.2 * noise
        elif name.endswith(".bias"):
            value = 0.3 * noise
        elif "embed_tokens" in name or "lm_head" in name:
            value = 0.5 * noise
        else:  # wide enough that layers matter beside the residual stream
            value = 1.2 / math.sqrt(parameter.shape[1]) * noise
        parameter.data.copy_(value.to(getattr(torch, dtype)).float())
    return config, model


def fix_rope(model, config, positions):
    """Dynamic and longrope frequencies depend on the sequence; a run uses those of its longest."""
    rotary = model.model.rotary_emb
    if rotary.rope_type in ("dynamic", "longrope"):
        inverse, rotary.attention_scaling = ROPE_INIT_FUNCTIONS[rotary.rope_type](config, None, seq_len=positions)
        rotary.inv_freq = inverse
        rotary.rope_type = "default"


@torch.no_grad()
def log_probabilities(model, ids):
    return torch.log_softmax(model(torch.tensor([ids]), use_cache=False).logits[0], dim=-1)


def margin(rows):
    best = torch.topk(rows, 2, dim=-1).values
    return float((best[..., 0] - best[..., 1]).min())


def attempt(kind, arguments, dtype, prompt_tokens, seed):
    config, model = build(kind, arguments, dtype, seed)
    ends = config.eos_token_id if isinstance(config.eos_token_id, list) else [config.eos_token_id]
    generator = torch.Generator().manual_seed(seed + 1_000_000)
    prompt = [i for i in torch.randint(3, config.vocab_size, (2 * prompt_tokens,), generator=generator).tolist()
              if i not in ends][:prompt_tokens]
    positions = prompt_tokens + GREEDY_TOKENS
    fix_rope(model, config, positions)
    ids = list(prompt)
    for _ in range(GREEDY_TOKENS):
        ids.append(int(log_probabilities(model, ids)[-1].argmax()))
        if ids[-1] in ends:
            return None
    rows = log_probabilities(model, ids)
    clear = margin(rows[:-1])
    greedy = ids[prompt_tokens:]
    if clear < MIN_MARGIN or len(set(greedy)) < MIN_DISTINCT:
        return None
    assert greedy == rows[prompt_tokens - 1:-1].argmax(-1).tolist()
    double = log_probabilities(model.double(), ids)
    noise = float((double - rows.double()).abs().max())
    model.float()
    if noise > MAX_NOISE:
        return None
    targets = torch.tensor(ids[1:])
    chosen = rows[:-1].gather(1, targets[:, None])[:, 0]
    full_at = [0, prompt_tokens // 2, prompt_tokens - 1]
    expected = {
        "transformers": transformers.__version__, "torch": torch.__version__, "seed": seed,
        "positions": positions, "min_margin": clear, "float32_noise": noise,
        "prompt": prompt,
        "log_probabilities": numbers(chosen[:prompt_tokens - 1]),
        "argmax": rows[:prompt_tokens].argmax(-1).tolist(),
        "full": [{"position": i, "log_probabilities": numbers(rows[i])} for i in full_at],
        "greedy": greedy,
        "greedy_log_probabilities": numbers(chosen[prompt_tokens - 1:]),
    }
    return config, model, expected


def numbers(values):
    return [float(f"{value:.9g}") for value in values.tolist()]


def spell_v4(folder):
    """config.json as transformers 4 wrote it."""
    path = folder / "config.json"
    config = json.loads(path.read_text())
    parameters = config.pop("rope_parameters")
    config["rope_theta"] = parameters.pop("rope_theta")
    kind = parameters.pop("rope_type")
    config["rope_scaling"] = None if kind == "default" else {"type": kind, **parameters}
    config["torch_dtype"] = config.pop("dtype")
    config.pop("layer_types", None)
    config["transformers_version"] = "4.41.0"
    path.write_text(json.dumps(config, indent=2, sort_keys=True) + "\n")


def check_saved(folder, expected):
    """The directory alone must reproduce the expectation, through transformers' own loading."""
    model = transformers.AutoModelForCausalLM.from_pretrained(
        folder, dtype=torch.float32, attn_implementation="eager").eval()
    fix_rope(model, model.config, expected["positions"])
    rows = log_probabilities(model, expected["prompt"])
    for entry in expected["full"]:
        difference = (rows[entry["position"]] - torch.tensor(entry["log_probabilities"])).abs().max()
        assert difference < 2e-5, (folder, float(difference))
    # A key-value cache must not change the choices.
    with torch.no_grad():
        out = model.generate(torch.tensor([expected["prompt"]]), do_sample=False, max_new_tokens=GREEDY_TOKENS)
    assert out[0, len(expected["prompt"]):].tolist() == expected["greedy"], folder


def make(name, out):
    kind, arguments, dtype, prompt_tokens, options = MODELS[name]
    for seed in range(1000):
        result = attempt(kind, arguments, dtype, prompt_tokens, seed)
        if result is not None:
            break
    else:
        raise SystemExit(f"{name}: no seed gives clear choices")
    config, model, expected = result
    folder = out / name
    shutil.rmtree(folder, ignore_errors=True)
    model.to(getattr(torch, dtype)).save_pretrained(
        folder, max_shard_size="30KB" if "shards" in options else "1GB")
    if "v4" in options:
        spell_v4(folder)
    check_saved(folder, expected)
    (folder / "expected.json").write_text(json.dumps(expected) + "\n")
    size = sum(f.stat().st_size for f in folder.iterdir())
    print(f"{name}: seed {expected['seed']}, margin {expected['min_margin']:.2g}, "
          f"noise {expected['float32_noise']:.1g}, {len(set(expected['greedy']))} distinct, {size} bytes", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=pathlib.Path,
                        default=pathlib.Path(__file__).resolve().parents[2] / "test/data/model")
    parser.add_argument("names", nargs="*", default=list(MODELS))
    options = parser.parse_args()
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    for name in options.names or MODELS:
        make(name, options.out)


if __name__ == "__main__":
    main()
