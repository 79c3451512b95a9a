#!/usr/bin/env python3
"""Makes test/data/eval/encode: tokens that lm-evaluation-harness's Hugging Face backend would give a model.

Usage: eval_encode.py [--out DIR]      (needs lm-eval 0.4.13 with transformers and tokenizers; the tests do not)

Trains three small tokenizers (byte-level without BOS, byte-level with BOS, SentencePiece-style with BOS and byte
fallback) and records, for requests with awkward white space, empty contexts, texts that begin with the BOS token and
contexts that are too long, what HFLM hands to the model: windows [tokens, first scored], stops and sampling.
"""

import argparse
import json
import pathlib

import lm_eval
import torch
import transformers
from lm_eval.api.instance import Instance
from lm_eval.api.model import CacheHook
from lm_eval.models.huggingface import HFLM
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

OUT = pathlib.Path(__file__).resolve().parents[2] / "test" / "data" / "eval" / "encode"
TEXT = ["the cat sat on the mat and the dog ran", "Question: what is the answer?\nAnswer: the answer is 12 and 34",
        "naïve café über straße", "a  b   c\n\n\nd\te", "She said: \"hello there\", and then he's gone."] * 3
BOS, EOS = "<s>", "</s>"

PAIRS = [("the cat", " sat"), ("the cat ", "sat"), ("the cat  \n", " sat on"), ("", "the cat"), ("", " the"), ("", "<s>the"), ("   ", "cat"),
         ("the c", "at"), ("\n", "x"), ("<s>the cat", " sat"), ("naïve\u3000", "café"), ("Question: what is the answer?\nAnswer:", " 12"),
         ("the mat and the dog " * 12, " ran"), ("the dog", " ran the mat and the cat sat on the"), ("a", "\n\n\n"), ("🙂", "🙃"), ("</s>the", " cat")]
ROLLING = ["", "t", "the cat sat on the mat", "<s>the cat", "the dog ran and the cat sat on the mat, " * 9, "naïve café über straße " * 5, "\n\n", "🙂"]
GENERATE = [("the cat", {"until": ["\n\n"], "max_gen_toks": 8}), ("<s>the cat", {"until": "x", "max_gen_toks": 4, "do_sample": False, "temperature": 0.7}),
            ("the dog ran on the mat " * 20, {"until": ["a", "", "</s>", "a"], "max_new_tokens": 10}), ("the", {"max_gen_toks": 5, "temperature": 0.5}),
            ("the ", {"do_sample": True, "temperature": 1.25, "top_p": 0.9, "top_k": 7, "max_tokens": 3}), ("the", {"do_sample": False, "max_completion_tokens": 9, "max_gen_toks": 6}),
            ("the", {"until": [], "max_gen_toks": 30, "temperature": 0.0})]
LENGTHS = [16, 33, 200]


def byte_level(bos):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(vocab_size=320, special_tokens=[BOS, EOS] if bos else [EOS],
                                  initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    tokenizer.train_from_iterator(TEXT, trainer)
    if bos:
        tokenizer.post_processor = processors.TemplateProcessing(single=f"{BOS} $A", special_tokens=[(BOS, tokenizer.token_to_id(BOS))])
    return tokenizer


def sentencepiece_style():
    trained = Tokenizer(models.BPE(unk_token="<unk>"))
    trained.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    trained.pre_tokenizer = pre_tokenizers.Split(Regex("(?=▁)"), "isolated")  # merges stay inside words
    trained.train_from_iterator(TEXT, trainers.BpeTrainer(vocab_size=120, special_tokens=["<unk>", BOS, EOS]))
    state = json.loads(trained.to_str())
    pieces = [p for p in state["model"]["vocab"] if p not in ("<unk>", BOS, EOS)]
    names = ["<unk>", BOS, EOS] + [f"<0x{b:02X}>" for b in range(256)] + pieces
    merges = [tuple(m) for m in state["model"]["merges"]]
    tokenizer = Tokenizer(models.BPE(vocab={n: i for i, n in enumerate(names)}, merges=merges, unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    tokenizer.normalizer = trained.normalizer
    tokenizer.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)])
    tokenizer.add_special_tokens(["<unk>", BOS, EOS])
    tokenizer.post_processor = processors.TemplateProcessing(single=f"{BOS} $A", special_tokens=[(BOS, 1)])
    return tokenizer


class Recorder(HFLM):
    """HFLM without a model: its own tokenisation and batching, recording what the model would see."""

    def __init__(self, tokenizer, max_length):
        self.tokenizer, self._max_length, self.backend = tokenizer, max_length, "causal"
        self.add_bos_token = self.custom_prefix_token_id = None
        self.enable_thinking, self.think_end_token, self.truncation = False, None, False
        self._rank, self._world_size, self.batch_size_per_gpu, self._device = 0, 1, 1, torch.device("cpu")
        self.cache_hook = CacheHook(None)
        self.seen = []

    def _loglikelihood_tokens(self, requests, disable_tqdm=False, override_bs=None):
        for _, context, continuation in requests:
            assert context and 0 < len(continuation) <= self.max_length
            tokens = (context + continuation)[-(self.max_length + 1):]
            self.seen.append([tokens, len(tokens) - len(continuation)])
        return [(0.0, True)] * len(requests)

    def _model_generate(self, context, max_length, stop, **settings):
        settings.pop("attention_mask")
        self.seen.append([context[0].tolist(), list(stop), max_length - context.shape[1], settings])
        return context


def ask(method, tokenizer, max_length, arguments):
    recorder = Recorder(tokenizer, max_length)
    request = Instance(request_type=method, doc={}, arguments=arguments, idx=0, metadata=("t", 0, 1))
    try:
        getattr(recorder, method)([request])
    except (AssertionError, IndexError, ValueError) as error:  # what lm-eval cannot ask
        return {"error": type(error).__name__}
    return {"seen": recorder.seen}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=pathlib.Path, default=OUT)
    options = parser.parse_args()
    for name, tokenizer, bos in [("plain", byte_level(False), False), ("bos", byte_level(True), True), ("pieces", sentencepiece_style(), True)]:
        folder = options.out / name
        folder.mkdir(parents=True, exist_ok=True)
        tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
        config = {"tokenizer_class": "PreTrainedTokenizerFast", "eos_token": EOS, "clean_up_tokenization_spaces": False}
        if bos:
            config["bos_token"] = BOS
        (folder / "tokenizer_config.json").write_text(json.dumps(config) + "\n")
        fast = transformers.PreTrainedTokenizerFast(tokenizer_file=str(folder / "tokenizer.json"), eos_token=EOS, pad_token=EOS,
                                                    bos_token=BOS if bos else None, clean_up_tokenization_spaces=False)
        cases = []
        for length in LENGTHS:
            cases += [{"max_length": length, "kind": 0, "context": c, "continuation": t, **ask("loglikelihood", fast, length, (c, t))} for c, t in PAIRS]
            cases += [{"max_length": length, "kind": 1, "context": t, **ask("loglikelihood_rolling", fast, length, (t,))} for t in ROLLING]
            cases += [{"max_length": length, "kind": 2, "context": c, "gen_kwargs": k, **ask("generate_until", fast, length, (c, k))} for c, k in GENERATE]
        record = {"lm_eval": lm_eval.__version__, "transformers": transformers.__version__, "cases": cases}
        (folder / "cases.json").write_text(json.dumps(record, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
