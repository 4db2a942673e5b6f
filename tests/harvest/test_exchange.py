"""Two real sites with our feed, and a plain CKAN: what one publishes, the other gets, and nothing else."""

from __future__ import annotations

import pytest

from tests.harvest.sites import ActionFailed, Neighbour, dataset


@pytest.fixture(scope="module")
def pair(bretagne: Neighbour, loire: Neighbour) -> tuple[Neighbour, Neighbour]:
    """Bretagne with three datasets, which Loire has harvested once."""
    for name in ("menus", "ports", "lycees"):
        bretagne.act("package_create", **dataset(name, territory=["fr:commune:29019"], steward="admin"))
    loire.source(bretagne.url, title="Bretagne")
    run = loire.harvest()
    assert (run["state"], run["error"]) == ("finished", None)
    return bretagne, loire


def test_what_is_published_there_is_here(pair: tuple[Neighbour, Neighbour]) -> None:
    assert pair[1].names() == ["lycees", "menus", "ports"]


def test_counts_tell_the_truth(pair: tuple[Neighbour, Neighbour]) -> None:
    runs = pair[1].act("regional_run_list", source="neighbour")["results"]
    assert runs[-1]["counts"] == {
        "seen": 3, "created": 3, "updated": 0, "unchanged": 0, "skipped": 0, "conflict": 0, "failed": 0,
        "pending": 0, "withdrawn": 0,
    }  # fmt: skip


def test_origin_is_told(pair: tuple[Neighbour, Neighbour]) -> None:
    there, here = pair
    site = there.act("regional_federation", anonymous=True)["site"]
    original = there.act("package_show", id="menus")
    origin = here.act("package_show", id="menus", anonymous=True)["origin"]
    assert (origin["site"], origin["dataset_id"], origin["path"], origin["url"]) == (
        site, original["id"], [site], f"{there.url}/dataset/menus",
    )  # fmt: skip


def test_origin_can_be_searched(pair: tuple[Neighbour, Neighbour]) -> None:
    here = pair[1]
    here.act("package_create", **dataset("ours"))
    found = here.act("package_search", fq="vocab_regional_origin:local", anonymous=True)
    here.act("package_delete", id="ours")
    assert [one["name"] for one in found["results"]] == ["ours"]


def test_the_steward_is_ours_and_stays_home(pair: tuple[Neighbour, Neighbour]) -> None:
    feed = pair[0].act("regional_changes", anonymous=True)["changes"]
    assert not any("steward" in change.get("dataset", {}) for change in feed)
    assert pair[1].act("package_show", id="menus")["steward"] == "admin"


def test_a_second_run_writes_nothing(pair: tuple[Neighbour, Neighbour]) -> None:
    here = pair[1]
    before = here.act("package_show", id="menus")["metadata_modified"]
    run = here.harvest(full=True)
    assert run["counts"]["unchanged"] == run["counts"]["seen"] == 3
    assert here.act("package_show", id="menus")["metadata_modified"] == before


def test_only_changes_are_read(pair: tuple[Neighbour, Neighbour]) -> None:
    there, here = pair
    there.act("package_patch", id="ports", title="Ports de pêche")
    run = here.harvest()
    assert (run["counts"]["seen"], run["counts"]["updated"]) == (1, 1)
    assert here.act("package_show", id="ports")["title"] == "Ports de pêche"


def test_a_local_edit_is_a_conflict(pair: tuple[Neighbour, Neighbour]) -> None:
    there, here = pair
    here.act("package_patch", id="lycees", title="Edited here")
    there.act("package_patch", id="lycees", title="Edited there")
    run = here.harvest()
    assert run["counts"]["conflict"] == 1
    assert here.act("package_show", id="lycees")["title"] == "Edited here"


