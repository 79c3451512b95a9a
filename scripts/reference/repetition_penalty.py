#!/usr/bin/env python3
"""Makes test/data/engine/repetition_penalty.json: how transformers continues with a repetition penalty.

Usage: repetition_penalty.py [--out FILE]     (needs torch and transformers; the tests do not)

The model and its prompt are a fixture of model_parity.py, whose seed is recorded there. Greedy, float32. Each
choice must be clear: the gap between the two best penalised logits is at least MIN_MARGIN.
"""

import argparse
import json
import pathlib

import torch
import transformers

DATA = pathlib.Path(__file__).resolve().parents[2] / "test/data"
MODEL = "llama2"
PENALTIES = [1.1, 1.5, 0.8]
TOKENS = 64
MIN_MARGIN = 1e-3


@torch.no_grad()
def continuation(model, prompt, penalty):
    out = model.generate(torch.tensor([prompt]), do_sample=False, max_new_tokens=TOKENS, eos_token_id=None,
                         repetition_penalty=penalty, output_scores=True, return_dict_in_generate=True)
    best = [torch.topk(scores[0], 2).values for scores in out.scores]
    margin = min(float(pair[0] - pair[1]) for pair in best)
    greedy = out.sequences[0, len(prompt):].tolist()
    assert len(greedy) == TOKENS and margin > MIN_MARGIN, (penalty, margin)
    return {"penalty": penalty, "min_margin": margin, "greedy": greedy}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=pathlib.Path, default=DATA / "engine/repetition_penalty.json")
    arguments = parser.parse_args()
    transformers.logging.set_verbosity_error()
    folder = DATA / "model" / MODEL
    expected = json.loads((folder / "expected.json").read_text())
    model = transformers.AutoModelForCausalLM.from_pretrained(
        folder, dtype=torch.float32, attn_implementation="eager").eval()
    result = {"transformers": transformers.__version__, "torch": torch.__version__, "model": MODEL,
              "seed": expected["seed"],
              "continuations": [continuation(model, expected["prompt"], penalty) for penalty in PENALTIES]}
    assert all(one["greedy"] != expected["greedy"] for one in result["continuations"])
    arguments.out.write_text(json.dumps(result) + "\n")


if __name__ == "__main__":
    main()
