from __future__ import annotations

import logging

from tests.code.conftest import HashEmbedder

from orchestrator.code import CodeIndex


def test_damaged_vectors_leave_the_words_to_search_by_and_are_made_anew_by_the_next_run(tmp_path, caplog):
    project, db = tmp_path / "project", tmp_path / "db"
    project.mkdir()
    (project / "mail.py").write_text("def validate_email(text):\n    return '@' in text\n", "utf-8")
    CodeIndex.build(project, db, embedder=HashEmbedder()).close()
    (file,) = db.glob("*/chroma/chroma.sqlite3")
    file.write_bytes(b"SQLite format 3\0" + b"\xff" * 4_000)
    with caplog.at_level(logging.WARNING), CodeIndex.open(db, embedder=HashEmbedder()) as index:
        assert index.search("validate email")[0].path == "mail.py"
    assert "by words alone" in caplog.text
    with CodeIndex.build(project, db, embedder=HashEmbedder()) as index:
        assert index.search("validate email")[0].path == "mail.py"
        assert index._dense(query="validate email", count=1)
