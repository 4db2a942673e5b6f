"""What the log says of a run and of a review, so that one id finds a whole story."""

from __future__ import annotations

import logging
import re
from typing import Any

import ckan.plugins.toolkit as tk
import pytest

from ckanext.regional.harvest.writing import importer
from tests.conftest import People, act, complete, fingerprint
from tests.harvest.pretending import Story


@pytest.fixture(autouse=True)
def _switched_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests' configuration is read after their modules, and switches off the loggers that are there by then."""
    for name, logger in logging.Logger.manager.loggerDict.items():
        if name.startswith("ckanext.regional") and isinstance(logger, logging.Logger):
            monkeypatch.setattr(logger, "disabled", False)


def lines(caplog: pytest.LogCaptureFixture) -> list[tuple[str, dict[str, str]]]:
    """Our lines with their ids, as words and as programs get them."""
    found = []
    for record in caplog.records:
        if record.name.startswith("ckanext.regional"):
            ids = getattr(record, "regional", {})
            told = dict(re.findall(r"(\w+)=(\S+?)[ \]]", record.getMessage().rpartition(" [")[2]))
            assert told == ids, record.getMessage()
            found.append((record.getMessage().rpartition(" [")[0], ids))
    return found


def test_a_run_by_its_id(
    people: People,
    story: Story,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One dataset cannot be written for a reason that is nobody's fault: the line says which one, of which source."""

    def refuse(*_arguments: Any) -> None:
        raise KeyError("a plugin's mistake")

    monkeypatch.setattr(importer, "_write", refuse)
    with caplog.at_level(logging.INFO, logger="ckanext.regional"):
        story.there(title="Ports, revus")
    told = lines(caplog)
    runs = {ids["run"] for _said, ids in told if "run" in ids}
    assert len(runs) == 1
    failure = next(ids for said, ids in told if said == "A dataset could not be written")
    assert set(failure) == {"run", "page", "source", "record", "dataset"}
    assert (failure["source"], failure["dataset"]) == ("voisin", story.dataset["id"])
    said, ids = told[-1]
    assert said == "The run is finished: seen=1 failed=1"
    assert (ids["source"], "The run begins") == ("voisin", told[0][0])


def test_a_review_by_its_case(people: People, app: Any, caplog: pytest.LogCaptureFixture) -> None:
    """Each step once it is committed, and without who took it or what they said."""
    with caplog.at_level(logging.INFO, logger="ckanext.regional"):
        made = act("package_create", people.editor, **complete(people))
        act("regional_curation_submit", people.editor, id=made["id"], comment="Voici les menus")
        seen = {"id": made["id"], "fingerprint": fingerprint(people, made)}
        with pytest.raises(tk.NotAuthorized):
            act("regional_curation_approve", people.steward_elsewhere, **seen)
        act("regional_curation_request_changes", people.steward, **seen, comment="Il manque une date")
    told = lines(caplog)
    steps = [said for said, ids in told if ids.get("dataset") == made["id"]]
    assert steps == [
        "created: - → -",
        "submit: - → submitted",
        "request_changes: submitted → changes_requested",
    ]
    assert len({ids["case"] for said, ids in told if "submitted" in said}) == 1
    everything = " ".join(said for said, _ids in told)
    assert not {"menus", "date", people.steward, people.editor} & set(everything.split())
