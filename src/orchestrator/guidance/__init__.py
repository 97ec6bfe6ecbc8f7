"""Guidance: keeps a small model's tool calls plausible, with few-shot examples and with grammars made from them.

question ─▶ similarity ─▶ candidates ─▶ grammar ─▶ constrained decoding on the server ─▶ result ─▶ answer sentences,
extracts

Candidates come from two sources. One is the argument templates of the examples, filled with the question's numbers,
dates and words. The other is what a tool proposes. The calculator's proposals come from ``expression_ranker``, a
trained log-linear model: features ─▶ expression templates, over the interpretations of a question with its units.
"""
