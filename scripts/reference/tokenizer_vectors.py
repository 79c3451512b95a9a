#!/usr/bin/env python3
"""Reference ids and decoded text for tokenizer tests, from Hugging Face's tokenizers and transformers.

    tokenizer_vectors.py fixtures OUT        trains small tokenizers of every style on generated text and
                                             writes them with their vectors (committed under test/data/text)
    tokenizer_vectors.py real TOKENIZERS OUT lays out real tokenizers found under TOKENIZERS as model
                                             directories and writes their vectors (never committed)

strings.jsonl.gz: one JSON value a line, a string, or {"hex": ...} for bytes that are not UTF-8.
<family>/vectors.jsonl.gz: a header {"prefix", "suffix", "versions", ...}, then for every string
{"ids", "full"?, "text"?, "plain"?}: ids without special tokens; with them, if not prefix + ids + suffix;
decode(ids), if not the string itself with invalid bytes replaced; decode(full, skip_special_tokens), if not
the same as decode(ids).
"""

import argparse
import base64
import gzip
import io
import json
import pathlib
import re
import shutil
import sys
import unicodedata

import sentencepiece
import tokenizers
import transformers
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from sentencepiece import sentencepiece_model_pb2
from transformers import PreTrainedTokenizerFast

import tokenizer_strings

SEED = 20240607
STRINGS = 2200
GPT4_LIKE = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}%s| ?[^\s\p{L}\p{N}]+[\r\n]*"
             r"|\s*[\r\n]+|\s+(?!\S)|\s+")
LLAMA3, QWEN2 = GPT4_LIKE % "{1,3}", GPT4_LIKE % ""
BLOOM = r" ?[^(\s|[.,!?…。，、।۔،])]+"


def write_gz(path, lines):
    with open(path, "wb") as raw, gzip.GzipFile(fileobj=raw, mode="wb", mtime=0, filename="") as out:
        for line in lines:
            out.write((json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n").encode())


def write_strings(path, strings):
    def value(text):
        try:
            return text.decode()
        except UnicodeDecodeError:
            return {"hex": text.hex()}

    write_gz(path, map(value, strings))


def vectors(tokenizer, strings):
    empty = tokenizer("", add_special_tokens=True)["input_ids"]
    probe = tokenizer("a", add_special_tokens=False)["input_ids"]
    full = tokenizer("a", add_special_tokens=True)["input_ids"]
    at = next(i for i in range(len(full) + 1) if full[i:i + len(probe)] == probe)
    prefix, suffix = full[:at], full[at + len(probe):]
    assert empty == prefix + suffix
    yield {"prefix": prefix, "suffix": suffix, "bos": tokenizer.bos_token_id, "eos": tokenizer.eos_token_id,
           "vocab_size": max(tokenizer.get_vocab().values()) + 1, "seed": SEED,
           "versions": {"tokenizers": tokenizers.__version__, "transformers": transformers.__version__,
                        "sentencepiece": sentencepiece.__version__}}
    # Left out by id: since 0.23 the library's own skip_special_tokens compares the normalised text of tokens
    # with "normalized": true and so keeps special tokens that every earlier version leaves out.
    specials = {i for i, token in tokenizer.added_tokens_decoder.items() if token.special}
    for raw in strings:
        text = raw.decode("utf-8", "replace")
        ids = tokenizer(text, add_special_tokens=False)["input_ids"]
        full = tokenizer(text, add_special_tokens=True)["input_ids"]
        decoded = tokenizer.decode(ids, skip_special_tokens=False, clean_up_tokenization_spaces=False)
        plain = tokenizer.decode([i for i in full if i not in specials], clean_up_tokenization_spaces=False)
        record = {"ids": ids}
        if full != prefix + ids + suffix:
            record["full"] = full
        if decoded != text:
            record["text"] = decoded
        if plain != decoded:
            record["plain"] = plain
        yield record


def load(folder):
    # The generic class, since transformers 5 rebuilds the pipeline of Llama's class instead of reading it from
    # tokenizer.json; and the post-processor that Llama's class of transformers 4 makes from the two flags.
    tokenizer = PreTrainedTokenizerFast.from_pretrained(str(folder))
    config = json.loads((folder / "tokenizer_config.json").read_text()) if (folder / "tokenizer_config.json").exists() else {}
    if config.get("tokenizer_class", "").startswith(("Llama", "Gemma")) and ("add_bos_token" in config or "add_eos_token" in config):
        tokenizer._add_bos_token = config.get("add_bos_token", True)
        tokenizer._add_eos_token = config.get("add_eos_token", False)
        tokenizer.update_post_processor()
    return tokenizer


def special(content, **flags):
    return tokenizers.AddedToken(content, **{"normalized": False, "special": True, **flags})


def byte_level(size, pre_tokenizer, normalizer=None, specials=(), first=(), ignore_merges=False):
    tokenizer = Tokenizer(models.BPE(ignore_merges=ignore_merges))
    if normalizer is not None:
        tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = pre_tokenizer
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(vocab_size=size, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
                                  special_tokens=list(first), show_progress=False)
    tokenizer.train_from_iterator(tokenizer_strings.training_text(SEED, 1500), trainer)
    tokenizer.add_special_tokens(list(specials))
    return tokenizer


def split_then_bytes(pattern):
    return pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(pattern), "isolated"),
                                    pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])


