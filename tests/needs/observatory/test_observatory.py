"""Demand against supply, made by a job and read by everybody."""

from __future__ import annotations

import csv
import datetime
import html
import io
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
from ckan.tests.helpers import CKANTestApp
from click.testing import CliRunner

from ckanext.regional.needs.cli import needs
from ckanext.regional.needs.config import today
from ckanext.regional.needs.demand import storing
from ckanext.regional.needs.observatory import refreshing, timeline
from tests.conftest import BREST, BRETAGNE, People, act, complete
from tests.needs.conftest import a_need

FINISTERE, MORBIHAN = "fr:departement:29", "fr:departement:56"


@pytest.fixture
def filled(people: People, public: dict[str, Any], published: dict[str, Any]) -> dict[str, Any]:
    """A dataset, two needs, what was searched for and looked at; the dataset."""
    act("regional_need_support", people.editor, id=public["id"])
    other = a_need(people.member, title="Menus de l'école", sector=["school"])
    act("regional_need_update", people.steward, id=other["id"], state="answered", reason="Voici.", datasets=["menus"])
    a_need(people.member, title="Nobody has looked at this one")
    now = today()
    days = [now - datetime.timedelta(days=number) for number in range(3)]
    storing.write(
        [storing.Counted("search", day, ("herissons", BREST, "", "0"), 2) for day in days]
        + [storing.Counted("search", now, ("anne", "", "", "0"), 1)]
        + [
            storing.Counted("view", now, (published["id"],), 7),
            storing.Counted("download", now, (published["id"],), 2),
        ],
        "a year",
    )
    refreshing.work()
    return published


def test_the_figures_of_a_territory(people: People, filled: dict[str, Any]) -> None:
    shown = act("regional_observatory_show", None)
    totals = shown["totals"]
    assert (shown["territory"], shown["sector"]) == (BRETAGNE, None)
    counted = {key: totals[key] for key in ("datasets", "needs", "open", "supports", "searches", "empty", "views")}
    assert counted == {
        "datasets": 1, "needs": 2, "open": 1, "supports": 1, "searches": 7, "empty": 7, "views": 7,
    }  # fmt: skip
    assert (totals["downloads"], totals["stewards"], totals["cases"]) == (2, 1, None)
    assert totals["mqa"] == act("regional_score_show", people.sysadmin, id="menus")["mqa"]["points"]
    assert totals["governance"] == act("regional_score_show", people.sysadmin, id="menus")["governance"]["points"]
    parts = {row["territory"]: row for row in shown["by_territory"]}
    assert (parts[FINISTERE]["needs"], parts[FINISTERE]["searches"], parts[MORBIHAN]["needs"]) == (2, 6, 0)
    assert parts[MORBIHAN]["stewards"] == 1
    sectors = {row["sector"]: row for row in shown["by_sector"]}
    assert (sectors["medical"]["open"], sectors["school"]["needs"], sectors["school"]["datasets"]) == (1, 1, 1)
    assert sectors["tourist"]["mqa"] is None
    assert {"territory": FINISTERE, "sector": "school"}.items() <= next(
        cell for cell in shown["cells"] if (cell["territory"], cell["sector"]) == (FINISTERE, "school")
    ).items()
    (month,) = [month for month in shown["months"] if month["month"] == f"{today():%Y-%m}"]
    assert (month["needs"], month["answered"], month["views"], month["datasets"]) == (2, 1, 7, 1)
    # One person's word is told to nobody.
    assert [row["term"] for row in shown["terms"]] == ["herissons"]


def test_narrowed_to_a_sector(people: People, filled: dict[str, Any]) -> None:
    totals = act("regional_observatory_show", None, territory=FINISTERE, sector="school")["totals"]
    assert (totals["datasets"], totals["needs"], totals["open"], totals["views"]) == (1, 1, 0, 7)
    assert act("regional_observatory_show", None, territory="fr:region:84")["totals"]["needs"] == 0
    for bad in ({"territory": "fr:region:99"}, {"sector": "x"}):
        with pytest.raises(tk.ValidationError):
            act("regional_observatory_show", None, **bad)


