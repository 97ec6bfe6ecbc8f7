from __future__ import annotations

import inspect
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from orchestrator.code.index.reading import decoded, read
from orchestrator.code.index.walk import MARKER, Found, Skipped, walk


def make(root: Path, files: Mapping[str, str | bytes]) -> None:
    for name, content in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)


def found(root: Path) -> set[str]:
    return {each.path for each in walk(root) if isinstance(each, Found)}


def skipped(root: Path) -> dict[str, str]:
    return {each.path: each.reason for each in walk(root) if isinstance(each, Skipped)}


def test_nested_gitignores_are_read_as_git_reads_them(tmp_path):
    files = [
        "a.py", "b.log.py", "build/x.py", "src/build/y.py", "src/keep/z.py", "src/gen/1.py", "src/gen/keep.py",
        "deep/a/b/c.py", "src/sub/only.py", "src/sub/other.py", "ünï/ö.py", "space here/a.py", "docs/a.md",
    ]  # fmt: skip
    rules = {
        ".gitignore": "# a comment\n\n*.log.py\n/build/\nsrc/gen/*\n!src/gen/keep.py\ndeep/**/c.py\n",
        "src/.gitignore": "build/\n!keep\n",
        "src/sub/.gitignore": "*.py\n!only.py\n",
        "ünï/.gitignore": "ö.py\n",
    }
    make(tmp_path, dict.fromkeys(files, "x = 1\n") | rules)
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    command = ["git", "-C", tmp_path, "-c", "core.quotepath=off", "ls-files", "--others", "--exclude-standard"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True, encoding="utf-8").stdout.splitlines()
    assert found(tmp_path) == {path for path in listed if not path.endswith(".gitignore")}
    assert skipped(tmp_path)["src/build/"] == "ignored by .gitignore"


def test_the_rules_of_the_repository_hold_in_a_folder_of_it(tmp_path):
    make(tmp_path, {".gitignore": "secret.py\n/sub/top.py\n", "sub/secret.py": "", "sub/top.py": "", "sub/kept.py": ""})
    (tmp_path / ".git" / "info").mkdir(parents=True)
    make(tmp_path, {".git/info/exclude": "private.py\n", "sub/private.py": ""})
    assert found(tmp_path / "sub") == {"kept.py"}


def test_a_folder_that_is_ignored_and_asked_for_by_name_is_walked(tmp_path):
    make(tmp_path, {".gitignore": "vendor/\n", ".git/HEAD": "", "vendor/lib/a.py": ""})
    assert found(tmp_path / "vendor" / "lib") == {"a.py"}


def test_what_is_no_source_is_skipped_with_its_reason(tmp_path):
    make(
        tmp_path,
        {
            "a.png": b"\x89PNG", "yarn.lock": "", "node_modules/x/i.js": "", "env/pyvenv.cfg": "",
            "lib/site-packages/a/b.py": "",
            "env/lib/a.py": "", f"db/{MARKER}": "", "db/a.py": "", "x_pb2.py": "", "lib.min.js": "",
            "data.json": "{}", "Makefile": "all:\n",
        },
    )  # fmt: skip
    with (tmp_path / "big.sql").open("wb") as file:
        file.truncate(5_000_000)
    assert found(tmp_path) == {"Makefile"}
    assert skipped(tmp_path) == {
        "a.png": "not source", "yarn.lock": "a lock file", "node_modules/": "never source",
        "lib/site-packages/": "never source",
        "env/": "a virtual environment", "db/": "an index", "x_pb2.py": "generated", "lib.min.js": "generated",
        "data.json": "not source", "big.sql": "larger than 4 MB",
    }  # fmt: skip


@pytest.mark.skipif(os.name == "nt", reason="making links needs a privilege on Windows")
def test_links_are_never_followed(tmp_path):
    make(tmp_path, {"a/x.py": "x = 1"})
    (tmp_path / "a" / "loop").symlink_to(tmp_path)
    (tmp_path / "a" / "out.py").symlink_to("/etc/passwd")
    (tmp_path / "a" / "dangling.py").symlink_to("nowhere")
    assert found(tmp_path) == {"a/x.py"}
    assert set(skipped(tmp_path).values()) == {"a symbolic link"}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no named pipes in folders")
def test_a_pipe_is_not_opened(tmp_path):
    os.mkfifo(tmp_path / "pipe.py")
    assert skipped(tmp_path) == {"pipe.py": "not a file"}


def test_a_name_that_is_no_unicode_is_skipped(tmp_path):
    try:
        (tmp_path / os.fsdecode(b"bad\xff.py")).write_text("x = 1\n")
    except OSError:
        pytest.skip("this file system has only Unicode names")
    assert list(skipped(tmp_path).values()) == ["its name is not Unicode"]


def test_what_may_not_be_read_is_skipped(tmp_path, monkeypatch):
    def scandir(folder):
        if Path(folder).name == "closed":
            raise PermissionError(13, "Permission denied")
        return listed(folder)

    make(tmp_path, {"closed/a.py": "", "open/a.py": ""})
    listed = os.scandir
    monkeypatch.setattr(os, "scandir", scandir)
    assert skipped(tmp_path) == {"closed/": "unreadable: Permission denied"}
    assert found(tmp_path) == {"open/a.py"}


def test_a_broken_gitignore_ignores_what_it_can(tmp_path):
    make(tmp_path, {".gitignore": b"***/[\n!\nignored.py\n\xff\xfe\n", "ignored.py": "", "kept.py": ""})
    assert found(tmp_path) == {"kept.py"}


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"plain", "plain"),
        ("grün".encode(), "grün"),
        ("grün".encode("latin-1"), "grün"),
        ("grün".encode("utf-16"), "grün"),
        (b"\xef\xbb\xbfmarked", "marked"),
        (b"\0\1\2", None),
        (bytes(range(128, 256)) + bytes(range(1, 32)) * 9, None),
        (b"a" * 9_000 + b"\0", None),
        (b"", ""),
    ],
)
def test_bytes_become_text_or_are_binary(data, text):
    assert decoded(data) == text


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("# Code generated by protoc-gen-go. DO NOT EDIT.\npackage a\n", "generated"),
        ("/* @generated */\nx\n", "generated"),
        ("# This file was automatically generated by SWIG\n", "generated"),
        ("# Generated by Django 4.2 on 2024-01-01 10:00\n", ""),
        ("// Reads files that were automatically generated.\n", ""),
        ('"""Says whether a file is generated."""\n', ""),
        ("x=1;" * 2_000, "minified"),
        ("\r\n".join(["a = 1"] * 3), ""),
    ],
)
def test_generated_and_minified_files_are_told_apart_from_those_that_speak_of_it(tmp_path, text, reason):
    file = tmp_path / "a.js"
    file.write_text(text, "utf-8", newline="")
    reading = read(file)
    assert reading.reason == reason
    assert "\r" not in reading.text


def test_folders_may_nest_deeper_than_calls(tmp_path):
    deep = tmp_path.joinpath(*["d"] * 200)
    deep.mkdir(parents=True)
    (deep / "a.py").write_text("x = 1\n", "utf-8")
    usual = sys.getrecursionlimit()
    sys.setrecursionlimit(len(inspect.stack(0)) + 150)
    try:
        assert found(tmp_path) == {f"{'d/' * 200}a.py"}
    finally:
        sys.setrecursionlimit(usual)
