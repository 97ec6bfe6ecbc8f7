from __future__ import annotations

import os
import re
import subprocess
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from orchestrator.code.index.gitignore import Ignore, parsed
from orchestrator.code.index.walk import Found, walk

PATHS = [
    "a", "b", "ab", "a/b", "b/a", "a/a/b", "aa", "a b", "a-b", "b/ab/a", "z", ".a", "#a", "!a", "a]", "[a", "a/b/a/b",
    "-", "a/b/b/a/a", "ü", "a\\b", "a\rb", "b/b/b", "a/ü", "logs/a.py", "a ", "a\t", "A", "5", "a/b.py", "x.log",
]  # fmt: skip
PIECES = [
    "a", "b", "*", "**", "?", "/", "!", "\\", "[", "]", "-", "[a-b]", "[!a]", "[^a]", " ", "#", ".", "[z-a]", "[]a]",
    "\t", "**/", "/**", "/**/", "[a\\]b]", "[a-", "\r", "ü", "[b-a-z]", "\0", "logs", "\\ ", ".py", "*.log",
    "[[:alpha:]]", "[[:digit:]]", "[![:space:]]", "[[:foo:]]", "[[:]", "[[:alpha", "[[:punct:]a-b]", "[a/b]", "\\/",
    "\\*",
]  # fmt: skip


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("repository")
    subprocess.run(["git", "init", "-q", folder], check=True)
    return folder


def asked_of_git(repository: Path, data: bytes, paths: list[str]) -> dict[str, bool]:
    (repository / ".gitignore").write_bytes(data)
    command = [
        "git",
        "-C",
        str(repository),
        "-c",
        "core.excludesFile=",
        "check-ignore",
        "-vn",
        "--no-index",
        "--stdin",
        "-z",
    ]
    done = subprocess.run(command, input="\0".join(paths).encode(), capture_output=True, check=False)
    fields = done.stdout.split(b"\0")[:-1]
    patterns = zip(fields[2::4], fields[3::4], strict=True)
    return {path.decode(): bool(pattern) and not pattern.startswith(b"!") for pattern, path in patterns}


def asked_of(ignore: Ignore, path: str) -> bool:
    """As a walk asks: what is in an ignored folder is ignored."""
    names = path.split("/")
    above = ("/".join(names[:count]) for count in range(1, len(names)))
    return any(ignore.decides(each, is_folder=True) for each in above) or bool(ignore.decides(path, is_folder=False))


LINES = st.lists(st.lists(st.sampled_from(PIECES), min_size=1, max_size=6).map("".join), min_size=1, max_size=3)
ENDS = st.sampled_from(["\n", "\r\n"])


