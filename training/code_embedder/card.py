"""Writes the model card: what the weights are, their sources and licences. Knows facts; not how training works."""

from __future__ import annotations

from dataclasses import dataclass

from training.code_embedder.train import Recipe


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts about trained weights.

    Attributes:
        name: Their name.
        pairs: The number of training pairs.
        terms: The number of terms in the vocabulary.
        shared_rows: The number of rows that all other terms share.
        bytes: The size of the file.
    """

    name: str
    pairs: int
    terms: int
    shared_rows: int
    bytes: int


def model_card(facts: Facts, recipe: Recipe, sources: str) -> str:
    """Return the card as Markdown.

    Args:
        facts: The facts about the weights.
        recipe: The settings of the training.
        sources: The text of a `sources.tsv`.
    """
    rows = [line.split("\t") for line in sources.splitlines()[1:]]
    table = "\n".join(
        f"| {name} {version} | {registry} | {licence} | {pairs} |" for registry, name, version, licence, pairs in rows
    )
    return f"""# {facts.name}

The static code embedder: {facts.terms:,} terms and {facts.shared_rows:,} rows shared by all others, {recipe.dimension} wide, in
eight bits with a scale a row ({facts.bytes / 1e6:.1f} MB). A term is a part of an identifier or a word, stemmed
(`orchestrator.code.identifiers`); a text is the sum of its terms, each (1 + ln count) / (1 + place of its first / 25).

## Training
{facts.pairs:,} pairs (first sentence of a description, code without it), by contrast: InfoNCE both ways in batches of
{recipe.batch:,}, temperature {recipe.temperature}, Adam with a rate of {recipe.rate} (warm-up, then a cosine to zero),
{recipe.epochs} epochs, seed {recipe.seed}, a tenth of the terms left out at each sight. The same pairs and seed give the same
weights. Made by `training/code_embedder`, whose README has the commands.

## What it was kept from
- 300 functions of Python's standard library, about which the docstring benchmark asks: neither their docstrings nor their
  code, by themselves, in their classes, or in a copy that keeps the docstring (`benchmarks/code_search/sets/held_out.txt`). The rest
  of the library it has seen, their neighbours in the same classes included: so that figure is about new functions of known
  code. Of code that is new altogether, the measured repositories tell (`benchmarks/code_search/RESULTS.md`).
- Every repository that retrieval is measured on, and some eighty near them (`training/code_embedder/measured.py`), as a
  package and as a copy in another.

What it was *tuned* on: the weighting by place and the batch were chosen by looking at the eight listed repositories and
the docstring set together. The figures on both are in `benchmarks/code_search/RESULTS.md`.

## Limits
English words. It knows what code is called, not what it does: an identifier that says nothing, or a language of one-letter
names, gives it nothing to read. Order is not seen beyond what stands early.

## Sources
Permissive licences only (MIT, BSD, Apache-2.0, ISC, PSF, Zlib, Boost, PostgreSQL and their like), read from each package's
own metadata. The weights hold no source text.

| package | from | licence | pairs |
|---|---|---|---|
{table}
"""
