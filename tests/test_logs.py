"""Ids at the end of a log line."""

from __future__ import annotations

import logging
from types import SimpleNamespace

import pytest
import rq

from ckanext.regional import logs

log = logs.get_logger("ckanext.regional.of.tests")


@pytest.fixture(autouse=True)
def everything(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)


def test_a_line_says_what_its_block_is_about(caplog: pytest.LogCaptureFixture) -> None:
    with logs.about(run="r1", source="rennes"), logs.about(dataset="d1", case=None):
        log.info("Written by %s, %d%%", "anne", 50)
        log.warning("100% done", ids={"record": "x"})
    log.info("After it")
    first, second, third = caplog.records
    assert first.getMessage() == "Written by anne, 50% [run=r1 source=rennes dataset=d1]"
    assert first.regional == {"run": "r1", "source": "rennes", "dataset": "d1"}  # pyright: ignore
    assert second.getMessage() == "100% done [run=r1 source=rennes record=x dataset=d1]"
    assert third.getMessage() == "After it"
    assert not hasattr(third, "regional")
    # It comes from here, as a formatter with %(filename)s would say.
    assert {record.filename for record in caplog.records} == {"test_logs.py"}


def test_an_exception_keeps_its_traceback(caplog: pytest.LogCaptureFixture) -> None:
    try:
        raise ValueError("no")
    except ValueError:
        log.exception("It failed", ids={"run": "r1"})
    (record,) = caplog.records
    assert record.exc_info is not None
    assert record.getMessage() == "It failed [run=r1]"


def test_a_neighbours_id_forges_no_line(caplog: pytest.LogCaptureFixture) -> None:
    """What others name their datasets is one word, however they try."""
    log.info("Seen", ids={"record": "a\nERROR all is lost [run=r2] %s"})
    log.info("Seen by %s", "anne", ids={"record": "x" * 10_000})
    assert caplog.records[0].getMessage() == "Seen [record=a_ERROR_all_is_lost__run=r2__%s]"
    assert len(caplog.records[1].getMessage()) < 250


def test_what_nobody_listens_to_costs_nothing(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR)
    log.info("Unheard", ids={"run": "r1"})
    assert caplog.records == []


def test_a_job_says_its_id(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    @logs.job
    def work(run: str) -> str:
        log.info("At work", ids={"run": run})
        return run

    assert work("r1") == "r1"
    monkeypatch.setattr(rq, "get_current_job", lambda: SimpleNamespace(id="j1"))
    work(run="r2")
    assert [record.getMessage() for record in caplog.records] == ["At work [run=r1]", "At work [job=j1 run=r2]"]
    # RQ finds a job's function by these.
    assert (work.__module__, work.__name__) == (__name__, "work")
