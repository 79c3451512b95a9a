#!/usr/bin/env python3
"""Makes test/data/text/python.json: what Python itself does, for the parts of it that src/text/python rebuilds.

Usage: text_python.py [--out FILE]     (standard library only; recorded with CPython 3.11)

str methods and repr() of awkward strings and floats.
"""

import argparse
import json
import pathlib
import platform
import re

OUT = pathlib.Path(__file__).resolve().parents[2] / "test" / "data" / "text" / "python.json"

STRINGS = ["", " ", "abc", "  ab  c ", "\t\x1c\x1f a\u00a0\u2003\u3000", "straße ǆ ŉ ﬁ", "ΑΣ ΟΔΥΣΣΕΥΣ. Σ ΑΣΒ Σ'Σ", "İstanbul IĞDIR ı",
           "ǅ Ǆ Ὀδυσσεύς ᾳ ᾲ", "🙂 ZWJ👩‍💻 é e\u0301", "a'b", 'a"b', "a'b\"c", "back\\slash\n\r\t\x00\x7f\x85\u200b\u2028\U0001d4d0\U000e0001",
           "١٢٣", "42", "[1, 2]", "a\u180eb\u1680c", "ÀÉÎ ÕÜ ŸŽ ЖЩ ԱՒ ႠჀ", "\u200b\u00ad\u2019Σ\u2019a", "aΣ\u00ad", "ß", "ŉ", "they're bill's friends-of x2y 3d", "ªa ⅷa ʰa ͅa ǆa", "aͅB ᾳxß ﬁn"]
FLOATS = [0.0, -0.0, 1.0, -1.5, 0.1, 1e-4, 1e-5, 123456789012345.0, 1e15, 1e16, 1.5e16, 123456.789, 1e300, 5e-324, 2**53 + 0.0,
          -11.36640453338623, 0.3333333333333333, 100.0, 1e22, 1e23]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=pathlib.Path, default=OUT)
    options = parser.parse_args()
    record = {
        "python": platform.python_version(),
        "strings": [{"text": s, "lower": s.lower(), "upper": s.upper(), "capitalize": s.capitalize(), "title": s.title(), "casefold": s.casefold(),
                     "strip": s.strip(), "lstrip": s.lstrip(),
                     "rstrip": s.rstrip(), "split": s.split(), "split_space": s.split(" "), "repr": repr(s), "length": len(s),
                     "words": len(re.split(r"\s+", s))} for s in STRINGS],
        "floats": [[f, repr(f)] for f in FLOATS],
    }
    options.out.write_text(json.dumps(record, ensure_ascii=True, indent=None) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
