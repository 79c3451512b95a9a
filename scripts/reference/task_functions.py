#!/usr/bin/env python3
"""Makes test/data/eval/functions/*.json.gz: what the Python functions beside lm-evaluation-harness's tasks give.

Usage: task_functions.py --squad-metrics FILE [--data-root DIR] [--out DIR] [MODULE...]

Calls every function that src/eval/functions rebuilds, of the installed lm_eval (0.4.13), on documents and answers made
here; a call that raises is recorded as such. With --data-root, also hashes of the results over the first documents of
real datasets (data root as assay reads it) are recorded.

--squad-metrics: transformers/data/metrics/squad_metrics.py of a transformers 4 release, which transformers 5 no longer
has and two tasks import. Programs of code tasks are not run: what would be run is recorded.
"""

import argparse
import gzip
import hashlib
import importlib.util
import json
import pathlib
import random
import re
import sys
import types
import warnings
from importlib.metadata import version

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]
TASKS = pathlib.Path(importlib.util.find_spec("lm_eval").origin).parent / "tasks"
ROWS = 200
warnings.filterwarnings("ignore")

UNICODE = ["", " ", "a", "Ünïcode ÉÀ", "İstanbul", "ΑΣ", "中文 答案", "🙂 emoji", "tab\tnew\nline", "\u00a0nbsp\u2003", "e\u0301", "\x1c sep",
           "back\\slash", "\"quoted\"", "it's", "a_b", "$5", "100%", "The An a THE", "...", "-", "١٢٣"]


def plain(value):
    """A value as JSON keeps it: tuples as lists, numpy's numbers as Python's."""
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if isinstance(value, np.bool_):
        return bool(value)
    if isinstance(value, np.integer):
        return int(value)
    if isinstance(value, np.floating):
        return float(value)
    return value


class Rows:
    """The parts of datasets.Dataset that process_docs functions use."""

    def __init__(self, rows):
        self.rows = rows

    def map(self, function):
        return Rows([{**row, **function(dict(row))} for row in self.rows])

    def filter(self, function):
        return Rows([row for row in self.rows if function(dict(row))])


class CodeEval:
    """In place of evaluate's code_eval: the programs instead of their results."""

    programs = None

    def compute(self, references, predictions, k):
        CodeEval.programs = [p + "\n" + r for ps, r in zip(predictions, references) for p in ps]
        return {f"pass@{n}": 0.0 for n in k}, None


def load_squad_metrics(path):
    name = "transformers.data.metrics.squad_metrics"
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    sys.modules["transformers.data.metrics"] = types.ModuleType("transformers.data.metrics")
    import transformers.data
    transformers.data.metrics = sys.modules["transformers.data.metrics"]
    transformers.data.metrics.squad_metrics = module
    spec.loader.exec_module(module)


