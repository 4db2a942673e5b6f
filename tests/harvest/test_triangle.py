"""Two sites that pull each other, and this process's own as the third, which pulls both: no loops, nothing twice."""

from __future__ import annotations

from typing import Any

from ckan import model

from tests.conftest import BRETAGNE, PAYS_DE_LA_LOIRE, People, act, complete
from tests.harvest.pretending import harvest
from tests.harvest.sites import Neighbour, dataset


def test_three_sites_pull_each_other(people: People, bretagne: Neighbour, loire: Neighbour) -> None:
    bretagne.act("package_create", **dataset("ne-en-bretagne", territory=["fr:commune:29019"]))
    loire.act("package_create", **dataset("ne-en-loire", territory=["fr:commune:44109"]))
    both = ["ne-en-bretagne", "ne-en-loire"]
    here, there = (one.act("regional_federation", anonymous=True)["site"] for one in (bretagne, loire))

    # A → B → A: each has both, and what is its own does not come back.
    loire.source(bretagne.url)
    assert loire.harvest()["counts"]["created"] == 1
    bretagne.source(loire.url, territory=PAYS_DE_LA_LOIRE)
    counts = bretagne.harvest()["counts"]
    assert (counts["created"], counts["skipped"]) == (1, 1)
    counts = loire.harvest(full=True)["counts"]
    assert (counts["created"], counts["unchanged"], counts["skipped"]) == (0, 1, 1)
    assert (bretagne.names(), loire.names()) == (both, both)

    # A → C beside A → B → C: the direct way wins, whichever came first.
    _pull(people, "loire", loire, PAYS_DE_LA_LOIRE)
    assert harvest(people, "loire")["counts"]["created"] == 2
    _pull(people, "bretagne", bretagne, BRETAGNE)
    counts = harvest(people, "bretagne")["counts"]
    assert (counts["created"], counts["updated"], counts["skipped"]) == (0, 1, 1)
    counts = harvest(people, "loire", full=True)["counts"]
    assert (counts["created"], counts["unchanged"], counts["skipped"]) == (0, 1, 1)
    found = act("package_search", None)["results"]
    assert {one["name"]: one["origin"]["path"] for one in found} == {
        "ne-en-bretagne": [here],
        "ne-en-loire": [there],
    }
    assert len(found) == 2

    # Nothing changes by further turns, anywhere.
    dates = _dates(found)
    for _turn in range(2):
        for one in (bretagne, loire):
            counts = one.harvest(full=True)["counts"]
            assert (counts["created"], counts["updated"], counts["withdrawn"]) == (0, 0, 0)
        for name in ("bretagne", "loire"):
            counts = harvest(people, name, full=True)["counts"]
            assert (counts["created"], counts["updated"], counts["withdrawn"]) == (0, 0, 0)
    assert _dates(act("package_search", None)["results"]) == dates

    # A change comes to all; a withdrawal counts where the dataset comes from, not on a way that does not bring it.
    bretagne.act("package_patch", id="ne-en-bretagne", title="Né en Bretagne, changé")
    loire.harvest()
    assert harvest(people, "loire")["counts"]["updated"] == 0
    assert harvest(people, "bretagne")["counts"]["updated"] == 1
    bretagne.act("package_patch", id="ne-en-bretagne", private=True)
    assert loire.harvest()["counts"]["withdrawn"] == 1
    assert harvest(people, "loire")["counts"]["withdrawn"] == 0
    assert _public("ne-en-bretagne")
    assert harvest(people, "bretagne")["counts"]["withdrawn"] == 1
    assert not _public("ne-en-bretagne")
    assert _public("ne-en-loire")


def _pull(people: People, name: str, neighbour: Neighbour, territory: str) -> None:
    filled = complete(people)
    keys = ("steward", "sector", "frequency", "access_rights", "personal_data_class", "publisher", "contact")
    act(
        "regional_source_create", people.sysadmin, name=name, url=neighbour.url, owner_org=people.organization,
        trust="publish", territory=territory, defaults={key: filled[key] for key in keys},
    )  # fmt: skip


def _dates(found: list[dict[str, Any]]) -> dict[str, str]:
    return {one["name"]: one["metadata_modified"] for one in found}


def _public(name: str) -> bool:
    model.Session.expire_all()
    package = model.Package.get(name)
    assert package is not None
    return not package.private
