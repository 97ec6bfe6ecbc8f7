"""The words, phrases and snippets of the first two experiments: those of the notes, and larger sets. Only data."""

from __future__ import annotations

WORDS = ("cat", "dog", "car", "tree", "happy", "sad", "run", "walk")
PHRASES = (
    ("the big dog ran fast", "a large canine sprinted"),
    ("software engineer writes code", "developer programs applications"),
    ("machine learning algorithm", "AI model training process"),
)
SUM = (
    (
        "python",
        "def total(numbers):\n    result = 0\n    for number in numbers:\n        result += number\n    return result",
    ),
    ("javascript", "function total(numbers) {\n  return numbers.reduce((sum, number) => sum + number, 0);\n}"),
    ("sql", "SELECT SUM(amount) AS total FROM payments;"),
)

# More words, in groups: words of the same group should be more similar than words of different groups.
GROUPS = {
    "animals": ("cat", "dog", "horse", "rabbit", "lion"),
    "vehicles": ("car", "truck", "bicycle", "train", "airplane"),
    "plants": ("tree", "flower", "grass", "bush", "leaf"),
    "feelings": ("happy", "sad", "angry", "joyful", "afraid"),
    "motion": ("run", "walk", "jump", "swim", "climb"),
    "food": ("bread", "cheese", "apple", "rice", "soup"),
    "computing": ("software", "database", "compiler", "algorithm", "server"),
    "family": ("mother", "father", "sister", "brother", "uncle"),
}
MORE_PHRASES = (
    ("how to sort a list", "arranging items in order"),
    ("open the file and read it", "load the document's contents"),
    ("the user cannot log in", "authentication fails for this account"),
    ("delete old records", "remove outdated entries"),
    ("the server is slow today", "response times are high right now"),
    ("convert text to upper case", "capitalise every letter of a string"),
    ("she bought a new house", "a woman purchased a home"),
    ("children play in the garden", "kids are having fun in the yard"),
    ("it will rain tomorrow", "showers are expected the next day"),
)
# The same job in three languages: (python, javascript, sql).
TASKS = {
    "sum": tuple(code for _, code in SUM),
    "maximum": (
        "def largest(numbers):\n    best = numbers[0]\n    for number in numbers:\n        if number > best:\n"
        "            best = number\n    return best",
        "function largest(numbers) {\n  return Math.max(...numbers);\n}",
        "SELECT MAX(price) AS largest FROM products;",
    ),
    "count": (
        "def count_active(users):\n    return sum(1 for user in users if user.active)",
        "function countActive(users) {\n  return users.filter((user) => user.active).length;\n}",
        "SELECT COUNT(*) FROM users WHERE active = 1;",
    ),
    "sort by date": (
        "def newest_first(orders):\n    return sorted(orders, key=lambda order: order.created_at, reverse=True)",
        "function newestFirst(orders) {\n  return [...orders].sort((a, b) => b.createdAt - a.createdAt);\n}",
        "SELECT * FROM orders ORDER BY created_at DESC;",
    ),
    "group": (
        "def by_city(people):\n    groups = {}\n    for person in people:\n"
        "        groups.setdefault(person.city, []).append(person)\n    return groups",
        "function byCity(people) {\n  return Object.groupBy(people, (person) => person.city);\n}",
        "SELECT city, COUNT(*) FROM people GROUP BY city;",
    ),
    "insert a user": (
        "def add_user(connection, name, email):\n"
        '    connection.execute("INSERT INTO users VALUES (?, ?)", (name, email))',
        "async function addUser(database, name, email) {\n  await database.users.insert({ name, email });\n}",
        "INSERT INTO users (name, email) VALUES ('Ada', 'ada@example.org');",
    ),
    "delete expired sessions": (
        "def drop_expired(sessions, now):\n    return [session for session in sessions if session.expires > now]",
        "function dropExpired(sessions, now) {\n  return sessions.filter((session) => session.expires > now);\n}",
        "DELETE FROM sessions WHERE expires < CURRENT_TIMESTAMP;",
    ),
    "average": (
        "def average_score(scores):\n    return sum(scores) / len(scores)",
        "function averageScore(scores) {\n  return scores.reduce((a, b) => a + b, 0) / scores.length;\n}",
        "SELECT AVG(score) AS average_score FROM results;",
    ),
}
LANGUAGES = ("Python", "JavaScript", "SQL")
