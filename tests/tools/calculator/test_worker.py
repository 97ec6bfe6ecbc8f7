"""The worker process: killed, forked, shared, interrupted and orphaned."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from orchestrator.core.errors import ToolError
from orchestrator.tools._calculator import calculate
from orchestrator.tools._calculator.worker import close, worker_id

ENDLESS = "integrate(sin(x)**20*exp(x**3)/log(x), x)"
posix = pytest.mark.skipif(sys.platform == "win32", reason="signals and fork are POSIX")


def is_running(process):
    """Whether it runs; one that has ended but was not waited for does not count."""
    try:
        return Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_until(condition, seconds=20.0):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return False


def running_worker() -> int:
    process = worker_id()
    assert process is not None
    return process


def test_plain_numbers_need_no_worker():
    close()
    calculate("sqrt(2)*3")
    assert worker_id() is None


def test_one_worker_answers_many_questions():
    calculate("diff(x, x)")
    first = worker_id()
    assert [calculate(f"diff(x**{n}, x)") for n in (2, 3)] == ["2*x", "3*x**2"]
    assert worker_id() == first


@posix
def test_a_worker_killed_between_calls_is_replaced():
    calculate("diff(x, x)")
    os.kill(running_worker(), signal.SIGKILL)
    assert calculate("diff(x**2, x)") == "2*x"


@posix
def test_a_worker_killed_during_a_call_fails_that_call_and_not_the_next():
    calculate("diff(x, x)")
    first = running_worker()
    outcome = []

    def work():
        try:
            calculate(ENDLESS, deadline=1.0)
        except ToolError as error:
            outcome.append(str(error))

    thread = threading.Thread(target=work)
    thread.start()
    time.sleep(0.3)
    os.kill(first, signal.SIGKILL)
    thread.join()
    assert outcome[0].startswith("too large")
    assert calculate("diff(x**2, x)") == "2*x"


def test_concurrent_calls_each_get_their_own_answer():
    powers = list(range(2, 42))
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: calculate(f"integrate({n + 1}*x**{n}, (x, 0, 2))"), powers))
    assert answers == [str(2 ** (n + 1)) for n in powers]


@posix
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_child_starts_its_own_worker_and_leaves_the_parents_alone():
    calculate("diff(x, x)")
    parents = worker_id()
    child = os.fork()
    if child == 0:
        try:
            right = worker_id() is None and calculate("diff(x**2, x)") == "2*x" and worker_id() != parents
        finally:
            os._exit(0 if right else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert worker_id() == parents
    assert calculate("diff(x**3, x)") == "3*x**2"


SCRIPT = """
    import os, signal, sys, threading
    from orchestrator.tools._calculator import calculate
    from orchestrator.tools._calculator.worker import worker_id
    calculate("diff(x, x)")
    print(worker_id(), flush=True)
"""


def start(body, **options):
    """A program without `if __name__ == "__main__"`, and its worker's process id."""
    program = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(SCRIPT) + textwrap.dedent(body)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        text=True,
        **options,
    )
    assert program.stdout is not None
    return program, int(program.stdout.readline())


@posix
def test_the_worker_ends_with_its_program():
    program, worker = start("")
    _, errors = program.communicate(timeout=60)
    assert (program.returncode, errors) == (0, "")
    assert wait_until(lambda: not is_running(worker))


@posix
def test_the_worker_of_a_killed_program_ends_in_the_middle_of_a_calculation():
    program, worker = start(f"calculate({ENDLESS!r}, deadline=60)")
    time.sleep(0.5)
    program.kill()
    program.communicate(timeout=60)
    assert wait_until(lambda: not is_running(worker))


@posix
def test_ctrl_c_leaves_one_keyboard_interrupt_and_no_orphan():
    body = f"""
        try:
            calculate({ENDLESS!r}, deadline=60)
        except KeyboardInterrupt:
            print("interrupted", worker_id(), calculate("diff(x**2, x)"), flush=True)
    """
    program, worker = start(body, start_new_session=True)
    time.sleep(0.5)
    os.killpg(program.pid, signal.SIGINT)  # what a terminal does: to the whole group
    output, errors = program.communicate(timeout=60)
    assert output.split() == ["interrupted", "None", "2*x"]
    assert errors == ""
    assert wait_until(lambda: not is_running(worker))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps to the limit on memory")
def test_the_workers_memory_is_bounded():
    calculate("diff(x, x)")
    limits = Path(f"/proc/{worker_id()}/limits").read_text(encoding="utf-8")
    assert next(line for line in limits.splitlines() if line.startswith("Max address space")).split()[3] == str(1 << 30)


def test_importing_the_calculator_imports_nothing_heavy():
    code = """
        import sys
        from orchestrator.tools._calculator import calculate
        calculate("1/3+2**9")
        print([name for name in ("sympy", "mpmath", "multiprocessing", "subprocess") if name in sys.modules])
    """
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    shown = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], env=environment, capture_output=True, text=True, check=True
    )
    assert shown.stdout.strip() == "[]"
