"""PYTHON's bank of worked examples: question, argument, result, answer, thought. Data only.

Each way of asking a few times, with other words and letters, so that the nearest ones show the pattern and not the
answer. A test runs every argument and compares the result.
"""

from __future__ import annotations

from orchestrator.types import Example

_LENGTH = "A length is found with len."
_REVERSE = "A word is turned round with [::-1]."
_SORT = "A list is put in order with sorted."
_DATE = "Python's datetime reckons with dates."

_LETTERS = (
    ("How many p's are in apple?", "apple", "p"),
    ("How many s's are in mississippi?", "mississippi", "s"),
    ("How many e's are in cheese?", "cheese", "e"),
    ("How many k's are in 'knickknack'?", "knickknack", "k"),
    ("How many q's are in banquet?", "banquet", "q"),
    ("How many z's are in orange?", "orange", "z"),
    ("How many i's are in 'invisibility'?", "invisibility", "i"),
    ("How many o's are in chocolate?", "chocolate", "o"),
    ("how many u are in unusual", "unusual", "u"),
    ("how many y are in mystery", "mystery", "y"),
    ("How many n's are there in the word cinnamon?", "cinnamon", "n"),
    ("How many m's are there in the word mammal?", "mammal", "m"),
    ("How many b's are there in rabbit?", "rabbit", "b"),
    ("How many w's are in the word 'willow'?", "willow", "w"),
    ("How many c's are in the word 'accident'?", "accident", "c"),
    ("How many l's does parallel have?", "parallel", "l"),
    ("How many h's does the word hitchhiker have?", "hitchhiker", "h"),
    ("How many letters d are in 'paddled'?", "paddled", "d"),
    ("How many letter t's are in the word attitude?", "attitude", "t"),
    ("How many times does the letter e appear in 'elevate'?", "elevate", "e"),
    ("How many times does f appear in fluffy?", "fluffy", "f"),
    ("How often does a occur in banana?", "banana", "a"),
    ("How often does the letter g occur in luggage?", "luggage", "g"),
    ("Count the letter o in 'voodoo'.", "voodoo", "o"),
    ("Count the v's in vivid.", "vivid", "v"),
    ("Count how many r's are in mirror.", "mirror", "r"),
    ("Count the number of s's in 'success'.", "success", "s"),
    ("What is the number of t's in tattoo?", "tattoo", "t"),
    ("What is the count of the letter i in 'limited'?", "limited", "i"),
    ("In the word pepper, how many p's are there?", "pepper", "p"),
    ("In 'referee', how many times is the letter e used?", "referee", "e"),
    ("Tell me how many d's are in daddy.", "daddy", "d"),
    ("Find the number of l's in 'lullaby'.", "lullaby", "l"),
)

