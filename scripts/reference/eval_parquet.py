#!/usr/bin/env python3
"""Parquet files in the shapes of the hub, and what pyarrow reads from them.

Writes small files below OUT and OUT/expected.json: for every file the repr() of its rows, where dates, times and decimals
are str() of Python's and maps are lists of lists; for test/eval/data/parquet_test.cpp. OUT/repository is a downloaded
repository with a card, configurations and shards; what Hugging Face's `datasets` reads from it is recorded as well.

Usage: eval_parquet.py OUT      (test/data/eval/parquet)
Needs: pyarrow, datasets (versions are recorded). Offline; deterministic (seed 1).
"""

import datetime
import decimal
import json
import os
import random
import sys
import tempfile
from pathlib import Path

os.environ.update(HF_HUB_OFFLINE="1", HF_DATASETS_OFFLINE="1", HF_DATASETS_DISABLE_PROGRESS_BARS="1")

import pyarrow as pa
import pyarrow.parquet as pq


def plain(value):
    """As the reader says it."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, (datetime.date, datetime.time, decimal.Decimal)):  # a datetime is a date
        return str(value)
    if isinstance(value, bytes):
        return value.decode()
    return value


def scalars():
    utc = datetime.timezone.utc
    day = datetime.datetime
    columns = {
        "none": pa.nulls(4),
        "bool": pa.array([True, False, None, True]),
        **{f"i{bits}": pa.array([0, 2 ** (bits - 1) - 1, None, -2 ** (bits - 1)], getattr(pa, f"int{bits}")())
           for bits in (8, 16, 32, 64)},
        **{f"u{bits}": pa.array([0, 2 ** bits - 1, None, 1], getattr(pa, f"uint{bits}")()) for bits in (8, 16, 32, 64)},
        "f16": pa.array([0.5, -65504.0, None, 6e-8], pa.float16()),
        "f32": pa.array([0.1, 3.4e38, None, float("-inf")], pa.float32()),
        "f64": pa.array([0.1, 5e-324, None, float("nan")], pa.float64()),
        "text": pa.array(["", "naïve 🙂\n\"q\"\\", None, "a\x00b"]),
        "large": pa.array(["x" * 300, "", None, "ß"], pa.large_string()),
        "binary": pa.array([b"bytes", b"", None, "é".encode()], pa.binary()),
        "fixed": pa.array([b"abc", b"def", None, b"ghi"], pa.binary(3)),
        "words": pa.array(["yes", "no", None, "yes"]).dictionary_encode(),
        "date32": pa.array([datetime.date(1, 1, 1), datetime.date(2024, 2, 29), None, datetime.date(9999, 12, 31)]),
        "date64": pa.array([datetime.date(1969, 12, 31), datetime.date(2000, 3, 1), None, datetime.date(1900, 3, 1)],
                           pa.date64()),
        "s": pa.array([day(1969, 12, 31, 23, 59, 59), day(2020, 1, 2), None, day(1, 1, 1)], pa.timestamp("ms")),
        "us": pa.array([day(2020, 1, 1, 12, 30, 0, 5), day(1960, 1, 1, 0, 0, 0, 1), None, day(9999, 12, 31, 23, 59, 59, 999999)],
                       pa.timestamp("us")),
        "utc": pa.array([day(2020, 1, 1, 1, tzinfo=utc), day(1969, 1, 1, tzinfo=utc), None, day(2038, 1, 19, tzinfo=utc)],
                        pa.timestamp("us", "UTC")),
        "offset": pa.array([day(2020, 1, 1, 23, tzinfo=utc), day(1969, 1, 1, tzinfo=utc), None, day(2038, 1, 19, tzinfo=utc)],
                           pa.timestamp("us", "+02:30")),
        "time32": pa.array([datetime.time(0), datetime.time(23, 59, 59), None, datetime.time(12, 0, 1)], pa.time32("ms")),
        "time64": pa.array([datetime.time(0, 0, 0, 1), datetime.time(23, 59, 59, 999999), None, datetime.time(1, 2, 3)],
                           pa.time64("us")),
        "decimal": pa.array([decimal.Decimal("1.50"), decimal.Decimal("-123456789.01"), None, decimal.Decimal("0.00")],
                            pa.decimal128(12, 2)),
        "small": pa.array([decimal.Decimal("0.0000000012"), decimal.Decimal(0), None, decimal.Decimal("-7E-10")],
                          pa.decimal128(12, 10)),
        "wide": pa.array([decimal.Decimal(10) ** 60, decimal.Decimal(-1), None, decimal.Decimal("1")], pa.decimal256(70, 3)),
    }
    return pa.table(columns)


def nested():
    question = pa.struct([("text", pa.list_(pa.string())), ("label", pa.list_(pa.string()))])
    rows = [
        {"ctx": "a", "endings": ["x", "y", "z", "w"], "label": "3", "choices": {"text": ["p", "q"], "label": ["A", "B"]},
         "answers": {"text": ["t"], "answer_start": [5]}, "turns": [{"role": "user", "n": [[1, 2], []]}, {"role": None, "n": None}],
         "map": [("k", 1.5), ("l", None)], "pair": [1, 2], "deep": {"a": {"b": {"c": [None, {"d": 1}]}}}},
        {"ctx": None, "endings": [], "label": None, "choices": None, "answers": {"text": [], "answer_start": []}, "turns": [],
         "map": [], "pair": None, "deep": {"a": None}},
        {"ctx": "", "endings": None, "label": "0", "choices": {"text": None, "label": ["", None]}, "answers": None, "turns": None,
         "map": None, "pair": [None, 3], "deep": None},
    ]
    schema = pa.schema([
        ("ctx", pa.string()), ("endings", pa.list_(pa.string())), ("label", pa.string()), ("choices", question),
        ("answers", pa.struct([("text", pa.list_(pa.string())), ("answer_start", pa.large_list(pa.int32()))])),
        ("turns", pa.list_(pa.struct([("role", pa.string()), ("n", pa.list_(pa.list_(pa.int64())))]))),
        ("map", pa.map_(pa.string(), pa.float64())), ("pair", pa.list_(pa.int8(), 2)),
        ("deep", pa.struct([("a", pa.struct([("b", pa.struct([("c", pa.list_(pa.struct([("d", pa.int64())])))]))]))])),
    ])
    return pa.Table.from_pylist(rows, schema)


def many():
    """Pages, row groups, dictionaries and every codec's blocks: 3000 rows."""
    rng = random.Random(1)
    return pa.table({"id": range(3000), "q": [f"question {rng.randrange(40)} " + "lorem " * rng.randrange(4) for _ in range(3000)],
                     "xs": [[rng.randrange(100) for _ in range(rng.randrange(4))] for _ in range(3000)]})


