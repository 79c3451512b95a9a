#!/usr/bin/env python3
"""Digests of ids and decoded text for tokenizer tests, on more strings and more kinds of files.

    tokenizer_digests.py fixtures OUT        writes strings, small tokenizers of the kinds that tokenizer_vectors.py
                                             leaves out, and digests for those and for its families
                                             (committed under test/data/text; run tokenizer_vectors.py first)
    tokenizer_digests.py real TOKENIZERS OUT the same for real files found under TOKENIZERS (never committed)
    tokenizer_digests.py show FOLDER NUMBER  what a digest was made of

more_strings.jsonl.gz: as strings.jsonl.gz. <family>/digests.jsonl.gz: a header {"bos", "eos", "vocab_size", "versions",
...}, then one string of 8 hex digits for every string: the CRC-32 of ids without special tokens, ids with them (each
as little-endian 32-bit numbers behind their count), decode(ids), decode(ids with special tokens, without the special
ones), each behind its length in bytes.

The reference is tokenizers for pipelines and for vocab.json with merges.txt, tiktoken for *.tiktoken, sentencepiece for
tokenizer.model.
"""

import argparse
import base64
import io
import json
import pathlib
import shutil
import struct
import sys
import zlib

import sentencepiece
import tiktoken
import tokenizers
import transformers
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
from sentencepiece import sentencepiece_model_pb2
from transformers import PreTrainedTokenizerFast

import tokenizer_strings
from tokenizer_vectors import (LLAMA3, QWEN2, SentencePiece, byte_letters, byte_level, load, sentencepiece_style,
                               special, split_then_bytes, template, write_gz, write_strings)

SEED = 20240613
STRINGS = 5200
VERSIONS = {"tokenizers": tokenizers.__version__, "transformers": transformers.__version__,
            "sentencepiece": sentencepiece.__version__, "tiktoken": tiktoken.__version__}
GLM_COMMANDS = ["[MASK]", "[gMASK]", "[sMASK]", "sop", "eop", "<|system|>", "<|user|>", "<|assistant|>", "<|observation|>"]
GLM4_SPECIAL = ["<|endoftext|>", "[MASK]", "[gMASK]", "[sMASK]", "<sop>", "<eop>", *GLM_COMMANDS[5:]]
LLAMA3_SPECIAL = (["<|begin_of_text|>", "<|end_of_text|>"] + [f"<|reserved_special_token_{i}|>" for i in range(4)]
                  + ["<|start_header_id|>", "<|end_header_id|>", "<|reserved_special_token_4|>", "<|eot_id|>"]
                  + [f"<|reserved_special_token_{i}|>" for i in range(5, 251)])
QWEN_SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"] + [f"<|extra_{i}|>" for i in range(205)]


def parts_of(tokenizer, raw):
    text = raw.decode("utf-8", "replace")
    specials = {i for i, token in tokenizer.added_tokens_decoder.items() if token.special}
    ids = tokenizer(text, add_special_tokens=False)["input_ids"]
    full = tokenizer(text, add_special_tokens=True)["input_ids"]
    decoded = tokenizer.decode(ids, skip_special_tokens=False, clean_up_tokenization_spaces=False)
    plain = tokenizer.decode([i for i in full if i not in specials], clean_up_tokenization_spaces=False)
    return ids, full, decoded, plain


def digest(parts):
    crc = 0
    for part in parts:
        if isinstance(part, str):
            data = part.encode()
            crc = zlib.crc32(struct.pack("<i", len(data)) + data, crc)
        else:
            crc = zlib.crc32(struct.pack(f"<{len(part) + 1}i", len(part), *part), crc)
    return f"{crc:08x}"


def digests(tokenizer, strings):
    yield {"bos": tokenizer.bos_token_id, "eos": tokenizer.eos_token_id,
           "vocab_size": max(tokenizer.get_vocab().values()) + 1, "seed": SEED, "versions": VERSIONS}
    yield "".join(digest(parts_of(tokenizer, raw)) for raw in strings)


