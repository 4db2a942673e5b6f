"""A neighbour that erases a dataset is followed at once; it reaches what it brought, and nothing brings that back."""

from __future__ import annotations

import uuid
from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.regional.cli.erase import erase
from ckanext.regional.curation.model import Event
from ckanext.regional.harvest.model import Record
from tests.conftest import People, act, complete
from tests.faults.hostile import HostileServer
from tests.harvest.pretending import Pretended, harvest
from tests.harvest.sites import dataset as _dataset


def _theirs(name: str) -> dict[str, Any]:
    return {"id": str(uuid.uuid4()), **_dataset(name)}


def _records() -> dict[str, Record]:
    model.Session.rollback()
    return {record.remote_id: record for record in model.Session.scalars(sa.select(Record))}


def test_it_is_followed_at_once_and_stays_away(people: People, neighbour: Pretended, source: str) -> None:
    theirs = [_theirs(f"voisin-{number}") for number in range(4)]
    for one in theirs:
        neighbour.tells(one["id"], "upsert", dataset=one)
    assert harvest(people, source)["counts"]["created"] == 4
    here = {remote_id: record.dataset_id for remote_id, record in _records().items()}
    cursor = act("regional_changes", None)["next"]
    # As many withdrawals at once would wait for a person.
    gone = theirs[:3]
    for one in gone:
        neighbour.tells(one["id"], "withdrawn", erase=True)
    run = harvest(people, source)
    assert (run["state"], run["counts"]["withdrawn"]) == ("finished", 3)
    assert [model.Package.get(here[one["id"]]) for one in gone] == [None] * 3
    assert model.Package.get(here[theirs[3]["id"]]) is not None
    told = act("regional_changes", None, since=cursor)["changes"]
    assert {change["id"] for change in told if change.get("erase")} == {here[one["id"]] for one in gone}
    said = set(model.Session.scalars(sa.select(Event.dataset_id).where(Event.action == "erased")))
    assert said == {here[one["id"]] for one in gone}
    neighbour.tells(gone[0]["id"], "upsert", dataset=gone[0])
    assert harvest(people, source)["counts"]["skipped"] == 1
    kept = _records()[gone[0]["id"]]
    assert (model.Package.get(here[gone[0]["id"]]), kept.parked, kept.reason) == (None, None, "it was erased here")


def test_it_reaches_no_dataset_of_ours(people: People, neighbour: Pretended, source: str) -> None:
    own = act("package_create", people.editor, **complete(people))
    neighbour.tells(own["id"], "withdrawn", erase=True)
    assert harvest(people, source)["state"] == "finished"
    assert model.Package.get(own["id"]) is not None


def test_who_goes_by_anothers_name_erases_nothing_of_theirs(people: People, neighbour: Pretended, source: str) -> None:
    theirs = _theirs("voisin")
    neighbour.tells(theirs["id"], "upsert", dataset=theirs)
    harvest(people, source)
    with HostileServer() as server:
        forger = Pretended(server)
        settings = {key: act("regional_source_show", people.sysadmin, id=source)[key] for key in ("defaults", "trust")}
        act(
            "regional_source_create", people.sysadmin, name="faussaire", url=forger.url, owner_org=people.organization,
            **settings,
        )  # fmt: skip
        forger.tells(theirs["id"], "withdrawn", erase=True)
        assert harvest(people, "faussaire")["state"] == "finished"
    assert model.Package.get("voisin") is not None


def test_what_was_erased_here_does_not_come_again(people: People, neighbour: Pretended, source: str) -> None:
    from click.testing import CliRunner

    theirs = _theirs("voisin")
    neighbour.tells(theirs["id"], "upsert", dataset=theirs)
    harvest(people, source)
    done = CliRunner().invoke(erase, ["voisin", "--reason", "Une erreur.", "--yes"], catch_exceptions=False)
    assert done.exit_code == 0
    neighbour.tells(theirs["id"], "upsert", dataset=theirs | {"title": "Autrement"})
    assert harvest(people, source)["counts"]["skipped"] == 1
    assert model.Package.get("voisin") is None


def test_a_flag_that_is_none_is_a_withdrawal(people: People, neighbour: Pretended, source: str) -> None:
    theirs = _theirs("voisin")
    neighbour.tells(theirs["id"], "upsert", dataset=theirs)
    harvest(people, source)
    neighbour.tells(theirs["id"], "withdrawn", erase="yes")
    harvest(people, source)
    package = model.Package.get("voisin")
    assert package is not None
    assert package.private
