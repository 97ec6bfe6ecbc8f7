"""Killed in the middle, run again: nothing that was paid for is asked again, whoever died and whoever goes on."""

from __future__ import annotations

import json
import re
import shlex
import signal
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest
from tests.evals.durable.conftest import until

ARMS = ("--arms", "direct,tools", "--model", "openai:fake", "--tools", "CALCULATOR", "--price", "1,1", "--json")
N = 8
REQUESTS = 3 * N  # direct asks once, tools twice


def test_a_killed_evaluation_goes_on_without_a_repeated_call(server, processes):
    server.hold_after = 13
    first = processes.start("letters", "-n", str(N), "-c", "3", *ARMS)
    until(lambda: server.waiting == 3)
    first.send_signal(signal.SIGKILL)
    first.wait()
    server.release()  # what was under way is paid for: the process beside the killed one writes it down
    second = processes.run("letters", "-n", str(N), "-c", "3", *ARMS)
    assert second.exit_code == 0, second.stderr
    assert set(server.paid.values()) == {1}
    assert len(server.paid) == REQUESTS
    report = json.loads(second.stdout)
    assert [arm["n"] for arm in report["arms"]] == [N, N]
    assert [arm["called"] for arm in report["arms"]] == [0, N]
    assert report["arms"][1]["cost"] > 0


def test_the_process_that_takes_the_samples_can_be_killed_too(server, processes):
    server.hold_after = 13
    first = processes.start("letters", "-n", str(N), "-c", "3", *ARMS)
    until(lambda: server.waiting == 3)
    subprocess.run(["pkill", "-KILL", "-P", str(first.pid)], check=True)
    _, error = first.communicate(timeout=60)
    assert first.returncode == 1
    assert "has ended (status -9): run the same command again" in error
    server.release()
    second = processes.run("letters", "-n", str(N), "-c", "3", *ARMS)
    assert [arm["n"] for arm in json.loads(second.stdout)["arms"]] == [N, N]
    assert sorted(server.paid.values()) == [1] * (REQUESTS - 3) + [2] * 3  # only what was under way is asked again


def test_what_is_there_is_not_bought_again_by_a_longer_run_or_under_another_arm_name(server, processes):
    short = processes.run("letters", "-n", "4", *ARMS)
    assert short.exit_code == 0, short.stderr
    assert sum(server.paid.values()) == 12
    longer = processes.run("letters", "-n", "6", "--arm", "again=tools:CALCULATOR", *ARMS)
    assert longer.exit_code == 0, longer.stderr
    assert [arm["n"] for arm in json.loads(longer.stdout)["arms"]] == [6, 6, 6]
    assert sum(server.paid.values()) == 18
    assert set(server.paid.values()) == {1}
    processes.run("letters", "-n", "4", "--trial", "1", *ARMS)
    assert sum(server.paid.values()) == 18 + 12


def test_a_refused_request_is_a_failure_that_the_next_run_gets_without_asking_the_rest_again(server, processes):
    server.fail = lambda asked: "CALCULATOR_RESULT:42" in asked and "assessment" in asked
    first = processes.run("letters", "-n", "4", *ARMS)
    assert first.exit_code == 0, first.stderr
    assert len(json.loads(first.stdout)["failures"]) == 1
    assert json.loads(first.stdout)["arms"][1]["n"] == 3
    server.fail = lambda asked: False
    second = processes.run("letters", "-n", "4", *ARMS)
    assert json.loads(second.stdout)["failures"] == []
    assert set(server.paid.values()) == {1}
    assert len(server.paid) == 12


def test_a_server_that_refuses_everything_ends_the_evaluation_and_says_how_to_go_on(server, processes):
    server.fail = lambda asked: True
    ended = processes.run("letters", "-n", "20", *ARMS)
    assert ended.exit_code == 1
    assert "no such luck" in ended.stderr
    assert "Run the same command again" in ended.stderr