def read_tiktoken(path):
    """{byte-level token: rank} of lines "base64 rank"."""
    letters = byte_letters()
    ranks = {}
    for line in path.read_bytes().splitlines():
        token, rank = line.split()
        ranks["".join(letters[b] for b in base64.b64decode(token))] = int(rank)
    return ranks


def byte_letters():
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    rest = [b for b in range(256) if b not in printable]
    return {**{b: chr(b) for b in printable}, **{b: chr(256 + i) for i, b in enumerate(rest)}}


def recover_merges(ranks):
    """A tiktoken file holds no merges: the pair that makes a token is what lower ranks leave of it."""
    merges = []
    for token, rank in sorted(ranks.items(), key=lambda item: item[1]):
        if len(token) < 2:
            continue
        parts = list(token)
        while len(parts) > 2:
            pairs = [(ranks.get(a + b, rank), i) for i, (a, b) in enumerate(zip(parts, parts[1:]))]
            best, at = min(pairs)
            if best >= rank:
                break
            parts[at:at + 2] = [parts[at] + parts[at + 1]]
        if len(parts) == 2:
            merges.append(tuple(parts))
    return merges


def sentencepiece_style(size, byte_fallback=True):
    """BPE over ▁-joined words with byte tokens, trained with words split and then used without a split."""
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=byte_fallback))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    first = ["<unk>", "<s>", "</s>"] + ([f"<0x{b:02X}>" for b in range(256)] if byte_fallback else [])
    trainer = trainers.BpeTrainer(vocab_size=size, special_tokens=first, limit_alphabet=200, show_progress=False)
    tokenizer.train_from_iterator(tokenizer_strings.training_text(SEED, 1500), trainer)
    spec = json.loads(tokenizer.to_str())
    spec["added_tokens"] = spec["added_tokens"][:3]
    tokenizer = Tokenizer.from_str(json.dumps(spec))
    tokenizer.pre_tokenizer = None
    tail = [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    tokenizer.decoder = decoders.Sequence(tail)
    return tokenizer


def template(before=(), after=(), tokenizer=None):
    names = [*before, *after]
    return processors.TemplateProcessing(
        single=" ".join([*before, "$A", *after]), pair=" ".join([*before, "$A", "$B", *after]),
        special_tokens=[(n, tokenizer.token_to_id(n)) for n in dict.fromkeys(names)])


def families():
    """name -> (tokenizer, tokenizer_config)"""
    out = {}
    generic = {"tokenizer_class": "PreTrainedTokenizerFast", "clean_up_tokenization_spaces": False}

    gpt2 = byte_level(900, pre_tokenizers.ByteLevel(add_prefix_space=False), specials=[special("<|endoftext|>", normalized=True)])
    gpt2.post_processor = processors.ByteLevel(trim_offsets=False)
    out["gpt2"] = gpt2, {"tokenizer_class": "GPT2Tokenizer", "bos_token": "<|endoftext|>", "eos_token": "<|endoftext|>",
                         "unk_token": "<|endoftext|>"}

    llama3 = byte_level(1100, split_then_bytes(LLAMA3), ignore_merges=True,
                        specials=[special(t) for t in ("<|begin_of_text|>", "<|end_of_text|>", "<|eot_id|>")])
    llama3.post_processor = processors.Sequence([processors.ByteLevel(trim_offsets=False),
                                                 template(["<|begin_of_text|>"], tokenizer=llama3)])
    out["llama3"] = llama3, {**generic, "bos_token": "<|begin_of_text|>", "eos_token": "<|end_of_text|>"}

    qwen2 = byte_level(1100, split_then_bytes(QWEN2), normalizer=normalizers.NFC(),
                       specials=[special(t) for t in ("<|endoftext|>", "<|im_start|>", "<|im_end|>")])
    out["qwen2"] = qwen2, {"tokenizer_class": "Qwen2Tokenizer", "add_bos_token": False, "bos_token": None,
                           "eos_token": "<|im_end|>", "pad_token": "<|endoftext|>"}

    deepseek_chain = [pre_tokenizers.Split(Regex(p), "isolated") for p in
                      (r"[\r\n]", r"\s?\p{L}+", r"\s?\p{P}+", r"[一-龥ࠀ-一가-퟿]+")]
    deepseek = byte_level(900, pre_tokenizers.Sequence(
        [*deepseek_chain, pre_tokenizers.Digits(individual_digits=True),
         pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]),
        specials=[special("<s>", normalized=True), special("<|endoftext|>", normalized=True)])
    out["deepseek"] = deepseek, {"tokenizer_class": "LlamaTokenizerFast", "add_bos_token": True, "add_eos_token": False,
                                 "bos_token": "<s>", "eos_token": "<|endoftext|>"}

    llama2 = sentencepiece_style(1000)
    llama2.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    llama2.post_processor = template(["<s>"], tokenizer=llama2)
    roles = {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>"}
    out["llama2"] = llama2, {"tokenizer_class": "LlamaTokenizer", "add_bos_token": True, "add_eos_token": False,
                             "legacy": True, **roles}

    mistral = sentencepiece_style(1000)
    mistral.pre_tokenizer = pre_tokenizers.Metaspace("▁", "first", split=False)
    mistral.add_special_tokens([special("[INST]"), special("[/INST]")])
    mistral.post_processor = template(["<s>"], tokenizer=mistral)
    # Both flags against the file's own post-processor.
    out["mistral"] = mistral, {"tokenizer_class": "LlamaTokenizer", "add_bos_token": False, "add_eos_token": True, **roles}

    falcon = byte_level(500, pre_tokenizers.Sequence(
        [pre_tokenizers.Punctuation("contiguous"), pre_tokenizers.ByteLevel(add_prefix_space=False),
         pre_tokenizers.Digits(individual_digits=False), pre_tokenizers.Split(Regex("[0-9][0-9][0-9]"), "isolated")]),
        first=[special("<pad>")])
    falcon.add_tokens([tokenizers.AddedToken(t, normalized=n, **f) for t, n, f in (
        ("word", False, {"single_word": True}), ("[X]", True, {"lstrip": True}), ("<sep>", False, {"rstrip": True}),
        ("<mask>", True, {"lstrip": True, "rstrip": True}), ("    ", True, {}))])
    out["falcon"] = falcon, {**generic, "eos_token": "<|x|>"}

    bloom = byte_level(450, pre_tokenizers.Sequence(
        [pre_tokenizers.Split(Regex(BLOOM), "isolated"),
         pre_tokenizers.ByteLevel(add_prefix_space=True, use_regex=False)]), first=[special("<s>"), special("</s>")])
    bloom.post_processor = template(["<s>", "<s>"], ["</s>"], tokenizer=bloom)
    out["bloom"] = bloom, {**generic, "bos_token": {"__type": "AddedToken", "content": "<s>", "special": True}, "eos_token": "</s>"}

    plain = sentencepiece_style(450, byte_fallback=False)
    plain.normalizer = normalizers.Sequence([
        normalizers.Strip(left=True, right=True), normalizers.NFKD(), normalizers.StripAccents(), normalizers.Lowercase(),
        normalizers.Replace(Regex(r"\p{P}+"), "."), normalizers.NFKC(), normalizers.NFD()])
    plain.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Whitespace(), pre_tokenizers.Metaspace("▁", "first")])
    plain.decoder = decoders.Metaspace("▁", "first")
    plain.add_tokens([tokenizers.AddedToken("WORD", normalized=True), tokenizers.AddedToken("<SEP>", normalized=False),
                      tokenizers.AddedToken("Ⓐ", normalized=False, single_word=True)])
    out["plain"] = plain, {**generic, **roles, "additional_special_tokens": ["<|x|>"]}
    return out


