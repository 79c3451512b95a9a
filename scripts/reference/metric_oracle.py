#!/usr/bin/env python3
"""Makes test/data/eval/metrics/*.json.gz: what lm-evaluation-harness, sacrebleu, rouge-score, NLTK and scikit-learn
say about hostile texts, labels, filters and groups.

Usage: metric_oracle.py [--out FOLDER]     (needs lm-eval 0.4.13 and the metrics' packages; about a minute)
"""

import argparse
import gzip
import importlib.metadata
import importlib.util
import json
import math
import os
import pathlib
import random
import sys
import types
import warnings

os.environ["DISABLE_MULTIPROC"] = "1"
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
warnings.filterwarnings("ignore")

import lm_eval.api.group
import lm_eval.api.metrics as lm_metrics
import lm_eval.api.task
import lm_eval.utils
import numpy as np
import sacrebleu
import sacrebleu.metrics
from lm_eval.api.registry import get_filter
from lm_eval.config.group import AggMetricConfig
from nltk.stem import porter
from rouge_score import rouge_scorer
from sacrebleu.metrics.bleu import _get_tokenizer

OUT = pathlib.Path(__file__).resolve().parents[2] / "test" / "data" / "eval" / "metrics"
PACKAGES = ["lm_eval", "sacrebleu", "rouge_score", "nltk", "scikit-learn", "numpy", "regex"]
SEED = 20
ITERS = 2000

TEXTS = ["", " ", ".", "the cat sat on the mat", "The cat sat on the mat.", "the the the the the the the", "the cat is on the mat",
         "on the mat sat the cat the whole long day", "a b c d e f g h i j k l m n o p", "k l m n o p a b c d e f g h i j",
         "Costs $1,234.50, or 7-8 (see [1])...", "3.14, 2,718 and .5 or 5. and 1-2 x-1 -3", "&quot;A &amp; B&quot; &lt;tag&gt; <skipped> end-\nof line\nnew",
         "ΟΔΥΣΣΕΥΣ Σ straße İstanbul naïve café — “quoted” ‘x’ …", "日本語のテキスト、句読点。 ２０２３年", "١٢٣,٤٥٦ عدد؛ نص", "🙂🙃 ZWJ👩\u200d💻 +=<>^|~ ©®€£¥",
         "tab\tand\x0bvt\x1cfs nbsp\u00a0em\u2003ideographic\u3000end\u2028line\x85nel", "don't can't 'quoted' it's (hi) \"x\" a.b.c 1.a a.1",
         "Agreed: running runners ran happily, conditional relational digitizers.\nSecond line here.\nThird: skies dying news.",
         "running agreed runners happily ran.\n\nThird line news skies.\nconditional", "x" * 60, "xy " * 40, "aaaa bbb cc d " * 12,
         "Natalia sold 48/2 = <<48/2=24>>24 clips in May.\nNatalia sold 48+24 = <<48+24=72>>72 clips altogether in April and May.\n#### 72",
         "She sold 24 clips in May. Altogether she sold 24 + 48 = 72 clips. . #### 72", "\x00nul\x00 \x7f", "e\u0301 é ﬁ ǆ", "-", "--- ... ,,, ;;; ''' \"\"\"",
         "the quick brown fox jumps over the lazy dog while seven wizards boxed quickly", "seven wizards boxed quickly while the quick brown fox jumps over the lazy dog"]
STEMS = ["", "a", "b", "tr", "happ", "enjo", "rel", "condit", "rat", "val", "digit", "conform", "radic", "differ", "vil", "analog", "vietnam", "predic", "oper",
         "feud", "decis", "hope", "call", "form", "sens", "tripl", "electr", "good", "reviv", "allow", "infer", "airlin", "gyroscop", "adjust", "defens", "irrit",
         "replac", "adopt", "homolog", "commun", "activ", "effect", "bowdler", "prob", "ceas", "contr", "ro", "hopp", "tann", "fall", "hiss", "fizz", "fail", "fil",
         "plaster", "motor", "conflat", "troubl", "siz", "syzyg", "yyy", "ay", "geo", "theo", "x1", "42", "sk", "oat"]
SUFFIXES = ["", "s", "es", "ies", "sses", "ss", "ed", "ing", "eed", "ied", "y", "ational", "tional", "enci", "anci", "izer", "bli", "abli", "alli", "entli", "eli",
            "ousli", "ization", "ation", "ator", "alism", "iveness", "fulness", "ousness", "aliti", "iviti", "biliti", "fulli", "logi", "icate", "ative", "alize",
            "iciti", "ical", "ful", "ness", "al", "ance", "ence", "er", "ic", "able", "ible", "ant", "ement", "ment", "ent", "ion", "sion", "ou", "ism", "ate", "iti",
            "ous", "ive", "ize", "e", "ll", "allialli"]
