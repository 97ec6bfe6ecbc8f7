"""The notes' two functions, of about 30 and 50 lines, and files that are hard for chunkers. Only data."""

from __future__ import annotations

VALIDATION = '''def validate_registration(form):
    """Check what a user typed into the registration form."""
    errors = {}

    # The name
    name = form.get("name", "").strip()
    if not name:
        errors["name"] = "a name is needed"
    elif len(name) > 80:
        errors["name"] = "at most 80 characters"

    # The e-mail address
    email = form.get("email", "").strip().lower()
    local, at, domain = email.partition("@")
    if not (local and at and "." in domain):
        errors["email"] = "this is no e-mail address"

    # The age
    try:
        age = int(form.get("age", ""))
    except ValueError:
        errors["age"] = "the age is a number"
    else:
        if not 13 <= age <= 130:
            errors["age"] = "from 13 to 130 years"

    # The password
    password = form.get("password", "")
    if len(password) < 12 or password.lower() in COMMON_PASSWORDS:
        errors["password"] = "twelve characters, and none that everybody uses"

    if errors:
        raise InvalidForm(errors)
    return Registration(name, email, age, password)
'''
ALGORITHM = '''def shortest_route(roads, start, goal, closed=frozenset()):
    """Find the shortest route with Dijkstra's algorithm, around closed roads."""
    if start not in roads:
        raise KeyError(f"no place is called {start}")
    if goal not in roads:
        raise KeyError(f"no place is called {goal}")

    # Distances known so far, and by which place each was reached
    distances = {start: 0}
    reached_by = {}
    waiting = [(0, start)]
    finished = set()

    while waiting:
        distance, place = heappop(waiting)
        if place in finished:
            continue
        finished.add(place)
        if place == goal:
            break

        # Look at every road that leads away
        for neighbour, length in roads[place].items():
            if (place, neighbour) in closed:
                continue
            if length < 0:
                raise ValueError("a road cannot have a negative length")
            candidate = distance + length
            if candidate < distances.get(neighbour, inf):
                distances[neighbour] = candidate
                reached_by[neighbour] = place
                heappush(waiting, (candidate, neighbour))

    if goal not in distances:
        return None

    # Walk back from the goal
    route = [goal]
    while route[-1] != start:
        route.append(reached_by[route[-1]])
    route.reverse()

    # Describe each leg
    legs = []
    for here, there in pairwise(route):
        length = roads[here][there]
        legs.append(Leg(here, there, length))

    return Route(legs, distances[goal])
'''
NOTES_FILES = {"registration.py": VALIDATION, "routes.py": ALGORITHM}
VALIDATE, ERRORS = "How does this validate user input?", "Show me error handling"

_LONG = (
    "def long(values):\n"
    + "".join(f"    values[{n}] = values[{n}] * {n} + 1\n" for n in range(150))
    + "    return values\n"
)
EDGES = {
    "a function of 152 lines": _LONG,
    "functions in functions": "def outer():\n    def middle():\n        def inner():\n            return 1\n\n        return inner\n\n    return middle\n",
    "a table of 120 lines": "TABLE = {\n" + "".join(f"    'key{n}': {n},\n" for n in range(118)) + "}\n",
    "a decorated function": "@cache\n@retry(times=3)\ndef load(path):\n    return path.read_text()\n",
    "twelve one-line functions": "".join(f"def f{n}(x): return x + {n}\n" for n in range(12)),
    "a long string with blank lines": 'TEXT = """\n' + "line\n\n" * 20 + '"""\n',
    "a syntax error": "def broken(:\n    return 1\n\n\ndef whole():\n    return 2\n",
    "only comments": "# one\n# two\n# three\n",
    "no newline at the end": "def f():\n    return 1",
    "an empty file": "",
}  # fmt: skip