@settings(max_examples=250, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(lines=LINES, end=ENDS, mark=st.sampled_from([b"", b"\xef\xbb\xbf"]), junk=st.binary(max_size=4))
def test_any_rules_are_read_as_git_reads_them(repository, lines, end, mark, junk):
    assume(not any(re.search(r"[^/*]\*\*", line) for line in lines))  # git itself disagrees with its documentation
    data = mark + end.join(lines).encode() + b"\n" + junk
    ignore = parsed(data)
    assert {path: asked_of(ignore, path) for path in PATHS} == asked_of_git(repository, data, PATHS)


@settings(max_examples=200)
@given(data=st.binary(max_size=200), path=st.text(st.characters(exclude_characters="\0"), min_size=1))
def test_no_bytes_make_it_fail(data, path):
    parsed(data).decides(path.strip("/") or "a", is_folder=False)


@pytest.mark.parametrize(
    ("data", "ignored", "kept"),
    [
        (b"\xef\xbb\xbflogs/\n", ["logs/a.py"], ["a"]),
        (b"[z-a]\nb\n", ["z", "b"], ["a"]),
        (b"a\r\nb/b\r\n", ["a", "b/b/b"], ["z"]),
        (b"a \nb\\ \n", ["a"], ["b"]),
        (b"\xff\xfe\nz\n", ["z"], ["a"]),
        (b"[[:upper:]]\n[![:alnum:]]\n", ["A", "-"], ["a", "5"]),
        ("ü\n".encode(), ["ü", "a/ü"], ["a"]),
        (b"?\n", ["a", "z"], ["ü", "ab"]),
        (b"\\#a\n\\!a\n#z\n", ["#a", "!a"], ["z"]),
        (b"*\n!b\n", ["a"], ["b"]),
        (b"/a/**/b\n", ["a/b", "a/a/b"], ["b", "ab"]),
        (b"[!a]\n", ["b", "z"], ["a"]),
        (b"a\\\n", [], ["a"]),
        (b"[a\n", [], ["a", "[a"]),
    ],
)
def test_rules_with_a_catch(repository, data, ignored, kept):
    ignore, git = parsed(data), asked_of_git(repository, data, PATHS)
    for path in (*ignored, *kept):
        assert asked_of(ignore, path) == git.get(path, path in ignored) == (path in ignored), path


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("*a" * 60 + "b", "a" * 250),
        ("**/a/" * 60 + "b", "a/" * 200 + "c"),
        ("*?" * 60 + "b", "a" * 250),
        ("[!b]*" * 60 + "c", "a" * 250),
        ("**/*a*a*a*/" * 30 + "c", "aaaaaaaaaaaa/" * 200 + "b"),
        ("*" * 100_000 + "b", "a" * 250),
        ("[" * 20_000 + "b", "[" * 250),
        ("/".join(["*a*a*a*a*a"] * 9), "/".join(["a" * 200] * 9)),
    ],
)
def test_no_pattern_takes_long(pattern, path):
    begun = time.monotonic()
    parsed(pattern.encode()).decides(path, is_folder=False)
    assert time.monotonic() - begun < 1


@pytest.mark.parametrize("line", ["name{}", "/folder{}/sub", "*.ending{}", "a{}*b?[c]", "**/x{}/**", "!keep{}"])
def test_a_megabyte_of_rules_is_read(line):
    ignore = parsed("\n".join(map(line.format, range(70_000))).encode()[:1_000_000])
    begun = time.monotonic()
    for at in range(20):
        ignore.decides(f"src/package{at}/module{at}.py", is_folder=False)
    assert time.monotonic() - begun < 5


def found(root: Path) -> set[str]:
    return {each.path for each in walk(root) if isinstance(each, Found)}


def test_rules_in_files_that_are_none_end_no_walk(tmp_path):
    (tmp_path / "a.py").write_text("x = 1\n")
    for name in ("folder", "link", "dangling"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.py").write_text("x = 1\n")
    (tmp_path / "folder" / ".gitignore").mkdir()
    (tmp_path / "rules").write_text("*.py\n")
    (tmp_path / "link" / ".gitignore").symlink_to(tmp_path / "rules")  # git does not follow it either
    (tmp_path / "dangling" / ".gitignore").symlink_to("nowhere")
    if hasattr(os, "mkfifo"):
        (tmp_path / "pipe").mkdir()
        os.mkfifo(tmp_path / "pipe" / ".gitignore")
        (tmp_path / "pipe" / "a.py").write_text("x = 1\n")
    assert found(tmp_path) >= {"a.py", "folder/a.py", "link/a.py", "dangling/a.py"}


def test_nested_files_and_the_repositorys_own_list_decide_together(tmp_path):
    files = {
        ".gitignore": "**/lib/\n", "a/.gitignore": "!lib\n", "a/lib/f.py": "", "b/lib/g.py": "", "c/secret.py": "",
        "c/kept.py": "", ".git/info/exclude": "\ufeffsecret.py\n", ".git/HEAD": "",
    }  # fmt: skip
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert found(tmp_path) == {"a/lib/f.py", "c/kept.py"}
    assert found(tmp_path / "b" / "lib") == {"g.py"}  # asked for by its name
    assert found(tmp_path / "c") == {"kept.py"}
