#!/usr/bin/env python3
"""Makes test/data/eval/math/equivalence.jsonl.gz: verdicts of lm-evaluation-harness on pairs of answers.

Usage: math_equivalence.py [--out FILE] [--pairs N] [--seed S]

Needs lm-eval[math] (sympy, antlr4-python3-runtime 4.11, math-verify). For each text of a made-up corpus (math_corpus.py): the
normal forms; for each pair of texts: whether hendrycks_math, agieval and minerva_math take them as equal.
"""

import argparse
import gzip
import json
import pathlib
import sys
from importlib.metadata import version

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import math_corpus  # noqa: E402
from lm_eval.tasks.agieval import utils as agieval  # noqa: E402
from lm_eval.tasks.aime import utils as aime  # noqa: E402
from lm_eval.tasks.hendrycks_math import utils as hendrycks  # noqa: E402
from lm_eval.tasks.leaderboard.math import utils as leaderboard  # noqa: E402
from lm_eval.tasks.minerva_math import utils as minerva  # noqa: E402

OUT = pathlib.Path(__file__).resolve().parents[2] / "test" / "data" / "eval" / "math" / "equivalence.jsonl.gz"

TEXTS = ["", " ", "$", "$$", "\\boxed{}", "\\boxed", "\\boxed 5$", "\\boxed {5}", "\\fbox{7} and \\boxed{8", "\\fbox{7}", "a \\boxed{1} b \\boxed{\\frac{1}{2}} c", "{{{", "}}}",
         "\\text{ a}\\text{ b}", "\\sqrt", "\\frac", "\\frac1", "\\frac12", "\\fracé2", "\\frac1é", "\\sqrté3", "\\frac\\frac12", "1/2", "-1/2", "+1/2", "01/2", "1/02", "-0/5", "1_0/3", "١/٢", "a/b", "1/2/3",
         "0.5", ".5", "-.5", " .5", "{.5}", "k=5", "xyz=5", "é=5", "ééé=5", "a=b=c", "=", "==", "5=", "0,1", "100,000", "-1,234,567", "12,34", "1,2345", "5,000,", "25\\%", "\\$5.00", "\n", "a\nb",
         "the answer is $5$.", "x$1$y$2$z", "line $1$\nline $2$", "$a$ b\n$c$ d $e$", "5 cm", "5\\pi cm", "\\left(5\\right)", "5 square units", "\\text{m}", "5\\text{ m}", "5 \\text{m}^2", "squareft", "\\sqrt[3]8", "\\sqrt[3]{8}", "\\sqrt3", "\\sqrt[n]é",
         "\\boxed{a}b}", "\\overline{AB}CD}", "an apple a day", "5\\mathrm{th}", "\\textbf{5}", "\\text{\n}", "1" * 4301 + "/2", "2/" + "1" * 4300, "1\u00a0/2", "\t1/2", "\u2003", "5\u2009cm", "Answer: 12.5x", "12.5", "#12abc", "is 7, or 8.25 but not 3a", "= 5...", "x= 5\\nabc",
         "$x=3$ and $y = 4$", "\\boxed{x = 4}", "\\boxed{x=}", "$ $", "$$5$$"]

RESPONSES = ["Final Answer: The final answer is $5$. I hope it is correct.", "Final Answer: The final answer is $5$.", "Final Answer: The final answer is $5$. I hope", "The final answer is 5",
             "Final Answer: The final answer is\n5. I hope it is correct.", "Final Answer: The final answer is 1. I hope it is correct. Final Answer: The final answer is 2. I hope it is correct.",
             "Final Answer: The final answer is . I hope it is correct.", "Final Answer: The final answer is. I hope it is correct.", "Final Answer: The final answer is é I hope it is correctx", "Final Answer: The final answer is x. ",
             "Final Answer: The final answer is $[2,5)$é I hope it is correct\n", "Final Answer: The final answer is a\nFinal Answer: The final answer is b. I hope it is correct.", "", "Final Answer: The final answer is  \u2003 7 \t. I hope it is correct."]


def attempt(function, *arguments):
    try:
        return function(*arguments)
    except Exception:
        return None


def record(text):
    boxed = attempt(lambda t: hendrycks.last_boxed_only_string(t), text)
    return {"text": text, "boxed": boxed, "inside": attempt(lambda t: hendrycks.remove_boxed(t), boxed), "remove": attempt(hendrycks.remove_boxed, text), "strip": attempt(hendrycks.strip_string, text),
            "minerva": minerva.normalize_final_answer(text), "leaderboard": leaderboard.normalize_final_answer(text), "agieval": attempt(agieval.parse_math_answer, text)}


def verdicts(left, right):
    a, b = minerva.normalize_final_answer(left), minerva.normalize_final_answer(right)
    solution = "\\boxed{" + right + "}"
    readable = attempt(lambda: hendrycks.remove_boxed(hendrycks.last_boxed_only_string(solution))) is not None
    return {"left": left, "right": right, "hendrycks": int(hendrycks.is_equiv(left, right)), "agieval": int(agieval.is_equiv(left, right)), "minerva": int(bool(minerva.is_equiv(a, b))),
            "aime": aime.process_results({"Answer": right}, [left])["exact_match"], "scored": hendrycks.process_results({"solution": solution}, [left])["exact_match"] if readable else None}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=pathlib.Path, default=OUT)
    parser.add_argument("--pairs", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    pairs = math_corpus.pairs(options.seed, options.pairs)
    texts = TEXTS + sorted({text for pair in pairs for text in pair})[::4]
    rows = [{"kind": "header", "versions": {name: version(name) for name in ("lm_eval", "sympy", "antlr4-python3-runtime")}, "seed": options.seed}]
    rows += [{"kind": "text", **record(text)} for text in texts]
    rows += [{"kind": "response", "text": text, "answer": minerva.get_unnormalized_answer(text)} for text in RESPONSES]
    rows += [{"kind": "pair", **verdicts(left, right)} for left, right in pairs]
    payload = "".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n" for row in rows).encode()
    options.out.parent.mkdir(parents=True, exist_ok=True)
    with open(options.out, "wb") as raw, gzip.GzipFile(fileobj=raw, mode="wb", mtime=0, filename="") as out:
        out.write(payload)


if __name__ == "__main__":
    main()
