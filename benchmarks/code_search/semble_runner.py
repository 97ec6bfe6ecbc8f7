"""Runs semble on questions from standard input, in JSON. `systems.py` starts it in another interpreter.

semble downloads its weights at the first use. If they are not on the machine, its BM25 and its ranking run alone (alpha
0), with a dummy model of one word that is not used.
"""

import json
import sys
import time
from pathlib import Path
from tempfile import mkdtemp

import numpy as np
from model2vec import StaticModel
from semble import SembleIndex
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace


def main() -> None:
    asked = json.load(sys.stdin)
    started = time.perf_counter()
    try:
        index, alpha = SembleIndex.from_path(asked["root"]), None
    except Exception:  # noqa: BLE001 - any error of the hub's client without a network
        started = time.perf_counter()
        index, alpha = SembleIndex.from_path(asked["root"], model_path=_no_model()), 0.0
    indexing = time.perf_counter() - started
    found, searching = [], []
    for query in asked["queries"]:
        started = time.perf_counter()
        results = index.search(query, top_k=10, alpha=alpha)
        searching.append(time.perf_counter() - started)
        chunks = [result.chunk for result in results]
        found.append([(chunk.file_path, chunk.start_line, chunk.end_line) for chunk in chunks])
    given = {"found": found, "indexing": indexing, "searching": searching, "chunks": len(index.chunks)}
    print(json.dumps({**given, "embedding": alpha is None}))


def _no_model() -> str:
    tokenizer = Tokenizer(WordLevel({"[UNK]": 0}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    folder = str(Path(mkdtemp()) / "none")
    StaticModel(np.ones((1, 4), dtype=np.float32), tokenizer).save_pretrained(folder)
    return folder


if __name__ == "__main__":
    main()