def load(path):
    sys.modules["evaluate"] = types.SimpleNamespace(load=lambda _: CodeEval())
    spec = importlib.util.spec_from_file_location("task_functions_" + path.replace("/", "_")[:-3], TASKS / path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Recorder:
    def __init__(self, name, sources, data_root):
        self.name = name
        self.modules = [load(s) for s in sources]
        self.data_root = data_root
        hashes = [hashlib.sha256((TASKS / s).read_bytes()).hexdigest() for s in sources]
        self.record = {"module": name, "sources": hashes, "lm_eval": version("lm_eval"), "numpy": np.__version__,
                       "python": sys.version.split()[0], "cases": [], "data": []}
        self.random = random.Random(name)

    def function(self, name):
        return next(getattr(m, name) for m in self.modules if hasattr(m, name))

    def call(self, kind, name, arguments):
        function = self.function(name)
        a = json.loads(json.dumps(arguments))
        if kind == "process":
            random.seed(0)  # as simple_evaluate does
            if name == "process_docs" and self.name == "super_glue_record_t5":
                from datasets import Dataset, disable_progress_bars
                disable_progress_bars()
                result = Dataset.from_list(a["documents"])
                result = list(function(result))
            else:
                result = function(Rows(a["documents"])).rows
        elif kind == "value":
            result = function(a["document"])
        elif kind == "samples":
            result = function()
        elif kind == "results":
            responses = [tuple(r) if isinstance(r, list) else r for r in a["results"]]
            result = function(a["document"], responses)
        elif kind == "metric":
            result = function(predictions=[a["prediction"]], references=[a["reference"]])
        elif kind == "aggregation":
            result = function([tuple(v) if isinstance(v, list) else v for v in a["values"]])
        elif kind == "filter":
            if isinstance(function, type):
                result = function(**a["options"]).apply([a["responses"]], [a["document"]])[0]
            else:
                result = function([a["responses"]], [a["document"]])[0]
        elif kind == "execution":
            module = self.modules[0]
            if hasattr(module, "check_correctness"):
                programs = []
                module.check_correctness = lambda p, timeout: programs.append(p) or True
                function(references=[a["reference"]], predictions=[a["predictions"]], k=[1])
                result = programs
            else:
                more = {"k": [1]} if name == "pass_at_k" else {}
                function(references=[a["reference"]], predictions=[a["predictions"]], **more)
                result = CodeEval.programs
        return plain(result)

    def add(self, kind, name, **arguments):
        case = {"kind": kind, "function": name, **arguments}
        try:
            case["result"] = self.call(kind, name, arguments)
        except Exception as error:  # noqa: BLE001
            case["error"] = type(error).__name__
        self.record["cases"].append(case)

    def values(self, names, documents):
        for name in names:
            for document in documents:
                self.add("value", name, document=document)

    def variations(self, document, texts=UNICODE, names=None):
        """The document, each of its texts replaced by awkward ones, and each field missing."""
        yield document
        for name, value in document.items():
            if names is None or name in names:
                if isinstance(value, str):
                    for text in texts:
                        yield {**document, name: text}
                yield {k: v for k, v in document.items() if k != name}

    def real(self, kind, name, data, process=None, responses=None, options=None, pairs=None):
        """A hash over the first documents of a real dataset. responses: [prefix, field, suffix] each."""
        if self.data_root is None:
            return
        lines = (pathlib.Path(self.data_root) / (data + ".jsonl")).read_text().splitlines()[:ROWS]
        documents = [json.loads(line) for line in lines]
        entry = {"kind": kind, "function": name, "data": data, "rows": len(documents)}
        digest = hashlib.sha256()

        def put(value):
            text = json.dumps(plain(value), ensure_ascii=False, separators=(",", ":"), sort_keys=kind == "results")
            digest.update(text.encode() + b"\n")

        if kind == "process":
            for row in self.call(kind, name, {"documents": documents}):
                put(row)
        else:
            if process:
                entry["process"] = process
                documents = self.call("process", process, {"documents": documents})
            if responses:
                entry["responses"] = responses
            if options is not None:
                entry["options"] = options
            if pairs:
                entry["pairs"] = pairs
            for i, document in enumerate(documents):
                arguments = {"document": document}
                texts = [r[0] + str(document[r[1]]) + r[2] for r in responses or []]
                if kind == "results" and pairs:
                    count = len(document[pairs[0]][pairs[1]] if len(pairs) > 1 else document[pairs[0]])
                    lps = [[-float((j * 7 + i * 3) % 11) - 1.5, False] for j in range(count)]
                    put(self.call(kind, name, {**arguments, "results": lps}))
                elif kind == "results":
                    for text in texts:
                        put(self.call(kind, name, {**arguments, "results": [text]}))
                elif kind == "filter":
                    put(self.call(kind, name, {**arguments, "options": options or {}, "responses": texts}))
                else:
                    put(self.call(kind, name, arguments))
        entry["sha256"] = digest.hexdigest()
        self.record["data"].append(entry)


def winogrande(r):
    document = {"sentence": "Ann beat Bo because _ was fast .", "option1": "Ann", "option2": "Bo", "answer": "2"}
    documents = [*r.variations(document), {**document, "answer": "1"}, {**document, "sentence": "_"},
                 {**document, "sentence": "two _ gaps _ ."}, {**document, "answer": ""}]
    r.values(["doc_to_text", "doc_to_target", "doc_to_choice"], documents)
    for name in ["doc_to_text", "doc_to_target", "doc_to_choice"]:
        r.real("value", name, "allenai/winogrande/winogrande_xl/validation")


def mathqa(r):
    options = ["a ) 38 , b ) 27.675 , c ) 30 , d ) data inadequate , e ) none of these", "a ) 1 , b ) 2", "", "e ) x", "e ) x\n", "e ) x\n\n",
               "a ) rs . 1 , 000 , b ) 2 , c ) 3 , d ) 4 , e ) 5 , ", "b ) é , a ) ١ , e ) 中", "a )  , b ) , c )   ,  d ) x,y , e ) ",
               "a )1 , b ) 2 , f ) 3 , e )4", "e ) a , e ) b", "d ) e ) x , y", "a ) x\n, b ) y , e ) z", *UNICODE]
    r.values(["doc_to_choice"], [{"options": o} for o in options] + [{}])
    r.real("value", "doc_to_choice", "regisss/math_qa/default/test")


def pubmedqa(r):
    document = {"QUESTION": "Is it?", "CONTEXTS": ["One.", "Two.\n"], "LABELS": [], "final_decision": "yes"}
    documents = [*r.variations(document, names=["QUESTION", "CONTEXTS"]), {**document, "CONTEXTS": []}, {**document, "CONTEXTS": [""]},
                 {**document, "CONTEXTS": UNICODE}, {**document, "QUESTION": None}, {**document, "QUESTION": 5}]
    r.values(["doc_to_text"], documents)
    r.real("value", "doc_to_text", "bigbio/pubmed_qa/pubmed_qa_labeled_fold0_source/test")


COPA = {"premise": " The man fell. ", "choice1": "He slipped.", "choice2": "ΣO it was.", "question": "cause", "label": 0}


def xcopa(r):
    for language in ["et", "ht", "it", "id", "qu", "sw", "zh", "ta", "th", "tr", "vi"]:
        r.values(["doc_to_text_" + language], [COPA, {**COPA, "question": "effect"}, {**COPA, "premise": "因为。"}])
    r.values(["doc_to_text_it", "doc_to_choice"], list(r.variations(COPA)))


def super_glue_copa(r):
    documents = [*r.variations(COPA), {**COPA, "question": "effect"}, *({**COPA, "label": v} for v in [1, 2, True, False, 0.0, -1])]
    r.values(["doc_to_text", "doc_to_target", "doc_to_choice"], documents)
    for name in ["doc_to_text", "doc_to_target", "doc_to_choice"]:
        r.real("value", name, "aps/super_glue/copa/validation")


def mmlu_pro(r):
    base = {"question": "What is it?", "options": ["x", " y ", "z"], "answer": "A", "category": "law", "cot_content": "A: Let's think step by step. So x."}
    documents = [*r.variations(base, names=["question", "cot_content", "options"])]
    documents += [{**base, "options": o} for o in ([], [""], list("abcdefghij"), list("abcdefghijk"), UNICODE)]
    documents += [{**base, "cot_content": t} for t in ("A: Let's think step by step. A: Let's think step by step. ", "A: Let's think step by step.\n")]
    r.values(["doc_to_text", "fewshot_to_text"], documents)
    r.values(["fewshot_to_target"], documents)
    subjects = ["biology", "business", "chemistry", "computer science", "economics", "engineering", "health", "history", "law", "math", "other",
                "philosophy", "physics", "psychology", "", "Law"]
    for subject in subjects[:14]:
        name = "process_" + subject.replace(" ", "_")
        r.add("process", name, documents=[{"question": str(i), "category": c} for i, c in enumerate(subjects + subjects[::3])])
    r.add("process", "process_law", documents=[{"question": ""}])


def arithmetic(r):
    base = {"context": "\n\nQ: What is 1 plus 1?\n\nA:", "completion": " 2"}
    texts = UNICODE + ["Q:Q: A:A:", "\n\n\nQ: x\n\n\nA:\n\n", "QQ:: AA::", "FAQ: x NA: y"]
    r.add("process", "process_docs", documents=[d for d in r.variations(base, texts, ["context"]) if "context" in d])
    for d in r.variations(base, []):
        r.add("process", "process_docs", documents=[d])


def bigbench(r):
    documents = [{"inputs": "a", "multiple_choice_targets": t} for t in (["x"], [], ["", ""], ["x", "y"], [])]
    r.add("process", "filter_multiple_choice", documents=documents)
    r.add("process", "filter_multiple_choice", documents=[])
    r.add("process", "filter_multiple_choice", documents=[{"inputs": "a"}])
    r.add("process", "filter_multiple_choice", documents=[{"multiple_choice_targets": None}])
    for data in ["date_understanding_zero_shot", "strategyqa_zero_shot"]:
        r.real("process", "filter_multiple_choice", f"hails/bigbench/{data}/default")


def super_glue_cb(r):
    names = ["entailment", "contradiction", "neutral"]
    for reference in names + ["", "Neutral"]:
        for prediction in names + ["", "Neutral", " neutral", "x", "entailment\n"]:
            r.add("metric", "mean_3class_f1", reference=reference, prediction=prediction)
    for count in [1, 2, 3, 5, 8, 56, 200]:
        for classes in [1, 2, 3]:
            values = [[r.random.randrange(classes), r.random.randrange(3)] for _ in range(count)]
            r.add("aggregation", "cb_multi_fi", values=values)
            r.add("aggregation", "agg_mean_3class_f1", values=values)
    for values in ([[1, 1]], [[2, 2]], [[0, 1], [1, 0]]):
        r.add("aggregation", "cb_multi_fi", values=values)
        r.add("aggregation", "agg_mean_3class_f1", values=values)


def super_glue_multirc(r):
    references = ["0_False", "12_True", "0_true", "True", "_False", "1_2_True", "x_", ""]
    for name in ["f1", "em"]:
        for reference in references:
            for prediction in ["True", "False", "true", "", " True", "7"]:
                r.add("metric", name, reference=reference, prediction=prediction)
    for count in [1, 2, 5, 9, 40, 300]:
        f1 = [[r.random.choice([0, 1, True, False]), r.random.randrange(2)] for _ in range(count)]
        em = [[str(r.random.randrange(max(1, count // 3))), r.random.choice([0, 1, True, False]), r.random.randrange(2)] for _ in range(count)]
        r.add("aggregation", "agg_f1", values=f1)
        r.add("aggregation", "agg_em", values=em)
        r.add("aggregation", "agg_em", values=[[g, p, int(p) if i % 5 else g == p] for i, (g, p, _) in enumerate(em)])
    r.add("aggregation", "agg_f1", values=[[0, 0], [0, 0]])


RECORD = {"passage": " First part.\n@highlight\nOne thing\n@highlight\nAn'other! ", "query": "@placeholder met @placeholder in Rome.",
          "entities": ["Ann", "The Bo", "Ann", "É", "a", "中"], "answers": ["The Bo", "Ann", "Ann"], "idx": {"passage": 3, "query": 7}}


def super_glue_record(r):
    texts = UNICODE + ["\n@highlight\n", "a\n@highlight\n\n@highlight\nb", "x @highlight y", "\n@highlight\nx"]
    documents = [*r.variations(RECORD, texts), {**RECORD, "answers": []}, {**RECORD, "entities": []}]
    r.values(["doc_to_text", "doc_to_target", "doc_to_choice"], documents)
    whole = [d for d in documents if len(d) == 5]
    r.add("process", "process_docs", documents=whole[:6] + whole[-2:])
    for d in documents:
        if len(d) < 5:
            r.add("process", "process_docs", documents=[d])
    pools = [["Ann Lee", "the Ann-Lee", "Bob", "a", "The", "", "É été", "Lee Ann Lee", "bob's"], ["x", "y"]]
    for pool in pools:
        for _ in range(30):
            entities = [r.random.choice(pool) for _ in range(r.random.randint(1, 5))]
            answers = [r.random.choice(pool) for _ in range(r.random.randint(1, 3))]
            lps = [[r.random.choice([-1.0, -2.5, -0.25]), False] for _ in entities]
            r.add("results", "process_results", document={**RECORD, "entities": entities, "answers": answers}, results=lps)
    r.add("results", "process_results", document={**RECORD, "answers": []}, results=[[-1.0, True]])


def super_glue_record_t5(r):
    texts = UNICODE + ["a.\n@highlight\nb?\n@highlight\nc\n@highlight\n\"d\"\n@highlight\n", "!\n@highlight\n\n@highlight\n", "x' \n@highlight\ny"]
    documents = [*r.variations(RECORD, texts), {**RECORD, "entities": []}, {**RECORD, "entities": ["x"]}]
    r.values(["doc_to_text"], documents)
    r.add("process", "process_docs", documents=[RECORD, {**RECORD, "answers": []}, {**RECORD, "answers": ["x", "y"], "query": "é"}])
    r.add("process", "process_docs", documents=[{k: v for k, v in RECORD.items() if k != "answers"}])
    words = ["the", "red", "Fox.", "fox", "a", "", "É", "fox fox", "-", "It's"]
    for reference in ["1+2_x", "a"]:
        for prediction in ["x", ""]:
            r.add("metric", "em", reference=reference, prediction=prediction)
            r.add("metric", "f1", reference=reference, prediction=prediction)
    for count in [1, 2, 7, 8, 9, 40, 150, 300]:
        values = []
        for _ in range(count):
            group = f"{r.random.randrange(count)}+{r.random.randrange(2)}"
            prediction, gold = (" ".join(r.random.choices(words, k=r.random.randint(0, 4))) for _ in range(2))
            values.append([prediction, group + "_" + gold])
        r.add("aggregation", "squad_em_agg", values=values)
        r.add("aggregation", "squad_f1_agg", values=values)
    for values in ([["x", "1_a_b"]], [["x", "nothing"]]):
        r.add("aggregation", "squad_em_agg", values=values)
        r.add("aggregation", "squad_f1_agg", values=values)


def super_glue_wsc(r):
    base = {"text": "Mark told Pete many lies about himself , which Pete included in his book . He was n't ( truthful ) .", "span1_index": 0, "span2_index": 13,
            "span1_text": "Mark", "span2_text": "his", "label": 1}
    words = base["text"].split(" ")
    documents = list(r.variations(base, names=["text", "span1_text", "span2_text"]))
    documents += [{**base, "span2_index": i, "span2_text": words[i]} for i in range(len(words))]
    documents += [{**base, "span2_index": i} for i in (-1, -3, -50, 19, 20, 21, 50)]
    documents += [{**base, "text": t, "span2_index": 2, "span2_text": "it"} for t in
                  ("a b it", "a b it c", "a  it c", "\" a it \" c", "x' it , y", "( it )", "É 中 it .", " a it b", "X X it X X", "a X it X b", "a\tb it c",
                   "it it it it")]
    source = (TASKS / "super_glue/wsc/t5_utils.py").read_text()
    for match in re.finditer(r"== ('The boy.*?'|\"When they.*?\")\n", source, re.S):
        documents.append({**base, "text": eval(match[1]), "span2_text": "it", "span2_index": 22})
    documents.append({k: v for k, v in base.items() if k != "span2_index"})
    r.values(["default_doc_to_text"], documents)
    r.values(["doc_to_text"], [d for d in documents if "\\" not in d.get("span2_text", "")])
    answers = ["Mark", "mark", "the mark", "Mark's", "", " ", "his Mark Twain", "Twain", "MARK ", "a", "mark  twain", "Twain Mark", "É", "the"]
    for span in ["Mark", "The Mark", "Bob's hat", "Mark Twain", "", "a", "É É"]:
        for answer in answers:
            r.add("results", "process_results", document={**base, "span1_text": span, "label": r.random.choice([0, 1])}, results=[answer])
    for label in [True, False, 2, "1", 1.0, None]:
        r.add("results", "process_results", document={**base, "label": label}, results=["Mark"])
    r.real("value", "default_doc_to_text", "aps/super_glue/wsc.fixed/validation")
    r.real("value", "doc_to_text", "aps/super_glue/wsc.fixed/validation")
    r.real("results", "process_results", "aps/super_glue/wsc.fixed/validation",
           responses=[["the ", "span1_text", ""], ["", "span2_text", ""], ["", "text", ""]])


MATH = ["", " ", "5", "$5$", "x=5", "$x = 5$ and $y=\\frac12$", "\\boxed{5}", "\\boxed{\\frac{1}{2}}", "\\boxed{x= 3}", "\\boxed 5", "\\fbox{5}", "\\boxed{5",
        "so \\boxed{1} or \\boxed{2}", "\\boxed{}", "the answer is 42.", "1,000", "3.14 and 2.71x", "7 apples", "١٢ or 12", "$$", "$ $", "0.5", ".5", " .5", "{.5}",
        "\\frac12", "\\frac1{2}", "\\frac{1}2", "\\dfrac{1}{2}", "\\tfrac1b", "\\frac", "\\frac1", "a\\frac1\\frac", "\\sqrt3", "\\sqrt{3}", "\\sqrt", "\\sqrt 3",
        "1/2", "-1/2", "+1/2", "01/2", "1/2/3", "x/2", "1 / 2", "50\\%", "50%", "\\$5", "5\\text{ cm}", "5\\text{ a}\\text{ b}", "90^\\circ", "90^{\\circ}",
        "\\left(1, 2\\right)", "(1,2)", "k = 3", "kk = 3", "kkk=3", "a=b=c", "\\\\frac12", "1\\!000", "10\nlines", "answer=5\\n and", "A=\\boxed{1}", "$5", "5$",
        "$a$ $b$", "=", "x=", "=x", "$=$", "\\boxed{=}", "é=é", "\\sqrté", "\\fracéü", "0/5", "-0/5", "5/0", "\\frac{1}{2}.", "x = 1.5.", "2.", "((1))",
        "\\boxed{a}}", "\\boxed{{a}", "}\\boxed{a}", "\\boxed{\\boxed{3}}", "12a 13", "$12a$", "3e5", "$1$\n$2$"]


def agieval(r):
    pairs = [(a, a) for a in MATH] + [(a, "1/2") for a in MATH] + [("\\frac12", b) for b in MATH]
    pairs += [(r.random.choice(MATH), r.random.choice(MATH)) for _ in range(150)]
    pairs += [(r.random.choice(MATH) + r.random.choice(MATH), r.random.choice(MATH)) for _ in range(100)]
    for candidate, gold in pairs:
        r.add("results", "process_results", document={"answer": gold}, results=[candidate])
    r.add("results", "process_results", document={"answer": None}, results=["5"])
    r.add("results", "process_results", document={}, results=["5"])
    for _ in range(60):
        choices = [r.random.choice(["", "x", "(A) two", "(B)éé", "中文", "longer text", " "]) for _ in range(r.random.randint(1, 5))]
        gold = [r.random.choice([0, 1, 2, True, 1.0]) for _ in range(r.random.randint(0, 2))]
        lps = [[r.random.choice([0.0, -1.0, -2.5, -8.0]), False] for _ in choices]
        r.add("results", "process_results_mcqa", document={"choices": choices, "gold": gold}, results=lps)
    r.add("results", "process_results_mcqa", document={"choices": ["a", "b"], "gold": 1}, results=[[-1.0, False], [-2.0, False]])
    r.add("results", "process_results_mcqa", document={"gold": [1]}, results=[[-1.0, False], [-2.0, False]])
    r.real("results", "process_results", "hails/agieval-math/default/test",
           responses=[["", "answer", ""], ["The answer is $", "answer", "$."], ["x=", "answer", ""], ["\\boxed{", "answer", "}"], ["", "query", ""]])
    for data in ["aqua-rat", "logiqa-en", "logiqa-zh", "lsat-ar", "sat-math"]:
        r.real("results", "process_results_mcqa", f"hails/agieval-{data}/default/test", pairs=["choices"])


def drop(r):
    def answer(number="", spans=(), date=("", "", "")):
        return {"number": number, "spans": list(spans), "date": dict(zip(["day", "month", "year"], date))}

    answers = [answer("5"), answer("5.0"), answer("", ["a", "b"]), answer("", ["b", "a"]), answer("", [], ("4", "July", "1776")), answer("", [], ("", "May", "")),
               answer(), answer("1", ["x"]), answer("", [""]), answer("", ["É 中"])]
    documents = []
    for i, first in enumerate(answers):
        others = [answers[(i * 3 + j) % len(answers)] for j in range(i % 4)] + ([first] if i % 2 else [])
        flat = {k: [o[k] for o in others] for k in ("number", "date", "spans")}
        documents.append({"query_id": f"q{i}", "passage": "p", "question": "q", "answer": first, "validated_answers": {**flat, "worker_id": ["w"] * len(others)}})
    r.add("process", "process_docs", documents=documents)
    for missing in ["query_id", "answer", "validated_answers"]:
        r.add("process", "process_docs", documents=[{k: v for k, v in documents[3].items() if k != missing}])
    texts = ["5", "5.0", "five", "the 5", "1,000", "1000", "1e3", "nan", "inf", "-Infinity", "1_000", "١٢", "12", "a", "the", "", " ", "-", "New York-based", "new york",
             "York New", "the cat sat on a mat", "cat mat", "mat cat sat", "4 July 1776", "July 4, 1776", "$5", "5%", "É été", "it's", "a-b c", "x\ty", "tom, dick, harry",
             "two cats and 3 dogs", "3 dogs", "2 dogs", ".", "...", "1.5.2", "+5", "-5", "0x10", "1e999", "-1e999", "1e-999", "٣.٥", "1__0", "_1", "1_", "5.", ".5", "1.e2",
             "\u00a05", "Infinity War", "İ", "ⅷ", "²"]
    golds = [[t] for t in texts] + [["cat", "dog"], ["5", "6"], ["", "x"], ["x", ""], ["the cat", "cat"], ["a b c", "c d"], ["3", "dogs", "cats"]]
    for gold in golds:
        for text in r.random.sample(texts, 4) + [gold[0]]:
            r.add("results", "process_results", document={"answers": [gold]}, results=[text])
    for _ in range(120):
        r.add("results", "process_results", document={"answers": r.random.sample(golds, r.random.randint(0, 3))}, results=[r.random.choice(texts)])
    r.add("results", "process_results", document={}, results=["5"])
    data = "EleutherAI/drop/default/validation"
    r.real("process", "process_docs", data)
    r.real("results", "process_results", data, process="process_docs",
           responses=[["", "answers", ""], ["", "passage", ""], ["", "question", ""], ["the ", "query_id", " 5"]])


NUMBERS = ["five", "twenty one", "one hundred", "one hundred and five", "two hundred twenty two", "three thousand", "two million three thousand five", "thousand two",
           "hundred", "one thousand thousand", "million billion", "a billion", "two trillion", "trillion", "six", "sixty", "sixty six", "eighteen", "eight", "eight hundred",
           "nineteen ninety nine", "fourteen", "one two three", "one two three four five", "twenty-one", "zero", "ten, and twelve", "no numbers", "fortyfive", "five thousand and",
           "one million two hundred", "three billion four million five thousand six", "two\x1chundred", "two\u00a0hundred", "two\nhundred", "five million thousand", "nine and ten",
           "hundred hundred", "ten hundred", "hundred ten", "two thousand three hundred and eighty five", "one billion one", "one thousand million", "three billion two million", "five million forty thousand",
           "one hundred thousand", "two hundred million three thousand", "ninety billion one hundred million", "a billion nine thousand"]


def bbh(r):
    question = "Which one?\nOptions:\n(A) the red ball\n(B) the red\n(C) A blue, big ball!\n(D) ÉTÉ (x)\n"
    choices = [{"input": question, "target": "(A)"}, {"input": "No options"}, {"input": "(A)(B) x"}, {"input": "(A) x.y*\n(B) x+y\n(C) same\n(D) same"}, {"input": ""}, {"input": "(Z) q (A) w"}]
    replies = ["(A)", "The answer is (B).", "I think the red ball", "the red", "a blue big ball", "A BLUE, BIG BALL!", "Answer: C", "answer:\n  D.", "été", "(E) or (A)", "", "x.y*",
               "xzy", "same", ": A", ":B", "none", "(a)", "The Red Ball.", "q", "w", ": Z", "(A) (B)", "“the red”", "it is : C and (D)"]
    option_sets = [{"group_select": 0, "ignore_case": True, "ignore_punctuation": True, "regex_pattern": "(\\([A-Z]\\))"}, {}, {"regex_pattern": "(\\([A-Z]\\))", "group_select": -1},
                   {"regex_pattern": "(x)|(\\([A-Z]\\))", "regexes_to_ignore": ["the ", "[aeiou]"], "fallback": "?"}]
    for document in choices:
        for options in option_sets:
            r.add("filter", "MultiChoiceRegexFilter", options=options, responses=replies, document=document)
    r.add("filter", "MultiChoiceRegexFilter", options=option_sets[0], responses=["x"], document={})
    texts = NUMBERS + ["I count 5.", "-3 or 4", "The answer is Twenty Two apples", "", "--", "1,000", "there are three and four", "ÉTÉ ONE HUNDRED"]
    for options in [{"group_select": -1, "regex_pattern": "([-0-9]+)"}, {"group_select": 0, "regex_pattern": "([-0-9]+)", "fallback": ""}, {}]:
        for text in texts:
            # Words that are no number are no match in src/eval; the original raises.
            r.add("filter", "NumberParseRegexFilter", options=options, responses=[text], document={})
            if "error" in r.record["cases"][-1]:
                r.record["cases"].pop()
    maps = [{"group_select": -1, "ignore_case": True, "regex_pattern_to_value": {"\\b(no|not plausible)\\b": "no", "\\b(yes|plausible)\\b": "yes"}},
            {"regex_pattern_to_value": {"(a)(b)?": "AB", "c": "C", "d+": ""}, "ignore_punctuation": True},
            {"group_select": 0, "ignore_case": True, "fallback": "none", "regexes_to_ignore": ["x+"], "regex_pattern_to_value": {"axa": 1, "aa": True, "[A-Z]+": "never"}}]
    words = ["Yes", "no", "It is not plausible.", "plausible", "NO, yes", "", "ab", "a.b", "c", "ddd", "axxa", "AXA", "zzz", "yes no", "nothing", "İ no", "“no”", "cab dab"]
    for options in maps:
        for word in words:
            # A match without a filled group is none in src/eval; the original raises.
            r.add("filter", "MapRegexFilter", options=options, responses=[word], document={})
            if "error" in r.record["cases"][-1]:
                r.record["cases"].pop()
    lists = ["Sort: List: pear apple fig", "List: a b a", "List:", "none", "List: x List: y", "List: (p q) r", "List: été 中文 a.c", "List: c++ d", "List: (a)b c"]
    replies = ["apple fig pear", "pear pear apple", "1. fig\n2. apple, pear", "", "a b a b", "figs apple", "x", "p q r", "été 中文 abc", "pearapple", "ab c"]
    for text in lists:
        r.add("filter", "WordSortFilter", options={}, responses=replies, document={"input": text})
    r.add("filter", "WordSortFilter", options={}, responses=[""], document={})
    shown = [["So the answer is ", "target", "."], ["", "input", ""], ["I choose ", "target", "\nQ: x"]]
    for data in ["date_understanding", "hyperbaton", "penguins_in_a_table", "movie_recommendation", "snarks"]:
        r.real("filter", "MultiChoiceRegexFilter", f"SaylorTwift/bbh/{data}/test", responses=shown, options=option_sets[0])
    r.real("filter", "NumberParseRegexFilter", "SaylorTwift/bbh/object_counting/test", responses=shown, options={"group_select": -1, "regex_pattern": "([-0-9]+)"})
    r.real("filter", "MapRegexFilter", "SaylorTwift/bbh/sports_understanding/test", responses=shown, options=maps[0])
    r.real("filter", "WordSortFilter", "SaylorTwift/bbh/word_sorting/test", responses=shown, options={})


CODE = ["", "    return a + b\n", "```\nreturn 1\n```", "x```y```z", "python\ndef f(): pass\n```", "def f():\n  pass\n```\nmore", "\n```python\na = 1\n```\n```b```", "``", "text only",
        "```python\nx\n```", "py\n\n\nx\n\n```", "é中\n```", "\r\ncode\r\n```", " spaced\n```"]


def humaneval(r):
    document = {"prompt": "def f(a, b):\n    \"\"\"é\"\"\"\n", "test": "def check(c):\n  assert c(1, 2)", "entry_point": "f"}
    for name in ["build_predictions", "build_predictions_instruct"]:
        for text in CODE + UNICODE:
            r.add("filter", name, options={}, responses=[text], document=document)
        r.add("filter", name, options={}, responses=CODE, document=document)
        r.add("filter", name, options={}, responses=[], document=document)
        r.add("filter", name, options={}, responses=["x"], document={})
        r.real("filter", name, "openai/openai_humaneval/default/test", responses=[["", "canonical_solution", "```"]], options={})
    for predictions in (["a"], ["a", "b\n"], [""], CODE):
        r.add("execution", "pass_at_k", reference="check(f)", predictions=predictions)


def mbpp(r):
    r.add("samples", "list_fewshot_samples")
    for text in CODE + UNICODE:
        r.add("filter", "build_predictions", options={}, responses=[text], document={})
    r.add("filter", "build_predictions", options={}, responses=CODE, document={})
    for predictions in (["a"], ["a", "b\n"], [""], CODE):
        r.add("execution", "pass_at_1", reference="assert f(1)\nassert f(2)", predictions=predictions)
    r.real("filter", "build_predictions", "google-research-datasets/mbpp/full/test", responses=[["", "code", "\n```"], ["Text\n```python\n", "code", "```"]], options={})


def cruxeval(r):
    r.add("samples", "list_fewshot_samples_output")
    r.add("samples", "list_fewshot_samples_input")
    document = {"code": "def f(x):\n    return x", "input": "[1, 2]", "output": "'é'", "id": "1"}
    texts = ["f(1)", "assert f(1) == 2", "assert f((1, 2), [3]) == 4", "assert f(1, (2) == 3", "assert f(1", "assert f == 3", "assert f", "1 == 2", "1", " 'x' ", "\"x\"", "(1)",
             "f(1)(2)", "f()", "[THOUGHT] hm [/THOUGHT]\n[ANSWER]\nassert f(2) == 3\n[/ANSWER]", "[ANSWER]x[/ANSWER]y", "[ANSWER]x[ANSWER]y", "[ANSWER]", "a # comment", "# comment",
             "line\nline", "==", "a == b == c", "assert f(')') == 1", "assert f(1)==2 and f(2)==3", "x assert f(9) == 8", "'''", "((1))", "assert f((1)) == ((2))", "é == 中", "[/ANSWER]",
             "assert f(\n1\n) == 2", "assert f (1) == 2", "==assert f(1)", "assert f\n", "assert f() == ()", "f(", ")", "f)", "assert f)1( == 2"] + UNICODE
    for name in ["build_predictions_input", "build_predictions_input_cot", "build_predictions_output", "build_predictions_output_cot"]:
        for text in texts:
            r.add("filter", name, options={}, responses=[text], document=document)
        r.add("filter", name, options={}, responses=texts[:3], document=document)
        r.add("filter", name, options={}, responses=["x"], document={"code": ""})
        shown = [["assert f(", "input", ") == 1"], ["", "output", ""], ["[ANSWER]assert f(1) == ", "output", "[/ANSWER]"], ["", "code", ""]]
        r.real("filter", name, "cruxeval-org/cruxeval/default/test", responses=shown, options={})
    for predictions in (["a"], ["a", "b\n"], [""]):
        r.add("execution", "pass_at_k", reference="ignored", predictions=predictions)


def coqa(r):
    def document(questions, answers, more=None):
        d = {"story": "A story.", "questions": {"input_text": questions}, "answers": {"input_text": answers}}
        if more is not None:
            d["additional_answers"] = {str(i): {"input_text": m} for i, m in enumerate(more)}
        return d

    documents = [document(["who?"], ["Ann"]), document(["who?", "where?"], ["Ann", "in Rome"], [["a", "Rome"], ["b", "IN ROME"], ["c", "the Rome."]]), document(["q"], ["É"], []),
                 document(["1", "2", "3"], ["x", "y", "the z"], [["", "", "Z"], ["", "", ""]]), document(["q", "r"], ["a"]), document(["q"], ["a", "b", "c"]),
                 document([], ["a"]), document(["q"], []), document(["q", "r"], ["a", "b"], [["x"]]), {"story": "x"}, {**document(["q"], ["a"]), "additional_answers": None}]
    r.values(["doc_to_text"], documents)
    r.values(["doc_to_target"], [d for d in documents if d.get("questions", {}).get("input_text", [1])])
    words = ["Rome", "in Rome", "the rome.\nmore", "", " ", "Ann", "z", "The Z!", "x y z", "Rome Rome", "É", "É\nx", "IN rome in", "a", "yes"]
    for d in documents[:5]:
        for word in words:
            r.add("results", "process_results", document=d, results=[word])
    pool = ["red fox", "the fox", "a red fox!", "fox", "", "The", "blue fish", "fish-red fox"]
    for _ in range(60):
        golds = [r.random.choice(pool) for _ in range(4)]
        r.add("results", "process_results", document=document(["q"], golds[:1], [[g] for g in golds[1 : r.random.randint(1, 4)]]), results=[r.random.choice(pool)])


def leaderboard_mmlu_pro(r):
    base = {"question": "What?", "options": ["x", " y "], "answer": "A"}
    documents = [*r.variations(base, names=["question", "options"])]
    documents += [{**base, "options": o} for o in ([], [""], [str(i) for i in range(26)], [str(i) for i in range(27)], UNICODE)]
    r.values(["doc_to_text", "doc_to_choice"], documents)


def leaderboard_musr(r):
    base = {"narrative": "It was.", "question": "Who?", "choices": "['Ann', \"B'o\"]"}
    documents = [*r.variations(base, names=["narrative", "question"]), {k: v for k, v in base.items() if k != "choices"}]
    documents += [{**base, "choices": c} for c in ("[]", "['a']", "('a', 'b')", "['\\u00e9', '中']", "[1, 2.5, None]", "['a',]", "[a]", "", "[1", "[['x']]", "['it\\'s\\n']")]
    r.values(["doc_to_text", "doc_to_choice"], documents)


def generated(r):
    name = "process_results_gen"
    pool = ["The sky is blue.", "I have no comment.", "It is red . Or blue . Or none.", "Nothing happens when you do it.", "nothing", "É 中文, \u201cquoted\u201d text.", "1,000 dollars (or $5).",
            "You will be fine; nothing happens to you when you do that.", "No.", "Yes . No . Maybe", "It's the U.S.A. that won.", "blue blue blue sky", "."]
    replies = [*pool, "", " ", "The sky is red.", "nothing happens", "a\nb", "THE SKY IS BLUE", "I have no comment"]
    for reply in replies:
        for _ in range(4):
            lists = {k: r.random.sample(pool, r.random.randint(1, 4)) for k in ("correct_answers", "incorrect_answers")}
            r.add("results", name, document=lists, results=[reply])
    r.add("results", name, document={"correct_answers": [], "incorrect_answers": ["x"]}, results=["x"])
    r.add("results", name, document={"correct_answers": ["x"], "incorrect_answers": []}, results=["x"])
    r.add("results", name, document={"correct_answers": ["x"]}, results=["x"])


def truthfulqa(r):
    for _ in range(60):
        count = r.random.randint(1, 14)
        labels = [r.random.randrange(2) for _ in range(count)]
        lps = [[-r.random.random() * r.random.choice([1, 10, 60]), False] for _ in range(count)]
        r.add("results", "process_results_mc2", document={"mc2_targets": {"choices": [""] * count, "labels": labels}}, results=lps)
    r.add("results", "process_results_mc2", document={"mc2_targets": {"choices": ["", ""], "labels": [1]}}, results=[[-1.0, False], [-2.0, False]])
    r.add("results", "process_results_mc2", document={}, results=[[-1.0, False]])
    generated(r)
    base = {"question": " Why? ", "best_answer": "x", "correct_answers": ["One", " two. ", "", "I have no comment"], "incorrect_answers": ["no!", "...", " "]}
    documents = [base, {**base, "correct_answers": []}, {**base, "correct_answers": UNICODE}, {**base, "incorrect_answers": UNICODE}, {**base, "correct_answers": ["I have no comment."]}]
    documents += [{**base, "question": t} for t in UNICODE]
    r.add("process", "process_docs_gen", documents=documents)
    for case in r.record["cases"]:
        if case["kind"] == "results":
            case["relative"] = 1e-14  # exp() and log() differ between libraries
    for missing in ["question", "correct_answers", "incorrect_answers"]:
        r.add("process", "process_docs_gen", documents=[{k: v for k, v in base.items() if k != missing}])
    r.real("process", "process_docs_gen", "truthfulqa/truthful_qa/generation/validation")


def gpqa(r):
    texts = ["Ann", " Bo [title] x ", "a  b   c", "[note] y", "x [a] [b", "[a\nb]", None, "", "é 中", "Ann", "5 \\mu m", "[[x]]"]
    for count in [1, 2, 12, 60]:
        keys = ["Correct Answer", "Incorrect Answer 1", "Incorrect Answer 2", "Incorrect Answer 3"]
        r.add("process", "process_docs", documents=[{"Question": f"q{i}", **{k: r.random.choice(texts) for k in keys}} for i in range(count)])
    r.add("process", "process_docs", documents=[{"Question": "q"}])


def gpqa_zeroshot(r):
    gpqa(r)


def leaderboard_gpqa(r):
    gpqa(r)


def hendrycks_math(r):
    solutions = ["So \\boxed{%s}." % m for m in MATH] + ["It is \\boxed 5$ or", "\\boxed 5 \\boxed 7$.", "\\fbox{3}", "none", "\\boxed{1", "", "\\boxed{a} and \\boxed{b}"]
    r.add("process", "process_docs", documents=[{"problem": "p", "solution": "\\boxed{1}", "level": "1"}, {"problem": "", "solution": "so $\\boxed{\\frac12}$", "type": "x"}])
    for solution in solutions:
        r.add("process", "process_docs", documents=[{"problem": "p", "solution": solution}])
        for response in r.random.sample(MATH, 5) + [solution, "$" + solution[10:-2] + "$"]:
            r.add("results", "process_results", document={"problem": "p", "solution": solution}, results=[response])
    r.add("process", "process_docs", documents=[{"solution": "\\boxed{1}"}])
    data = "EleutherAI/hendrycks_math/algebra/test"
    r.real("process", "process_docs", data)
    shown = [["The answer is $", "answer", "$."], ["", "answer", ""], ["", "solution", ""], ["$x=", "answer", "$"]]
    r.real("results", "process_results", data, process="process_docs", responses=shown)
    r.real("results", "process_results", "HuggingFaceH4/MATH-500/default/test", process="process_docs", responses=shown)


FINAL = ["Final Answer: The final answer is $%s$. I hope it is correct.", "Final Answer: The final answer is %s. I hope it is correct.", "The answer is \\boxed{%s}.", "%s"]


def minerva_math(r, level=None):
    more = {} if level is None else {"level": level}
    answers = ["5", "\\frac{1}{2}", "0.5", "(1,2)", "x^2+1", "1,000", "10\\text{ cm}", "\\sqrt{2}", "50\\%", "x=3", "\\left(1,2\\right)", "-7", "\\frac12", "1/2", "90^\\circ", "\\$5"]
    r.add("samples", "list_fewshot_samples")
    r.values(["doc_to_text"], [{"problem": t} for t in UNICODE] + [{}])
    for answer in answers:
        document = {"problem": "p", "solution": "So $\\boxed{%s}$." % answer, **more}
        r.add("process", "process_docs", documents=[document])
        processed = r.record["cases"][-1]["result"][0]
        for other in [answer, *r.random.sample(answers, 3)]:
            r.add("results", "process_results", document=processed, results=[r.random.choice(FINAL) % other])
        r.add("results", "process_results", document=processed, results=[FINAL[0] % answer])
    for solution in ["\\boxed 5$ x", "\\fbox{3}"] if level is None else ["\\boxed 5$ x", "\\fbox{3}", "none", "\\boxed{1"]:
        r.add("process", "process_docs", documents=[{"problem": "p", "solution": solution, **more}])
    r.add("process", "process_docs", documents=[{"problem": "p", **more}])
    data = "DigitalLearningGmbH/MATH-lighteval/prealgebra/test"
    r.real("process", "process_docs", data)
    r.real("process", "process_docs", "EleutherAI/hendrycks_math/precalculus/test")


def leaderboard_math(r):
    minerva_math(r, "Level 5")
    r.add("process", "process_docs", documents=[{"problem": "p", "solution": "\\boxed{%d}" % i, "level": f"Level {i}"} for i in (1, 5, 3, 5)])
    r.add("process", "process_docs", documents=[{"problem": "p", "solution": "\\boxed{1}"}])


def ifeval(r):
    from ifeval_checks import patched_reference  # what it changes, and why, is said there

    r.modules = [patched_reference()]
    def document(*instructions):
        return {"key": 1000, "prompt": "Write it.", "instruction_id_list": [i for i, _ in instructions], "kwargs": [k for _, k in instructions]}

    documents = [document(("punctuation:no_comma", {})), document(("detectable_format:number_highlighted_sections", {"num_highlights": 2}), ("change_case:english_lowercase", {})),
                 document(("keywords:existence", {"keywords": ["apple", "pear"], "num_words": None}), ("length_constraints:number_words", {"relation": "at least", "num_words": 4})),
                 document(("detectable_format:json_format", {})), document(("startend:quotation", {})), document(),
                 document(("detectable_content:postscript", {"postscript_marker": "P.S."}), ("startend:end_checker", {"end_phrase": "done."}), ("punctuation:no_comma", {}))]
    responses = ["", " ", "no comma here", "one, two", "*a* *b* apple pear", "{\"a\": 1}", "\"quoted\"", "\"a, b\"\nsecond line\nlast line", "title\nan apple and a pear",
                 "x P.S. y done.", "Hello\n\nP.S. no, done.\nbye", "*ÉTÉ*", "```json\n[1]\n```"]
    for d in documents:
        for response in responses:
            r.add("results", "process_results", document=d, results=[response])
    r.add("results", "process_results", document={}, results=["x"])
    r.add("results", "process_results", document=document(("no:such", {})), results=["x"])
    for count in [1, 2, 5, 40]:
        r.add("aggregation", "agg_inst_level_acc", values=[[r.random.random() < 0.6 for _ in range(r.random.randint(1, 4))] for _ in range(count)])
    r.add("aggregation", "agg_inst_level_acc", values=[[], [True], []])
    r.add("aggregation", "agg_inst_level_acc", values=[[]])


MODULES = {
    winogrande: ["winogrande/preprocess_winogrande.py"],
    mathqa: ["mathqa/utils.py"],
    pubmedqa: ["pubmedqa/preprocess_pubmedqa.py"],
    xcopa: ["xcopa/utils.py"],
    super_glue_copa: ["super_glue/copa/utils.py"],
    super_glue_cb: ["super_glue/cb/aggregate.py", "super_glue/cb/t5_utils.py"],
    super_glue_multirc: ["super_glue/multirc/t5_utils.py"],
    super_glue_record: ["super_glue/record/util.py"],
    super_glue_record_t5: ["super_glue/record/t5_utils.py"],
    super_glue_wsc: ["super_glue/wsc/preprocess_wsc.py", "super_glue/wsc/t5_utils.py"],
    mmlu_pro: ["mmlu_pro/utils.py"],
    arithmetic: ["arithmetic/utils.py"],
    bigbench: ["bigbench/utils.py"],
    agieval: ["agieval/utils.py"],
    drop: ["drop/utils.py"],
    bbh: ["bbh/zeroshot/utils.py"],
    humaneval: ["humaneval/utils.py"],
    mbpp: ["mbpp/utils.py"],
    cruxeval: ["cruxeval/utils.py"],
    coqa: ["coqa/utils.py"],
    leaderboard_mmlu_pro: ["leaderboard/mmlu_pro/utils.py"],
    gpqa: ["gpqa/cot_zeroshot/utils.py"],
    gpqa_zeroshot: ["gpqa/zeroshot/utils.py"],
    leaderboard_gpqa: ["leaderboard/gpqa/utils.py"],
    hendrycks_math: ["hendrycks_math/utils.py"],
    minerva_math: ["minerva_math/utils.py"],
    leaderboard_math: ["leaderboard/math/utils.py"],
    truthfulqa: ["truthfulqa/utils.py"],
    ifeval: ["ifeval/utils.py"],
    leaderboard_musr: ["leaderboard/musr/utils.py"],
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--squad-metrics", required=True)
    parser.add_argument("--data-root")
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "test" / "data" / "eval" / "functions")
    parser.add_argument("modules", nargs="*")
    args = parser.parse_args()
    load_squad_metrics(args.squad_metrics)
    args.out.mkdir(parents=True, exist_ok=True)
    for make, sources in MODULES.items():
        if args.modules and make.__name__ not in args.modules:
            continue
        recorder = Recorder(make.__name__, sources, args.data_root)
        make(recorder)
        path = args.out / f"{make.__name__}.json.gz"
        text = json.dumps(recorder.record, ensure_ascii=False, separators=(",", ":")) + "\n"
        path.write_bytes(gzip.compress(text.encode(), mtime=0))
        cases = recorder.record["cases"]
        print(make.__name__, len(cases), "cases,", sum("error" in c for c in cases), "errors,", len(recorder.record["data"]), "data,", path.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