def left_out():
    return pa.table({
        "id": [1, 2, 3],
        "image": pa.array([{"bytes": b"\xff\xd8", "path": "a.jpg"}, {"bytes": b"plain", "path": "b"}, None]),
        "span": pa.array([1, 2, None], pa.duration("s")),
        "zone": pa.array([0, 1, None], pa.timestamp("us", "Europe/Berlin")),
        "list": pa.array([[b"ok", b"\xfe"], [b"ok"], []], pa.list_(pa.binary())),
        "after": ["a", "b", "c"],
    })


def files(out):
    yield out / "scalars.parquet", scalars(), {}
    yield out / "nested.parquet", nested(), {}
    for codec in ("snappy", "zstd", "gzip", "lz4", "brotli"):
        yield out / f"many-{codec}.parquet", many(), {
            "compression": codec, "row_group_size": 700, "data_page_size": 2048,
            "data_page_version": "2.0" if codec in ("zstd", "lz4") else "1.0", "write_page_checksum": codec == "gzip"}
    yield out / "empty.parquet", many().slice(0, 0), {}
    yield out / "no_schema.parquet", nested(), {"store_schema": False}


def repository(out):
    def part(name, begin, end):
        return pa.table({"id": [f"{name} {i}" for i in range(begin, end)], "n": list(range(begin, end))})
    tables = {
        "main/train-00000-of-00002.parquet": part("main train", 0, 3), "main/train-00001-of-00002.parquet": part("main train", 3, 5),
        "main/test-00000-of-00001.parquet": part("main test", 0, 2),
        "data/other.parquet": part("other", 0, 4)}
    for path, table in tables.items():
        (out / path).parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(table, out / path)
    (out / "README.md").write_text(
        "---\nlicense: mit\ndataset_info:\n- config_name: main\n  features:\n  - name: id\n    dtype: string\n  - name: n\n    dtype: int64\n"
        "configs:\n- config_name: main\n  default: true\n  data_files:\n  - split: train\n    path: main/train-*\n"
        "  - split: test\n    path: main/test-*\n- config_name: extra\n  data_files:\n  - split: validation\n"
        "    path: data/other.parquet\n---\n# A repository\n")


def main():
    if len(sys.argv) != 2 or sys.argv[1] in ("-h", "--help"):
        print(__doc__)
        return 0 if len(sys.argv) == 2 else 2
    import datasets
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    expected = {"pyarrow": pa.__version__, "datasets": datasets.__version__, "files": {}, "repository": []}
    for path, table, options in files(out):
        pq.write_table(table, path, **options)
        rows = [repr(plain(row)) for row in pq.read_table(path).to_pylist()]
        expected["files"][path.name] = rows if len(rows) < 10 else {"rows": len(rows), "some": {i: rows[i] for i in
                                                                    (0, 1, 699, 700, 1023, 1024, 1500, 2999)}}
    pq.write_table(left_out(), out / "left_out.parquet")
    repository(out / "repository")
    for config, split in [(None, "train"), ("main", "test"), ("extra", "validation")]:
        with tempfile.TemporaryDirectory() as cache:
            rows = datasets.load_dataset(str(out / "repository"), config, split=split, cache_dir=cache)
            expected["repository"].append({"config": config, "split": split, "rows": [repr(dict(row)) for row in rows]})
    (out / "expected.json").write_text(json.dumps(expected, indent=1, ensure_ascii=False) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
