"""The demonstration's files say what the story and the pages need, and nothing that a town would not publish."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from ckanext.regional import defaults, siret, territory, vocabulary
from ckanext.regional.completeness import missing_fields
from dev.demo import neighbour
from dev.demo.data import DATASETS, ROLES, SITES, STATES, STORY_FILE, DataError, Dataset, File, State, load_site


def table(path: Path) -> list[list[str]]:
    """Read a CSV file's lines."""
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.reader(lines))


DEMO_SITES = {name: load_site(name) for name in SITES}
ALL = [dataset for site in DEMO_SITES.values() for dataset in site.datasets]
FILES = sorted(DATASETS.glob("**/*.csv"))


def datasets(*states: State) -> pytest.MarkDecorator:
    """Once for each dataset in one of the states."""
    chosen = [dataset for dataset in ALL if dataset.state in states or not states]
    return pytest.mark.parametrize("dataset", chosen, ids=[dataset.name for dataset in chosen])


def as_created(dataset: Dataset) -> dict[str, Any]:
    """What CKAN makes of a dataset: with its organisation's defaults and its sectors' themes."""
    found = [one for site in DEMO_SITES.values() for one in site.organizations if dataset in one.datasets]
    created = {
        "title": "",
        "theme": vocabulary.themes_of_sectors(dataset.metadata.get("sector", [])),
        **dataset.metadata,
    }
    created |= defaults.fill(created, found[0].defaults)
    return created | {"applicable_legislation": ["x"]} if created.get("hvd_category") else created


def tables(column: str = "") -> pytest.MarkDecorator:
    """Once for each table, or each one with that column."""
    chosen = [path for path in FILES if not column or column in table(path)[0]]
    return pytest.mark.parametrize("path", chosen, ids=[path.stem for path in chosen])


@datasets()
def test_territories_exist_and_are_current(dataset: Dataset) -> None:
    """Every territory is one of today's codes."""
    codes = dataset.metadata.get("territory", [])
    assert [code for code in codes if not territory.exists(code)] == []


@datasets()
@pytest.mark.parametrize("field", ["sector", "frequency", "access_rights", "personal_data_class", "governance_level"])
def test_terms_are_of_the_vocabulary(dataset: Dataset, field: str) -> None:
    """A value that the form would refuse is not in the files."""
    value = dataset.metadata.get(field) or []
    values = value if isinstance(value, list) else [value]
    assert [term for term in values if vocabulary.normalise(field, term) is None] == []


@datasets()
def test_only_drafts_lack_something(dataset: Dataset) -> None:
    """The completeness guard lets a dataset through exactly when the story needs that."""
    assert bool(missing_fields(as_created(dataset))) == (dataset.state == "draft")


@datasets()
def test_numbers_of_bodies_are_right(dataset: Dataset) -> None:
    """The form would refuse another one."""
    agents = [agent for key in ("publisher", "creator", "custodian") for agent in as_created(dataset).get(key, [])]
    assert [agent for agent in agents if "identifier" in agent and not siret.is_valid(agent["identifier"])] == []


@datasets(*STATES[1:])  # all but drafts
def test_description_says_something(dataset: Dataset) -> None:
    """Longer than the 100 characters that the quality scores ask for."""
    assert len(dataset.metadata["notes"]) > 100


@datasets()
def test_reviewer_is_not_the_author(dataset: Dataset) -> None:
    """Four eyes hold in the data already."""
    assert dataset.reviewer != dataset.author


@datasets("changes_requested", "rejected")
def test_refusals_are_explained(dataset: Dataset) -> None:
    """Who asks for changes or refuses says what and why."""
    assert len(dataset.comment) > 60


@datasets()
def test_tags_are_what_ckan_takes(dataset: Dataset) -> None:
    """No apostrophe, which CKAN refuses in a tag."""
    names = [tag["name"] for tag in dataset.metadata["tags"]]
    assert [name for name in names if not re.fullmatch(r"[\w \-.]{2,100}", name)] == []


@datasets()
def test_files_are_there(dataset: Dataset) -> None:
    """Each dataset has one to three files."""
    assert [file.path.is_file() for file in dataset.files] in ([True], [True] * 2, [True] * 3)


@tables()
def test_table_is_small_and_regular(path: Path) -> None:
    """Ten to sixty lines, all as wide as the header, which a program can read."""
    header, *rows = table(path)
    assert 10 <= len(rows) <= 60
    assert {len(row) for row in rows} == {len(header)}
    assert [name for name in header if not re.fullmatch(r"[a-z][a-z0-9_]*", name)] == []


@tables("code_insee")
def test_table_has_real_commune_codes(path: Path) -> None:
    """A commune's code and name belong together."""
    header, *rows = table(path)
    code, name = header.index("code_insee"), header.index("commune")
    wrong = [row for row in rows if territory.label(f"fr:commune:{row[code]}").split(" (")[0] != row[name]]
    assert wrong == []


