"""``ckan regional score``."""

from __future__ import annotations

import csv
import io

import pytest
from ckan import model
from ckan.lib.search import clear
from ckan.tests.helpers import CKANCliRunner

from ckanext.regional import catalogue
from ckanext.regional.cli import regional
from tests.catalogue import BREST, LAVAL
from tests.conftest import BRETAGNE, PAYS_DE_LA_LOIRE, People, act, complete


@pytest.fixture
def three(people: People) -> None:
    """A complete dataset, one in another region, and an empty one, none of them public."""
    act("package_create", people.editor, **complete(people, name="brest", territory=[BREST]))
    act(
        "package_create",
        people.editor,
        **complete(people, name="laval", territory=[LAVAL], citizen_needs=[{"label": "x"}]),
    )
    act("package_create", people.editor, name="empty", owner_org=people.organization)


def run(cli: CKANCliRunner, *arguments: str, fails: bool = False) -> str:
    result = cli.invoke(regional, ["score", *arguments])
    assert (result.exit_code != 0) == fails, result.output
    return result.output


def rows(output: str) -> dict[str, dict[str, str]]:
    table = output[output.index("name,") :].split("\n\n")[0]
    return {row["name"]: row for row in csv.DictReader(io.StringIO(table)) if row["mqa"]}


def test_every_dataset_has_a_line_and_there_are_totals(cli: CKANCliRunner, three: None) -> None:
    output = run(cli)
    lines = {
        line.split()[0]: line.split() for line in output.splitlines() if line.startswith(("brest", "laval", "empty"))
    }
    assert set(lines) == {"brest", "laval", "empty"}
    assert (lines["empty"][3], lines["brest"][1]) == ("bad", "region-bretagne")
    assert "3 datasets" in output
    assert int(lines["laval"][5]) == int(lines["brest"][5]) + 10


def test_csv_is_what_the_action_says(cli: CKANCliRunner, people: People, three: None) -> None:
    found = rows(run(cli, "--csv"))
    for name, row in found.items():
        shown = act("regional_score_show", people.editor, id=name)
        assert [int(row[score]) for score in shown] == [one["points"] for one in shown.values()]
        assert row["rating"] == shown["mqa"]["rating"]
    assert len(found) == 3


@pytest.mark.parametrize(
    ("code", "names"), [(BRETAGNE, {"brest"}), (PAYS_DE_LA_LOIRE, {"laval"}), ("country:fr", {"brest", "laval"})]
)
def test_a_territory_has_what_it_contains(cli: CKANCliRunner, three: None, code: str, names: set[str]) -> None:
    assert set(rows(run(cli, "--csv", "--territory", code))) == names


def test_an_organisation(cli: CKANCliRunner, people: People, three: None) -> None:
    act("organization_create", people.sysadmin, name="elsewhere")
    assert rows(run(cli, "--csv", "--org", "elsewhere")) == {}
    assert len(rows(run(cli, "--csv", "--org", "region-bretagne"))) == 3


def test_what_does_not_exist_is_named(cli: CKANCliRunner, people: People) -> None:
    assert "no organisation “nothing”" in run(cli, "--org", "nothing", fails=True)
    assert "no territory “fr:region:99”" in run(cli, "--territory", "fr:region:99", fails=True)


def test_an_empty_site(cli: CKANCliRunner, people: People) -> None:
    assert "0 datasets" in run(cli)


def test_batches_lose_nothing(people: People, three: None) -> None:
    sizes = [[one["name"] for one in batch] for batch in catalogue.datasets(batch=2)]
    assert ([len(batch) for batch in sizes], {name for batch in sizes for name in batch}) == (
        [2, 1], {"brest", "laval", "empty"},
    )  # fmt: skip


def test_what_solr_has_lost_comes_from_the_database(cli: CKANCliRunner, people: People, three: None) -> None:
    before = rows(run(cli, "--csv"))
    clear("brest")
    assert rows(run(cli, "--csv")) == before


def test_refresh_brings_the_search_up_to_date(cli: CKANCliRunner, people: People, three: None) -> None:
    """The steward leaves: nobody has edited the dataset, and its score is another one."""
    assert "brought up to date: 0" in run(cli, "--refresh")
    act("organization_member_delete", people.sysadmin, id=people.organization, username=people.editor)
    assert "brought up to date: 2" in run(cli, "--refresh")
    assert "brought up to date: 0" in run(cli, "--refresh")
    model.Session.remove()