def character_classes():
    """Classes of the characters that this Python's Unicode tables know, as the tokenizers library sees them."""
    known = [c for c in range(0x110000) if unicodedata.category(chr(c)) not in ("Cn", "Cs")]
    chunks = [known[i:i + 2048] for i in range(0, len(known), 2048)]

    def matched(pre_tokenizer):
        return {ord(c) for chunk in chunks
                for piece, _ in pre_tokenizer.pre_tokenize_str("".join(map(chr, chunk))) for c in piece}

    def alone(pre_tokenizer):
        return {ord(piece) for chunk in chunks
                for piece, _ in pre_tokenizer.pre_tokenize_str("a" + "a".join(map(chr, chunk)) + "a")
                if len(piece) == 1 and piece != "a"}

    def regex(pattern):
        return matched(pre_tokenizers.Split(Regex(pattern), "removed", invert=True))

    accents, lower = normalizers.StripAccents(), normalizers.Lowercase()
    classes = {
        "letter": regex(r"\p{L}"), "number": regex(r"\p{N}"), "space": regex(r"\s"), "word_regex": regex(r"\w"),
        "numeric": alone(pre_tokenizers.Digits(True)), "punctuation": alone(pre_tokenizers.Punctuation("isolated")),
        "mark": {c for c in known if accents.normalize_str("x" + chr(c)) == "x"},
        "lowered": {c for c in known if lower.normalize_str(chr(c)) != chr(c)},
        "known": set(known)}
    for name, normalizer in (("nfc", normalizers.NFC()), ("nfd", normalizers.NFD()), ("nfkc", normalizers.NFKC()),
                             ("nfkd", normalizers.NFKD())):
        classes[name] = {c for c in known if normalizer.normalize_str(chr(c)) != chr(c)}
    for name, codes in classes.items():
        ranges = []
        for code in sorted(codes):
            if ranges and ranges[-1][1] == code - 1:
                ranges[-1][1] = code
            else:
                ranges.append([code, code])
        yield name, ranges