class Tiktoken:
    """A tiktoken file with its family's pattern, special tokens, and normal form."""

    def __init__(self, path, pattern, specials, prefix=(), nfc=False, bos=None, eos=None):
        lines = [line.split() for line in path.read_bytes().splitlines()]
        ranks = {base64.b64decode(token): int(rank) for token, rank in lines}
        self.ids = {t: len(ranks) + i for i, t in enumerate(specials)}
        self.encoding = tiktoken.Encoding("file", pat_str=pattern, mergeable_ranks=ranks, special_tokens=self.ids)
        self.prefix = [self.ids[t] for t in prefix]
        self.normalize = normalizers.NFC().normalize_str if nfc else str
        self.bos_token_id, self.eos_token_id = self.ids.get(bos), self.ids.get(eos)
        self.last = max(self.ids.values())

    def __call__(self, text, add_special_tokens):
        ids = self.encoding.encode(self.normalize(text), allowed_special="all")
        return {"input_ids": self.prefix + ids if add_special_tokens else ids}

    def decode(self, ids, **_):
        return self.encoding.decode(ids, errors="replace")

    def get_vocab(self):
        return {"last": self.last}

    @property
    def added_tokens_decoder(self):
        return {i: special(t) for t, i in self.ids.items()}


class ChatGlm3(SentencePiece):
    """Commands numbered behind the pieces; every text stands alone; [gMASK] sop in front."""

    def __init__(self, folder):
        super().__init__(folder)
        size = self.first.get_piece_size()
        self.legacy = True
        self.prefix, self.suffix = [size + 1, size + 3], []
        self.last = size + len(GLM_COMMANDS) - 1
        self.names = {size + i: t for i, t in enumerate(GLM_COMMANDS)}

    def decode(self, ids, **_):
        names = {**{i: t for t, i in self.added.items()}, **self.names}
        return self.decoder.decode([names.get(i) or self.first.id_to_piece(i) for i in ids])

    def get_vocab(self):
        return {"last": self.last}


class Alone(SentencePiece):
    """Baichuan's and InternLM's: every text between added tokens stands alone."""

    def __init__(self, folder):
        super().__init__(folder)
        self.legacy = True


def fast(folder, config):
    """vocab.json and merges.txt as transformers' GPT-2 and Qwen2 classes read them."""
    tokenizer = Tokenizer(models.BPE.from_file(str(folder / "vocab.json"), str(folder / "merges.txt")))
    roles = {r: config[r] for r in ("bos_token", "eos_token", "unk_token", "pad_token") if config.get(r)}
    if config["tokenizer_class"] == "Qwen2Tokenizer":
        tokenizer.normalizer = normalizers.NFC()
        tokenizer.pre_tokenizer = split_then_bytes(QWEN2)
    else:
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=config.get("add_prefix_space", False))
    tokenizer.decoder = decoders.ByteLevel()
    for i in sorted(config.get("added_tokens_decoder", {}), key=int):
        tokenizer.add_special_tokens([special(config["added_tokens_decoder"][i]["content"])])
    tokenizer.add_special_tokens([special(t) for t in dict.fromkeys(roles.values())])
    if config.get("add_bos_token") and config["tokenizer_class"] == "GPT2Tokenizer":
        tokenizer.post_processor = template([config["bos_token"]], tokenizer=tokenizer)
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, **roles)


def write_config(folder, config):
    (folder / "tokenizer_config.json").write_text(json.dumps(config, indent=1) + "\n")


def write_vocabulary(folder, tokenizer):
    spec = json.loads(tokenizer.to_str())["model"]
    (folder / "vocab.json").write_text(json.dumps(spec["vocab"], ensure_ascii=False, separators=(",", ":")) + "\n")
    merges = [m if isinstance(m, str) else " ".join(m) for m in spec["merges"]]
    (folder / "merges.txt").write_text("#version: 0.2\n" + "\n".join(merges) + "\n")


def write_tiktoken(path, tokenizer):
    letters = {letter: byte for byte, letter in byte_letters().items()}
    vocab = json.loads(tokenizer.to_str())["model"]["vocab"]
    lines = [base64.b64encode(bytes(letters[c] for c in token)) + b" %d\n" % rank
             for token, rank in sorted(vocab.items(), key=lambda item: item[1])]
    path.write_bytes(b"".join(lines))


