#!/usr/bin/env python3
"""Verdicts of the `code_eval` metric of Hugging Face's evaluate (human-eval's execution.py), and its pass@k.

Usage: eval_code.py METRIC_DIR OUTPUT_DIR [--humaneval HumanEval.jsonl.gz]

METRIC_DIR is metrics/code_eval of https://github.com/huggingface/evaluate. Runs the programs below, which are harmless,
and writes OUTPUT_DIR/verdicts.json and OUTPUT_DIR/pass_at_k.json. With --humaneval it runs every canonical solution,
and every one replaced by `return None`, and prints how many pass; nothing of that is written.
"""

import argparse
import gzip
import importlib
import json
import platform
import sys
from pathlib import Path

PROGRAMS = [
    "",
    "x = 1",
    "def f(x):\n    return x + 1\nassert f(1) == 2",
    "assert 1 == 2",
    "assert 1 == 2, 'one is not two'",
    "raise ValueError('no')",
    "def f(:\n",
    "\tx = 1\n  y = 2",
    "return 1",
    "x = 1\0y = 2",
    "\ufeffx = 1",
    "# -*- coding: latin-1 -*-\nassert len('\u00e4') == 1",
    "print('\u4e2d\u6587' * 100)",
    "print(undefined_name)",
    "assert __name__ == 'builtins'",
    "assert __name__ == '__main__'",
    "if __name__ == '__main__':\n    raise ValueError",
    "__file__",
    "import sys\nsys.exit(0)",
    "import sys\nsys.exit()",
    "raise SystemExit",
    "raise KeyboardInterrupt",
    "raise GeneratorExit",
    "exit()",
    "quit(0)",
    "help()",
    "import os\nos._exit(0)",
    "import os\nos._exit(1)",
    "import os\nos.getcwd()",
    "import os\nos.remove('nothing')",
    "import os\nos.unlink('nothing')",
    "import os\nos.kill(os.getpid(), 0)",
    "import os\nos.fork()",
    "import os\nos.system('true')",
    "import os\nos.chdir('/')",
    "import os\nassert os.environ['OMP_NUM_THREADS'] == '1'",
    "import os\nassert os.listdir('.') == []",
    "import os\nos.mkdir('a')\nassert os.listdir('.') == ['a']",
    "open('a.txt', 'w').write('text')\nassert open('a.txt').read() == 'text'",
    "import shutil\nshutil.rmtree('.')",
    "import shutil\nshutil.copy",
    "from shutil import move\nmove('a', 'b')",
    "import subprocess\nsubprocess.Popen(['true'])",
    "import subprocess\nsubprocess.run(['true'])",
    "from subprocess import check_output\ncheck_output(['true'])",
    "import resource",
    "import psutil",
    "import joblib",
    "import tkinter",
    "import no_such_module",
    "input()",
    "input('prompt')",
    "import sys\nsys.stdin.read()",
    "import sys\nfor line in sys.stdin:\n    pass",
    "import sys\nassert not sys.stdin.readable()",
    "import sys\nassert sys.stdout.write('abc') == 3\nassert sys.stdout.getvalue().endswith('abc')",
    "import sys\nsys.stdout.buffer.write(b'x')",
    "import sys\nsys.stdout.fileno()",
    "import sys\nprint('x', file=sys.stderr)\nsys.stderr.flush()",
    "import io, contextlib\nwith contextlib.redirect_stdout(io.StringIO()) as out:\n    print('x')\n"
    "assert out.getvalue() == 'x\\n'",
    "def f(n):\n    return f(n + 1)\nf(0)",
    "def f(n):\n    return 0 if n == 0 else f(n - 1)\nf(900)",
    "import sys\nsys.setrecursionlimit(5000)\ndef f(n):\n    return 0 if n == 0 else f(n - 1)\nf(4000)",
    "class E(Exception):\n    def __str__(self):\n        raise KeyError\nraise E",
    "import asyncio\nasync def f():\n    return 1\nassert asyncio.run(f()) == 1",
    "import threading\nt = threading.Thread(target=print)\nt.start()\nt.join()",
    "import threading, time\nthreading.Thread(target=time.sleep, args=(1,)).start()",
    "import concurrent.futures as f\nwith f.ThreadPoolExecutor(4) as e:\n    assert sum(e.map(abs, range(10))) == 45",
    "import multiprocessing\np = multiprocessing.Process(target=print)\np.start()",
    "import multiprocessing\nlock = multiprocessing.Lock()\nwith lock:\n    pass",
    "import atexit\natexit.register(lambda: 1 / 0)",
    "import unittest\nclass T(unittest.TestCase):\n    def test(self):\n        self.assertEqual(1, 2)\nunittest.main()",
    "import doctest\nassert doctest.testmod().attempted == 0",
    "import dataclasses\n@dataclasses.dataclass\nclass P:\n    x: int\nassert P(1) == P(1)",
    "import typing\ndef f(x: typing.List[int]) -> typing.Optional[int]:\n    return x[0] if x else None\nassert f([]) is None",
    "import signal\nsignal.alarm(100)",
    "import pickle\nclass A:\n    pass\npickle.dumps(A())",
    "import inspect\ndef f():\n    pass\ninspect.getsource(f)",
    "from math import *\nimport re, collections, itertools, functools, heapq, bisect, string, random, datetime, copy\n"
    "assert isclose(pi, 3.14159, abs_tol=1e-4)",
    "import hashlib\nassert hashlib.md5(b'').hexdigest().startswith('d41d')",
    "import tempfile\nwith tempfile.TemporaryDirectory() as d:\n    pass",
    "import tempfile\nwith tempfile.NamedTemporaryFile() as f:\n    f.write(b'x')",
    "while True:\n    pass",
    "try:\n    raise BaseException\nexcept BaseException:\n    pass",
    "del __builtins__\nassert True",
    "__builtins__['len'] = None\nlen([])",
    "import builtins\nbuiltins.print = None\nassert print is None",
    "import sys\nsys.stdout = None\nprint('x')",
    "globals().clear()",
]

