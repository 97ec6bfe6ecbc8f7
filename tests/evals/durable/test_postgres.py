"""The same on a real Postgres server, with several workers, as on several machines."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from tests.evals.durable.conftest import until
from tests.evals.durable.test_durable import ARMS

from orchestrator.evals.durable.alive import AdvisoryLocks


def tools() -> Path | None:
    """Where initdb and pg_ctl are: on the path, or where Debian puts them."""
    found = shutil.which("pg_ctl")
    folders = [Path(found).parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return folders[-1] if folders else None


pytestmark = pytest.mark.skipif(tools() is None, reason="no Postgres server is installed (apt-get install postgresql)")


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    """A server of our own, on a free port; its address."""
    programs = tools()
    assert programs
    with TemporaryDirectory(prefix="postgres-", ignore_cleanup_errors=True) as folder, socket.socket() as free:
        as_user = []
        if hasattr(os, "geteuid") and os.geteuid() == 0:  # it refuses to run as root
            as_user = ["runuser", "-u", "postgres", "--"]
            shutil.chown(folder, "postgres")
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()

        def run(program: str, *arguments: str) -> None:
            command = [*as_user, str(programs / program), "-D", f"{folder}/data", *arguments]
            subprocess.run(command, check=True, capture_output=True, cwd=folder, timeout=300)

        run("initdb", "-U", "postgres", "--auth=trust", "--no-sync")
        run("pg_ctl", "-o", f"-p {port} -h 127.0.0.1 -k {folder} -c fsync=off", "-l", f"{folder}/log", "-w", "start")
        try:
            yield f"postgresql://postgres@127.0.0.1:{port}/evals"
        finally:
            run("pg_ctl", "-m", "immediate", "stop")


def test_workers_share_an_evaluation_and_a_killed_ones_samples_are_taken_over(server, processes, postgres):
    worker = processes.start("work", "--db", postgres)
    leader = processes.start("letters", "-n", "12", "-c", "2", "--db", postgres, *ARMS)
    server.hold_after = 12
    until(lambda: server.waiting == 4)  # two of the leader's, two of the worker's
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    server.release()
    out, err = leader.communicate(timeout=300)
    assert leader.returncode == 0, err
    assert len(json.loads(out)["samples"]) == 24
    assert set(server.paid.values()) == {1}
    assert len(server.paid) == 36


def test_a_lock_tells_the_living_from_the_dead(postgres):
    address = postgres.replace("/evals", "/postgres")
    one, other = AdvisoryLocks(address), AdvisoryLocks(address)
    one.join("one")
    other.join("other")
    assert not one.dead("other")
    assert one.dead("nobody")
    other.leave()
    until(lambda: one.dead("other"))
    one.leave()