def test_a_conflict_is_tried_again_and_ends(pair: tuple[Neighbour, Neighbour]) -> None:
    here = pair[1]
    here.act("package_patch", id="lycees", title="Lycees")
    run = here.harvest()
    assert (run["counts"]["updated"], run["counts"]["conflict"]) == (1, 0)
    assert here.act("package_show", id="lycees")["title"] == "Edited there"


@pytest.mark.parametrize("way", ["private", "deleted", "purged"])
def test_what_is_withdrawn_there_is_hidden_here(pair: tuple[Neighbour, Neighbour], way: str) -> None:
    there, here = pair
    there.act("package_create", **dataset(f"gone-{way}"))
    here.harvest()
    assert f"gone-{way}" in here.names()
    if way == "private":
        there.act("package_patch", id="gone-private", private=True)
    else:
        there.act("package_delete" if way == "deleted" else "dataset_purge", id=f"gone-{way}")
    run = here.harvest()
    assert run["counts"]["withdrawn"] == 1
    assert f"gone-{way}" not in here.names()
    with pytest.raises(ActionFailed):
        here.act("package_show", id=f"gone-{way}", anonymous=True)


def test_what_comes_back_there_comes_back_here(pair: tuple[Neighbour, Neighbour]) -> None:
    there, here = pair
    there.act("package_patch", id="gone-private", private=False)
    here.harvest()
    assert "gone-private" in here.names()


def test_much_gone_at_once_waits_for_a_person(pair: tuple[Neighbour, Neighbour]) -> None:
    there, here = pair
    for name in ("menus", "ports"):
        there.act("package_patch", id=name, private=True)
    run = here.harvest()
    assert run["state"] == "held"
    assert {"menus", "ports"} <= set(here.names())
    here.act("regional_run_confirm", id=run["id"])
    ended = here.ended(run["id"])
    assert (ended["state"], ended["counts"]["withdrawn"]) == ("finished", 2)
    assert not {"menus", "ports"} & set(here.names())


def test_our_own_do_not_come_back(pair: tuple[Neighbour, Neighbour]) -> None:
    there, here = pair
    here.act("package_create", **dataset("born-here"))
    there.source(here.url, "loire", territory="fr:region:52")
    assert there.harvest("loire")["counts"]["created"] >= 1
    assert "born-here" in there.names()
    before = here.names()
    run = here.harvest()
    assert run["counts"]["created"] == 0
    assert here.names() == before


def test_a_plain_ckan_is_read(plain: Neighbour, loire: Neighbour) -> None:
    for name in ("parcs", "budgets"):
        plain.act("package_create", **dataset(f"plain-{name}"))
    loire.source(plain.url, "plain")
    run = loire.harvest("plain")
    assert (run["kind"], run["state"], run["counts"]["created"]) == ("ckan", "finished", 2)
    again = loire.harvest("plain")
    assert again["counts"]["unchanged"] == again["counts"]["seen"] == 2


def test_a_plain_ckan_withdraws(plain: Neighbour, loire: Neighbour) -> None:
    plain.act("package_delete", id="plain-parcs")
    assert loire.harvest("plain")["counts"]["withdrawn"] == 1
    assert "plain-parcs" not in loire.names()


def test_the_same_name_gets_a_suffix(plain: Neighbour, loire: Neighbour) -> None:
    loire.act("package_create", **dataset("twice", title="Ours"))
    plain.act("package_create", **dataset("twice", title="Theirs"))
    loire.harvest("plain")
    assert loire.act("package_show", id="twice")["title"] == "Ours"
    assert any(name.startswith("twice-") for name in loire.names())


def test_a_remote_id_never_touches_a_local_dataset(plain: Neighbour, loire: Neighbour) -> None:
    ours = loire.act("package_create", **dataset("secret", private=True, title="Ours"))
    plain.act("package_create", **dataset("attack", id=ours["id"], title="Theirs"))
    loire.harvest("plain")
    kept = loire.act("package_show", id=ours["id"])
    assert (kept["title"], kept["private"]) == ("Ours", True)
