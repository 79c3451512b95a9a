#!/usr/bin/env python3
"""Which files Hugging Face's `datasets` takes for a configuration and split of a downloaded repository.

Builds small repositories of many shapes, asks `datasets.load_dataset` for splits of them, and records the ids of the
rows it gives, or that it refuses, for test/eval/data/snapshot_test.cpp.

Usage: eval_snapshots.py OUT.json      (test/data/eval/snapshots.json)
Needs: datasets (the version is recorded). Offline; deterministic.
"""

import json
import os
import sys
import tempfile
from pathlib import Path

os.environ.update(HF_HUB_OFFLINE="1", HF_DATASETS_OFFLINE="1", HF_DATASETS_DISABLE_PROGRESS_BARS="1")


def rows(tag, count=2):
    return "".join(json.dumps({"id": f"{tag}{i}"}) + "\n" for i in range(count))


def files(*paths):
    """Every file's rows carry its path."""
    tree = {}
    for path in paths:
        if path.endswith(".csv"):
            tree[path] = "id\n" + "".join(f"{path}#{i}\n" for i in range(2))
        elif path.endswith((".jsonl", ".json")):
            tree[path] = rows(path + "#")
        else:
            tree[path] = "plain text\n"
    return tree


def card(configs, before="license: mit\ntags:\n- a\n- 'b: c'\n", after="pretty_name: 'X: y'\n"):
    return f"---\n{before}configs:\n{configs}{after}---\n# About\n\n---\nconfigs: none of this\n"


