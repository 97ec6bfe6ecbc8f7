"""WEB_SEARCH's bank of worked examples: question, argument, result, answer, thought. Data only.

The results are shaped as real ones are, so that the model sees numbers to cite and takes the answer from the text.
"""

from __future__ import annotations

from orchestrator.citations import Citation, listed
from orchestrator.types import Example

_THOUGHT = "I do not know this, so I search the web."


def _example(question: str, query: str, title: str, url: str, text: str, answer: str) -> Example:
    return Example(question, query, listed([Citation(title, url, text, number=1)]), f"{answer} [1]", _THOUGHT)


# fmt: off
EXAMPLES = (
    _example("What is the latest version of Python?", "latest version of Python", "Download Python", "https://www.python.org/downloads/", "The latest release is Python 3.14.", "The latest version of Python is 3.14."),
    _example("Who won the women's 100 metres at the 2024 Olympics?", "women's 100 metres 2024 Olympics winner", "Athletics at the Summer Olympics", "https://olympics.com/en/olympic-games/paris-2024", "Julien Alfred of Saint Lucia won the final in 10.72 seconds.", "Julien Alfred of Saint Lucia won it in 10.72 seconds."),
    _example("What's the weather like in Oslo today?", "weather Oslo today", "Oslo weather", "https://www.yr.no/en/forecast/oslo", "Today in Oslo: light rain, 6 degrees.", "It is rainy in Oslo today, with 6 degrees."),
    _example("Search the web for the opening hours of the Louvre.", "Louvre opening hours", "Hours and admission", "https://www.louvre.fr/en/visit", "Open every day but Tuesday from 9 am to 6 pm.", "The Louvre is open from 9 am to 6 pm, except on Tuesdays."),
    _example("What happened in the news about the Mars rover this week?", "Mars rover news this week", "Rover update", "https://www.nasa.gov/mars", "The rover drove 300 metres and drilled a new sample.", "The rover drove 300 metres and drilled a new sample."),
    _example("How much does a Framework laptop cost right now?", "Framework laptop price", "Framework", "https://frame.work/", "Laptops from $899.", "A Framework laptop starts at $899."),
    _example("Find out who the current mayor of Chicago is.", "current mayor of Chicago", "Mayor's Office", "https://www.chicago.gov/mayor", "Brandon Johnson is the mayor of Chicago.", "The mayor of Chicago is Brandon Johnson."),
    _example("Look up when the next total solar eclipse in Europe is.", "next total solar eclipse Europe", "Eclipses", "https://eclipse.gsfc.nasa.gov/", "Totality in southern Spain on 2 August 2027.", "The next one is on 2 August 2027, in southern Spain."),
)
# fmt: on
