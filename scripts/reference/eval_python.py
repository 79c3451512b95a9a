#!/usr/bin/env python3
"""Makes test/data/eval/python.json: what Python itself does, for the parts of it that src/eval rebuilds.

Usage: eval_python.py [--out FILE]     (standard library only; recorded with CPython 3.11)

Random numbers, repr, ast.literal_eval, and re.findall / re.sub on awkward patterns and strings.
"""

import argparse
import ast
import json
import pathlib
import platform
import random
import re

OUT = pathlib.Path(__file__).resolve().parents[2] / "test" / "data" / "eval" / "python.json"

LITERALS = ["[1, 2, 3]", "['a', \"b\", 'c\\'d']", "[]", "[ 'x' , ]", "('a', 'b')", "('a')", "('a',)", "[['a'], [1.5, -2]]", "[None, True, False]",
            "'\\u00e9\\x41\\n\\q'", "007", "0", "-5", "1e3", "[1, 2", "[a]", "['a' 'b']", "{'a': 1}", "1_000", "", "[1,,2]", "'open", "['\\N{DASH}']",
            "[\"it's\", 'say \"hi\"']", "12 ", " 12", "+3", "[+1]", "['a\nb']"]
REGEXES = [r"#### (\-?[0-9\.\,]+)", r"(-?[$0-9.,]{2,})|(-?[0-9]+)", r"(?s).*#### ", r"\.$", r"\$", ",", r"\s+", r"\S+", r"[\s]+|x", r"[^\s]",
           r"\d+", r"\w+", r"\bthe\b", r"(?i)THE", r"a*", r"x{,2}", r"x{2}", r"a{b", r"{", r"[]a]", r"[^]a]+", r"[[a]+", r"\Aab", r"b\Z", r"$",
           r"^", r"(?m)^.", r"(a)|(b)|(c)", r"(?P<n>a)(?P=n)", r"(a)\1", r"(?:ab)+?", r"(?<=a)b", r"(?<!a)b", r"a|", r"()", r"\x41\u00e9\.",
           r"(?#note)a", r"\v|\f", r"[\d,]+", r".", r"(?u)é", r"\101", r"[\x00-\x1f]", r"\-\/\#", r"(-?\d+(?:\.\d+)?)", r"\$?(\d+)(?=[^\d]*$)"]
TEXTS = ["", "a", "ab\n", "the The tHE then", "aaa b ab aab", "#### 1,234.\n#### -5", "cost $1,234.50, or 7.", "x\x1c\u180e\u00a0\u2028y é É ١٢ ²",
         "]a[[a]", "{a{b}", "abc\nabc", "Aé. A\u00e9.", "\x0b\x0c\x00\x1f", "xxxxx", "-/#", "Answer is $18 dollars.\n"]
BAD_REGEXES = [r"(", r"[a", r"*a", r"\h", r"\K", r"a\Qb", r"(?<n>a)", r"(*FAIL)", r"(?R)", r"(?1)", "a\\", r"\x4", r"\u12", r"(?z)a", r"\p{L}", r"[b-a]"]


def draws(seed):
    rnd = random.Random(seed)
    record = {"seed": seed, "random": [rnd.random() for _ in range(5)], "bits": [rnd.getrandbits(b) for b in (1, 7, 31, 32, 33, 53, 64)]}
    record["samples"] = [[n, k, rnd.sample(range(n), k)] for n, k in
                         [(10, 3), (21, 5), (22, 5), (85, 6), (84, 6), (1, 1), (5, 5), (7473, 5), (39905, 11), (100, 0), (277, 25), (278, 25), (1000000, 4)] * 2]
    record["choices"] = rnd.choices(range(17), k=40)
    return record


def literal(text):
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return None
    if isinstance(value, dict):
        return None
    return json.dumps(value)


def regex(pattern):
    compiled = re.compile(pattern)
    found = []
    for text in TEXTS:
        matches = [[m] if isinstance(m, str) else list(m) for m in compiled.findall(text)]
        found.append([matches, compiled.sub("<>", text)])
    return {"pattern": pattern, "groups": compiled.groups, "found": found}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=pathlib.Path, default=OUT)
    options = parser.parse_args()
    for pattern in BAD_REGEXES:
        try:
            re.compile(pattern)
        except re.error:
            continue
        raise SystemExit(f"Python accepts {pattern!r}")
    record = {
        "python": platform.python_version(),
        "random": [draws(seed) for seed in (0, 1, 1234, 42, 2**32 - 1, 2**32, 2**63 + 12345)],
        "literals": [[s, literal(s)] for s in LITERALS],
        "texts": TEXTS,
        "regexes": [regex(p) for p in REGEXES],
        "bad_regexes": BAD_REGEXES,
        "repr": [[json.dumps(v), repr(v), str(v)] for v in [["a", "b's"], {"k": [1, 2.5, None, True]}, [], {}, "t", 3, None, [[], ["x"]]]],
    }
    options.out.write_text(json.dumps(record, ensure_ascii=True, indent=None) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
