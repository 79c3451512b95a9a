#!/usr/bin/env python3
"""Makes test/data/eval/requests/definitions.json.gz: what lm-evaluation-harness's task files say of the shipped tasks.

Usage: task_definitions.py [--out FILE]        (needs lm-eval 0.4.13; no data)

For every task and group of configs/tasks that lm-eval has under the same name: of each key, includes merged in, the
first 16 digits of the SHA-256 of its value as compact JSON with sorted keys. Left out: null, what changes nothing here
(decontamination, trust_remote_code, hf_evaluate: false, repeats: 1) and the module of a function, since modules are
named otherwise here; a single tag counts as a list.
"""

import argparse
import gzip
import hashlib
import json
import pathlib

from task_requests import ROOT, shipped_names

IGNORED = {"task", "group", "should_decontaminate", "doc_to_decontamination_query"}


def normal(value, tasks_folder):
    """With functions as "!function name": lm-eval gives the path of the module and the name."""
    if isinstance(value, dict):
        return {str(k): normal(v, tasks_folder) for k, v in value.items() if (k, v) != ("hf_evaluate", False)}
    if isinstance(value, list):
        return [normal(v, tasks_folder) for v in value]
    if isinstance(value, str) and value.startswith(tasks_folder):
        return "!function " + value.rsplit(".", 1)[1]
    return value


def definition(config, tasks_folder):
    keys = {k: v for k, v in config.items() if v is not None and k not in IGNORED}
    if "group" in config:
        keys["task"] = config["task"]
    if keys.get("repeats") == 1:
        del keys["repeats"]
    if isinstance(keys.get("tag"), str):
        keys["tag"] = [keys["tag"]]
    if "dataset_kwargs" in keys:
        keys["dataset_kwargs"] = {k: v for k, v in keys["dataset_kwargs"].items() if k != "trust_remote_code"}
        if not keys["dataset_kwargs"]:
            del keys["dataset_kwargs"]
    return {k: digest(normal(v, tasks_folder)) for k, v in sorted(keys.items())}


def digest(value):
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=pathlib.Path,
                        default=ROOT / "test" / "data" / "eval" / "requests" / "definitions.json.gz")
    options = parser.parse_args()
    import lm_eval
    from lm_eval.tasks import TaskManager
    from lm_eval.tasks._yaml_loader import load_yaml

    index = TaskManager().task_index
    folder = str(pathlib.Path(lm_eval.__file__).parent / "tasks") + "/"
    result = {"lm_eval": lm_eval.__version__}
    for kind in ("tasks", "groups"):
        result[kind] = {}
        for name in shipped_names(kind):
            if name in index and index[name].yaml_path:
                config = load_yaml(index[name].yaml_path, resolve_func=False, recursive=True)
                result[kind][name] = definition(config, folder)
        print(len(result[kind]), kind)
    text = json.dumps(result, indent=0, separators=(",", ":")) + "\n"
    options.out.write_bytes(gzip.compress(text.encode(), 9, mtime=0))


if __name__ == "__main__":
    main()
