"""Guards on datasets with files, tables and links, as authors and stewards meet them."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model
from ckan.tests import factories

from ckanext.regional.curation import guards
from ckanext.regional.curation.model import Check
from ckanext.regional.database import now
from ckanext.regional.links.model import Link
from ckanext.regional.types import GuardResult
from tests.conftest import People, act, appoint, complete
from tests.curation.conftest import path_of, publish, upload
from tests.test_personal_data import MADE


def checks(user: str, dataset: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {one["code"]: one for one in act("regional_curation_check", user, id=dataset["id"])["checks"]}


def add(people: People, dataset: dict[str, Any], content: str, **fields: Any) -> str:
    made = act("resource_create", people.editor, package_id=dataset["id"], name="Fichier", format="CSV",
               upload=upload(content.encode()), **fields)  # fmt: skip
    return made["id"]


def test_a_file_with_personal_data(people: People, dataset: dict[str, Any]) -> None:
    """It is found, named without being told, and keeps the dataset back until it is gone."""
    resource = add(people, dataset, f"nom;nir;mel;vide\nA;{MADE};anne@example.org;\nB;{MADE};;\n")
    found = checks(people.editor, dataset)
    nir = found["personal_data.nir.column"]
    assert (nir["level"], nir["field"]) == ("block", f"resources/{resource}")
    assert "“nir”" in nir["message"]
    assert ": 2 in the rows looked at (" in nir["message"]
    assert MADE not in nir["message"]
    assert found["personal_data.email.column"]["level"] == "block"
    assert found["files.table.empty"]["level"] == "warn"
    with pytest.raises(tk.ValidationError) as refused:
        act("regional_curation_submit", people.editor, id=dataset["id"])
    assert len(list(refused.value.error_dict[f"resources/{resource}"])) == 2  # pyright: ignore
    act("resource_update", people.editor, id=resource, name="Fichier", format="CSV", upload=upload(b"nom\nA\n"))
    assert set(checks(people.editor, dataset)) == set()
    act("regional_curation_submit", people.editor, id=dataset["id"])


def test_a_table_with_personal_data(people: People, dataset: dict[str, Any]) -> None:
    """The datastore may hold what the file does not."""
    resource = dataset["resources"][0]["id"]
    act(
        "datastore_create", people.editor, resource_id=resource, force=True,
        fields=[{"id": "eleve", "type": "text"}, {"id": "tel", "type": "text"}],
        records=[{"eleve": "A", "tel": "06 12 34 56 78"}],
    )  # fmt: skip
    found = checks(people.editor, dataset)["personal_data.phone.column"]
    assert (found["level"], found["field"]) == ("block", f"resources/{resource}")


def test_a_file_that_is_gone(people: People, dataset: dict[str, Any]) -> None:
    resource = add(people, dataset, "nom\nA\n")
    path_of(resource).unlink()
    assert checks(people.editor, dataset)["files.unreadable"]["level"] == "warn"


def test_links_by_what_is_known(people: People, dataset: dict[str, Any]) -> None:
    """A link that nobody has looked at holds nothing up; one that is broken is told."""
    assert checks(people.editor, dataset) == {}
    act("regional_curation_submit", people.editor, id=dataset["id"])
    model.Session.execute(sa.update(Link).values(outcome="broken", status=404, reason="gone", checked_at=now()))
    model.Session.commit()
    found = checks(people.steward, dataset)["links.broken"]
    assert found["level"] == "warn"
    assert "https://example.org/menus.csv" in found["message"]
    assert "HTTP 404" in found["message"]


class TestDuplicates:
    @pytest.fixture
    def other(self, people: People) -> dict[str, Any]:
        """A hidden dataset of another organisation, with the same title and the same file."""
        factories.Organization(name="ailleurs", users=[{"name": people.outsider, "capacity": "editor"}])
        named = complete(people, name="autre", title="MENUS, des cantines", owner_org="ailleurs", resources=[],
                         steward=people.outsider)  # fmt: skip
        made = act("package_create", people.outsider, **named)
        act("resource_create", people.outsider, package_id=made["id"], name="F", upload=upload(b"nom;n\nA;1\n"))
        return made

    def test_only_who_may_see_it_learns_which(
        self, people: People, dataset: dict[str, Any], other: dict[str, Any]
    ) -> None:
        resource = add(people, dataset, "nom;n\nA;1\n")
        hidden, seen = checks(people.editor, dataset), checks(people.sysadmin, dataset)
        for code, field in (("duplicates.title", "title"), ("duplicates.file", f"resources/{resource}")):
            assert (hidden[code]["level"], hidden[code]["field"]) == ("warn", field)
            assert "MENUS" not in hidden[code]["message"]
            assert "“MENUS, des cantines”" in seen[code]["message"]

    def test_titles_are_compared_plainly(self, people: People) -> None:
        titles = ("Œuvres : l’été à Brest", "OEUVRES - L'ÉTÉ A BREST", "Œuvres, l été à Brest !", "Œuvres, l’hiver")
        made = [
            act("package_create", people.editor, **complete(people, name=f"titre-{number}", title=title))
            for number, title in enumerate(titles)
        ]
        found = ["duplicates.title" in checks(people.editor, one) for one in made]
        assert found == [True, True, True, False]

    def test_what_is_stored_betrays_nothing(
        self, people: People, dataset: dict[str, Any], other: dict[str, Any]
    ) -> None:
        appoint(people.editor, territory="fr:region:53")
        appoint(people.outsider, territory="fr:region:53")
        act("regional_curation_submit", people.editor, id=dataset["id"])
        row = model.Session.scalars(sa.select(Check).where(Check.code == "duplicates.title")).one()
        assert "MENUS" not in f"{row.message}{row.details}"

    def test_a_working_copy_is_no_duplicate(self, people: People, dataset: dict[str, Any]) -> None:
        add(people, dataset, "nom;n\nA;1\n")
        publish(people, dataset["id"])
        copy = act("regional_revision_create", people.editor, id=dataset["id"])
        assert not {code for code in checks(people.editor, copy) if code.startswith("duplicates")}
        assert not {code for code in checks(people.editor, dataset) if code.startswith("duplicates")}


def test_what_is_stored_of_another_extensions_guard() -> None:
    """Whatever it gives as details."""
    kept = guards.for_storage(GuardResult("warn", "theirs.x", "Quoted.", details={"at": now(), "of": {1}}))
    assert (kept.message, kept.details["of"]) == ("Quoted.", "{1}")


def test_a_stored_finding_is_told_in_the_readers_language(app: Any, people: People, dataset: dict[str, Any]) -> None:
    act("package_patch", people.editor, id=dataset["id"], notes="Écrire à anne@example.org.")
    act("regional_curation_submit", people.editor, id=dataset["id"])
    headers = {"Authorization": factories.APIToken(user=people.steward)["token"]}
    said = app.get("/fr/api/action/regional_curation_queue", headers=headers).json["result"]["results"]
    assert "adresses électroniques" in said[0]["worst_check"]["message"]