class SentencePiece:
    """tokenizer.model by sentencepiece itself, with added tokens cut out first: what the original Llama does.

    Only the first text of an input gets the model's leading space unless `legacy` (as LlamaTokenizer calls it).
    """

    def __init__(self, folder):
        config = json.loads((folder / "tokenizer_config.json").read_text())
        data = (folder / "tokenizer.model").read_bytes()
        self.first = sentencepiece.SentencePieceProcessor(model_proto=data)
        proto = sentencepiece_model_pb2.ModelProto.FromString(data)
        dummy_prefix = proto.normalizer_spec.add_dummy_prefix
        proto.normalizer_spec.add_dummy_prefix = False
        self.later = sentencepiece.SentencePieceProcessor(model_proto=proto.SerializeToString())
        self.legacy = config.get("legacy", False)
        self.special = {self.first.id_to_piece(i): i for i in (self.first.unk_id(), self.first.bos_id(), self.first.eos_id())}
        self.added = dict(self.special)
        for i, token in config.get("added_tokens_decoder", {}).items():
            self.added[token["content"]] = int(i)
            if token["special"]:
                self.special[token["content"]] = int(i)
        self.bos_token_id, self.eos_token_id = self.first.bos_id(), self.first.eos_id()
        self.prefix = [self.bos_token_id] if config.get("add_bos_token", True) else []
        self.suffix = [self.eos_token_id] if config.get("add_eos_token", False) else []
        steps = [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()]
        if dummy_prefix:
            steps.append(decoders.Strip(" ", 1, 0))
        self.decoder = decoders.Sequence(steps)
        self.pattern = re.compile("(" + "|".join(re.escape(t) for t in sorted(self.added, key=len, reverse=True)) + ")")

    def __call__(self, text, add_special_tokens):
        ids = []
        at = 0
        for part in self.pattern.split(text):
            if part in self.added:
                ids.append(self.added[part])
            elif part:
                ids += (self.first if at == 0 or self.legacy else self.later).encode(part)
            at += len(part)
        return {"input_ids": self.prefix + ids + self.suffix if add_special_tokens else ids}

    def decode(self, ids, **_):
        names = {i: t for t, i in self.added.items()}
        return self.decoder.decode([names.get(i) or self.first.id_to_piece(i) for i in ids])

    def get_vocab(self):
        return {"last": max(self.first.get_piece_size() - 1, *self.added.values())}

    @property
    def added_tokens_decoder(self):
        return {i: special(t) for t, i in self.special.items()}


