#!/usr/bin/env python3
"""Make the demo: generate its text and test data, train its tokenizer and a small Llama model, export all of it.

Needs Python 3.10 or later with torch, transformers (5 or later) and tokenizers (and their dependencies: numpy,
safetensors). It reads nothing but its own sources and downloads nothing. The same versions, seed, options and
kind of CPU give the same files; the versions used are written to DIR/model/training.json.

DIR gets:
    model/                      a Hugging Face model directory (bfloat16 safetensors, tokenizer.json, ...)
    data/assay/<name>/default/  train.jsonl and test.jsonl of the three demo datasets

Examples:
    train.py --out share/demo                   everything, about 10 minutes on one idle core
    train.py --out /tmp/demo --steps 50         a quick try-out
    train.py --out share/demo --data-only       only the datasets, in a second
"""

import argparse
import copy
import json
import math
import os
import platform
import random
import re
import sys
import time
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))
import texts  # noqa: E402

BOS, EOS = "<s>", "</s>"
CONTEXT = 512
VOCABULARY = 768  # divides by 2, 4 and 8
# Words split at every digit, so that sums are spelled out digit by digit.
PRETOKENIZER = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"
                r"|\s*[\r\n]+|\s+(?!\S)|\s+")
QUESTION_WEIGHT = 0.2
CHOICE_COUNTS = {"fact_choice": 42, "opposite_choice": 12, "agreement_choice": 32, "lookup_choice": 32,
                 "biggest_choice": 102}


# ---------------------------------------------------------------- datasets


def distinct(make, count, key):
    """The first `count` items whose key has not been seen."""
    seen, items = set(), []
    while len(items) < count:
        item = make()
        if key(item) not in seen:
            seen.add(key(item))
            items.append(item)
    return items


def choice_split(rng, test, share=1.0):
    items = []
    for maker in texts.CHOICE_MAKERS:
        count = max(4, int(CHOICE_COUNTS[maker.__name__] * share))
        items += distinct(lambda: maker(rng, test), count, lambda item: item["context"])
    rng.shuffle(items)
    return items


def make_datasets(seed):
    """{dataset: {split: rows}}. Test rows are about held-out keys only."""
    rng = random.Random(seed)
    sums = {split: distinct(lambda: texts.sum_item(rng, split == "test"), count, lambda item: item["question"])
            for split, count in (("train", 64), ("test", 128))}
    # Mostly short pages; a few are longer than the model's context, so that scoring them takes several windows.
    pages = {split: [{"page": page} for page in distinct(
        lambda: texts.page(rng, split == "test", episodes=rng.choice([1, 1, 2, 2, 3, 4, 8])), count, lambda page: page)]
        for split, count in (("train", 16), ("test", 48))}
    return {"demo_choice": {"train": choice_split(rng, False, 0.25), "test": choice_split(rng, True)},
            "demo_text": pages, "demo_arith": sums}


def write_datasets(datasets, out):
    for name, splits in datasets.items():
        folder = out / "data" / "assay" / name / "default"
        folder.mkdir(parents=True, exist_ok=True)
        for split, rows in splits.items():
            lines = [json.dumps({"id": f"{name}-{split}-{i}", **row}, ensure_ascii=False) for i, row in enumerate(rows)]
            (folder / f"{split}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


# ---------------------------------------------------------------- tokenizer


def train_tokenizer(seed, documents=20000):
    from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, processors, trainers

    rng = random.Random(seed)
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(PRETOKENIZER), behavior="isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY, show_progress=False, initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        special_tokens=[AddedToken(token, special=True, normalized=False) for token in (BOS, EOS)])
    tokenizer.train_from_iterator((texts.training_document(rng) for _ in range(documents)), trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{BOS} $A", pair=f"{BOS} $A {BOS} $B", special_tokens=[(BOS, 0), (EOS, 1)])
    return tokenizer


# ---------------------------------------------------------------- model


def make_model(vocabulary):
    from transformers import LlamaConfig, LlamaForCausalLM

    config = LlamaConfig(
        vocab_size=vocabulary, hidden_size=128, intermediate_size=512, num_hidden_layers=4, num_attention_heads=8,
        num_key_value_heads=4, head_dim=16, max_position_embeddings=CONTEXT, rms_norm_eps=1e-5,
        rope_parameters={"rope_type": "default", "rope_theta": 10000.0}, tie_word_embeddings=False,
        bos_token_id=0, eos_token_id=1, pad_token_id=None, initializer_range=0.04)
    return LlamaForCausalLM(config)


def weighted_tokens(tokenizer, text):
    """Ids of one document between BOS and EOS, and how much each counts in the loss: questions are mostly chance,
    answers are what is to be learned."""
    encoding = tokenizer.encode(text)
    answers = [match.span() for match in re.finditer(r"(?s)(?<=Answer:).*?(?:\n\n|$)", text)]
    counts = lambda start: 1.0 if not answers or any(a <= start < b for a, b in answers) else QUESTION_WEIGHT
    return [*encoding.ids, 1], [*(counts(start) for start, _ in encoding.offsets), 1.0]


def rows_of_tokens(tokenizer, seed, length):
    """Endless rows of length + 1 (ids, weights): whole documents one after the other, the last one cut."""
    rng, row, weights = random.Random(seed), [], []
    while True:
        more = weighted_tokens(tokenizer, texts.training_document(rng))
        row, weights = row + more[0], weights + more[1]
        if len(row) > length:
            yield row[:length + 1], weights[:length + 1]
            row, weights = [], []


def learning_rate(step, options):
    warmup = min(100, options.steps // 10 + 1)
    if step < warmup:
        return options.learning_rate * (step + 1) / warmup
    done = (step - warmup) / max(1, options.steps - warmup)
    return options.learning_rate * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * done)))


