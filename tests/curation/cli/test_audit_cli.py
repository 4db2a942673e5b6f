"""``ckan regional audit``: what was changed behind the review's back is found, and words can go without harm."""

from __future__ import annotations

import csv
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from ckan import model
from click.testing import CliRunner, Result

from ckanext.regional.curation.cli.audit import audit as command
from ckanext.regional.curation.history import audit, events
from ckanext.regional.database import now
from ckanext.regional.volatile import canonical
from tests.conftest import People, act, empty_our_tables


def run(*arguments: str) -> Result:
    model.Session.rollback()
    return CliRunner().invoke(command, list(arguments), catch_exceptions=False)


def forge(statement: str) -> None:
    """Do what somebody with the database's own account could do."""
    assert model.meta.engine is not None
    tables = ("regional_event", "regional_event_text", "regional_event_seal")
    model.Session.rollback()
    with model.meta.engine.begin() as connection:
        for table in tables:
            connection.execute(sa.text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        connection.execute(sa.text(statement))
        for table in tables:
            connection.execute(sa.text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))


@pytest.fixture
def sealed(our_plugins: None) -> None:
    """Four events, the third with words."""
    _make_history()


def _make_history() -> None:
    model.Session.rollback()
    empty_our_tables()
    for action, comment in (("created", None), ("submit", None), ("withdraw", "Trop tôt, dit Anne."), ("submit", None)):
        events.record("d", action, None, comment=comment)
        model.Session.commit()
    events.seal()


_OF = "(SELECT event_id FROM regional_event_seal WHERE seq = {seq})"

FORGERIES = {
    "another actor": (2, f"UPDATE regional_event SET actor_id = 'x' WHERE id = {_OF}"),
    "another time": (3, f"UPDATE regional_event SET at = at + interval '1 hour' WHERE id = {_OF}"),
    "another rule": (2, f"UPDATE regional_event SET reason = 'x' WHERE id = {_OF}"),
    "no event": (2, f"DELETE FROM regional_event WHERE id = {_OF}"),
    "no seal": (3, "DELETE FROM regional_event_seal WHERE seq = {seq}"),
    "no first": (1, "DELETE FROM regional_event_seal WHERE seq = {seq}"),
    "another hash": (4, "UPDATE regional_event_seal SET hash = repeat('0', 64) WHERE seq = {seq}"),
    "other words": (3, f"UPDATE regional_event_text SET comment = 'Bien.' WHERE event_id = {_OF}"),
    "no words": (3, f"DELETE FROM regional_event_text WHERE event_id = {_OF}"),
    "blank words": (
        3, f"UPDATE regional_event_text SET comment = NULL, actor_name = NULL, salt = '' WHERE event_id = {_OF}"
    ),
    "smuggled in": (5, "INSERT INTO regional_event (id, dataset_id, at, action) VALUES ('x', 'x', now(), 'approve')"),
}  # fmt: skip


def test_a_forgery_is_found_where_it_is(our_plugins: None) -> None:
    found = {}
    for forgery, (seq, statement) in FORGERIES.items():
        _make_history()
        forge(statement.format(seq=seq))
        verified = run("verify")
        found[forgery] = (verified.exit_code, verified.output.partition(" event ")[2].partition(":")[0])
    assert found == {forgery: (1, str(seq)) for forgery, (seq, _statement) in FORGERIES.items()}


def test_what_was_not_forged_holds(sealed: None) -> None:
    found = run("verify")
    assert (found.exit_code, found.output.splitlines()[0]) == (0, "The history holds: 4 events.")


def test_an_empty_history_holds(our_plugins: None) -> None:
    empty_our_tables()
    assert run("verify").exit_code == 0


def test_a_cut_off_end_is_seen_by_who_noted_it(sealed: None) -> None:
    head = run("verify").output.splitlines()[-1]
    assert run("verify", "--head", head).exit_code == 0
    forge("DELETE FROM regional_event WHERE id = (SELECT event_id FROM regional_event_seal WHERE seq = 4)")
    forge("DELETE FROM regional_event_seal WHERE seq = 4")
    assert (run("verify").exit_code, run("verify", "--head", head).exit_code) == (0, 1)


def test_a_rewritten_chain_is_seen_by_who_noted_it(sealed: None) -> None:
    seq, _colon, _digest = run("verify").output.splitlines()[-1].partition(":")
    assert run("verify", "--head", f"{seq}:{'0' * 64}").exit_code == 1


