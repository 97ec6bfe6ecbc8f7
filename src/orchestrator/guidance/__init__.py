"""What keeps a small model's tool calls plausible: the worked examples near a question, and a grammar made of them.

question ─▶ likeness ─▶ candidates ─▶ grammar ─▶ the server's constrained sampling ─▶ result ─▶ sentences, quotes

Candidates are the examples' patterns (quantities, moments), and what a tool proposes: the calculator by what was learnt
(learnt: features ─▶ shapes, over the readings of a question with its units).
"""