def sentencepiece_model(path, **options):
    data = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(**{
        "sentence_iterator": iter(tokenizer_strings.training_text(SEED, 1500)), "model_writer": data, "model_type": "bpe",
        "vocab_size": 700, "byte_fallback": True, "character_coverage": 0.98, "minloglevel": 2, **options})
    proto = sentencepiece_model_pb2.ModelProto.FromString(data.getvalue())
    proto.trainer_spec.ClearField("input")
    path.write_bytes(proto.SerializeToString())


def pipelines():
    """name -> (tokenizer, tokenizer_config): families that are pipelines of tokenizer.json."""
    generic = {"tokenizer_class": "PreTrainedTokenizerFast", "clean_up_tokenization_spaces": False}
    sequence, bytes_only = pre_tokenizers.Sequence, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)

    neox = byte_level(600, pre_tokenizers.ByteLevel(add_prefix_space=False), normalizer=normalizers.NFC(),
                      specials=[special("<|endoftext|>"), special("<|padding|>")])
    neox.add_tokens([tokenizers.AddedToken(" " * n, normalized=True) for n in (4, 3, 2)])
    yield "neox", neox, {**generic, "tokenizer_class": "GPTNeoXTokenizer", "bos_token": "<|endoftext|>", "eos_token": "<|endoftext|>"}

    starcoder2 = byte_level(600, sequence([pre_tokenizers.Digits(True), pre_tokenizers.ByteLevel(add_prefix_space=False)]),
                            first=[special("<|endoftext|>"), special("<fim_prefix>")])
    yield "starcoder2", starcoder2, {**generic, "tokenizer_class": "GPT2Tokenizer", "bos_token": "<|endoftext|>",
                                     "eos_token": "<|endoftext|>"}

    gemma = sentencepiece_style(700)
    gemma.normalizer = normalizers.Replace(" ", "▁")
    gemma.pre_tokenizer = pre_tokenizers.Split(" ", "merged_with_previous")
    gemma.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()])
    gemma.add_special_tokens([special("<|im_start|>")])
    gemma.add_tokens([tokenizers.AddedToken("\n" * n, normalized=False) for n in (2, 3, 5)])
    gemma.post_processor = template(["<s>"], tokenizer=gemma)
    yield "gemma", gemma, {"tokenizer_class": "GemmaTokenizer", "add_bos_token": True, "bos_token": "<s>", "eos_token": "</s>"}

    phi3 = sentencepiece_style(700)
    phi3.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    phi3.add_special_tokens([special("<|endoftext|>"), special("<|im_start|>", rstrip=True), special("<|im_end|>", rstrip=True)])
    phi3.add_tokens([tokenizers.AddedToken("</s>", rstrip=True, normalized=False)])
    yield "phi3", phi3, {"tokenizer_class": "LlamaTokenizer", "add_bos_token": False, "add_eos_token": False,
                         "bos_token": "<s>", "eos_token": "<|endoftext|>"}

    # Patterns that nothing is written by hand for, and the behaviours that no family above has.
    chain = [pre_tokenizers.Split(Regex(r"\n+"), "merged_with_previous"), pre_tokenizers.Split("-", "merged_with_next"),
             pre_tokenizers.Split(Regex(r"[\p{Lu}\p{Lt}]?[\p{Ll}\p{M}]+|\p{N}{1,3}(?=(?:\p{N}{3})*\b)"), "isolated", invert=True),
             pre_tokenizers.Split(Regex(r"\s"), "contiguous"), pre_tokenizers.Split("\t", "removed"), bytes_only]
    chained = byte_level(600, sequence(chain), normalizer=normalizers.Sequence(
        [normalizers.NFKD(), normalizers.NFC(), normalizers.Replace(Regex(r"''+"), "\""), normalizers.Strip(False, True)]),
        specials=[special("<|x|>", normalized=True), special("[X]", lstrip=True)])
    chained.post_processor = processors.RobertaProcessing(("[X]", chained.token_to_id("[X]")), ("<|x|>", chained.token_to_id("<|x|>")))
    yield "chain", chained, {**generic, "bos_token": "<|x|>", "eos_token": "[X]"}

    kept = [pre_tokenizers.Split(Regex(r"\p{L}+"), "removed", invert=True), pre_tokenizers.BertPreTokenizer(),
            pre_tokenizers.CharDelimiterSplit("e")]
    words = sentencepiece_style(400, byte_fallback=False)
    words.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()])
    words.pre_tokenizer = sequence(kept)
    words.decoder = decoders.Fuse()
    yield "words", words, {**generic, "bos_token": "<s>", "eos_token": "</s>"}