def sentencepiece_fixture(folder):
    folder.mkdir(exist_ok=True)
    data = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(tokenizer_strings.training_text(SEED, 1500)), model_writer=data, model_type="bpe",
        vocab_size=900, byte_fallback=True, character_coverage=0.98, normalization_rule_name="identity",
        remove_extra_whitespaces=False, split_digits=True, allow_whitespace_only_pieces=True, minloglevel=2)
    proto = sentencepiece_model_pb2.ModelProto.FromString(data.getvalue())
    proto.trainer_spec.ClearField("input")
    (folder / "tokenizer.model").write_bytes(proto.SerializeToString())
    added = {"900": {"content": "[INST]", "special": True}, "901": {"content": "word", "special": False, "normalized": False}}
    config = {"tokenizer_class": "LlamaTokenizer", "legacy": False, "added_tokens_decoder": added}
    (folder / "tokenizer_config.json").write_text(json.dumps(config, indent=1) + "\n")


def write_family(folder, strings):
    tokenizer = load(folder) if (folder / "tokenizer.json").exists() else SentencePiece(folder)
    write_gz(folder / "vectors.jsonl.gz", vectors(tokenizer, strings))


def fixtures(out):
    strings = tokenizer_strings.test_strings(SEED, STRINGS)
    out.mkdir(parents=True, exist_ok=True)
    write_strings(out / "strings.jsonl.gz", strings)
    for name, (tokenizer, config) in families().items():
        folder = out / name
        folder.mkdir(exist_ok=True)
        spec = json.loads(tokenizer.to_str())
        (folder / "tokenizer.json").write_text(json.dumps(spec, ensure_ascii=False, separators=(",", ":")) + "\n")
        (folder / "tokenizer_config.json").write_text(json.dumps(config, indent=1) + "\n")
        write_family(folder, strings)
        print(name, tokenizer.get_vocab_size())
    sentencepiece_fixture(out / "sentencepiece")
    write_family(out / "sentencepiece", strings)
    write_gz(out / "classes.jsonl.gz", [{"name": n, "ranges": r} for n, r in character_classes()])