def train(model, tokenizer, options, save):
    import torch

    decayed = [p for p in model.parameters() if p.dim() == 2]
    others = [p for p in model.parameters() if p.dim() != 2]
    optimizer = torch.optim.AdamW(
        [{"params": decayed, "weight_decay": 0.1}, {"params": others, "weight_decay": 0.0}],
        lr=options.learning_rate, betas=(0.9, 0.97))
    # Half rows are cheaper; the last third of the steps gets the model used to its whole context.
    short_rows = rows_of_tokens(tokenizer, options.seed + 1, CONTEXT // 2)
    long_rows = rows_of_tokens(tokenizer, options.seed + 2, CONTEXT)
    model.train()
    begun, mean = time.monotonic(), None
    for step in range(options.steps):
        long = step >= options.steps * 2 // 3
        drawn = ([next(long_rows) for _ in range(options.batch_size)] if long
                 else [next(short_rows) for _ in range(2 * options.batch_size)])
        batch = torch.tensor([ids for ids, _ in drawn])
        weights = torch.tensor([weights for _, weights in drawn])[:, 1:].flatten()
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(step, options)
        logits = model(input_ids=batch[:, :-1]).logits
        losses = torch.nn.functional.cross_entropy(logits.flatten(0, 1), batch[:, 1:].flatten(), reduction="none")
        loss = (losses * weights).sum() / weights.sum()
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        mean = loss.item() if mean is None else 0.95 * mean + 0.05 * loss.item()
        if (step + 1) % options.report == 0 or step + 1 == options.steps:
            seconds = time.monotonic() - begun
            speed = (step + 1) * batch[:, 1:].numel() / seconds
            print(f"step {step + 1}/{options.steps}  loss {mean:.3f}  {speed:,.0f} tokens/s  {seconds:.0f} s",
                  flush=True)
        if options.save_every and (step + 1) % options.save_every == 0:
            save(step + 1, mean)
    model.eval()
    return mean


# ---------------------------------------------------------------- held-out scores


def continuation_logprob(model, context, continuation):
    import torch

    ids = torch.tensor([context + continuation])
    logprobs = model(input_ids=ids[:, :-1]).logits[0].log_softmax(-1)
    picked = logprobs[len(context) - 1:].gather(1, ids[0, len(context):, None])
    return picked.sum().item()


def evaluate(model, tokenizer, datasets):
    """Held-out scores by simple loops; the published ones come from score.py."""
    import torch

    encode = lambda text: tokenizer.encode(text).ids
    with torch.inference_mode():
        by_kind = {}
        for doc in datasets["demo_choice"]["test"]:
            context = encode(doc["context"])
            scores = [continuation_logprob(model, context, encode(f"{doc['context']} {choice}")[len(context):])
                      for choice in doc["choices"]]
            by_kind.setdefault(doc["kind"], []).append(scores.index(max(scores)) == doc["label"])
        hits = sum(by_kind.values(), [])
        print(f"demo_choice  accuracy {sum(hits) / len(hits):.3f} over {len(hits)} (chance 0.25): "
              + ", ".join(f"{kind} {sum(h)}/{len(h)}" for kind, h in sorted(by_kind.items())))

        total, words = 0.0, 0
        for doc in datasets["demo_text"]["test"]:
            ids, start = encode(doc["page"]), 1
            words += len(doc["page"].split())
            while start < len(ids):
                total += continuation_logprob(model, [ids[start - 1]], ids[start:start + CONTEXT])
                start += CONTEXT
        print(f"demo_text    word perplexity {math.exp(-total / words):.3f}")

        right = 0
        for doc in datasets["demo_arith"]["test"]:
            ids = encode(f"Question: {doc['question']}\nAnswer:")
            output = model.generate(torch.tensor([ids]), max_new_tokens=48, do_sample=False, pad_token_id=1)[0]
            answer = tokenizer.decode(output[len(ids):].tolist()).split("Question:")[0]
            right += answer.strip().endswith(doc["answer"][doc["answer"].index("####"):])
        count = len(datasets["demo_arith"]["test"])
        print(f"demo_arith   zero-shot exact match {right / count:.3f} over {count}")


# ---------------------------------------------------------------- export


def export(model, tokenizer, out, record):
    """Write the model directory; return the model as written: rounded to bfloat16, widened again."""
    import torch
    from transformers import GenerationConfig

    folder = out / "model"
    folder.mkdir(parents=True, exist_ok=True)
    rounded = copy.deepcopy(model).to(torch.bfloat16)
    rounded.generation_config = GenerationConfig(bos_token_id=0, eos_token_id=1, do_sample=False)
    rounded.save_pretrained(folder)
    (folder / "model.safetensors").chmod(0o644)
    tokenizer.save(str(folder / "tokenizer.json"))
    settings = {"tokenizer_class": "PreTrainedTokenizerFast", "bos_token": BOS, "eos_token": EOS,
                "add_bos_token": True, "add_eos_token": False, "clean_up_tokenization_spaces": False,
                "model_max_length": CONTEXT}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings, indent=2) + "\n")
    (folder / "training.json").write_text(json.dumps(record, indent=2) + "\n")
    return rounded.float()


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="folder to write to")
    parser.add_argument("--steps", type=int, default=2600, help="training steps (default %(default)s)")
    parser.add_argument("--batch-size", type=int, default=2, help="rows of 512 tokens a step (default %(default)s)")
    parser.add_argument("--learning-rate", type=float, default=3e-3, help="peak, after warm-up (default %(default)s)")
    parser.add_argument("--seed", type=int, default=20, help="of data, tokenizer and training (default %(default)s)")
    parser.add_argument("--threads", type=int, default=1, help="CPU threads (default %(default)s)")
    parser.add_argument("--report", type=int, default=100, help="steps between progress lines (default %(default)s)")
    parser.add_argument("--save-every", type=int, default=0, metavar="N",
                        help="also write the model after every N steps (default: only at the end)")
    parser.add_argument("--data-only", action="store_true", help="write the datasets and stop")
    options = parser.parse_args()
    if options.steps < 1 or options.batch_size < 1 or options.threads < 1 or options.report < 1:
        parser.error("--steps, --batch-size, --threads and --report must be at least 1")
    return options


