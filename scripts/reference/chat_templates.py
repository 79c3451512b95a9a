#!/usr/bin/env python3
"""Makes test/data/text/chat_templates/rendered.json: chat templates as transformers renders them.

Usage: chat_templates.py [--shared FOLDER] [--out FILE]     (needs jinja2 and transformers)

Every template is rendered for every conversation, with the clock at `now`. For the templates in `own/` beside the
output, which were written for this test, the texts are recorded in full. For those of FOLDER (published templates,
*.jinja in any subfolder), which are not ours to copy, the SHA-256 of the template and of every text is recorded.
A template that fails has {"error": "<type>: <message>"}, for published ones {"error": "<type>"}.
"""

import argparse
import datetime
import hashlib
import json
import pathlib
import platform

import jinja2
import transformers
from transformers.utils import chat_template_utils

DATA = pathlib.Path(__file__).resolve().parents[2] / "test" / "data" / "text" / "chat_templates"
NOW = 1700000000
SPECIAL_TOKENS = {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>", "pad_token": "<pad>"}

TOOL = {"type": "function", "function": {
    "name": "get_weather", "description": "Get the weather <now> & 'later'",
    "parameters": {"type": "object", "required": ["city"], "properties": {
        "city": {"type": "string", "description": "City é名"}, "unit": {"type": "string", "enum": ["c", "f"]},
        "days": {"type": "array", "items": {"type": "integer"}}, "opt": {"type": ["string", "null"]}}},
    "return": {"type": "string", "description": "x"}}}
CALL = {"id": "abcdefghi", "type": "function", "function": {
    "name": "get_weather", "arguments": {"city": "Rome", "n": 1.5, "ok": True, "z": None}}}


def turn(role, content, **more):
    return {"role": role, "content": content, **more}


CONVERSATIONS = {
    "simple": {"messages": [turn("user", "Hello there")], "add_generation_prompt": True},
    "system": {"messages": [turn("system", "You are helpful.\n"), turn("user", " Hi  "), turn("assistant", "Hello! "), turn("user", "Bye")],
               "add_generation_prompt": True},
    "finished": {"messages": [turn("user", "Q"), turn("assistant", "<think>\nhmm\n</think>\n\nA")], "add_generation_prompt": False},
    "long": {"messages": [turn(role, f"{role} says {i}\n\tand more") for i in range(4) for role in ("user", "assistant")] + [turn("user", "last")],
             "add_generation_prompt": True},
    "unicode": {"messages": [turn("user", "héllo 😀 \u200b\u2028 名前 ß İ"), turn("assistant", "ok\r\nline"), turn("user", "\tx\n")],
                "add_generation_prompt": True},
    "hostile": {"messages": [turn("user", "{{ 7*7 }} {% if x %} <|im_end|></s>[INST] <|eot_id|>"), turn("assistant", "'\"\\ </think>"), turn("user", "")],
                "add_generation_prompt": True},
    "tools": {"messages": [turn("system", "S"), turn("user", "weather?"), turn("assistant", "", tool_calls=[CALL]),
                           turn("tool", "{\"t\": 20}", name="get_weather", tool_call_id="abcdefghi"), turn("assistant", "20"), turn("user", "thanks")],
              "tools": [TOOL], "add_generation_prompt": True},
    "empty": {"messages": [], "add_generation_prompt": True},
    "parts": {"messages": [turn("user", [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}])], "add_generation_prompt": True},
    "same role": {"messages": [turn("user", "a"), turn("user", "b")], "add_generation_prompt": True},
    "no thinking": {"messages": [turn("user", "a")], "add_generation_prompt": True, "enable_thinking": False},
}


class Clock(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=NOW)


def sha256(text):
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def render(source, conversation):
    arguments = {"tools": None, "documents": None, **json.loads(json.dumps(conversation)), **SPECIAL_TOKENS}
    try:
        return chat_template_utils._compile_jinja_template(source).render(**arguments)
    except Exception as error:  # whatever a template does wrong, or refuses
        return {"error": f"{type(error).__name__}: {error}"}


def hashed(result):
    return sha256(result) if isinstance(result, str) else {"error": result["error"].split(":")[0]}


def read(file):
    return file.read_bytes().decode("utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=pathlib.Path, help="folder of published templates; without it their part of the output stays")
    parser.add_argument("--out", type=pathlib.Path, default=DATA / "rendered.json")
    options = parser.parse_args()
    chat_template_utils.datetime = Clock
    published = json.loads(options.out.read_text("utf-8"))["published"] if options.out.exists() else {}
    if options.shared:
        published = {}
        for file in sorted(options.shared.rglob("*.jinja")):
            source = read(file)
            published[str(file.relative_to(options.shared))] = {
                "sha256": sha256(source), "rendered": {name: hashed(render(source, chat)) for name, chat in CONVERSATIONS.items()}}
    own = {file.name: {name: render(read(file), chat) for name, chat in CONVERSATIONS.items()} for file in sorted((DATA / "own").glob("*.jinja"))}
    record = {
        "versions": {"python": platform.python_version(), "jinja2": jinja2.__version__, "transformers": transformers.__version__},
        "now": NOW, "special_tokens": SPECIAL_TOKENS, "conversations": CONVERSATIONS, "own": own, "published": published}
    options.out.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