def files(out):
    """folder -> tokenizer of the reference: directories without tokenizer.json."""
    def folder(name):
        (out / name).mkdir(exist_ok=True)
        return out / name

    opt = folder("opt")
    config = {"tokenizer_class": "GPT2Tokenizer", "add_bos_token": True, "bos_token": "</s>", "eos_token": "</s>",
              "unk_token": "</s>", "pad_token": "<pad>"}
    write_vocabulary(opt, byte_level(500, pre_tokenizers.ByteLevel(add_prefix_space=False), first=[special("</s>"), special("<pad>")]))
    write_config(opt, config)
    yield opt, fast(opt, config)

    qwen2 = folder("qwen2_files")
    source = byte_level(500, split_then_bytes(QWEN2))
    added = {str(source.get_vocab_size() + i): {"content": t, "special": True}
             for i, t in enumerate(("<|endoftext|>", "<|im_start|>", "<|im_end|>"))}
    config = {"tokenizer_class": "Qwen2Tokenizer", "eos_token": "<|im_end|>", "pad_token": "<|endoftext|>", "added_tokens_decoder": added}
    write_vocabulary(qwen2, source)
    write_config(qwen2, config)
    yield qwen2, fast(qwen2, config)

    qwen = folder("qwen_tiktoken")
    write_tiktoken(qwen / "qwen.tiktoken", byte_level(700, split_then_bytes(QWEN2)))
    write_config(qwen, {"tokenizer_class": "QWenTokenizer"})
    yield qwen, Tiktoken(qwen / "qwen.tiktoken", QWEN2, QWEN_SPECIAL, nfc=True, eos="<|endoftext|>")

    glm4 = folder("glm4_tiktoken")
    write_tiktoken(glm4 / "tokenizer.model", byte_level(700, split_then_bytes(LLAMA3)))
    write_config(glm4, {"tokenizer_class": "ChatGLM4Tokenizer"})
    yield glm4, Tiktoken(glm4 / "tokenizer.model", LLAMA3, GLM4_SPECIAL, prefix=["[gMASK]", "<sop>"], eos="<|endoftext|>")

    chatglm3 = folder("chatglm3")
    sentencepiece_model(chatglm3 / "tokenizer.model", split_digits=True)  # with its default rules: nmt_nfkc, one space for many
    write_config(chatglm3, {"tokenizer_class": "ChatGLMTokenizer"})
    yield chatglm3, ChatGlm3(chatglm3)

    internlm2 = folder("internlm2")
    sentencepiece_model(internlm2 / "tokenizer.model", normalization_rule_name="identity", remove_extra_whitespaces=False,
                        user_defined_symbols=["<|x|>", "word"], control_symbols=["<mask>"], byte_fallback=False)
    write_config(internlm2, {"tokenizer_class": "InternLM2Tokenizer", "add_eos_token": True,
                             "added_tokens_decoder": {"700": {"content": "<|im_start|>", "special": True},
                                                      "701": {"content": "<|im_end|>", "special": True}}})
    yield internlm2, Alone(internlm2)

    baichuan2 = folder("baichuan2")
    sentencepiece_model(baichuan2 / "tokenizer.model", normalization_rule_name="identity", remove_extra_whitespaces=False,
                        add_dummy_prefix=False, split_digits=True)
    write_config(baichuan2, {"tokenizer_class": "BaichuanTokenizer", "add_bos_token": False})
    yield baichuan2, Alone(baichuan2)


def write_digests(folder, tokenizer, strings):
    write_gz(folder / "digests.jsonl.gz", digests(tokenizer, strings))
    print(folder.name, flush=True)