def main():
    options = parse_options()
    datasets = make_datasets(options.seed)
    write_datasets(datasets, options.out)
    print("data:", ", ".join(f"{name} {split} {len(rows)}" for name, splits in datasets.items()
                             for split, rows in splits.items()), flush=True)
    if options.data_only:
        return
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    import tokenizers
    import torch
    import transformers

    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    torch.use_deterministic_algorithms(True)
    tokenizer = train_tokenizer(options.seed)
    model = make_model(tokenizer.get_vocab_size())
    parameters = sum(p.numel() for p in model.parameters())
    print(f"model: {parameters:,} parameters, vocabulary {tokenizer.get_vocab_size()}", flush=True)

    def save(step, loss):
        return export(model, tokenizer, options.out, {
            "steps": step, "batch_size": options.batch_size, "learning_rate": options.learning_rate,
            "seed": options.seed, "threads": options.threads, "parameters": parameters, "final_loss": round(loss, 4),
            "machine": platform.machine(),
            "versions": {"python": platform.python_version(), "torch": torch.__version__,
                         "transformers": transformers.__version__, "tokenizers": tokenizers.__version__}})

    loss = train(model, tokenizer, options, save)
    evaluate(save(options.steps, loss), tokenizer, datasets)


if __name__ == "__main__":
    main()