def test_the_work_of_stewards_is_for_them(people: People, filled: dict[str, Any]) -> None:
    waits = act("package_create", people.editor, **complete(people, name="attend"))
    act("regional_curation_submit", people.editor, id=waits["id"])
    refreshing.refresh()
    for user, cases in ((None, None), (people.outsider, None), (people.editor, 1), (people.sysadmin, 1)):
        assert act("regional_observatory_show", user)["totals"]["cases"] == cases
    # What waits is no supply.
    assert act("regional_observatory_show", None)["totals"]["datasets"] == 1


def test_every_figure_leads_to_its_list(app: CKANTestApp, people: People, filled: dict[str, Any]) -> None:
    page = html.unescape(app.get("/observatoire").text)
    for address in (
        f"/dataset/?vocab_regional_territory={BRETAGNE}", f"/besoin?sort=supports&territory={BRETAGNE}",
        f"/besoin?state=new,studied,planned&territory={BRETAGNE}", f"/observatoire/liste?of=empty&territory={BRETAGNE}",
        f"/observatoire/liste?of=views&territory={BRETAGNE}", f"/regional/stewards?for_territory={BRETAGNE}",
    ):  # fmt: skip
        assert address in page.replace("%3A", ":").replace("%2C", ",")
    assert "Menus des cantines" in app.get("/observatoire/liste?of=views").text
    assert "Menus des cantines" not in app.get(f"/observatoire/liste?of=views&territory={MORBIHAN}").text
    assert "herissons" in app.get(f"/observatoire/liste?of=empty&territory={FINISTERE}").text
    app.get("/observatoire/liste?of=late&sector=school")
    app.get("/observatoire/liste?of=nothing", status=404)
    for address in ("/fr/observatoire?territory=country:fr&measure=views", f"/observatoire?territory={BREST}"):
        assert app.get(address).status_code == 200
    for address in ("/observatoire?territory=nowhere", "/observatoire?sector=x", "/observatoire.csv?sector=x"):
        app.get(address, status=404)


def test_the_table_has_every_cell(app: CKANTestApp, people: People, filled: dict[str, Any]) -> None:
    rows = list(csv.DictReader(io.StringIO(app.get("/observatoire.csv").text.lstrip("\ufeff"))))
    found = {(row["territory"], row["sector"]): row for row in rows}
    assert found[BRETAGNE, ""]["needs"] == "2"
    assert found[FINISTERE, "medical"]["open"] == "1"
    assert len(found) == len(rows)
    assert "cases" not in rows[0]


def test_what_is_hidden_or_gone_is_not_counted(people: People, filled: dict[str, Any], app: CKANTestApp) -> None:
    act("regional_curation_suspend", people.steward, id="menus", comment="Fuite.")
    refreshing.refresh()
    totals = act("regional_observatory_show", None)["totals"]
    assert (totals["datasets"], totals["views"], totals["needs"]) == (0, 0, 2)
    assert "menus" not in app.get("/observatoire/liste?of=views").text.lower()


def test_before_the_first_refresh_it_says_so(app: CKANTestApp, people: People) -> None:
    assert "being made for the first time" in app.get("/observatoire").text
    assert act("regional_observatory_show", None)["refreshed"] is None


def test_the_command_line_refreshes(people: People, public: dict[str, Any]) -> None:
    done = CliRunner().invoke(needs, ["refresh"])
    assert done.exit_code == 0, done.output
    assert act("regional_observatory_show", None)["totals"]["needs"] == 1


def test_bars_are_as_high_as_the_most() -> None:
    months = [{"month": "2026-01", "needs": 1, "empty": 0}, {"month": "2026-02", "needs": 4, "empty": 0}]
    found = [(bar.month, bar.measure, bar.height) for bar in timeline.bars(months)]
    assert found == [
        ("2026-01", "needs", 40.0), ("2026-01", "empty", 0.0), ("2026-02", "needs", 160.0), ("2026-02", "empty", 0.0),
    ]  # fmt: skip
    assert timeline.bars([]) == []