def test_a_head_that_is_none_is_refused(our_plugins: None) -> None:
    assert run("verify", "--head", "nonsense").exit_code == 2


def test_many_events_are_verified_in_parts(our_plugins: None, monkeypatch: pytest.MonkeyPatch) -> None:
    empty_our_tables()
    monkeypatch.setattr(events, "_BATCH", 7)
    monkeypatch.setattr(audit, "_ROWS", 5)
    for number in range(20):
        events.record(f"d{number}", "created", None)
    model.Session.commit()
    assert audit.verify().seq == 20


def test_words_go_and_the_chain_holds(people: People, submitted: dict[str, Any]) -> None:
    act("regional_curation_withdraw", people.editor, id=submitted["id"], comment="Trop tôt, dit Anne.")
    done = run("redact", "3", "--reason", "Une personne le demande.", "--by", people.sysadmin)
    found = act("regional_curation_history", people.steward, id=submitted["id"])["results"]
    assert (done.exit_code, run("verify").exit_code) == (0, 0)
    assert [event["redacted"] for event in found] == [False, False, True, False]
    assert "Anne" not in json.dumps(found)
    assert (found[-1]["action"], found[-1]["comment"], found[-1]["actor"]) == (
        "redacted", "Une personne le demande.", people.sysadmin
    )  # fmt: skip
    assert not model.Session.scalar(sa.text("SELECT count(*) FROM regional_event_text WHERE comment LIKE '%Anne%'"))


def test_a_redaction_that_is_none_is_refused(sealed: None) -> None:
    before = run("export").output
    for arguments in (("99", "--reason", "x"), ("3", "--reason", "  "), ("3", "--reason", "x", "--by", "nobody")):
        assert run("redact", *arguments).exit_code != 0
    assert run("export").output == before


def test_words_go_once(sealed: None) -> None:
    run("redact", "3", "--reason", "x")
    assert run("redact", "3", "--reason", "x").exit_code == 1
    assert audit.verify().seq == 5


def test_an_export_is_verified_without_the_database(sealed: None, tmp_path: Path) -> None:
    out = tmp_path / "history.jsonl"
    assert run("export", "--out", str(out)).exit_code == 0
    rows = [json.loads(line) for line in out.read_text().splitlines()]
    previous = "0" * 64
    for row in rows:
        words = {"actor_name": row["actor"], "comment": row["comment"], "fields": row["fields"]}
        assert row["text_digest"] == hashlib.sha256((row["salt"] + canonical(words)).encode()).hexdigest()
        names = [
            "id",
            "dataset_id",
            "case_id",
            "at",
            "actor_id",
            "action",
            "from_state",
            "to_state",
            "fingerprint",
            "text_digest",
        ]
        event = {name: row[name] for name in names}
        event |= {name: row[name] for name in ("subject", "reason") if row[name] is not None}
        previous = hashlib.sha256(canonical([previous, row["seq"], event]).encode()).hexdigest()
        assert row["hash"] == previous


def test_an_export_as_a_table_starts_no_formula(our_plugins: None) -> None:
    empty_our_tables()
    events.record("d", "reject", None, comment="=HYPERLINK(1)", fields={"title": "Trop long"})
    model.Session.commit()
    (row,) = csv.DictReader(run("export", "--format", "csv").output.splitlines())
    assert (row["seq"], row["comment"], row["fields"]) == ("1", "'=HYPERLINK(1)", '{"title": "Trop long"}')


def test_an_export_since(sealed: None) -> None:
    def count(since: str) -> int:
        return len(run("export", "--since", since).output.splitlines())

    assert (count("3"), count("2020-01-01"), count(f"{now().year + 1}-01-01"), count("0")) == (2, 4, 0, 4)


def test_an_export_since_nonsense_is_refused(our_plugins: None) -> None:
    refused = run("export", "--since", "yesterday")
    assert (refused.exit_code, "yesterday" in refused.output) == (1, True)


def test_an_export_where_nobody_may_write_says_so(our_plugins: None, tmp_path: Path) -> None:
    refused = run("export", "--out", str(tmp_path / "no" / "file"))
    assert (refused.exit_code, "Traceback" in refused.output) == (1, False)