# fmt: off
_OTHERS = (
    Example("How many vowels are in the word 'education'?", "len([c for c in 'education' if c in 'aeiou'])", "5", "There are 5 vowels in education.", "I keep the vowels and count them."),
    Example("How many letters are in the word 'umbrella'?", "len('umbrella')", "8", "The word umbrella has 8 letters.", _LENGTH),
    Example("How long is the word 'chocolate'?", "len('chocolate')", "9", "The word chocolate is 9 letters long.", _LENGTH),
    Example("How many words are in 'the cat sat on the mat'?", "len('the cat sat on the mat'.split())", "6", "There are 6 words.", "I split the sentence and count."),
    Example("What is 'stone' backwards?", "'stone'[::-1]", "enots", "Backwards it is enots.", _REVERSE),
    Example("Reverse the word lamp.", "'lamp'[::-1]", "pmal", "Reversed it is pmal.", _REVERSE),
    Example("Spell window backwards.", "'window'[::-1]", "wodniw", "Backwards window is spelt wodniw.", _REVERSE),
    Example("Is 'level' a palindrome?", "'level' == 'level'[::-1]", "True", "Yes, that is True: level is a palindrome.", "I compare the word with its reverse."),
    Example("Sort these numbers: 42, 7, 19, 3", "sorted([42, 7, 19, 3])", "[3, 7, 19, 42]", "In order they are [3, 7, 19, 42].", _SORT),
    Example("Put 5, 12, 8 and 1 in descending order.", "sorted([5, 12, 8, 1], reverse=True)", "[12, 8, 5, 1]", "In descending order they are [12, 8, 5, 1].", _SORT),
    Example("Sort the words pear, apple, fig alphabetically.", "sorted(['pear', 'apple', 'fig'])", "['apple', 'fig', 'pear']", "In alphabetical order: ['apple', 'fig', 'pear'].", _SORT),
    Example("Put the letters of 'market' in alphabetical order.", "''.join(sorted('market'))", "aekmrt", "In alphabetical order they are aekmrt.", _SORT),
    Example("What is the largest of 34, 91, 17 and 56?", "max([34, 91, 17, 56])", "91", "The largest is 91.", "The largest is found with max."),
    Example("What is the smallest of 34, 91, 17 and 56?", "min([34, 91, 17, 56])", "17", "The smallest is 17.", "The smallest is found with min."),
    Example("What is the median of 9, 2, 7, 4 and 5?", "sorted([9, 2, 7, 4, 5])[2]", "5", "The median is 5.", "The median is the middle one of the sorted list."),
    Example("How many days are there between 2024-02-10 and 2024-03-05?", "from datetime import date\n(date(2024, 3, 5) - date(2024, 2, 10)).days", "24", "There are 24 days between them.", _DATE),
    Example("What day of the week was 2021-07-04?", "from datetime import date\ndate(2021, 7, 4).strftime('%A')", "Sunday", "It was a Sunday.", _DATE),
    Example("What date is 45 days after 2025-01-20?", "from datetime import date, timedelta\ndate(2025, 1, 20) + timedelta(days=45)", "2025-03-06", "It is 2025-03-06.", _DATE),
    Example("Parse the date 'March 9, 2023' as year-month-day.", "from datetime import datetime\ndatetime.strptime('March 9, 2023', '%B %d, %Y').date()", "2023-03-09", "It is 2023-03-09.", _DATE),
    Example("Write 'good morning' in capital letters.", "'good morning'.upper()", "GOOD MORNING", "In capital letters it is GOOD MORNING.", "Capital letters are made with upper."),
    Example("Replace every a in 'banana' with o.", "'banana'.replace('a', 'o')", "bonono", "It becomes bonono.", "Letters are replaced with replace."),
    Example("What is the third letter of 'planet'?", "'planet'[2]", "a", "The third letter of planet is a.", "Positions are counted from 0, so the third is 2."),
    Example("What are the first 3 letters of 'dolphin'?", "'dolphin'[:3]", "dol", "The first 3 letters are dol.", "A slice takes the first letters."),
    Example("What is 255 in binary?", "bin(255)", "0b11111111", "255 in binary is 0b11111111.", "Binary is written with bin."),
    Example("What is 3054 in hexadecimal?", "hex(3054)", "0xbee", "3054 in hexadecimal is 0xbee.", "Hexadecimal is written with hex."),
    Example("Which letter is most common in 'assesses'?", "from collections import Counter\nCounter('assesses').most_common(1)", "[('s', 5)]", "The most common is [('s', 5)]: s, 5 times.", "Counter counts all letters."),
    Example("List the prime numbers below 30.", "[n for n in range(2, 30) if all(n % d for d in range(2, n))]", "[2, 3, 5, 7, 11, 13, 17, 19, 23, 29]", "They are [2, 3, 5, 7, 11, 13, 17, 19, 23, 29].", "A list of those that no smaller number divides."),
)
# fmt: on


def _counted(question: str, word: str, letter: str) -> Example:
    argument, number = f"'{word}'.count('{letter}')", str(word.count(letter))
    answer = f"The letter {letter} appears {number} times in {word}."
    return Example(question, argument, number, answer, "Letters are counted with count.")


EXAMPLES = (*(_counted(*each) for each in _LETTERS), *_OTHERS)
