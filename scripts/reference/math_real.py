#!/usr/bin/env python3
"""Makes test/data/eval/math/real.jsonl.gz: verdicts of lm-evaluation-harness on the solutions of MATH and on models' answers to GSM8K.

Usage: math_real.py DATA_ROOT SHARED_DATA [--out FILE] [--every N]

DATA_ROOT holds EleutherAI/hendrycks_math/<subject>/test.jsonl, SHARED_DATA datasets/gsm8k/example_model_solutions.jsonl.gz. Only
check sums of normal forms and verdicts are written, none of the text. Needs lm-eval[math].
"""

import argparse
import gzip
import json
import pathlib
import zlib
from importlib.metadata import version

from lm_eval.tasks.agieval import utils as agieval
from lm_eval.tasks.hendrycks_math import utils as hendrycks
from lm_eval.tasks.leaderboard.math import utils as leaderboard
from lm_eval.tasks.minerva_math import utils as minerva
from math_verify import parse, verify

OUT = pathlib.Path(__file__).resolve().parents[2] / "test" / "data" / "eval" / "math" / "real.jsonl.gz"
SUBJECTS = ["algebra", "counting_and_probability", "geometry", "intermediate_algebra", "number_theory", "prealgebra", "precalculus"]


def check_sum(solution):
    answer = hendrycks.remove_boxed(hendrycks.last_boxed_only_string(solution))
    try:
        stripped = hendrycks.strip_string(answer)
    except Exception:
        stripped = "\0raised"
    parts = [answer, stripped, minerva.normalize_final_answer(answer), leaderboard.normalize_final_answer(answer), agieval.parse_math_answer(solution) or "\0none"]
    return zlib.crc32("\n".join(parts).encode())


def rewritten(answer):
    """Another way in which a model may write it."""
    return "\\displaystyle " + answer if len(answer) % 7 == 3 else answer.replace("\\frac", "\\dfrac").replace("(", "\\left(").replace(")", "\\right)").replace("+", " + ")


def math_rows(root, every):
    rows = []
    for subject in SUBJECTS:
        lines = (root / "EleutherAI/hendrycks_math" / subject / "test.jsonl").read_text().splitlines()
        solutions = [json.loads(line)["solution"] for line in lines]
        answers = [hendrycks.remove_boxed(hendrycks.last_boxed_only_string(s)) for s in solutions]
        golds = [minerva.normalize_final_answer(a) for a in answers]
        order = sorted(range(len(answers)), key=lambda i: (len(answers[i]), answers[i], i))
        pairs = []
        for rank in range(0, len(order) - 1, every):
            gold, near = order[rank], order[rank + 1]
            for answer in (rewritten(answers[gold]), answers[near]):
                response = "We find this.\nFinal Answer: The final answer is $" + answer + "$. I hope it is correct."
                pairs.append([int(hendrycks.is_equiv(answer, answers[gold])), int(bool(minerva.is_equiv(minerva.normalize_final_answer(answer), golds[gold]))),
                              int(bool(verify(gold=parse(solutions[gold]), target=parse(response))))])
        rows.append({"subject": subject, "sums": [check_sum(s) for s in solutions], "verdicts": ["".join(str(p[k]) for p in pairs) for k in range(3)]})
    return rows


def gsm8k_row(root, every):
    with gzip.open(root / "datasets/gsm8k/example_model_solutions.jsonl.gz", "rt") as lines:
        rows = [json.loads(line) for line in lines][::every]
    verdicts, own = "", ""
    for row in rows:
        gold = parse(row["ground_truth"])
        for model in ("6b_finetuning", "175b_verification"):
            text = row[model]["solution"]
            verdicts += str(int(bool(verify(gold=gold, target=parse(text)))))
            own += str(int(hendrycks.is_equiv(text.split("####")[-1], row["ground_truth"].split("####")[-1])))
    return {"verdicts": verdicts, "text": own}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data_root", type=pathlib.Path)
    parser.add_argument("shared_data", type=pathlib.Path)
    parser.add_argument("--out", type=pathlib.Path, default=OUT)
    parser.add_argument("--every", type=int, default=5)
    options = parser.parse_args()
    record = {"versions": {name: version(name) for name in ("lm_eval", "sympy", "math-verify", "latex2sympy2_extended", "antlr4-python3-runtime")}, "every": options.every,
              "math": math_rows(options.data_root, options.every), "gsm8k": gsm8k_row(options.shared_data, options.every)}
    with open(options.out, "wb") as raw, gzip.GzipFile(fileobj=raw, mode="wb", mtime=0, filename="") as out:
        out.write((json.dumps(record, separators=(",", ":")) + "\n").encode())


if __name__ == "__main__":
    main()
