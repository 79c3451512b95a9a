#!/usr/bin/env python3
"""Score the demo model with lm-evaluation-harness (lm-eval 0.4.13), unmodified, on the demo's tasks.

Needs lm-eval with its Hugging Face extra (torch, transformers, datasets). `datasets.load_dataset` is answered
from DEMO/data, nothing is downloaded. Prints lm-eval's table; with --out also writes its results and samples.

Examples:
    score.py --demo share/demo
    score.py --demo share/demo --num-fewshot 0 --tasks demo_arith --out /tmp/scores
"""

import argparse
import json
import os
import sys
from pathlib import Path

os.environ.update(HF_HUB_OFFLINE="1", HF_DATASETS_OFFLINE="1", TOKENIZERS_PARALLELISM="false")


def answer_load_dataset_from(root):
    import datasets

    def load_dataset(path, name=None, *, split=None, **_):
        files = sorted((root / path / (name or "default")).glob("*.jsonl"))
        if not files:
            raise FileNotFoundError(f"no {path} under {root}")
        splits = datasets.DatasetDict({
            file.stem: datasets.Dataset.from_list([json.loads(line) for line in file.read_text("utf-8").splitlines()])
            for file in files})
        return splits[split] if split else splits

    datasets.load_dataset = load_dataset
    datasets.disable_progress_bars()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--demo", type=Path, required=True, help="folder with model/, data/ and tasks/")
    parser.add_argument("--tasks", default="demo_choice,demo_text,demo_arith", help="default %(default)s")
    parser.add_argument("--num-fewshot", type=int, help="default: each task's own")
    parser.add_argument("--batch-size", type=int, default=8, help="default %(default)s")
    parser.add_argument("--dtype", default="float32", help="default %(default)s")
    parser.add_argument("--out", type=Path, help="folder for lm-eval's results and samples")
    options = parser.parse_args()
    if not (options.demo / "model").is_dir():
        parser.error(f"{options.demo}: has no model folder")
    answer_load_dataset_from(options.demo / "data")

    import lm_eval
    from lm_eval.loggers import EvaluationTracker
    from lm_eval.tasks import TaskManager
    from lm_eval.utils import make_table

    tracker = EvaluationTracker(output_path=str(options.out)) if options.out else None
    results = lm_eval.simple_evaluate(
        model="hf", model_args={"pretrained": str(options.demo / "model"), "dtype": options.dtype}, device="cpu",
        tasks=options.tasks.split(","), num_fewshot=options.num_fewshot, batch_size=options.batch_size,
        task_manager=TaskManager(include_path=str(options.demo / "tasks"), include_defaults=False),
        log_samples=tracker is not None, evaluation_tracker=tracker)
    if tracker:
        samples = results.pop("samples")
        tracker.save_results_aggregated(results=results, samples=samples)
        for task in results["configs"]:
            tracker.save_results_samples(task_name=task, samples=samples[task])
    print(make_table(results))
    return 0


if __name__ == "__main__":
    sys.exit(main())
