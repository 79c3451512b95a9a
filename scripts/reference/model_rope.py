#!/usr/bin/env python3
"""Writes test/data/model/rope.json: transformers' rotary frequencies for every kind of scaling.

Usage: model_rope.py [--out FILE]      (needs torch and transformers; the tests do not)
"""

import argparse
import copy
import json
import pathlib

import torch
import transformers
from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS
from transformers.models.llama.modeling_llama import LlamaRotaryEmbedding

BASE = dict(model_type="llama", hidden_size=128, intermediate_size=64, num_hidden_layers=1, num_attention_heads=2,
            vocab_size=100, max_position_embeddings=4096)
LLAMA3 = dict(factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=8192)
FACTORS = dict(short_factor=[1 + 0.01 * i for i in range(32)], long_factor=[1 + 0.3 * i for i in range(32)])

# name: (config.json members besides BASE, positions)
CASES = {
    "default, theta absent": ({}, 4096),
    "default, theta at top level": (dict(rope_theta=1000000), 4096),
    "default, v5": (dict(rope_parameters=dict(rope_type="default", rope_theta=500000.0)), 4096),
    "head_dim 80, not a power of two": (dict(hidden_size=160), 4096),
    "linear, v4": (dict(rope_theta=100000, rope_scaling=dict(type="linear", factor=4.0)), 4096),
    "linear, v5": (dict(rope_parameters=dict(rope_type="linear", factor=2.5, rope_theta=10000.0)), 4096),
    "dynamic, short run": (dict(rope_scaling=dict(type="dynamic", factor=2.0)), 1000),
    "dynamic, long run": (dict(rope_scaling=dict(type="dynamic", factor=2.0)), 9000),
    "llama3, 8B": (dict(rope_theta=500000.0, max_position_embeddings=131072,
                        rope_scaling=dict(rope_type="llama3", **LLAMA3)), 131072),
    "llama3, 3.2 with factor 32, v5": (dict(max_position_embeddings=131072, rope_parameters=dict(
        rope_type="llama3", rope_theta=500000.0, **{**LLAMA3, "factor": 32.0})), 131072),
    "yarn": (dict(rope_theta=1000000.0, max_position_embeddings=32768, rope_scaling=dict(
        type="yarn", factor=4.0, original_max_position_embeddings=32768)), 131072),
    "yarn, betas, no truncation": (dict(rope_parameters=dict(
        rope_type="yarn", rope_theta=150000.0, factor=32.0, beta_fast=32.0, beta_slow=1.0, truncate=False,
        original_max_position_embeddings=4096)), 4096),
    "yarn, mscale": (dict(rope_parameters=dict(
        rope_type="yarn", rope_theta=10000.0, factor=40.0, mscale=0.707, mscale_all_dim=1.0,
        original_max_position_embeddings=2048)), 4096),
    "yarn, attention_factor, factor null": (dict(rope_parameters=dict(
        rope_type="yarn", rope_theta=10000.0, factor=None, attention_factor=1.25,
        original_max_position_embeddings=1024)), 4096),
    "yarn, original length beside": (dict(original_max_position_embeddings=512, rope_scaling=dict(
        type="yarn", factor=8.0, original_max_position_embeddings=2048)), 4096),
    "longrope, short run": (dict(max_position_embeddings=131072, rope_scaling=dict(
        type="longrope", original_max_position_embeddings=4096, **FACTORS)), 4096),
    "longrope, long run": (dict(max_position_embeddings=131072, rope_scaling=dict(
        type="longrope", original_max_position_embeddings=4096, **FACTORS)), 4097),
    "longrope, factor given": (dict(rope_parameters=dict(
        rope_type="longrope", rope_theta=10000.0, factor=16.0, original_max_position_embeddings=1024, **FACTORS)),
        4096),
}


def case(name):
    members, positions = CASES[name]
    document = {**BASE, **members}
    config = transformers.LlamaConfig(**{k: v for k, v in copy.deepcopy(document).items() if k != "model_type"})
    kind = config.rope_parameters["rope_type"]
    if kind == "default":
        inverse, factor = LlamaRotaryEmbedding.compute_default_rope_parameters(config)
    else:
        inverse, factor = ROPE_INIT_FUNCTIONS[kind](config, None, seq_len=positions)
    assert inverse.dtype == torch.float32
    return {"name": name, "config": document, "positions": positions, "attention_factor": float(factor),
            "inverse": [float(f"{v:.9g}") for v in inverse.tolist()]}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=pathlib.Path,
                        default=pathlib.Path(__file__).resolve().parents[2] / "test/data/model/rope.json")
    out = parser.parse_args().out
    transformers.logging.set_verbosity_error()
    cases = [case(name) for name in CASES]
    lines = ",\n".join(json.dumps(entry) for entry in cases)
    out.write_text(f'{{"transformers": "{transformers.__version__}", "torch": "{torch.__version__}", "cases": [\n'
                   f"{lines}\n]}}\n")


if __name__ == "__main__":
    main()