def real(source, out):
    """Model directories from loose files; what a directory lacks is converted from what it has."""
    strings = tokenizer_strings.test_strings(SEED + 1, 4000)
    out.mkdir(parents=True, exist_ok=True)
    write_strings(out / "strings.jsonl.gz", strings)

    def lay(name, files):
        folder = out / name
        folder.mkdir(exist_ok=True)
        for target, origin in files.items():
            shutil.copyfile(source / origin, folder / target)
        return folder

    def three(folder, prefix=""):
        names = ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json")
        return {n: f"{folder}/{prefix}{n}" for n in names if (source / f"{folder}/{prefix}{n}").exists()}

    folders = [lay("llama2", three("llama2")), lay("mistral-v0.2", three("mistral", "v0.2_")),
               lay("mistral-v0.3", three("mistral", "v0.3_")), lay("mixtral", three("mixtral")), lay("yi", three("yi")),
               lay("phi2", three("phi2")), lay("phi3", three("phi3")), lay("falcon", three("falcon")),
               lay("gpt2", three("gpt2"))]

    for name, config in (("qwen2.5", "qwen2.5/tokenizer_config.json"), ("qwen3", "qwen3/tokenizer_config.json"),
                         ("r1-distill-qwen", "deepseek/r1_distill_qwen32b_tokenizer_config.json")):
        folder = lay(name, {"tokenizer_config.json": config})
        model = models.BPE.from_file(str(source / "qwen2.5/vocab.json"), str(source / "qwen2.5/merges.txt"))
        tokenizer = Tokenizer(model)
        tokenizer.normalizer = normalizers.NFC()
        tokenizer.pre_tokenizer = split_then_bytes(QWEN2)
        tokenizer.decoder = decoders.ByteLevel()
        tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
        tokenizer.save(str(folder / "tokenizer.json"))
        folders.append(folder)

    for name in ("llama3_instruct", "llama3.1"):
        config = f"llama3/{name}_tokenizer_config.json"
        folder = lay(name, {"tokenizer_config.json": config})
        added = json.loads((source / config).read_text())["added_tokens_decoder"]
        ranks = read_tiktoken(source / "llama3/tokenizer.model")
        tokenizer = Tokenizer(models.BPE(vocab=ranks, merges=recover_merges(ranks), ignore_merges=True))
        tokenizer.pre_tokenizer = split_then_bytes(LLAMA3)
        tokenizer.decoder = decoders.ByteLevel()
        tokenizer.add_special_tokens([special(added[k]["content"]) for k in sorted(added, key=int)])
        tokenizer.post_processor = processors.Sequence([processors.ByteLevel(trim_offsets=False),
                                                        template(["<|begin_of_text|>"], tokenizer=tokenizer)])
        tokenizer.save(str(folder / "tokenizer.json"))
        folders.append(folder)

    for name, model, config in (("spm-llama2", "llama2/tokenizer.model", {}),
                                ("spm-llama1", "llama2/tokenizer.model", {"legacy": True, "add_eos_token": True}),
                                ("spm-mistral-v1", "mistral/tokenizer.model.v1", {"add_bos_token": False}),
                                ("spm-mistral-v2", "mistral/mistral_instruct_tokenizer_240216.model.v2", {}),
                                ("spm-mistral-v3", "mistral/mistral_instruct_tokenizer_240323.model.v3", {}),
                                ("spm-baichuan2", "baichuan2/tokenizer.model", {"legacy": True})):
        folder = lay(name, {"tokenizer.model": model})
        (folder / "tokenizer_config.json").write_text(json.dumps(config))
        folders.append(folder)

    for folder in folders:
        write_family(folder, strings)
        print(folder.name, flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    make = commands.add_parser("fixtures")
    make.add_argument("out", type=pathlib.Path)
    lay_out = commands.add_parser("real")
    lay_out.add_argument("tokenizers", type=pathlib.Path)
    lay_out.add_argument("out", type=pathlib.Path)
    arguments = parser.parse_args()
    if arguments.command == "fixtures":
        fixtures(arguments.out)
    else:
        real(arguments.tokenizers, arguments.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
