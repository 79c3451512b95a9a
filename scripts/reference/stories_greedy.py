#!/usr/bin/env python3
"""Makes test/data/engine/stories_greedy.json: how transformers continues a prompt with a trained model.

Usage: stories_greedy.py MODEL_DIRECTORY [--out FILE]     (needs torch and transformers; the tests do not)

MODEL_DIRECTORY is stories260K as a Hugging Face directory. Greedy, float32, no end token stops it, so that the
continuation has its full length.
"""

import argparse
import hashlib
import json
import pathlib

import torch
import transformers

PROMPT = "Once upon a time"
TOKENS = 200


@torch.no_grad()
def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("test/data/engine/stories_greedy.json"))
    arguments = parser.parse_args()
    tokenizer = transformers.AutoTokenizer.from_pretrained(arguments.model)
    model = transformers.AutoModelForCausalLM.from_pretrained(arguments.model, dtype=torch.float32).eval()
    prompt = tokenizer(PROMPT)["input_ids"]
    ids = list(prompt)
    margins = []
    chosen = []
    for _ in range(TOKENS):
        row = torch.log_softmax(model(torch.tensor([ids])).logits[0, -1], dim=-1)
        best = torch.topk(row, 2)
        margins.append(float(best.values[0] - best.values[1]))
        chosen.append(round(float(best.values[0]), 7))
        ids.append(int(best.indices[0]))
    result = {
        "transformers": transformers.__version__, "torch": torch.__version__,
        "model_sha256": hashlib.sha256((arguments.model / "model.safetensors").read_bytes()).hexdigest(),
        "min_margin": min(margins), "text": PROMPT, "prompt": prompt, "greedy": ids[len(prompt):],
        "log_probabilities": chosen,
        "greedy_text": tokenizer.decode(ids[len(prompt):], skip_special_tokens=True),
    }
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(json.dumps(result, ensure_ascii=False) + "\n")


main()
