#!/usr/bin/env python3
"""Compares `assay results export --format lm-eval` with what lm-evaluation-harness wrote for the same run.

Usage: compare_lm_eval.py ASSAY_DIR LM_EVAL_DIR [--tolerance 2e-3]

Both folders are searched for samples_<task>_*.jsonl and results_*.json. Every sample (doc_id, filter) must exist on
both sides with the same document, target, arguments and hashes; discrete outcomes (is_greedy, generated text and
what filters made of it) must be equal to the letter; log-probabilities may differ by the tolerance, relative to their
size where that is above 1. Metrics and standard errors likewise; those of bootstrapped errors to 1 %.
Prints one line a task and the first differences; exit code 1 if there are any.
"""

import argparse
import json
import math
import sys
from pathlib import Path


def load_samples(folder: Path) -> dict:
    tasks = {}
    for file in sorted(folder.rglob("samples_*.jsonl")):
        task = file.name[len("samples_") : file.name.rindex("_")]
        rows = [json.loads(line) for line in file.read_text(encoding="utf-8").split("\n") if line]
        tasks[task] = {(row["doc_id"], row["filter"]): row for row in rows}
    return tasks


def load_results(folder: Path) -> dict:
    results = {}
    for file in sorted(folder.rglob("results_*.json")):
        results.update(json.loads(file.read_text(encoding="utf-8"))["results"])
    return results


def as_number(value):
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


# Fields of a sample that hold numbers which two implementations round differently. Those of generated text do not.
LOG_PROBABILITIES = {"resps", "filtered_resps"}
SAME_TO_THE_LETTER = {"doc_id", "doc", "target", "arguments", "filter", "metrics", "doc_hash", "prompt_hash", "target_hash"}


def sample_differs(field, ours, theirs, generated, tolerance) -> float | None:
    if field in SAME_TO_THE_LETTER or (field in LOG_PROBABILITIES and generated):
        return None if ours == theirs else math.inf
    return differs(ours, theirs, tolerance)


def is_generated(row) -> bool:
    """Whether the sample's answers are texts: those of other requests are pairs or numbers, written as text."""
    return any(isinstance(request.get("arg_1"), dict) for request in row["arguments"].values())


def differs(ours, theirs, tolerance) -> float | None:
    """None if equal; else the size of the difference (inf for unlike things)."""
    if isinstance(ours, list) and isinstance(theirs, list):
        if len(ours) != len(theirs):
            return math.inf
        found = [d for a, b in zip(ours, theirs) if (d := differs(a, b, tolerance)) is not None]
        return max(found) if found else None
    if ours == theirs:
        return None
    a, b = as_number(ours), as_number(theirs)
    if a is None or b is None or isinstance(ours, bool) or isinstance(theirs, bool):
        return math.inf
    if math.isnan(a) and math.isnan(b):
        return None
    distance = abs(a - b) / max(1.0, abs(b))
    return None if distance <= tolerance else distance


def compare_samples(ours: dict, theirs: dict, tolerance: float) -> list[str]:
    problems = [f"{key}: only on one side" for key in sorted(set(ours) ^ set(theirs), key=str)]
    for key in sorted(set(ours) & set(theirs)):
        generated = is_generated(theirs[key])
        for field in theirs[key]:
            if field not in ours[key]:
                problems.append(f"{key}: {field} is missing")
            elif (
                size := sample_differs(field, ours[key][field], theirs[key][field], generated, tolerance)
            ) is not None:
                problems.append(f"{key}: {field}: {str(ours[key][field])[:150]!r} != {str(theirs[key][field])[:150]!r} ({size:.2g})")
    return problems


def compare_results(ours: dict, theirs: dict, tolerance: float) -> list[str]:
    problems = []
    for name, value in theirs.items():
        bootstrapped = "perplexity_stderr" in name
        if name not in ours:
            problems.append(f"results: {name} is missing")
        elif (size := differs(ours[name], value, 0.01 if bootstrapped else tolerance)) is not None:
            problems.append(f"results: {name}: {ours[name]} != {value} ({size:.2g})")
    return problems


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("assay_dir", type=Path)
    parser.add_argument("lm_eval_dir", type=Path)
    parser.add_argument("--tolerance", type=float, default=2e-3)
    options = parser.parse_args()
    ours, theirs = load_samples(options.assay_dir), load_samples(options.lm_eval_dir)
    our_results, their_results = load_results(options.assay_dir), load_results(options.lm_eval_dir)
    if not theirs:
        print(f"no samples_*.jsonl under {options.lm_eval_dir}")
        return 1
    failed = False
    for task in sorted(theirs):
        problems = compare_samples(ours.get(task, {}), theirs[task], options.tolerance)
        problems += compare_results(our_results.get(task, {}), their_results.get(task, {}), options.tolerance)
        print(f"{task}: {len(theirs[task])} samples, {len(problems)} differences")
        for problem in problems[:8]:
            print(f"  {problem}")
        failed = failed or bool(problems)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
