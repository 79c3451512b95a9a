#!/usr/bin/env python3
"""What Hugging Face's `datasets` (that is, pandas) reads from CSV files, for test/eval/data/dataset_test.cpp.

Usage: eval_csv.py OUT.json      (test/data/eval/csv.json)
Needs: datasets, pandas (versions are recorded). Offline; deterministic.
"""

import json
import os
import sys
import tempfile
from pathlib import Path

os.environ.update(HF_HUB_OFFLINE="1", HF_DATASETS_OFFLINE="1", HF_DATASETS_DISABLE_PROGRESS_BARS="1")

NA = ["", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>", "N/A", "NA", "NULL",
      "NaN", "None", "n/a", "nan", "null"]
CASES = [
    "id,q,n,x,e\n1,\"a, \"\"b\"\"\nc\",07,1.5,\n2,plain,8,2,\n\n3,,9,,\n",
    "a,b\n" + "".join(f"x,{word}\n" for word in NA) + "y,none\nz,Null\nw,na\n",
    "a,b,c\nTrue,true,TRUE\nFalse,FALSE,false\n",
    "a,b,c\nTrue,true,yes\n,FALSE,no\n",
    "a,b\n1,NA\n,2\n3,4.0\n",
    "a,b,c\n 1,+2,1e3\n2 ,-3,-.5\n3,4,7.\n",
    "a,b\n\" 1\",x \n\"2\", y\n",
    "a,b\n9223372036854775807,18446744073709551615\n-9223372036854775808,1\n",
    "a,b\n0.1,inf\n1e-300,-inf\n123456789.123456789,2\n",
    "a,b\n1,True\n0,1\n",
    "a,b\n1.5,x\n2,1\n",
    "a\n\"\"\n\"NA\"\n\"b\"\n",
    "a,b\r\n1,x\r\n2,\"y\r\nz\"\r\n",
    "\ufeffa,b\n1,2\n",
    "a,b\n\"x\"\"\",\"\"\"\"\n",
    "text,label\nIt's,0\nnaïve 🙂,1\n",
]


def main():
    if len(sys.argv) != 2 or sys.argv[1] in ("-h", "--help"):
        print(__doc__)
        return 0 if len(sys.argv) == 2 else 2
    import datasets
    import pandas
    cases = []
    for text in CASES:
        with tempfile.TemporaryDirectory() as root:
            (Path(root) / "train.csv").write_bytes(text.encode())
            rows = datasets.load_dataset("csv", data_files=str(Path(root) / "train.csv"), split="train",
                                         cache_dir=root + "/cache")
            cases.append({"text": text, "rows": [repr(dict(row)) for row in rows]})
    result = {"datasets": datasets.__version__, "pandas": pandas.__version__, "cases": cases}
    Path(sys.argv[1]).write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