@tables()
def test_table_has_no_contact_data(path: Path) -> None:
    """No e-mail address, telephone number or bank account, which the personal data guard looks for."""
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\S+@\S+|\b0[1-9](?:[ .]?\d\d){4}\b|\bFR\d{2}[ \d]{10,}", text)


def test_every_file_is_used() -> None:
    """No table lies about that nobody uploads."""
    used = {file.path for site in DEMO_SITES.values() for dataset in site.datasets for file in dataset.files}
    assert set(FILES) == used | {STORY_FILE}


def test_bretagne_shows_every_state() -> None:
    """Every page of the review has something to show."""
    states = Counter(dataset.state for dataset in DEMO_SITES["bretagne"].datasets)
    assert set(states) == set(STATES)
    assert states["approved"] >= 24


@pytest.mark.parametrize("name", SITES)
def test_names_are_unique(name: str) -> None:
    """Across the site, since CKAN's names are."""
    assert [n for n, count in Counter(d.name for d in DEMO_SITES[name].datasets).items() if count > 1] == []


@pytest.mark.parametrize("name", SITES)
def test_every_role_has_an_account(name: str) -> None:
    """As ``.dev/demo.json`` promises, with a password that CKAN takes."""
    people = {person.role: person for person in DEMO_SITES[name].people if person.role}
    assert tuple(people) == ROLES
    assert min(len(person.password) for person in people.values()) >= 8


def test_unknown_site_is_named() -> None:
    """The error says which sites there are."""
    with pytest.raises(DataError, match="bretagne, pays-de-la-loire and voisin"):
        load_site("normandie")


def test_files_are_found_by_their_dataset() -> None:
    """A file carries the name and description that the page shows."""
    menus = next(d for d in DEMO_SITES["bretagne"].datasets if d.name == "menus-cantines-quimper-decembre-2026")
    assert isinstance(menus.files[0], File)
    assert [file.name for file in menus.files] == ["Menus de décembre 2026", "Allergènes par plat"]


def test_neighbour_tags_are_what_ckan_takes() -> None:
    """Illegal characters, doubles and lengths."""
    notes: Counter[str] = Counter()
    long = "x" * 120
    assert neighbour.tags(["A & B", "a, b; c", "A & B", "é", "zone à 30", long], notes) == [
        "A B",
        "a b c",
        "zone à 30",
        "x" * 100,
    ]
    assert sum(notes.values()) == 5


@pytest.mark.parametrize(
    ("text", "name"),
    [("Parcs & Jardins (été)", "parcs-jardins-ete"), ("x", "dataset-x"), ("Ω", "dataset"), ("a" * 120, "a" * 100)],
)
def test_neighbour_names_are_what_ckan_takes(text: str, name: str) -> None:
    """Lower case, 2 to 100 characters."""
    assert neighbour.slug(text) == name


def test_neighbour_loses_no_field() -> None:
    """What CKAN has no field for is kept as an extra, as it came."""
    record = {
        "title": "T",
        "identifier": "t",
        "modified": None,
        "license": "https://example.org/own",
        "publisher": {"name": "Ville"},
        "contactPoint": {"fn": "Service", "hasEmail": "mailto:nobody"},
        "programCode": ["000:000"],
        "distribution": [{"title": "D", "accessURL": "https://example.org/d"}, {"title": "sans adresse"}],
    }
    notes: Counter[str] = Counter()
    dataset = neighbour.to_dataset(record, "t", notes)
    assert {extra["key"] for extra in dataset["extras"]} == {
        "identifier",
        "license",
        "publisher",
        "contactPoint",
        "programCode",
    }
    assert (dataset["author"], dataset["maintainer"], "maintainer_email" in dataset) == ("Ville", "Service", False)
    assert [resource["url"] for resource in dataset["resources"]] == ["https://example.org/d", ""]
    assert sum(notes.values()) == 3


@pytest.mark.parametrize("content", ["", "[]", '{"dataset": 3}', '{"dataset": ["x"]}', "{}"])
def test_neighbour_says_what_is_no_catalogue(tmp_path: Path, content: str) -> None:
    """A file of another kind is refused by name."""
    path = tmp_path / "data.json"
    path.write_text(content)
    with pytest.raises(neighbour.LoadError, match=r"data\.json is no DCAT-US catalogue"):
        neighbour.read(path)


def test_neighbour_reads_a_catalogue(tmp_path: Path) -> None:
    """Its records, in order."""
    path = tmp_path / "data.json"
    path.write_text(json.dumps({"dataset": [{"title": "A"}, {"title": "B"}]}))
    assert [record["title"] for record in neighbour.read(path)] == ["A", "B"]