CASES = {
    "sharded": (
        files("data/train-00000-of-00002.jsonl", "data/train-00001-of-00002.jsonl",
              "data/test-00000-of-00001-0a1b2c3d.jsonl", "data/hard_dev-00000-of-00001.jsonl", "README.md"),
        [(None, "train"), (None, "test"), (None, "hard_dev"), (None, "validation"), (None, "dev")]),
    "file names": (
        files("train.jsonl", "dev.jsonl", "my-test-set.jsonl", "latest.jsonl", "notes.txt", "sub/test_2.jsonl"),
        [(None, "train"), (None, "validation"), (None, "test"), (None, "dev")]),
    "aliases": (
        files("training_1.jsonl", "valid.jsonl", "val-2.jsonl", "evaluation.jsonl", "testing.jsonl",
              "test-eval.jsonl", "x.test.val.jsonl"),
        [(None, "train"), (None, "validation"), (None, "test")]),
    "folder names": (
        files("train/b.jsonl", "train/a.jsonl", "x/val/0.jsonl", "test-set/deep/er/1.jsonl", "my_test/2.jsonl", "my-test/3.jsonl",
              "my-eval-1/test/4.jsonl", "test.jsonl"),
        [(None, "train"), (None, "validation"), (None, "test")]),
    "no split words": (files("b.jsonl", "a/c.jsonl"), [(None, "train"), (None, "test")]),
    "order of shards": (
        files(*[f"test-{i}.jsonl" for i in (10, 9, 1, 2)]), [(None, "test")]),
    "formats": (
        files("test.csv", "test-1.jsonl", "test-2.jsonl", "test-3.json") | {"dataset_infos.json": "{}"}, [(None, "test")]),
    "hidden": (files("test.jsonl", ".hidden/test.jsonl", ".test.jsonl", "__pycache__/test.jsonl", "__x.test.jsonl"),
               [(None, "test")]),
    "card": (
        files("main/train.jsonl", "main/test-00000-of-00001.jsonl", "socratic/train.jsonl", "other.jsonl") | {
            "README.md": card(
                "- config_name: main\n  data_files:\n  - split: train\n    path: main/train*\n"
                "  - split: test\n    path: main/test-*\n  default: true\n"
                "- config_name: socratic\n  data_files:\n  - split: train\n    path: socratic/*.jsonl\n"
                "- config_name: list\n  data_files:\n  - split: every\n    path:\n    - socratic/train.jsonl\n"
                "    - main/*\n"
                "- config_name: plain\n  data_files: other.jsonl\n"
                "- config_name: several\n  data_files:\n  - other.jsonl\n  - main/train.jsonl\n")},
        [(None, "train"), (None, "test"), ("main", "test"), ("socratic", "train"), ("socratic", "test"),
         ("list", "every"), ("plain", "train"), ("several", "train"), ("absent", "train"), ("default", "train")]),
    "card of one config": (
        files("q.jsonl") | {"README.md": card("- config_name: only\n  data_files:\n  - split: test\n    path: q.jsonl\n")},
        [(None, "test"), ("only", "test"), (None, "train")]),
    "card with default": (
        files("a.jsonl", "b.jsonl") | {"README.md": card(
            "  - config_name: one\n    data_files:\n      - split: test\n        path: a.jsonl\n"
            "  - config_name: default\n    data_files:\n      - split: test\n        path: b.jsonl\n")},
        [(None, "test"), ("one", "test"), ("default", "test")]),
    "card without default": (
        files("a.jsonl", "b.jsonl") | {"README.md": card(
            "- config_name: one\n  data_files: a.jsonl\n- config_name: two\n  data_files: b.jsonl\n")},
        [(None, "train"), ("two", "train")]),
    "card with data_dir": (
        files("en/test.jsonl", "en/train.jsonl", "de/test.jsonl", "test.jsonl") | {"README.md": card(
            "- config_name: en\n  data_dir: en\n- config_name: de\n  data_dir: de\n")},
        [("en", "test"), ("en", "train"), ("de", "test"), ("de", "train")]),
    "patterns": (
        files("a/b/c/t.jsonl", "a/t.jsonl", "a/b/u.jsonl", "t1.jsonl", "t2.jsonl", "t3.jsonl", "t-x.jsonl") | {
            "README.md": card("- config_name: x\n  data_files:\n" + "".join(
                f"  - split: s{i}\n    path: '{p}'\n" for i, p in enumerate(
                    ["**/t.jsonl", "a/**", "a/*/*.jsonl", "t[12].jsonl", "t[!12].jsonl", "t?.jsonl", "./t1.jsonl",
                     "**", "a/**/u.jsonl", "t[1-2].json*", "*/b/**/t.jsonl"])))},
        [("x", f"s{i}") for i in range(11)]),
    "tab separated": (
        {"data/q.csv": "id\tn\na,b\t1\nc\t2\n", "README.md": card(
            "- config_name: default\n  data_files:\n  - split: test\n    path: data/q.csv\n  sep: \"\\t\"\n")},
        [(None, "test")]),
    "overlapping patterns": (
        files("a.jsonl", "b.jsonl") | {"README.md": card(
            "- config_name: default\n  data_files:\n  - split: test\n    path: ['b*', a.jsonl]\n")},
        [(None, "test")]),
}


def ask(datasets, folder, config, split):
    try:
        with tempfile.TemporaryDirectory() as cache:
            return {"ids": list(datasets.load_dataset(str(folder), config, split=split, cache_dir=cache)["id"])}
    except Exception as error:  # noqa: BLE001  what kind is recorded
        return {"refused": type(error).__name__}


def main():
    if len(sys.argv) != 2 or sys.argv[1] in ("-h", "--help"):
        print(__doc__)
        return 0 if len(sys.argv) == 2 else 2
    import datasets
    result = {"datasets": datasets.__version__, "cases": []}
    for name, (tree, queries) in CASES.items():
        with tempfile.TemporaryDirectory() as root:
            folder = Path(root) / "set"
            for path, text in tree.items():
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / path).write_text(text)
            asked = [{"config": config, "split": split} | ask(datasets, folder, config, split)
                     for config, split in queries]
        result["cases"].append({"name": name, "files": tree, "queries": asked})
    text = json.dumps(result, indent=1, ensure_ascii=False) + "\n"
    Path(sys.argv[1]).write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
