#!/usr/bin/env python3
"""Makes test/data/text/jinja/expressions.json: what Jinja2 renders for each template of templates.json beside it.

Usage: jinja_expressions.py [--templates FILE] [--out FILE]     (needs jinja2 and transformers)

Every template is rendered twice over one context: in transformers' environment for chat templates ("chat") and in
lm-evaluation-harness's for task files ("task": StrictUndefined, the trailing newline kept). A template that fails has
{"error": "<type>: <message>"} in the place of its text. The clock stands at `now`.
"""

import argparse
import datetime
import json
import pathlib
import platform

import jinja2
import transformers
from transformers.utils import chat_template_utils

DATA = pathlib.Path(__file__).resolve().parents[2] / "test" / "data" / "text" / "jinja"
NOW = 1700000000
CONTEXT = {
    "a": 1, "b": -7, "f": 2.5, "s": "Hello World", "u": "héllo ßİ 名前", "e": "", "l": [3, 1, 2], "m": ["b", "A", "c"],
    "d": {"x": 1, "y": [1, 2], "items": 5}, "n": None, "t": True, "big": 123456789012, "ws": " \t x y \n",
    "nested": [{"k": "v", "n": 2, "z": {"w": 1}}, {"k": "u", "n": 1, "z": {"w": 2}}],
    "fl": [1.0, 0.1, 1e16, 1e-5, 1e22, -0.0], "html": "<a href='x'>&\"</a>", "label": 2,
    "choices": {"text": ["p", "q"], "label": ["A", "B"]},
}


class Clock(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=NOW)


def render(compile_template, source):
    try:
        return compile_template(source).render(**json.loads(json.dumps(CONTEXT)))
    except Exception as error:  # whatever a template does wrong
        return {"error": f"{type(error).__name__}: {error}"}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--templates", type=pathlib.Path, default=DATA / "templates.json")
    parser.add_argument("--out", type=pathlib.Path, default=DATA / "expressions.json")
    options = parser.parse_args()
    chat_template_utils.datetime = Clock
    task = jinja2.Environment(loader=jinja2.BaseLoader(), undefined=jinja2.StrictUndefined, keep_trailing_newline=True)
    cases = [{"template": source, "chat": render(chat_template_utils._compile_jinja_template, source),
              "task": render(task.from_string, source)} for source in json.loads(options.templates.read_text("utf-8"))]
    versions = {"python": platform.python_version(), "jinja2": jinja2.__version__, "transformers": transformers.__version__}
    record = {"versions": versions, "now": NOW, "context": CONTEXT, "cases": cases}
    options.out.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