def fixtures(out):
    strings = tokenizer_strings.test_strings(SEED, STRINGS)
    write_strings(out / "more_strings.jsonl.gz", strings)
    for folder in sorted(path.parent for path in out.glob("*/vectors.jsonl.gz")):
        write_digests(folder, load(folder) if (folder / "tokenizer.json").exists() else SentencePiece(folder), strings)
    for name, tokenizer, config in pipelines():
        folder = out / name
        folder.mkdir(exist_ok=True)
        spec = json.loads(tokenizer.to_str())
        (folder / "tokenizer.json").write_text(json.dumps(spec, ensure_ascii=False, separators=(",", ":")) + "\n")
        write_config(folder, config)
        write_digests(folder, load(folder), strings)
    for folder, tokenizer in files(out):
        write_digests(folder, tokenizer, strings)


def real(source, out):
    """Real files as they come, beside the directories that `tokenizer_vectors.py real` lays out."""
    strings = tokenizer_strings.test_strings(SEED, STRINGS)
    write_strings(out / "more_strings.jsonl.gz", strings)

    def lay(name, files, config=None):
        folder = out / name
        folder.mkdir(exist_ok=True)
        for target, origin in files.items():
            shutil.copyfile(source / origin, folder / target)
        if config is not None:
            write_config(folder, config)
        return folder

    for folder in sorted(path.parent for path in out.glob("*/vectors.jsonl.gz")):
        kind = Alone if folder.name == "spm-baichuan2" else SentencePiece
        write_digests(folder, load(folder) if (folder / "tokenizer.json").exists() else kind(folder), strings)
    folder = lay("files-qwen1", {"qwen.tiktoken": "qwen1/qwen.tiktoken", "tokenizer_config.json": "qwen1/tokenizer_config.json"})
    write_digests(folder, Tiktoken(folder / "qwen.tiktoken", QWEN2, QWEN_SPECIAL, nfc=True, eos="<|endoftext|>"), strings)
    folder = lay("files-llama3", {"tokenizer.model": "llama3/tokenizer.model"})
    write_digests(folder, Tiktoken(folder / "tokenizer.model", LLAMA3, LLAMA3_SPECIAL, prefix=["<|begin_of_text|>"],
                                   bos="<|begin_of_text|>", eos="<|end_of_text|>"), strings)
    folder = lay("files-chatglm3", {"tokenizer.model": "chatglm3/tokenizer.model", "tokenizer_config.json": "chatglm3/tokenizer_config.json"})
    write_digests(folder, ChatGlm3(folder), strings)
    config = json.loads((source / "qwen2.5/tokenizer_config.json").read_text())
    folder = lay("files-qwen2.5", {n: f"qwen2.5/{n}" for n in ("vocab.json", "merges.txt", "tokenizer_config.json")})
    write_digests(folder, fast(folder, config), strings)
    folder = lay("files-gpt2", {"merges.txt": "gpt2/vocab.bpe"})
    vocab = json.loads((source / "gpt2/tokenizer.json").read_text())["model"]["vocab"]
    (folder / "vocab.json").write_text(json.dumps(vocab))
    config = {"tokenizer_class": "GPT2Tokenizer", **{r: "<|endoftext|>" for r in ("bos_token", "eos_token", "unk_token")}}
    write_config(folder, config)
    write_digests(folder, fast(folder, config), strings)


def show(folder, number):
    strings = tokenizer_strings.test_strings(SEED, STRINGS)
    tokenizer = load(folder)
    print(strings[number], *parts_of(tokenizer, strings[number]), sep="\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    make = commands.add_parser("fixtures")
    make.add_argument("out", type=pathlib.Path)
    lay_out = commands.add_parser("real")
    lay_out.add_argument("tokenizers", type=pathlib.Path)
    lay_out.add_argument("out", type=pathlib.Path)
    one = commands.add_parser("show")
    one.add_argument("folder", type=pathlib.Path)
    one.add_argument("number", type=int)
    arguments = parser.parse_args()
    if arguments.command == "fixtures":
        fixtures(arguments.out)
    elif arguments.command == "real":
        real(arguments.tokenizers, arguments.out)
    else:
        show(arguments.folder, arguments.number)
    return 0


if __name__ == "__main__":
    sys.exit(main())
