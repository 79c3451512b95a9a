#!/usr/bin/env python3
"""Encoding on one thread against the tokenizers package, taking turns within one run.

    tokenizer_bench.py build/dev/bin/bench_tokenizer --tokenizer DIR... --text FILE...

For every tokenizer and text: both sides encode the same documents, in turn, `--rounds` times; round 0 is
printed as "first pass" (empty caches) and not counted. Printed are the rates and the ratio of each round's times.
The package runs encode_batch_fast (no offsets) with its thread pool off; ids are compared. Needs Python's tokenizers.
"""

import argparse
import os
import pathlib
import statistics
import subprocess
import sys
import time

os.environ.update(TOKENIZERS_PARALLELISM="false", RAYON_NUM_THREADS="1")
import tokenizers  # noqa: E402


def documents(text, size):
    out = []
    while text:
        end = -1 if len(text) <= size else text.find(b"\n", size)
        cut = len(text) if end < 0 else end + 1
        out.append(text[:cut].decode())
        text = text[cut:]
    return out


def checksum(batch):
    value = 0
    for ids in batch:
        for i in ids:
            value = (value * 31 + i) % 2147483647
    return value


def compare(program, folder, file, rounds, size):
    parts = documents(file.read_bytes(), size)
    reference = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
    own = subprocess.Popen([program, "--tokenizer", folder, "--text", file, "--document-bytes", str(size), "--serve"],
                           stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    megabytes = file.stat().st_size / 1e6
    ratios, ours, theirs = [], [], []
    for turn in range(rounds + 1):
        own.stdin.write("\n")
        own.stdin.flush()
        seconds, count, check = own.stdout.readline().split()
        start = time.perf_counter()
        encoded = reference.encode_batch_fast(parts, add_special_tokens=False)
        taken = time.perf_counter() - start
        if turn == 0:
            batch = [e.ids for e in encoded]
            same = int(count) == sum(map(len, batch)) and int(check) == checksum(batch)
            print(f"{folder.name} {file.name}: {megabytes:.2f} MB, {len(parts)} documents, {count} ids, "
                  f"{'the same' if same else 'DIFFERENT'}")
            print(f"  first pass {megabytes / float(seconds):8.2f} MB/s, tokenizers {megabytes / taken:6.2f} MB/s, "
                  f"ratio {taken / float(seconds):.2f}")
        else:
            ratios.append(taken / float(seconds))
            ours.append(megabytes / float(seconds))
            theirs.append(megabytes / taken)
    own.stdin.close()
    own.wait()
    print(f"  median     {statistics.median(ours):8.2f} MB/s, tokenizers {statistics.median(theirs):6.2f} MB/s, ratio "
          f"min {min(ratios):.2f} median {statistics.median(ratios):.2f} max {max(ratios):.2f}", flush=True)
    return same


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--tokenizer", type=pathlib.Path, nargs="+", required=True, help="folders with tokenizer.json")
    parser.add_argument("--text", type=pathlib.Path, nargs="+", required=True, help="UTF-8 files")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--document-bytes", type=int, default=4096)
    arguments = parser.parse_args()
    print(f"tokenizers {tokenizers.__version__}")
    same = [compare(arguments.program, folder, file, arguments.rounds, arguments.document_bytes)
            for folder in arguments.tokenizer for file in arguments.text]
    return 0 if all(same) else 1


if __name__ == "__main__":
    sys.exit(main())