IRREGULAR = ["sky", "skies", "dying", "lying", "tying", "news", "innings", "inning", "outings", "outing", "cannings", "canning", "howe", "proceed", "exceed", "succeed", "died", "dies"]


def util_module(task, name):
    path = pathlib.Path(lm_eval.__file__).parent / "tasks" / task / name
    spec = importlib.util.spec_from_file_location(f"{task.replace('/', '_')}_{name[:-3]}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def similarity():
    tokens = {name: [_get_tokenizer(name)()(text.rstrip()).split() for text in TEXTS] for name in ("13a", "intl", "char", "none")}
    bleu13a = sacrebleu.metrics.BLEU(effective_order=True)
    scorers = {stem: rouge_scorer.RougeScorer(["rouge1", "rouge2", "rougeL", "rougeLsum"], use_stemmer=stem) for stem in (False, True)}
    rnd = random.Random(SEED)
    vocabulary = "the cat sat on a mat and saw some other cats run past it slowly".split()
    pairs = [(h, [r]) for h in range(len(TEXTS)) for r in range(len(TEXTS)) if (h * 7 + r) % 3 == 0 or h == r]
    pairs += [(h, [rnd.randrange(len(TEXTS)) for _ in range(k)]) for h in range(len(TEXTS)) for k in (2, 3)]
    made = []
    for size in (5, 12, 30, 30, 60, 60, 90, 200):
        words = [rnd.choice(vocabulary) for _ in range(size)]
        cut = sorted(rnd.sample(range(size), 2))
        moved = words[cut[1]:] + words[cut[0]:cut[1]] + words[:cut[0]]
        for _ in range(size // 6):
            moved[rnd.randrange(len(moved))] = rnd.choice(vocabulary)
        made.append([" ".join(words), " ".join(moved[: rnd.randrange(size // 2, size + 1)])])
    made.append([" ".join(rnd.choice(vocabulary) for _ in range(400)), "the cat"])
    made.append(["the cat", " ".join(rnd.choice(vocabulary) for _ in range(400))])
    cases = [(TEXTS[h], [TEXTS[r] for r in rs]) for h, rs in pairs] + [(b, [a]) for a, b in made]
    out = []
    for hypothesis, references in cases:
        record = {"bleu": bleu13a.sentence_score(hypothesis, references).score,
                  "bleu_intl": sacrebleu.corpus_bleu([hypothesis], [[r] for r in references], smooth_method="exp", smooth_value=0.0, tokenize="intl").score,
                  "chrf": sacrebleu.sentence_chrf(hypothesis, references).score, "chrf++": sacrebleu.sentence_chrf(hypothesis, references, word_order=2).score,
                  "ter": sacrebleu.sentence_ter(hypothesis, references).score}
        if len(references) == 1:
            for stem, scorer in scorers.items():
                record["rouge_stem" if stem else "rouge"] = [list(score) for score in scorer.score(references[0], hypothesis).values()]
        out.append(record)
    stemmer = porter.PorterStemmer()
    words = IRREGULAR + sorted({a + b for a in STEMS for b in SUFFIXES if a + b})
    return {"texts": TEXTS, "tokens": tokens, "pairs": pairs, "made": made, "scores": out, "words": words, "stems": [stemmer.stem(word) for word in words]}


def plain(value):
    if isinstance(value, (np.integer,)):
        return int(value)
    if isinstance(value, (np.floating,)):
        return plain(float(value))
    if isinstance(value, float) and math.isnan(value):
        return None
    if isinstance(value, np.ndarray):
        return [plain(v) for v in value]
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    return value


def aggregations():
    rnd = random.Random(SEED)
    out = []

    def add(name, items, iters=ITERS, key=None):
        function = getattr(lm_metrics, key or name)
        error = lm_metrics.stderr_for_metric(function, iters)
        out.append({"aggregation": name, "resamples": iters, "values": plain(items), "value": plain(function(items)),
                    "error": plain(error(items)) if error and len(items) > 1 else None})

    for n in (1, 2, 7, 8, 9, 33, 130, 1000):
        numbers = [rnd.uniform(-20, 5) for _ in range(n)]
        add("mean", numbers)
        add("perplexity", [x / 4 for x in numbers], 1000)
        add("median", numbers, 1000)
        add("nanmean", [float("nan") if rnd.random() < 0.2 and i else x for i, x in enumerate(numbers)], 1000 if n < 1000 else 200)
        add("weighted_perplexity", [[x, rnd.randrange(1, 50)] for x in numbers])
        add("bits_per_byte", [[x, rnd.randrange(1, 50)] for x in numbers])
    add("nanmean", [float("nan"), float("nan")], 1000)
    add("mean", [rnd.random() for _ in range(3)] + [float("nan")])
    add("mean", [float(rnd.random() < 0.4) for _ in range(500)])
    for n, labels in ((2, 2), (9, 2), (60, 2), (300, 2), (40, 1)):
        pairs = [(rnd.randrange(labels), rnd.randrange(labels)) for _ in range(n)]
        add("f1", pairs, ITERS if n < 300 else 100, "f1_score")
        add("matthews_corrcoef", pairs, ITERS if n < 300 else 100)
    for n, labels in ((30, 3), (200, 4), (50, 2)):
        gold = [rnd.randrange(labels) for _ in range(n)]
        add("matthews_corrcoef", [(g, g if rnd.random() < 0.5 else rnd.randrange(labels)) for g in gold], 200)
    for n, classes in ((1, 2), (5, 4), (200, 10), (129, 3)):
        items = []
        for _ in range(n):
            lls = np.array([rnd.uniform(-30, 0) for _ in range(classes)])
            items.append((rnd.randrange(classes), lm_eval.utils.softmax(lls)))
        add("brier_score", items)
    texts = [text for text in TEXTS if text.strip()]
    for n in (1, 2, 5, 24):
        items = [(rnd.choice(texts), rnd.choice(texts) if rnd.random() < 0.5 else None) for _ in range(n)]
        items = [(ref, pred or " ".join(w for w in ref.split(" ") if rnd.random() < 0.8)) for ref, pred in items]
        for name, key in (("bleu", None), ("chrf", None), ("chrf++", "chrfpp"), ("ter", None)):
            add(name, items, 100, key)
    several = [([rnd.choice(texts), rnd.choice(texts)], rnd.choice(texts)) for _ in range(12)]
    for name, key in (("bleu", None), ("chrf", None), ("chrf++", "chrfpp"), ("ter", None)):
        add(name, several, 20, key)
    docs = [({"idx": {"paragraph": p, "question": q}, "label": rnd.randrange(2)}, rnd.random() < 0.7) for p in range(4) for q in range(3) for _ in range(2)]
    items = [(bool(pred), doc) for doc, pred in docs]
    out.append({"aggregation": "acc_all", "resamples": 0, "value": plain(lm_metrics.acc_all(items)), "error": plain(lm_metrics.acc_all_stderr(items)),
                "values": [[d["idx"]["paragraph"], d["idx"]["question"], (d["label"] == 1) == p] for p, d in items]})
    return out


FILTER_RESPONSES = [["The answer is (B).", "#### 12", "Answer: C", "guilty of romance", "", "(a) or (b): \nD"], ["  Yes, it's 5.\n", "5", "yes", "5", " NO "],
                    ["#### -1,234.5 and #### 7 then #### 9"], ["ΑΣ Straße: A", "naïve—café", "x.y(z)*[q]", "Guilty", "GUILTY OF ROMANCE!", "\n:\t B C"],
                    ["PER: John, Mary $$ LOC: Kenya, none\nORG: none", "person: Bob$$location: Lagos $ date : 2023 ", "Persons: A, b$$", "country: X:Y$$$time:noon", "", "company:\nACME"],
                    ["[('I', 'PRON'), ('run', 'VERB')]", "('a', 'b') ('c'", "none here", "('é ü', 'ADJ')('', '')", "(\"a\", \"b\")"],
                    ["A", "B", "B", "A", "C"], ["1", "2", "2", "1", "2"]]
FILTER_DOCS = [{"choices": ["Paris", "guilty of romance", "Guilty", "x.y(z)*[q]"]}, {"choices": ["yes", "no", "it's 5", " 5 "]}, {"choices": ["7", "-1,234.5"]},
               {"choices": ["straße", "naïve—café", "Guilty", "Guilty of Romance", "guilty"]}, {"choices": {"text": ["a"], "label": ["b"]}}, {"choices": ["", "a"]},
               {"choices": []}, {"choices": ["one", "one", "1", "2"]}]
FILTERS = [("regex", {}), ("regex", {"group_select": -1}), ("regex", {"regex_pattern": r"(-?[$0-9.,]{2,})|(-?[0-9]+)", "group_select": -1, "fallback": " none "}),
           ("regex", {"regex_pattern": r"\(([A-Da-d])\)", "fallback": ""}), ("regex", {"regex_pattern": r"(a?)(b?)"}), ("regex", {"regex_pattern": r"\s*\w+\s*"}),
           ("remove_whitespace", {}), ("lowercase", {}), ("uppercase", {}), ("majority_vote", {}), ("take_first_k", {"k": 1}), ("take_first", {}),
           ("map", {"mapping_dict": {"A": 1, "B": "two", "5": [5]}, "default_value": "?"}), ("map", {"mapping_dict": {"A": 1}}), ("map", {}), ("format_span", {}),
           ("regex_pos", {}), ("regex_pos", {"fallback": ["none"]}), ("multi_choice_regex", {}),
           ("multi_choice_regex", {"regex_pattern": r"(\([A-Z]\))", "ignore_case": True}), ("multi_choice_regex", {"ignore_case": True, "ignore_punctuation": True}),
           ("multi_choice_regex", {"regexes_to_ignore": [r"\s", "of"], "ignore_case": True, "fallback": "[none]"}),
           ("multi_choice_regex", {"regex_pattern": r"(A)|(B)", "group_select": -1})]


def filters():
    out = []
    for name, options in FILTERS:
        results = []
        for responses, doc in zip(FILTER_RESPONSES, FILTER_DOCS):
            try:
                results.append({"result": list(get_filter(name)(**options).apply([list(responses)], [doc]))[0]})
            except IndexError:
                results.append({"error": "IndexError"})
        out.append({"filter": name, "options": options, "results": results})
    return {"responses": FILTER_RESPONSES, "docs": FILTER_DOCS, "filters": out}


def process(output_type, metrics, results, target, choices=None, several=False, kwargs=None):
    """ConfigurableTask.process_results on a task that is only these values."""
    registry = {name: lm_metrics.exact_match_fn if name == "exact_match" else getattr(lm_metrics, {"chrf++": "chrfpp_fn", "mcc": "mcc_fn", "bypass": "bypass"}.get(name, f"{name}_fn"))
                for name in metrics}
    task = types.SimpleNamespace(config=types.SimpleNamespace(process_results=None, doc_to_choice=choices if output_type == "generate_until" else None), OUTPUT_TYPE=output_type,
                                 _metric_fn_list=registry, _aggregation_list={}, _higher_is_better={}, _metric_fn_kwargs={name: dict(kwargs or {}) if name == "exact_match" else {} for name in metrics}, multiple_input=False,
                                 multiple_target=several, doc_to_choice=lambda doc: choices, doc_to_target=lambda doc: target)
    return plain(lm_eval.api.task.ConfigurableTask.process_results(task, {}, results))


def samples():
    rnd = random.Random(SEED)
    choice, generated = [], []
    names = ["acc", "acc_norm", "acc_bytes", "f1", "mcc", "exact_match", "brier_score", "likelihood"]
    for choices in (["a", "bb"], ["no", "yes", "may be"], ["水", "water", "ほ", "x" * 9], ["one"], ["A", "B", "C", "D", "E", "F", "G", "H", "I", "J"]):
        for target in (0, len(choices) - 1, choices[-1], "absent", len(choices), 1 if len(choices) > 1 else 0, True if len(choices) > 1 else False):
            for kind in range(3):
                lls = [rnd.uniform(-30, -0.01) for _ in choices] if kind else [-1.5] * len(choices)
                results = [(ll, rnd.random() < 0.5) for ll in lls]
                use = names
                if kind == 2:
                    use = names + ["acc_mutual_info"]
                    results += [(rnd.uniform(-30, -0.01), False) for _ in choices]
                choice.append({"metrics": use, "results": results, "target": target, "choices": choices, "several": False, "scores": process("multiple_choice", use, results, target, choices)})
        target = [0, len(choices) - 1, len(choices) + 1]
        results = [(rnd.uniform(-30, -0.01), rnd.random() < 0.5) for _ in choices]
        use = ["acc", "acc_norm", "acc_bytes", "exact_match"]
        choice.append({"metrics": use, "results": results, "target": target, "choices": choices, "several": True, "scores": process("multiple_choice", use, results, target, choices, True)})
    options = [{}, {"ignore_case": True}, {"ignore_punctuation": True}, {"ignore_numbers": True}, {"regexes_to_ignore": [",", r"\$", r"(?s).*#### ", r"\.$"]},
               {"regexes_to_ignore": [r"\b(?:the|a)\b"], "ignore_case": True, "ignore_punctuation": True, "ignore_numbers": True}]
    answers = ["", "The answer", "the answer.", "$1,234.", "1234", "So\n#### 1,234.", "A1b2", "ab", "ÀÉ ß", "àé SS", "a\x00", "x", "(x)", "ΟΔΟΣ", "οδος"]
    for kwargs in options:
        for target in answers:
            for response in rnd.sample(answers, 5) + [target]:
                generated.append({"options": kwargs, "response": response, "target": target, "several": False,
                                  "score": process("generate_until", ["exact_match"], [response], target, kwargs=kwargs)["exact_match"]})
        for response in answers:
            target = rnd.sample(answers, 3)
            generated.append({"options": kwargs, "response": response, "target": target, "several": True,
                              "score": process("generate_until", ["exact_match"], [response], target, several=True, kwargs=kwargs)["exact_match"]})
    for response in (["x", "y", "x"], ["x"], ["y", "z"]):
        generated.append({"options": {}, "response": response, "target": "x", "several": False, "score": process("generate_until", ["exact_match"], [response], "x")["exact_match"]})
    pairs = process("generate_until", ["bleu", "chrf", "chrf++", "ter"], ["a b"], "c d")
    mc2 = []
    truthfulqa = util_module("truthfulqa", "utils.py")
    for n in (2, 3, 9, 20):
        lls = [rnd.uniform(-60, -1) for _ in range(n)]
        labels = [int(rnd.random() < 0.5) for _ in range(n)]
        mc2.append([lls, labels, plain(truthfulqa.process_results_mc2({"mc2_targets": {"labels": labels}}, [(ll, False) for ll in lls])["acc"])])
    return {"choice": choice, "generated": generated, "pairs": pairs, "mc2": mc2}


def answers():
    record, drop = util_module("super_glue/record", "t5_utils.py"), util_module("drop", "utils.py")
    texts = TEXTS + ["The", "an apple", "theatre a", "A.N. the-end", "3 yards and 2.50", "1,234", "two-thirds", "1e3", "1_000", "inf", "NaN", "٣", "+.5", "1e", "0x10", "--5", "3", "3.0", "५५",
                     "１２", "a_the the_a", "é the", "the\tcat", "- -", " the  cat ", "a1 a", "infinity", "1__0", "-inf", "1e400", "𝟙𝟚"]
    rnd = random.Random(SEED)
    singles = [[record.normalize_squad(t), drop._is_number(t)] for t in texts]
    pairs = []
    for _ in range(400):
        gold, prediction = rnd.randrange(len(texts)), rnd.randrange(len(texts))
        f1 = record.squad_f1_agg([(texts[prediction].replace("_", " "), "0_" + texts[gold].replace("_", " "))])
        pairs.append([gold, prediction, f1])
    return {"texts": texts, "singles": singles, "pairs": pairs}


def groups():
    rnd = random.Random(SEED)
    out = []
    for case in range(12):
        leaves = {}
        for i in range(rnd.randrange(1, 8)):
            leaf = {"sample_len": rnd.randrange(2, 2000)}
            for metric in ("acc", "acc_norm", "exact_match"):
                for name in ("none", "strict-match", "flexible"):
                    if metric == "acc_norm" and i == 0 and case % 3 == 0 or rnd.random() < 0.1:
                        continue
                    leaf[f"{metric},{name}"] = rnd.random()
                    leaf[f"{metric}_stderr,{name}"] = "N/A" if case % 4 == 3 and rnd.random() < 0.1 else rnd.random() / 20
            leaves[f"leaf{i}"] = leaf
        configs = [{"metric": "acc", "weight_by_size": case % 2 == 0}, {"metric": "acc_norm", "filter_list": "none"},
                   {"metric": "exact_match", "filter_list": ["flexible", "absent", "strict-match"], "weight_by_size": True}]
        group = lm_eval.api.group.Group("g", aggregate_metric_list=[AggMetricConfig(**c) for c in configs])
        group.get_all_tasks = lambda leaves=leaves: [types.SimpleNamespace(task_name=name) for name in leaves]
        result = plain({k: v for k, v in group.aggregate(leaves).items()})
        out.append({"leaves": leaves, "configs": configs, "result": result})
    return out


PARTS = (similarity, aggregations, filters, samples, answers, groups)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=pathlib.Path, default=OUT)
    parser.add_argument("--only", nargs="*", default=[function.__name__ for function in PARTS])
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    versions = {name: importlib.metadata.version(name) for name in PACKAGES} | {"python": sys.version.split()[0], "seed": SEED}
    for function in (function for function in PARTS if function.__name__ in arguments.only):
        text = json.dumps({"versions": versions, function.__name__: function()}, ensure_ascii=True)
        path = arguments.out / f"{function.__name__}.json.gz"
        path.write_bytes(gzip.compress(text.encode(), mtime=0))
        print(f"{path}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
