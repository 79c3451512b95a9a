#!/usr/bin/env python3
"""Makes test/data/eval/metrics/real_outputs.json: scores that sacrebleu, rouge-score, scikit-learn and lm-evaluation-harness's
filters give four models' published GSM8K solutions (OpenAI, grade-school-math). Numbers only; the texts stay where they are.

Usage: metric_real_outputs.py FOLDER [--out FILE]     (FOLDER holds datasets/gsm8k/example_model_solutions.jsonl.gz)
"""

import argparse
import gzip
import importlib.metadata
import json
import os
import pathlib
import sys
import warnings

os.environ["DISABLE_MULTIPROC"] = "1"
warnings.filterwarnings("ignore")

import lm_eval.api.metrics as lm_metrics
import lm_eval.filters  # noqa: F401 (registers them)
import sacrebleu
from lm_eval.api.registry import get_filter
from rouge_score import rouge_scorer
from sklearn.metrics import f1_score, matthews_corrcoef

OUT = pathlib.Path(__file__).resolve().parents[2] / "test" / "data" / "eval" / "metrics" / "real_outputs.json"
MODELS = ["6b_finetuning", "6b_verification", "175b_finetuning", "175b_verification"]
DOCUMENTS = 120
TER_DOCUMENTS = 20
STRICT = {"regex_pattern": r"A: (\-?[0-9\.\,]+)"}
FLEXIBLE = {"regex_pattern": r"(-?[$0-9.,]{2,})|(-?[0-9]+)", "group_select": -1}


def text_of(value):
    return value if isinstance(value, str) else value["solution"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--out", type=pathlib.Path, default=OUT)
    arguments = parser.parse_args()
    with gzip.open(arguments.folder / "datasets" / "gsm8k" / "example_model_solutions.jsonl.gz", "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    golds = [text_of(row["ground_truth"]) for row in rows]
    scorers = {stem: rouge_scorer.RougeScorer(["rouge1", "rouge2", "rougeL", "rougeLsum"], use_stemmer=stem) for stem in (False, True)}

    def extracted(texts, options):
        return [found[0] for found in get_filter("regex")(**options).apply([[text] for text in texts], [{}] * len(texts))]

    gold_answers = extracted(golds, STRICT)
    record, correct = {}, {}
    for model in MODELS:
        texts = [text_of(row[model]) for row in rows]
        head, refs = texts[:DOCUMENTS], golds[:DOCUMENTS]
        pairs = list(zip(refs, head))
        rouge = {}
        for stem, scorer in scorers.items():
            scores = [scorer.score(ref, pred) for ref, pred in pairs]
            rouge["stemmed" if stem else "plain"] = [sum(score[kind].fmeasure for score in scores) for kind in ("rouge1", "rouge2", "rougeL", "rougeLsum")]
        match = {}
        for name, options in (("strict", STRICT), ("flexible", FLEXIBLE)):
            answers = extracted(texts, options)
            hits = [lm_metrics.exact_match_hf_evaluate([answer], [gold], ignore_case=True, regexes_to_ignore=[",", r"\$", r"(?s).*#### ", r"\.$"])["exact_match"]
                    for answer, gold in zip(answers, gold_answers)]
            match[name] = [sum(hits) / len(hits), lm_metrics.mean_stderr(hits)]
            correct[model] = [int(hit) for hit in hits]
        record[model] = {
            "bleu": [lm_metrics.bleu(pairs), lm_metrics.stderr_for_metric(lm_metrics.bleu, 3)(pairs)],
            "bleu_intl": sacrebleu.corpus_bleu(head, [refs], tokenize="intl").score,
            "bleu_sentences": sum(sacrebleu.sentence_bleu(pred, [ref]).score for ref, pred in pairs),
            "chrf": lm_metrics.chrf(pairs), "chrf++": lm_metrics.chrfpp(pairs), "ter": lm_metrics.ter(pairs[:TER_DOCUMENTS]),
            "rouge": rouge, "exact_match": match}
    labels = {model: [f1_score(correct[MODELS[0]], correct[model]), matthews_corrcoef(correct[MODELS[0]], correct[model])] for model in MODELS[1:]}
    versions = {name: importlib.metadata.version(name) for name in ("lm_eval", "sacrebleu", "rouge_score", "scikit-learn")} | {"python": sys.version.split()[0]}
    arguments.out.write_text(json.dumps({"versions": versions, "documents": DOCUMENTS, "ter_documents": TER_DOCUMENTS, "rows": len(rows), "models": record, "labels": labels}, indent=1) + "\n")


if __name__ == "__main__":
    main()