def test_ctrl_c_finishes_what_is_under_way_and_the_next_run_asks_only_the_rest(server, processes):
    server.hold_after = 4
    first = processes.start("letters", "-n", str(N), "-c", "2", *ARMS)
    until(lambda: server.waiting == 2)
    first.send_signal(signal.SIGINT)
    until(lambda: first.stderr.readline().startswith("finishing the samples"))
    server.release()
    out, err = first.communicate(timeout=300)
    assert first.returncode == 1
    assert "Run the same command again" in err
    assert json.loads(out)["stopped"] == "interrupted"
    bought = sum(server.paid.values())
    assert 6 <= bought < REQUESTS
    processes.run("letters", "-n", str(N), "-c", "2", *ARMS)
    assert set(server.paid.values()) == {1}
    assert len(server.paid) == REQUESTS


def test_ctrl_c_without_a_database_counts_what_was_under_way_and_promises_nothing(server, processes):
    server.hold_after = 4
    arguments = ("letters", "-n", str(N), "-c", "2", "--arms", "direct", "--db", "none")
    asked = processes.start(*arguments, "--model", "openai:fake", "--json")
    until(lambda: server.waiting == 2)
    asked.send_signal(signal.SIGINT)
    until(lambda: asked.stderr.readline().startswith("finishing the samples"))
    server.release()
    out, err = asked.communicate(timeout=300)
    assert asked.returncode == 1
    report = json.loads(out)
    assert (len(report["samples"]), report["stopped"]) == (6, "interrupted")
    assert sum(server.paid.values()) == 6
    assert "With --db none nothing is kept" in err
    assert "Run the same command" not in err


def test_a_budget_stops_early_and_a_larger_one_goes_on(server, processes):
    small = processes.run("letters", "-n", "20", "-c", "1", "--max-cost", "0.001", *ARMS)
    report = json.loads(small.stdout)
    assert "is spent" in report["stopped"]
    assert 0 < len(report["samples"]) < 40
    large = processes.run("letters", "-n", "20", "-c", "4", "--max-cost", "1", *ARMS)
    assert json.loads(large.stdout)["stopped"] == ""
    assert set(server.paid.values()) == {1}


def test_the_documented_evaluation_with_a_model_of_each_provider_runs(server, processes, tmp_path, weights):
    page = (Path(__file__).parents[3] / "docs" / "evaluations.md").read_text("utf-8").replace("\\\n", " ")
    (line,) = re.findall(r"^\$ orchestrator eval (own\.jsonl .*--price .*)$", page, re.MULTILINE)
    (tmp_path / "own.jsonl").write_text('{"question": "What is 6 * 7?", "gold": "42"}\n', "utf-8")
    places = {"own.jsonl": str(tmp_path / "own.jsonl"), "report/": str(tmp_path / "report")}
    done = processes.run(*(places.get(word, word) for word in shlex.split(line)), "--json")
    assert done.exit_code == 0, done.stderr
    costs = {arm["arm"]: arm["cost"] for arm in json.loads(done.stdout)["arms"]}
    assert costs == {"direct": 0.0, "cot+tools": 0.0, "big": pytest.approx(100 * 2.5e-6 + 10 * 15e-6)}
    assert sum(server.paid.values()) == 1, "the address beside the key is OpenAI's, and no other model's"


def test_a_worker_takes_over_from_a_killed_leader(server, processes, tmp_path):
    database = str(tmp_path / "shared.sqlite")
    server.hold_after = 5
    leader = processes.start("letters", "-n", str(N), "-c", "2", "--db", database, *ARMS)
    until(lambda: server.waiting == 2)
    leader.send_signal(signal.SIGKILL)
    leader.wait()
    server.release()
    worker = processes.run("work", "--db", database, "--idle", "4")
    assert worker.exit_code == 0, worker.stderr
    assert len(server.paid) == REQUESTS, "all samples are there before anybody asks for them again"
    report = processes.run("letters", "-n", str(N), "-c", "2", "--db", database, *ARMS)
    assert len(json.loads(report.stdout)["samples"]) == 2 * N
    assert set(server.paid.values()) == {1}


