"""Your own tool: a function, a docstring that says what it does, and a few examples of questions and calls."""

import sys

from orchestrator import Example, Orchestrator, ToolError, tool

STOCK = {"apples": 120, "pears": 48, "plums": 0}


@tool(
    examples=(
        Example("How many plums are in the shop?", "plums", "0", "There are 0 plums in the shop."),
        Example("Are there any apples in the shop?", "apples", "120", "Yes, there are 120 apples in the shop."),
        Example("Does the shop have bananas?", "bananas", "12", "Yes, the shop has 12 bananas."),
        Example("What is left of the lemons in the shop?", "lemons", "31", "There are 31 lemons left in the shop."),
    )
)
def stock(item: str) -> str:
    """how many of an item are in the shop"""
    if item.lower() not in STOCK:
        raise ToolError(f"no such item; there are {', '.join(STOCK)}")  # the model reads this and may try again
    return str(STOCK[item.lower()])


orc = Orchestrator(sys.argv[1] if len(sys.argv) > 1 else None, tools=["CALCULATOR", stock])
for question in ("How many pears are in the shop?", "What is 48 * 15?"):
    print(question, "→", orc.run(question).text.strip())
