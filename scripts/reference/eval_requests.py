#!/usr/bin/env python3
"""Makes test/data/eval/lm_eval: what lm-evaluation-harness asks and scores for the six tasks that are shipped.

Usage: eval_requests.py [--hub DIR] [--out DIR]      (needs lm-eval 0.4.13; the tests do not)
       eval_requests.py --real HUB_DATA              (hashes of the request lists of real datasets)

The unmodified lm-eval evaluates a model that answers from a hash of the request, on the invented documents under
test/data/eval/hub. A file per task and number of shots holds every sample (document, target, arguments, answers,
metrics) and the aggregated results, as lm-eval logs them. --real writes real_requests.json: SHA-256 of the first 300
documents' request lists, one compact JSON object a line, for datasets that cannot be kept here.
"""

import argparse
import hashlib
import json
import os
import pathlib

for variable in ("HF_HUB_OFFLINE", "HF_DATASETS_OFFLINE", "TRANSFORMERS_OFFLINE"):
    os.environ[variable] = "1"

import datasets  # noqa: E402
import lm_eval  # noqa: E402
from lm_eval.api.model import LM  # noqa: E402
from lm_eval.tasks import TaskManager  # noqa: E402

DATA = pathlib.Path(__file__).resolve().parents[2] / "test" / "data" / "eval"
TASKS = ["hellaswag", "arc_easy", "arc_challenge", "gsm8k", "wikitext", "lambada_openai"]
# (task, num_fewshot or None for its own, limit, gen_kwargs)
RUNS = [(task, None, None, None) for task in TASKS] + [
    ("hellaswag", 3, None, None), ("hellaswag", 6, 5, None), ("arc_easy", 5, None, None), ("arc_easy", 25, 3, None),
    ("arc_challenge", 2, 4, None), ("gsm8k", 8, 3, "max_gen_toks=64,temperature=0.5,do_sample=true"),
    ("lambada_openai", 2, None, None)]
GENERATIONS = [" 3+4=7\n#### 7", " It costs $1,320.", "#### -3.", " The answer is 2.4\n#### 2.40", "no number at all",
               " first 12, then #### 56 and #### 57", " $2.5", "#### [5]", " 1,2,3 ... 4", ""]
REAL_LIMIT = 300


def read_rows(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]


def use_local_data(root):
    class Splits(datasets.DatasetDict):
        def __missing__(self, split):
            return next(iter(self.values())).select([])

    def load_dataset(path, name=None, **_ignored):
        folder = root / path / (name or "default")
        return Splits({f.stem: datasets.Dataset.from_list(read_rows(f)) for f in sorted(folder.glob("*.jsonl"))})

    datasets.load_dataset = load_dataset
    datasets.disable_progress_bars()


class HashModel(LM):
    """Answers that look like a model's but depend on the request alone."""

    @staticmethod
    def number(*parts):
        digest = hashlib.sha256("\x00".join(parts).encode()).digest()
        return int.from_bytes(digest[:4], "big") / 2**32

    def loglikelihood(self, requests):
        # Some ties: the first of equal options must win.
        return [(-round(1 + 40 * self.number(*r.args), 1 if len(r.args[1]) % 2 else 6), self.number("g", *r.args) < 0.5)
                for r in requests]

    def loglikelihood_rolling(self, requests):
        return [-3.7 * len(r.args[0]) * (0.5 + self.number(r.args[0])) for r in requests]

    def generate_until(self, requests):
        return [GENERATIONS[r.doc_id % len(GENERATIONS)] for r in requests]


class Recorder(HashModel):
    class Done(Exception):
        pass

    def record(self, requests):
        self.requests = requests
        raise self.Done

    loglikelihood = loglikelihood_rolling = generate_until = record


def plain(value):
    """As lm-eval's own JSON: numpy numbers become Python's, tuples lists."""
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    return value.item() if hasattr(value, "item") else value


def run(task, shots, limit, gen_kwargs, manager):
    results = lm_eval.simple_evaluate(model=HashModel(), tasks=[task], task_manager=manager, num_fewshot=shots,
                                      limit=limit, gen_kwargs=gen_kwargs, log_samples=True)
    samples, seen = [], {}
    for row in results["samples"][task]:
        row = plain(row)
        values = {name: row.pop(name) for name in row["metrics"]}
        score = {"filter": row.pop("filter"), "filtered_resps": row.pop("filtered_resps"), "values": values}
        row.pop("metrics")
        if row["doc_id"] not in seen:
            seen[row["doc_id"]] = row
            row["scores"] = []
            samples.append(row)
        seen[row["doc_id"]]["scores"].append(score)
    metrics = {k: v for k, v in plain(results["results"][task]).items() if "," in k}
    return {"lm_eval": lm_eval.__version__, "task": task, "num_fewshot": shots, "limit": limit, "gen_kwargs": gen_kwargs,
            "fewshot_seed": 1234, "n_shot": results["n-shot"][task], "results": metrics, "samples": samples}


def request_lines(task, manager):
    recorder = Recorder()
    try:
        lm_eval.simple_evaluate(model=recorder, tasks=[task], task_manager=manager, limit=REAL_LIMIT)
    except Recorder.Done:
        pass
    rows = [[r.doc_id, r.idx, *r.args] for r in recorder.requests]
    return "".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n" for row in rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hub", type=pathlib.Path, default=DATA / "hub")
    parser.add_argument("--out", type=pathlib.Path, default=DATA / "lm_eval")
    parser.add_argument("--real", type=pathlib.Path)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    use_local_data(options.real or options.hub)
    manager = TaskManager()
    if options.real:
        hashes = {t: hashlib.sha256(request_lines(t, manager).encode()).hexdigest() for t in TASKS}
        record = {"lm_eval": lm_eval.__version__, "limit": REAL_LIMIT, "sha256": hashes}
        (options.out / "real_requests.json").write_text(json.dumps(record, indent=1) + "\n")
        return
    for task, shots, limit, gen_kwargs in RUNS:
        name = f"{task}.{'own' if shots is None else shots}.json"
        text = json.dumps(run(task, shots, limit, gen_kwargs, manager), ensure_ascii=False, indent=None)
        (options.out / name).write_text(text + "\n", encoding="utf-8")
        print(name)


if __name__ == "__main__":
    main()
