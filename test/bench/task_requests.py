#!/usr/bin/env python3
"""Building and tokenising the requests of whole tasks: assay against lm-evaluation-harness, taking turns.

Needs lm-eval 0.4.13, datasets and transformers, and the tasks' data under a data root (JSON lines). Each side starts
as a new process in every round, builds all requests of a task and tokenises them as its Hugging Face backend would;
printed are the seconds of each and the ratio, per task and round, and the median ratio. lm-eval's start (importing
its packages) is shown apart and left out of the ratio.

    test/bench/task_requests.py build/release/bin/assay --model DIR --data-root DATA \\
        --tasks hellaswag,gsm8k --shots 0,5 --rounds 3
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

LM_EVAL_SIDE = """
import json, os, sys, time
os.environ.update(HF_HUB_OFFLINE="1", HF_DATASETS_OFFLINE="1", TRANSFORMERS_OFFLINE="1", TOKENIZERS_PARALLELISM="false")
model, root, task_name, shots = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
begun = time.perf_counter()
import datasets
from pathlib import Path
from transformers import AutoTokenizer


def load_dataset(path, name=None, **_):
    folder = Path(root) / path / (name or "default")
    splits = {f.stem: datasets.Dataset.from_list([json.loads(line) for line in open(f, encoding="utf-8", newline="\\n")])
              for f in sorted(folder.glob("*.jsonl"))}
    if not splits:
        raise FileNotFoundError(folder)

    class Splits(datasets.DatasetDict):
        def __missing__(self, split):
            return next(iter(self.values())).select([])

    return Splits(splits)


datasets.load_dataset = load_dataset
datasets.disable_progress_bars()
from lm_eval.api.model import TemplateLM
from lm_eval.models.huggingface import HFLM
from lm_eval.tasks import TaskManager

manager = TaskManager()
tokenizer = AutoTokenizer.from_pretrained(model)
started = time.perf_counter() - begun


class Encoder(HFLM):
    backend = "causal"
    add_bos_token = None

    def __init__(self):
        self.tokenizer = tokenizer
        self.custom_prefix_token_id = None


encoder = Encoder()
begun = time.perf_counter()
task = next(iter(manager.load([task_name])["tasks"].values()))
if task.config.num_fewshot != 0 or shots:
    task.config.num_fewshot = shots
task.set_fewshot_seed(1234)
task.build_all_requests(rank=0, world_size=1)
tokens = 0
for request in task.instances:
    if request.request_type == "generate_until":
        tokens += len(encoder.tok_encode(request.args[0]))
    elif request.args[0]:
        tokens += sum(map(len, encoder._encode_pair(*request.args[:2])))
print(json.dumps({"start": started, "seconds": time.perf_counter() - begun, "requests": len(task.instances),
                  "tokens": tokens}))
"""


def lm_eval_side(options, task, shots):
    command = [sys.executable, "-c", LM_EVAL_SIDE, str(options.model), str(options.data_root), task, str(shots)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return json.loads(done.stdout.splitlines()[-1])


def assay_side(options, task, shots):
    with tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        subprocess.run([options.assay, "tasks", "requests", task, "--num-fewshot", str(shots), "--model", options.model,
                        "--data-root", options.data_root, "--out", folder], check=True, stdout=subprocess.DEVNULL)
        return time.perf_counter() - begun


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("assay", type=Path)
    parser.add_argument("--model", type=Path, required=True, help="model directory (its tokenizer and config.json)")
    parser.add_argument("--data-root", type=Path, required=True)
    parser.add_argument("--tasks", default="hellaswag,gsm8k")
    parser.add_argument("--shots", default="0,5", help="shots of each task")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    tasks = list(zip(options.tasks.split(","), map(int, options.shots.split(",")), strict=True))
    for task, shots in tasks:
        ratios = []
        for turn in range(options.rounds):
            ours = assay_side(options, task, shots)
            theirs = lm_eval_side(options, task, shots)
            ratios.append(theirs["seconds"] / ours)
            print(f"{task} {shots}-shot round {turn}: {theirs['requests']} requests; assay {ours:.2f} s (whole process), "
                  f"lm-eval {theirs['seconds']:.2f} s after {theirs['start']:.1f} s of start: {ratios[-1]:.1f} x")
        print(f"{task} {shots}-shot: median {statistics.median(ratios):.1f} x")


if __name__ == "__main__":
    main()