def dump_of(database):
    with closing(sqlite3.connect(database)) as connection:
        return "\n".join(connection.iterdump())


def test_neither_key_nor_gold_answer_is_kept(server, processes, tmp_path):
    database = tmp_path / "kept.sqlite"
    processes.run("letters", "-n", "2", "--db", str(database), *ARMS)
    dump = dump_of(database)
    assert "Count the letter s" in dump
    assert "sk-not-for-the-database" not in dump
    assert '"gold"' not in dump


def test_the_key_of_ones_own_server_reaches_it_and_is_not_kept(server, processes, tmp_path):
    database = tmp_path / "kept.sqlite"
    asked = ("letters", "-n", "1", "--db", str(database), "--base-url", server.url, *ARMS)
    done = processes.run(*asked, "--api-key-env", "KEY_OF_MY_SERVER")
    assert done.exit_code == 0, done.stderr
    assert server.keys == {"Bearer sk-of-my-server"}
    assert "sk-of-my-server" not in dump_of(database)


def test_a_worker_shows_a_key_to_the_server_that_it_was_given_for(server, processes, tmp_path):
    database = str(tmp_path / "shared.sqlite")
    server.hold_after = 0
    leader = processes.start(
        *("letters", "-n", "2", "--db", database, "--base-url", server.url, *ARMS),
        *("--api-key-env", "KEY_OF_MY_SERVER", "-c", "1"),
    )
    until(lambda: server.waiting == 1)
    subprocess.run(["pkill", "-KILL", "-P", str(leader.pid)], check=True)
    leader.communicate(timeout=60)
    server.release()
    server.keys.clear()
    worker = processes.run(
        *("work", "--db", database, "--idle", "4", "--base-url", server.url, "--api-key-env", "KEY_OF_MY_SERVER")
    )
    assert worker.exit_code == 0, worker.stderr
    assert server.keys == {"Bearer sk-of-my-server"}


def test_a_database_that_cannot_be_used_is_a_clear_error(processes, tmp_path):
    for place in (str(tmp_path), "mysql://x", "postgresql://nobody:secret@127.0.0.1:9/none"):
        ended = processes.run("letters", "-n", "2", "--db", place, *ARMS)
        assert ended.exit_code == 2, ended.stderr
        assert "secret" not in ended.stderr


def test_an_evaluation_that_stops_leaves_the_same_questions_to_the_one_beside_it(server, processes):
    server.hold_after = 2
    asked = ("letters", "-n", str(N), "-c", "2", "--arms", "direct", "--model", "openai:fake", "--json")
    first = processes.start(*asked)
    until(lambda: server.waiting == 2)
    second = processes.start(*asked, "--arms", "other=direct,cot")
    until(lambda: server.waiting == 4)
    second.send_signal(signal.SIGINT)
    until(lambda: second.stderr.readline().startswith("finishing the samples"))
    server.release()
    second.communicate(timeout=300)
    out, err = first.communicate(timeout=60)
    assert first.returncode == 0, err
    assert len(json.loads(out)["samples"]) == N


def test_a_disk_that_is_full_while_questions_are_enqueued_ends_the_evaluation_and_the_next_run_has_it_all(
    server, processes, monkeypatch
):
    def full(*_):
        raise sqlite3.OperationalError("database or disk is full")

    asked = ("letters", "-n", "2", "--arms", "direct", "--model", "openai:fake", "--json")
    with monkeypatch.context() as patch:
        patch.setattr("dbos.DBOS.enqueue_workflow", full)
        failed = processes.run(*asked)
    assert failed.exit_code == 1
    assert "disk is full): make room, and run the same command again" in failed.stderr
    again = processes.run(*asked)
    assert again.exit_code == 0, again.stderr
    assert server.paid.total() == 2
