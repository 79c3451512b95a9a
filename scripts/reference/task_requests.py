#!/usr/bin/env python3
"""Makes test/data/eval/requests: which requests lm-evaluation-harness builds for the tasks that are shipped.

Usage: task_requests.py --data-root DIR [--tasks NAME,...] [--settings NAME,...] [--limit N] [--out DIR] [--keep DIR]

Needs lm-eval 0.4.13, transformers and the data sets in hub shape (DIR/<path>/<configuration or "default">/<split>.jsonl);
the tests need only the data. The unmodified lm-eval asks a model that keeps the requests and answers none. Settings:

    default     the task's own number of shots
    0-shot      no shots
    5-shot      five shots
    multiturn   two shots, each as turns of their own, through the chat template below
    one_turn    two shots in one user turn, through the same template

A task that fixes 0 shots keeps them. Tasks are those of configs/tasks that lm-eval has under the same name and whose data
are there. Licences of the data sets differ and their texts may not be copied here, so no text is recorded: OUT/<setting>.json.gz
has for every task the number of requests, the SHA-256 of all its lines, and of the first three lines the length in bytes
and the first 16 digits of the SHA-256; or the error lm-eval ends with. --keep writes the lines themselves into a folder
of yours, to look at a difference.

A line is compact JSON with the keys task, doc_id, idx, request_type, repeats, then context and continuation, context and
generation_kwargs, or string: what `assay tasks requests` writes.
"""

import argparse
import gzip
import hashlib
import json
import os
import pathlib
import re
import sys

for variable in ("HF_HUB_OFFLINE", "HF_DATASETS_OFFLINE", "TRANSFORMERS_OFFLINE"):
    os.environ[variable] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"

ROOT = pathlib.Path(__file__).resolve().parents[2]
# Written for this purpose: roles, contents kept as they are, and an end mark.
CHAT_TEMPLATE = ("{% for message in messages %}<|{{ message['role'] }}|>\n{{ message['content'] }}<|end|>\n{% endfor %}"
                 "{% if add_generation_prompt %}<|assistant|>\n{% endif %}")
SETTINGS = {
    "default": {},
    "0-shot": {"num_fewshot": 0},
    "5-shot": {"num_fewshot": 5},
    "multiturn": {"num_fewshot": 2, "apply_chat_template": True, "fewshot_as_multiturn": True},
    "one_turn": {"num_fewshot": 2, "apply_chat_template": True, "fewshot_as_multiturn": False},
}
FIRST = 3


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data-root", type=pathlib.Path, required=True)
    parser.add_argument("--tasks", help="comma-separated; default: all of configs/tasks")
    parser.add_argument("--settings", default=",".join(SETTINGS))
    parser.add_argument("--limit", type=int, default=50, help="documents a task (50)")
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "test" / "data" / "eval" / "requests")
    parser.add_argument("--keep", type=pathlib.Path, help="write the requests themselves to KEEP/<setting>/<task>.jsonl")
    options = parser.parse_args()
    for setting in options.settings.split(","):
        if setting not in SETTINGS:
            parser.error(f"there is no setting {setting!r}; choose from {', '.join(SETTINGS)}")
    return options


def shipped_names(kind="tasks"):
    """Names in configs/tasks: of tasks, `task:` of a plain file and the keys of `tasks:` of a family; or of groups."""
    names = []
    for path in sorted((ROOT / "configs" / "tasks").glob("**/*.yaml")):
        in_mapping = False
        for line in path.read_text(encoding="utf-8").split("\n"):
            if line[:1] not in (" ", "#", ""):
                in_mapping = line.startswith(kind + ":")
                if kind == "tasks" and (plain := re.match(r"task: *(\S+)", line)):
                    names.append(plain[1])
            elif in_mapping and (member := re.match(r"  ([^ #:]+):", line)):
                names.append(member[1])
    return names


class LocalData:
    """Stands in for datasets.load_dataset: every split of a data set from disk, each file read once."""

    def __init__(self, root):
        self.root = root
        self.splits = {}

    def folder(self, path, name):
        return self.root / path / (name or "default")

    def __call__(self, path, name=None, **_ignored):
        import datasets

        class Splits(datasets.DatasetDict):
            def __missing__(self, split):  # opened by lm-eval though no shot is drawn from it
                return next(iter(self.values())).select([])

        folder = self.folder(path, name)
        if folder not in self.splits:
            files = sorted(folder.glob("*.jsonl"))
            if not files:
                raise FileNotFoundError(f"no data in {folder}")
            rows = {f.stem: [json.loads(line) for line in f.read_text(encoding="utf-8").split("\n") if line] for f in files}
            self.splits[folder] = {split: datasets.Dataset.from_list(list_) for split, list_ in rows.items()}
        return Splits(self.splits[folder])


