"""What keeps a small model's tool calls plausible: the worked examples near a question, and a grammar made of them.

question ─▶ likeness ─▶ candidates (patterns, quantities) ─▶ grammar ─▶ the server's constrained sampling
"""
