#!/usr/bin/env python3
"""Verdicts of lm-evaluation-harness on IFEval documents, for test/eval/ifeval.

Runs lm_eval.tasks.ifeval.utils.process_results over documents and responses written for this project, which hit
every instruction from both sides and at its borders, and writes documents, responses and verdicts as gzipped JSON.
With --data, also over the published documents (google/IFEval): of these only a hash of each document and the verdicts
are written; the responses are made of the document's own prompt by rules that the test repeats.

The reference is changed in three ways, recorded in the output:
- nltk's Punkt gets the word lists of src/eval/ifeval/punkt_english.hpp in place of its trained model, which is not
  part of its package: the algorithm is nltk's, what it knows is ours;
- langdetect is seeded by 0 and reads its profiles in alphabetical order; lm-eval leaves both to chance;
- a letter that is none of a to z is counted itself; lm-eval draws another one at random.

Usage: ifeval_checks.py --out test/data/eval/ifeval/checks.json.gz [--data train.jsonl --verdicts published.json]
Needs lm_eval, nltk, langdetect, immutabledict.
"""

import argparse
import functools
import gzip
import hashlib
import importlib.metadata
import json
import logging
import os
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def patched_reference():
    """lm_eval.tasks.ifeval.utils with the changes above."""
    import nltk
    import nltk.tokenize as tokenize
    from nltk.tokenize import punkt

    header = (ROOT / "src/eval/ifeval/punkt_english.hpp").read_text()
    lists = {}
    for name, body in re.findall(r"auto (\w+) = std::to_array<std::string_view>\(\{(.*?)\}\);", header, re.S):
        lists[name] = re.findall(r'"([^"]+)"', body)
        assert lists[name] == sorted(lists[name]), name
    parameters = punkt.PunktParameters()
    parameters.abbrev_types = set(lists["abbreviations"])
    parameters.sent_starters = set(lists["starters"])
    for word in lists["starters"]:
        parameters.ortho_context[word] = punkt._ORTHO_BEG_UC | punkt._ORTHO_MID_LC
    tokenizer = punkt.PunktSentenceTokenizer(parameters)
    nltk.download = lambda *_args, **_kwargs: True
    nltk.data.find = lambda *_args, **_kwargs: True
    tokenize._get_punkt_tokenizer = lambda language="english": tokenizer

    import langdetect
    listdir = os.listdir
    os.listdir = lambda path=".": sorted(listdir(path))
    langdetect.DetectorFactory.seed = 0
    langdetect.detector_factory.init_factory()
    os.listdir = listdir

    langdetect.detect = functools.lru_cache(maxsize=None)(langdetect.detect)  # seeded: the same again

    from lm_eval.tasks.ifeval import instructions, instructions_util, utils
    instructions_util._get_sentence_tokenizer = lambda: tokenizer
    instructions.logger.setLevel(logging.CRITICAL)
    build = instructions.LetterFrequencyChecker.build_description

    def build_letter(self, *, letter=None, **others):
        text = build(self, letter=letter, **others)
        if letter:
            self._letter = letter.lower()
        return text

    instructions.LetterFrequencyChecker.build_description = build_letter
    return utils


def verdicts(utils, document, response):
    """[strict, loose] as strings of 0 and 1, one character an instruction."""
    result = utils.process_results(document, [response])
    both = [result["inst_level_strict_acc"], result["inst_level_loose_acc"]]
    assert result["prompt_level_strict_acc"] == all(both[0]) and result["prompt_level_loose_acc"] == all(both[1])
    return ["".join("01"[bool(v)] for v in one) for one in both]


def responses_to(prompt):
    """What the test makes of a published document's prompt (test/eval/ifeval/ifeval_published_test.cpp)."""
    half = prompt[: len(prompt) // 2]
    return [
        prompt,
        prompt.upper(),
        prompt.lower(),
        "Sure, here it is:\n" + prompt + "\n\n***\n\nP.S. " + half + "\n* one\n* two\n- three\nP.P.S. [name] [date]",
        "<<" + half + ">>\n\n**" + prompt + "**\n\nSECTION 1\n" + half + "\n\nSECTION 2 ****** My answer is yes.",
        '"' + half + '"',
        "```json\n" + json.dumps({"answer": prompt}) + "\n```",
    ]


def measures(text):
    """What the verdicts rest on: sentences, words, words in capitals, language or None."""
    import langdetect
    import nltk
    from lm_eval.tasks.ifeval import instructions_util

    try:
        language = langdetect.detect(text)
    except langdetect.LangDetectException:
        language = None
    return [instructions_util._get_sentence_tokenizer().tokenize(text), instructions_util.count_words(text),
            sum(word.isupper() for word in nltk.word_tokenize(text)), language]


def write_checks(utils, out, versions):
    sys.path.insert(0, str(Path(__file__).resolve().parent))
    import ifeval_pairs

    responses = ifeval_pairs.responses()
    rows, counts, true = [], {}, {}
    for index, (instructions, kwargs) in enumerate(ifeval_pairs.documents()):
        document = {"key": index, "prompt": "made up", "instruction_id_list": instructions, "kwargs": kwargs}
        decided = [verdicts(utils, document, text) for text in responses]
        rows.append({"document": document, "verdicts": [strict + "/" + loose for strict, loose in decided]})
        for i, name in enumerate(instructions):
            counts[name] = counts.get(name, 0) + 2 * len(responses)
            true[name] = true.get(name, 0) + sum((s[i] + l[i]).count("1") for s, l in decided)
    content = {"versions": versions, "responses": responses, "measures": [measures(t) for t in responses],
               "random": [[t] + measures(t) for t in ifeval_pairs.random_texts(seed=1, count=400)],
               "documents": rows}
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    with open(out, "wb") as file, gzip.GzipFile(fileobj=file, mode="wb", mtime=0, filename="") as zipped:
        zipped.write(text.encode())
    for name in sorted(counts):
        print(f"{name}: {counts[name]} verdicts, {true[name]} followed")
        assert 0 < true[name] < counts[name], f"{name} is decided one way only"
    print(len(counts), "instructions,", len(rows), "documents,", len(responses), "responses,", sum(counts.values()), "verdicts")


def write_published(utils, data, out, versions):
    rows = []
    for line in Path(data).read_text().splitlines():
        document = json.loads(line)
        bits = [verdicts(utils, document, text) for text in responses_to(document["prompt"])]
        rows.append([hashlib.sha256(line.encode()).hexdigest()[:16], " ".join(s + "/" + l for s, l in bits)])
    Path(out).write_text(json.dumps({"versions": versions, "documents": rows}, indent=0) + "\n")
    print(len(rows), "published documents")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", required=True)
    parser.add_argument("--data")
    parser.add_argument("--verdicts")
    arguments = parser.parse_args()
    utils = patched_reference()
    versions = {name: importlib.metadata.version(name) for name in ("lm_eval", "nltk", "langdetect", "regex")}
    versions |= {"python": sys.version.split()[0], "langdetect seed": "0", "punkt": "lists of punkt_english.hpp"}
    write_checks(utils, arguments.out, versions)
    if arguments.data:
        write_published(utils, arguments.data, arguments.verdicts, versions)


if __name__ == "__main__":
    main()