class NoMetric:
    """Stands in for code_eval, which tasks fetch and try while they are imported; nothing is scored here."""

    def compute(self, **_ignored):
        return {}, {}


class Recorded(Exception):
    """Leaves lm-eval once it has handed over its requests."""


def make_recorder():
    from lm_eval.api.model import LM
    from lm_eval.models.huggingface import HFLM
    from tokenizers import Tokenizer, models
    from transformers import PreTrainedTokenizerFast

    class Recorder(LM):
        chat_template_args = {}
        tokenizer_name = "recorder"
        apply_chat_template = HFLM.apply_chat_template

        def __init__(self):
            super().__init__()
            self.requests = []
            self.tokenizer = PreTrainedTokenizerFast(tokenizer_object=Tokenizer(models.WordLevel({"?": 0}, unk_token="?")))
            self.tokenizer.chat_template = CHAT_TEMPLATE

        def chat_template(self, *_arguments):
            return CHAT_TEMPLATE

        def record(self, requests):
            self.requests = requests
            raise Recorded

        loglikelihood = loglikelihood_rolling = generate_until = record

    return Recorder()


def line_of(request):
    row = {"task": request.task_name, "doc_id": request.doc_id, "idx": request.idx,
           "request_type": request.request_type, "repeats": request.repeats}
    names = {"loglikelihood_rolling": ["string"], "generate_until": ["context", "generation_kwargs"]}
    row.update(zip(names.get(request.request_type, ["context", "continuation"]), request.args))
    return (json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n").encode("utf-8", "surrogatepass")


def requests_of(name, setting, manager, limit):
    import lm_eval

    task = manager.load([name])["tasks"][name]
    recorder = make_recorder()
    try:
        lm_eval.simple_evaluate(model=recorder, tasks=[task], task_manager=manager, limit=limit,
                                confirm_run_unsafe_code=True, **SETTINGS[setting])
    except Recorded:
        pass
    once = {id(request): request for request in recorder.requests}  # repeats are one object
    return [line_of(request) for request in once.values()]


def describe(lines):
    first = [[len(line), hashlib.sha256(line).hexdigest()[:16]] for line in lines[:FIRST]]
    return {"requests": len(lines), "sha256": hashlib.sha256(b"".join(lines)).hexdigest(), "first": first}


def record(names, setting, manager, options):
    tasks = {}
    for name in names:
        try:
            lines = requests_of(name, setting, manager, options.limit)
        except Exception as error:  # of any task's own code; lm-eval cannot ask it this way
            print(f"{setting}: {name}: {type(error).__name__}: {error}", file=sys.stderr)
            tasks[name] = {"error": type(error).__name__}
            continue
        tasks[name] = describe(lines)
        if options.keep:
            folder = options.keep / setting
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{name}.jsonl").write_bytes(b"".join(lines))
    return tasks


def with_data(names, manager, data):
    """Those that lm-eval knows and whose data are there."""
    from lm_eval.tasks._yaml_loader import load_yaml

    for name in names:
        entry = manager.task_index.get(name)
        if entry is None or not entry.yaml_path:
            continue
        config = load_yaml(entry.yaml_path, resolve_func=False, recursive=True)
        if any(data.folder(config["dataset_path"], config.get("dataset_name")).glob("*.jsonl")):
            yield name


def main():
    options = parse_arguments()
    import datasets

    data = LocalData(options.data_root)
    datasets.load_dataset = data
    datasets.disable_progress_bars()
    import evaluate
    import lm_eval
    import transformers
    from lm_eval.tasks import TaskManager

    evaluate.load = lambda *_arguments, **_keywords: NoMetric()
    manager = TaskManager()
    names = list(with_data(options.tasks.split(",") if options.tasks else shipped_names(), manager, data))
    options.out.mkdir(parents=True, exist_ok=True)
    for setting in options.settings.split(","):
        result = {"lm_eval": lm_eval.__version__, "transformers": transformers.__version__, "limit": options.limit,
                  "fewshot_seed": 1234, "setting": SETTINGS[setting], "chat_template": CHAT_TEMPLATE,
                  "tasks": record(names, setting, manager, options)}
        text = json.dumps(result, indent=0, separators=(",", ":")) + "\n"
        (options.out / f"{setting}.json.gz").write_bytes(gzip.compress(text.encode(), 9, mtime=0))
        print(f"{setting}: {len(names)} tasks", flush=True)


if __name__ == "__main__":
    main()
