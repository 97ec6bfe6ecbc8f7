"""A child process: its messages, its deadline and its end, however either side ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from orchestrator.core.errors import ToolError
from orchestrator.runtime.subprocesses import ChildProcess

posix = pytest.mark.skipif(sys.platform == "win32", reason="signals and fork are POSIX")
CHILD = """
import os, signal, subprocess, sys, threading, time
from pathlib import Path
from orchestrator.core.errors import ToolError
from orchestrator.runtime.subprocesses import end_after

def serve(channel):
    while True:
        match channel.receive():
            case ["echo", message]:
                channel.send(message)
            case ["print", text]:
                print(text, flush=True)
                os.system("echo " + text)
                channel.send("printed")
            case ["refuse", why]:
                channel.send(ToolError(why))
            case ["exit", status]:
                channel.send("bye")
                sys.exit(status)
            case ["cut off"]:
                os.write(channel._outgoing.fileno(), (100).to_bytes(8, "big") + b"only the beginning")
                os._exit(1)
            case ["sleep"]:
                time.sleep(3600)
            case ["finish", path]:
                ended = threading.Event()
                channel.on_end = ended.set
                channel.send("begun")
                ended.wait()
                Path(path).write_text("finished")
                return
            case ["start a process"]:
                child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(3600)"])
                channel.send(child.pid)
                while True:
                    pass
            case ["end after", seconds]:
                end_after(seconds)
                while True:
                    "x".isalpha() and pow(3, 3 ** 15)  # holds the interpreter lock
            case ["end after all", seconds]:
                end_after(seconds)
                end_after(0)
                time.sleep(2 * seconds)
                channel.send("goes on")
            case ["interrupt"]:
                os.kill(os.getpid(), signal.SIGINT)
                channel.send("goes on")
