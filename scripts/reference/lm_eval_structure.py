#!/usr/bin/env python3
"""Reduce lm-evaluation-harness output files to their structure: keys, nesting and types, without any value.

    for task in arc_easy gsm8k wikitext lambada_openai; do
      lm_eval --model hf --model_args pretrained=MODEL,dtype=float32 --tasks $task --limit 2 \
              --log_samples --output_path OUT/$task
    done
    lm_eval_structure.py OUT > test/data/results/lm_eval_structure.json

An object stays an object, a list becomes the list of its first element's structure, a scalar becomes the name of
its type. What a document holds is the data set's affair: "doc" becomes "object".
"""

import json
import sys
from pathlib import Path

SCALARS = {str: "string", bool: "boolean", int: "number", float: "number", type(None): "null"}


def structure(value):
    if isinstance(value, dict):
        return {key: "object" if key == "doc" else structure(member) for key, member in value.items()}
    if isinstance(value, list):
        return [structure(value[0])] if value else []
    return SCALARS[type(value)]


def main():
    out = {"made_with": {}, "results": {}, "samples": {}}
    for folder in sorted(Path(sys.argv[1]).iterdir()):
        task = folder.name
        (results_file,) = folder.glob("**/results_*.json")
        (samples_file,) = folder.glob(f"**/samples_{task}_*.jsonl")
        results = json.loads(results_file.read_text())
        out["made_with"] = {key: results[key] for key in ("lm_eval_version", "transformers_version")}
        out["results"][task] = structure(results)
        with open(samples_file, encoding="utf-8") as lines:
            out["samples"][task] = [structure(json.loads(line)) for line in lines]
    json.dump(out, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
