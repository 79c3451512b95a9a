#!/usr/bin/env python3
"""Makes test/data/eval/math/math_verify.jsonl.gz: what math-verify finds in texts, and which answers it takes as equal.

Usage: math_verify_pairs.py [--out FILE] [--pairs N] [--seed S]

Needs lm-eval[math]. Golds are solutions that end in a box, responses the many ways in which models end theirs, both with answers of
the made-up corpus of math_corpus.py.
"""

import argparse
import gzip
import json
import pathlib
import random
import sys
from importlib.metadata import version

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import math_corpus  # noqa: E402
from latex2sympy2_extended.math_normalization import normalize_latex  # noqa: E402
from math_verify import parse, verify  # noqa: E402
from math_verify.parser import LatexExtractionConfig  # noqa: E402

OUT = pathlib.Path(__file__).resolve().parents[2] / "test" / "data" / "eval" / "math" / "math_verify.jsonl.gz"

ENDINGS = ["Therefore the answer is $\\boxed{@}$.", "Final Answer: The final answer is $@$. I hope it is correct.", "The final answer is $@$.", "So we get $@$.", "The answer is: @", "The answer is @.", "\\boxed{@}", "Thus \\[\\boxed{@}.\\]",
           "We have $$x=@$$ and are done.", "Answer: $@$", "**Answer:** $@$", "The answer is \\(@\\).", "\\[@\\]", "@", "first $1$, then $@$", "$\\boxed{@}$ and $\\boxed{7}$", "It is $3$, so the final answer is $\\boxed{@}$", "#### @",
           "$$@$$", "The result is @ which follows.", "$a$ and $@$", "x = $@$ %", "The final answer is $@$ or $2$. I hope it is correct.", "answer: $@$\n\nNote that 12 is no answer.", "The probability is @, so 50% is wrong", "[ @ ]", "is \\boxed{@", "$\\fbox{@}$"]


def text_of(r, answer):
    return ("We compute $1+1=2$.\n" if r.random() < 0.3 else "") + r.choice(ENDINGS[:4] if r.random() < 0.5 else ENDINGS).replace("@", answer)


def shown(found):
    """What was found, as text: enough to see a difference."""
    return [str(type(found[0]).__name__) if found and not isinstance(found[0], str) else None, next((x for x in found if isinstance(x, str)), None)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=pathlib.Path, default=OUT)
    parser.add_argument("--pairs", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=2)
    options = parser.parse_args()
    r = random.Random(options.seed)
    rows = [{"kind": "header", "versions": {name: version(name) for name in ("math-verify", "latex2sympy2_extended", "sympy", "antlr4-python3-runtime")}, "seed": options.seed}]
    for left, right in math_corpus.pairs(options.seed, options.pairs):
        gold, response = "So it is $\\boxed{" + left + "}$.", text_of(r, right)
        parsed_gold, parsed = parse(gold), parse(response)
        if r.random() < 0.3:
            rows.append({"kind": "clean", "text": right, "clean": normalize_latex(right, LatexExtractionConfig().normalization_config)})
        rows.append({"kind": "pair", "gold": gold, "response": response, "found": shown(parsed), "equal": int(bool(verify(gold=parsed_gold, target=parsed)))})
    payload = "".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n" for row in rows).encode()
    options.out.parent.mkdir(parents=True, exist_ok=True)
    with open(options.out, "wb") as raw, gzip.GzipFile(fileobj=raw, mode="wb", mtime=0, filename="") as out:
        out.write(payload)


if __name__ == "__main__":
    main()
