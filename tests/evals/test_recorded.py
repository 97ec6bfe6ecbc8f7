from __future__ import annotations

import json

import pytest

from orchestrator.core.arms import RESERVED
from orchestrator.core.errors import ConfigError
from orchestrator.evals.datasets import jsonl
from orchestrator.evals.evaluation import Evaluation
from orchestrator.evals.recorded import rescore
from orchestrator.evals.report import as_json, markdown, recording
from orchestrator.evals.scorers import auto
from orchestrator.evals.types import DatasetOptions

ROWS: list[dict[str, object]] = [
    {"task": "sum", "question": "2 + 2?", "gold": "4", "direct": "5", "cot": "2 + 2 = 4"},
    {"task": "sum", "question": "2 | 3?", "gold": "6", "direct": "6", "cot": "So it is\n6."},
    {
        "task": "yes",
        "question": "Is it?\nOptions:\n- Yes\n- No",
        "gold": "No",
        "direct": "No",
        "cot": "The answer is Yes.",
    },
]
ROWS[0] |= {"direct_ok": False, "cot_ok": True}
ROWS[1] |= {"direct_ok": True, "cot_ok": False}


def file(tmp_path, rows, name="outputs.jsonl"):
    path = tmp_path / name
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def test_recorded_outputs_are_scored_and_compared_with_the_files_own_verdicts(tmp_path):
    rescored = rescore(file(tmp_path, ROWS), auto.score)
    assert [outcome.score.correct for outcome in rescored.evaluation.outcomes] == [False, True, True, True, True, False]
    assert (rescored.verdicts, rescored.differ) == (4, (("00001", "cot"),))
    (contrast,) = rescored.evaluation.summary.contrasts
    assert (contrast.baseline, contrast.arm, contrast.pairs.gained, contrast.pairs.lost) == ("direct", "cot", 1, 1)


def test_the_columns_can_be_chosen_and_the_first_is_the_baseline(tmp_path):
    evaluation = rescore(file(tmp_path, ROWS), auto.score, ("cot", "direct")).evaluation
    assert evaluation.summary.contrasts[0].baseline == "cot"


@pytest.mark.parametrize(
    ("rows", "arms", "why"),
    [
        ([], (), "no questions"),
        ([{"question": "x", "gold": "1"}], (), "no column with outputs"),
        ([ROWS[0]], ("other",), "line 1 has no text under 'other'"),
        ([ROWS[0]], ("direct", "direct"), "'direct' is named twice"),
        ([ROWS[0]], ("direct", "gold"), "'gold' is no arm"),
        ([ROWS[0] | {"id": "a"}] * 2, (), "the id 'a'"),
    ],
)
def test_a_file_that_is_no_recording_is_a_clear_error(rows, arms, why, tmp_path):
    with pytest.raises(ConfigError, match=why):
        rescore(file(tmp_path, rows), auto.score, arms)


def test_a_missing_file_is_a_clear_error(tmp_path):
    with pytest.raises(ConfigError, match="no file"):
        rescore(tmp_path / "absent", auto.score)


def test_a_recording_of_ours_is_read_back_with_the_same_numbers(tmp_path):
    evaluation = rescore(file(tmp_path, ROWS), auto.score).evaluation
    again = tmp_path / "again.jsonl"
    again.write_text(recording(evaluation), "utf-8")
    read = rescore(again, auto.score)
    assert (read.verdicts, read.differ) == (6, ())
    assert read.evaluation.summary == evaluation.summary
    assert len(jsonl.create(DatasetOptions(path=str(again))).items) == 3


def test_a_run_that_a_limit_ended_is_no_answer_when_it_is_scored_again_either(tmp_path):
    cut_off = rescore(file(tmp_path, [ROWS[1] | {"direct_finish": "length", "cot_finish": "stop"}]), auto.score)
    again = tmp_path / "again.jsonl"
    again.write_text(recording(cut_off.evaluation), "utf-8")
    for read in (cut_off, rescore(again, auto.score)):
        assert read.evaluation.arms == ("direct", "cot")
        assert [outcome.score.correct for outcome in read.evaluation.outcomes] == [False, True]
        assert read.evaluation.summary.arms[0].unfinished == 1


def test_a_line_ends_at_a_newline_and_at_nothing_else(tmp_path):
    answer = "\u2028\x85\x0b\x0cIt is 4."
    evaluation = rescore(file(tmp_path, [ROWS[0] | {"direct": answer}]), auto.score).evaluation
    again = tmp_path / "again.jsonl"
    again.write_text(recording(evaluation), "utf-8")
    assert rescore(again, auto.score).evaluation.outcomes[0].sample.answer == answer


def test_what_a_dataset_reads_is_no_arm():
    assert {*jsonl.GOLD, *jsonl.KIND} <= RESERVED


def test_the_report_shows_every_extracted_answer_and_keeps_its_table_whole(tmp_path):
    text = markdown(rescore(file(tmp_path, ROWS), auto.score).evaluation, "outputs")
    assert "| 2 \\| 3? | 6 | ✓ 6 | ✓ 6 |" in text
    assert "| 2 + 2? | 4 | ✗ 5 | ✓ 4 |" in text
    assert "## yes" in text
    tables = [line for line in text.splitlines() if line.startswith("|")]
    assert {line.replace("\\|", "").count("|") for line in tables} <= {4, 5}


def test_the_json_report_holds_unrounded_numbers(tmp_path):
    evaluation: Evaluation = rescore(file(tmp_path, ROWS), auto.score).evaluation
    report = json.loads(json.dumps(as_json(evaluation)))
    assert report["arms"][0]["accuracy"] == 2 / 3
    assert report["contrasts"][0]["p"] == 1.0
    assert report["samples"][0]["extracted"] == "5"
    assert report["kinds"][1]["kind"] == "yes"