COUNTS = [(n, c, k) for n in (1, 2, 5, 10, 64, 200) for c in sorted({0, 1, n // 3, n // 2, n - 1, n}) for k in
          (1, 2, 5, 10, 64, 100) if k <= n]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("metric", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--humaneval", type=Path)
    arguments = parser.parse_args()
    sys.path.insert(0, str(arguments.metric.resolve().parent))
    metric = importlib.import_module(arguments.metric.name + ".code_eval")
    check = importlib.import_module(arguments.metric.name + ".execute").check_correctness

    if arguments.humaneval:
        with gzip.open(arguments.humaneval, "rt", encoding="utf-8") as file:
            documents = [json.loads(line) for line in file]
        for name in ("canonical", "none"):
            passed = 0
            for document in documents:
                body = document["canonical_solution"] if name == "canonical" else "    return None\n"
                program = f"{document['prompt']}{body}\n{document['test']}\ncheck({document['entry_point']})"
                passed += check(program, 3.0, 0, 0)["passed"]
            print(f"{name}: {passed} of {len(documents)} pass")

    import evaluate

    origin = {"evaluate": evaluate.__version__, "python": platform.python_version(), "timeout": 3.0}
    verdicts = []
    for program in PROGRAMS:
        outcome = check(program, 3.0, 0, 0)
        verdicts.append({"program": program, "passed": outcome["passed"], "result": outcome["result"]})
    arguments.output.mkdir(parents=True, exist_ok=True)
    (arguments.output / "verdicts.json").write_text(
        json.dumps({"origin": origin, "verdicts": verdicts}, indent=1) + "\n", encoding="utf-8")
    cases = [[n, c, k, float(metric.estimate_pass_at_k([n], [c], k)[0])] for n, c, k in COUNTS]
    (arguments.output / "pass_at_k.json").write_text(
        json.dumps({"origin": origin, "n_c_k_estimate": cases}) + "\n", encoding="utf-8")
    for verdict in verdicts:
        print("passed" if verdict["passed"] else "      ", repr(verdict["program"])[:70], "->", verdict["result"][:80])


if __name__ == "__main__":
    main()
