"""How often a letter occurs in a word: hard for a model, which reads tokens and not letters."""

from __future__ import annotations

from random import Random

from orchestrator.evals.datasets._seeded import seeded
from orchestrator.evals.scorers import number
from orchestrator.evals.types import Dataset, DatasetOptions, Item

WORDS = (  # noqa: SIM905 - a list of quoted words would fill pages
    "strawberry banana mississippi committee bookkeeper raspberry assessment parallel tennessee successful occurrence "
    "address butterfly balloon coffee pepper giraffe squirrel elephant hippopotamus rhinoceros crocodile kangaroo "
    "penguin albatross mushroom potato tomato broccoli cucumber asparagus artichoke pineapple blueberry cranberry "
    "watermelon apricot cinnamon vanilla chocolate marshmallow spaghetti macaroni mozzarella parmesan cappuccino "
    "espresso lemonade breakfast restaurant kitchen refrigerator dishwasher furniture bathroom bedroom staircase "
    "chimney basement attic garage driveway bicycle motorcycle airplane helicopter submarine locomotive ambulance "
    "university college professor laboratory experiment scientist mathematics geometry algebra calculus statistics "
    "probability chemistry biology astronomy philosophy psychology literature grammar dictionary encyclopedia "
    "alphabet vocabulary paragraph sentence adjective pronunciation language translation mountain valley waterfall "
    "volcano glacier desert rainforest peninsula archipelago atmosphere hurricane thunderstorm lightning earthquake "
    "tsunami temperature thermometer barometer telescope microscope computer keyboard processor algorithm software "
    "hardware programming database internet electricity generator battery transformer engineer architect carpenter "
    "electrician musician orchestra violin trumpet saxophone accordion xylophone symphony melody rhythm harmony "
    "painting sculpture photograph exhibition gallery museum cathedral government parliament president senator "
    "ambassador diplomat constitution democracy referendum newspaper journalist television broadcast advertisement "
    "millionaire possession happiness loneliness curiosity imagination opportunity responsibility"
).split()
_PHRASES = (
    "How many {letter}'s are in the word '{word}'?",
    "How many times does the letter {letter} appear in '{word}'?",
    'How many "{letter}" are in "{word}"?',
    "Count the letter {letter} in the word {word}.",
)


def create(options: DatasetOptions) -> Dataset:
    """Return questions made from the seed. About one in ten has the answer 0."""
    return Dataset("letters", seeded("letters", options, _item), number.score, ("CALCULATOR", "PYTHON"))


def _item(random: Random, name: str) -> Item:
    word = random.choice(WORDS)
    absent = random.random() < 0.1
    letter = random.choice("bdfghjkz" if absent else _weighted(word))
    question = random.choice(_PHRASES).format(letter=letter, word=word)
    return Item(name, question, str(word.count(letter)))


def _weighted(word: str) -> str:
    """The letters of a word. Repeated letters occur more often, because they are harder to count."""
    return "".join(letter * word.count(letter) for letter in word)