"""


@pytest.fixture
def child(tmp_path, monkeypatch):
    (tmp_path / "child_of_a_test.py").write_text(CHILD, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    with (tmp_path / "errors").open("w+b") as errors, ChildProcess("child_of_a_test", errors=errors) as child:
        yield child


def asked(child, *message):
    child.send(list(message))
    return child.receive(60)


def test_any_value_comes_back_as_it_was(child):
    for message in ({"a": (1, 2.5, None)}, "x" * 10_000_000, b"", "ü\ud800"):
        assert asked(child, "echo", message) == message
    assert child.exit_status() is None


def test_what_is_printed_does_not_get_among_the_messages(child, tmp_path):
    assert asked(child, "print", "noise") == "printed"
    assert (tmp_path / "errors").read_text("utf-8").split() == ["noise", "noise"]


def test_an_error_that_is_sent_is_raised_and_the_child_goes_on(child):
    with pytest.raises(ToolError, match="too large"):
        asked(child, "refuse", "too large")
    assert asked(child, "echo", 1) == 1


def test_an_answer_is_waited_for_no_longer_than_was_said(child):
    child.send(["sleep"])
    with pytest.raises(TimeoutError):
        child.receive(0.05)
    child.kill()
    assert child.exit_status() is not None


def test_a_death_is_noticed_after_the_last_message_and_every_time(child):
    child.send(["exit", 7])
    assert child.receive(60) == "bye"
    for _ in range(2):
        with pytest.raises(EOFError):
            asked(child, "echo", 1)
    child.finish()
    assert child.exit_status() == 7


def test_a_message_that_is_cut_off_is_a_death(child):
    with pytest.raises(EOFError):
        asked(child, "cut off")


def test_a_module_that_cannot_be_loaded_is_a_death(tmp_path):
    with (
        (tmp_path / "errors").open("wb") as errors,
        ChildProcess("no_module_of_this_name", errors=errors) as child,
        pytest.raises(EOFError),
    ):
        child.receive(60)


def test_a_child_ends_in_the_middle_of_its_work_when_the_pipe_to_it_is_closed(child):
    child.send(["sleep"])
    child.finish()
    assert child.exit_status() == 0


def test_a_child_that_wants_to_may_finish_its_work(child, tmp_path):
    assert asked(child, "finish", str(tmp_path / "work")) == "begun"
    child.finish()
    assert (tmp_path / "work").read_text("utf-8") == "finished"


@posix
def test_ctrl_c_does_not_end_a_child(child):
    assert os.getpgid(child.pid) != os.getpgid(0)
    assert asked(child, "interrupt") == "goes on"


@posix
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_copy_of_the_program_leaves_the_child_to_the_original(child):
    copy, right = os.fork(), False
    if copy == 0:
        try:
            child.kill()
            child.send(["echo", 2])
            with pytest.raises(EOFError):
                child.receive(60)
            right = child.exit_status() == 0
        finally:
            os._exit(0 if right else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(copy, 0)[1]) == 0
    assert asked(child, "echo", 1) == 1


@posix
def test_a_child_ends_when_its_program_is_killed(tmp_path):
    (tmp_path / "child_of_a_test.py").write_text(CHILD, "utf-8")
    program = """
        import sys, time
        from orchestrator.runtime.subprocesses import ChildProcess
        child = ChildProcess("child_of_a_test")
        child.send(["echo", 1])
        print(child.receive(), child.pid, flush=True)
        child.send(["sleep"])
        time.sleep(3600)
    """
    started = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])},
        text=True,
    )
    assert started.stdout is not None
    child = int(started.stdout.readline().split()[1])
    started.send_signal(signal.SIGKILL)
    started.communicate()
    end = time.monotonic() + 20
    while Path(f"/proc/{child}").exists() and _state(child) != "Z":
        assert time.monotonic() < end
        time.sleep(0.02)


@posix
def test_what_a_child_has_started_is_killed_with_it(child):
    started = asked(child, "start a process")
    assert _state(started) != "Z"
    child.kill()
    end = time.monotonic() + 20
    while _state(started) != "Z":
        assert time.monotonic() < end
        time.sleep(0.02)


@posix
def test_a_child_that_is_busy_ends_at_its_own_deadline(child):
    child.send(["end after", 0.2])
    with pytest.raises(EOFError):
        child.receive(60)
    child.finish()
    assert child.exit_status() == -signal.SIGALRM
    with ChildProcess("child_of_a_test") as another:
        assert asked(another, "end after all", 0.2) == "goes on"


def _state(process: int) -> str:
    """Z is an ended process that nobody has waited for."""
    try:
        return Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()[0]
    except OSError:
        return "Z"


def test_a_program_without_a_python_says_so(monkeypatch):
    monkeypatch.setattr(sys, "executable", "")
    with pytest.raises(OSError, match="no Python"):
        ChildProcess("x")


def test_what_is_printed_while_python_starts_is_no_message(tmp_path, monkeypatch):
    (tmp_path / "child_of_a_test.py").write_text(CHILD, "utf-8")
    (tmp_path / "sitecustomize.py").write_text("print('two\\nlines, no end', end='', flush=True)", "utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.syspath_prepend(tmp_path)
    with ChildProcess("child_of_a_test") as child:
        child.send(["echo", "here"])
        assert child.receive(60) == "here"
        assert child.started


def test_a_path_that_is_no_text_is_left_out_as_python_does(tmp_path, monkeypatch):
    (tmp_path / "child_of_a_test.py").write_text(CHILD, "utf-8")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path, tmp_path])
    with ChildProcess("child_of_a_test") as child:
        child.send(["echo", 1])
        assert child.receive(60) == 1


@posix
@pytest.mark.parametrize("program", ["/bin/false", "/bin/echo"])
def test_a_program_that_is_no_python_ends_without_having_started(program, monkeypatch):
    monkeypatch.setattr(sys, "executable", program)
    with ChildProcess("child_of_a_test") as child:
        child.send(["echo", 1])
        with pytest.raises(EOFError):
            child.receive(60)
        assert not child.started


@posix
def test_a_forked_copy_sends_nothing_and_does_not_wait(child):
    pid = os.fork()
    if not pid:  # in the copy
        child.send("x" * 1_000_000)
        os._exit(0)
    assert os.waitpid(pid, 0)[1] == 0
    child.send(["echo", "still"])
    assert child.receive(60) == "still"
