"""Fifteen documented snippets in three languages, and queries with graded relevance. Data, and the rule of the grade.

The grade of a snippet for a query follows a rule. 5: its main topic is asked for, and its language, if the query names
one. 4: its main topic is asked for. 3: something else that it does is asked for. 2: only its language is asked for.
1: nothing in common.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Snippet:
    """A snippet.

    Attributes:
        language: Its language.
        category: Its category in the report.
        mainly: Its main topics.
        also: Other things that it does.
        text: The code.
    """

    language: str
    category: str
    mainly: frozenset[str]
    also: frozenset[str]
    text: str


@dataclass(frozen=True, slots=True)
class Query:
    """A query.

    Attributes:
        text: Its text.
        need: What it asks for. Queries with the same need ask for the same in other words.
        phrasing: The way it asks: a question, keywords or code.
        wanted: The topics that it asks for.
        language: The language that it names; empty if it names none.
    """

    text: str
    need: str
    phrasing: str
    wanted: frozenset[str]
    language: str = ""


def grade(query: Query, snippet: Snippet) -> int:
    """Return the grade of a snippet for a query, from 1 to 5, by the rule of this module."""
    if query.wanted & snippet.mainly:
        return 5 if query.language in ("", snippet.language) else 4
    if query.wanted & snippet.also:
        return 3
    return 2 if query.language == snippet.language else 1


def _snippet(language: str, category: str, mainly: str, also: str, text: str) -> Snippet:
    return Snippet(language, category, frozenset(mainly.split()), frozenset(also.split()), text)


SNIPPETS = (
    _snippet("Python", "database", "fetch database", "loop", '''def fetch_users(connection):
    """Fetch all active users from the database."""
    rows = connection.execute("SELECT id, name FROM users WHERE active = 1")
    return [dict(row) for row in rows]'''),
    _snippet("Python", "filter", "filter", "loop", '''def even_numbers(numbers):
    """Filter a list and keep the even numbers."""
    return [number for number in numbers if number % 2 == 0]'''),
    _snippet("Python", "loop", "loop", "print", '''def print_items(items):
    """Loop through the items and print each with its position."""
    for position, item in enumerate(items, start=1):
        print(position, item)'''),
    _snippet("Python", "files", "file", "error json", '''def read_settings(path):
    """Read a JSON file with settings; raise an error where it is missing."""
    if not path.exists():
        raise FileNotFoundError(f"no settings at {path}")
    return json.loads(path.read_text())'''),
    _snippet("Python", "validation", "validate", "error filter", '''def check_email(address):
    """Validate an e-mail address typed by a user."""
    if "@" not in address or address.startswith("@"):
        raise ValueError("not an e-mail address")
    return address.strip().lower()'''),
    _snippet("JavaScript", "network", "fetch http", "error json", '''// Fetch a user's data from the REST API.
async function loadUser(id) {
  const response = await fetch(`/api/users/${id}`);
  if (!response.ok) throw new Error(response.statusText);
  return response.json();
}'''),
    _snippet("JavaScript", "filter", "filter", "loop", '''// Filter the products that are cheaper than a limit.
function cheaperThan(products, limit) {
  return products.filter((product) => product.price < limit);
}'''),
    _snippet("JavaScript", "loop", "loop aggregate", "", '''// Loop over the cart and add up the prices.
function totalPrice(cart) {
  let total = 0;
  for (const item of cart) total += item.price * item.quantity;
  return total;
}'''),
    _snippet("JavaScript", "sort", "sort", "", '''// Sort people by last name, then by first name.
function sortByName(people) {
  return [...people].sort((a, b) => a.last.localeCompare(b.last) || a.first.localeCompare(b.first));
}'''),
    _snippet("JavaScript", "errors", "error", "loop http", '''// Try a request again when it fails, at most three times.
async function withRetry(request) {
  for (let attempt = 1; ; attempt++) {
    try { return await request(); } catch (error) { if (attempt === 3) throw error; }
  }
}'''),
    _snippet("SQL", "database", "fetch database", "sort", '''-- Fetch the ten newest orders from the database.
SELECT id, customer, total FROM orders ORDER BY created_at DESC LIMIT 10;'''),
    _snippet("SQL", "filter", "filter", "database fetch", '''-- Filter the customers by city and by age.
SELECT name FROM customers WHERE city = 'Oslo' AND age >= 18;'''),
    _snippet("SQL", "aggregate", "aggregate", "database", '''-- Total sales for each month, the sum of all orders.
SELECT month, SUM(total) AS sales FROM orders GROUP BY month;'''),
    _snippet("SQL", "insert", "insert", "database", '''-- Add a new customer to the table.
INSERT INTO customers (name, email) VALUES ('Ada', 'ada@example.org');'''),
    _snippet("SQL", "loop", "loop", "database", '''-- Walk down the tree of categories, level by level.
WITH RECURSIVE tree AS (
  SELECT id, name FROM categories WHERE parent IS NULL
  UNION ALL SELECT c.id, c.name FROM categories c JOIN tree t ON c.parent = t.id
) SELECT * FROM tree;'''),
)  # fmt: skip

# For each need: the topics, the language if one is named, and three phrasings: a question, keywords, code.
_NEEDS = (
    ("fetch", "database fetch", "", "How do I fetch data from a database?", "database query rows", "connection.execute SELECT"),
    ("filter", "filter", "", "What does this function do to filter an array?", "filter list condition", "array.filter(x => x)"),
    ("loop", "loop", "", "Show me code that loops through items", "iterate over elements", "for item in items:"),
    ("http", "http", "", "How can I call a web API?", "http request response", "await fetch(url)"),
    ("sum", "aggregate", "", "How do I add up all the values?", "sum total amount", "SUM(total)"),
    ("sort", "sort", "", "How do I put people into alphabetical order?", "sort by name", ".sort((a, b) => a - b)"),
    ("file", "file", "", "How do I read a settings file?", "read json file", "path.read_text()"),
    ("validate", "validate", "", "How does this validate user input?", "check email address", 'if "@" not in address'),
    ("error", "error", "", "What happens when a request fails, is it tried again?", "retry on error", "catch (error) { throw error }"),
    ("insert", "insert", "", "How do I store a new customer?", "add row to table", "INSERT INTO customers"),
    ("sql filter", "filter", "SQL", "Which SQL picks the customers of one city?", "sql where clause city", "WHERE city ="),
    ("python filter", "filter", "Python", "How do I keep only even numbers in Python?", "python list comprehension if", "[x for x in xs if x % 2 == 0]"),
)  # fmt: skip
PHRASINGS = ("question", "keywords", "code")
QUERIES = tuple(
    Query(text, need, phrasing, frozenset(wanted.split()), language)
    for need, wanted, language, *texts in _NEEDS
    for phrasing, text in zip(PHRASINGS, texts, strict=True)
)
NOTES = QUERIES[0], QUERIES[3], QUERIES[6]
NOTHING_FITS = (
    "How long does sourdough bread have to rise?",
    "Which shader draws soft shadows?",
    "Configure a Kubernetes ingress with TLS",
    "Who won the chess world championship?",
    "Train a neural network on images of cats",
    "The best time to plant tulips",
)
