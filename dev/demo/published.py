"""What a published dataset is worth to others, and how it changes: the chapters between review and exchange."""

from __future__ import annotations

import csv
import io

from dev.demo.telling import Place, Teller

_FREQUENCY = "http://publications.europa.eu/resource/authority/frequency/"
#: What the change says at the end of the description.
_ADDED = " Le marché du samedi accueille aussi des associations."


def standing(teller: Teller, site: Place, name: str) -> None:
    """Scores, RDF and the French catalogue file."""
    teller.chapter("What others make of it")
    editor, visitor = site.api("editor"), site.api()
    anne, page = site.who("editor"), site.page(f"/dataset/{name}")
    teller.step(f"The site says how well it is described, and tells {anne} what would help.", page, editor)
    full, public = (api.call("regional_score_show", id=name) for api in (editor, visitor))
    teller.claim(
        f"{full['mqa']['points']} of {full['mqa']['max']} points on data.europa.eu’s scale,"
        f" {full['datagouv']['points']} of {full['datagouv']['max']} on data.gouv.fr’s,"
        f" {full['governance']['points']} of {full['governance']['max']} for governance",
        full["mqa"]["max"] == 405 and full["datagouv"]["max"] == 9,
    )
    lost = [one for one in full["datagouv"]["criteria"] if not one["ok"] and one["field"]]
    teller.claim("each lost point names the field where it is won", bool(lost) and all(one["remedy"] for one in lost))
    for one in lost[:2]:
        teller.quote(one["remedy"])
    teller.claim("the public sees the totals", public["mqa"]["points"] == full["mqa"]["points"])

    turtle = site.page(f"/dataset/{name}.ttl")
    teller.step("The European portal reads it as DCAT-AP 3.", turtle, visitor)
    text = visitor.get(turtle).text
    teller.claim(
        "territory, update frequency and publisher are there",
        all(word in text for word in ("dct:spatial", _FREQUENCY, "dct:publisher")),
    )
    scdl = site.page("/catalogue-scdl.csv?territory=fr:departement:22")
    teller.step("Towns exchange the French « catalogue simplifié »: here that of Côtes-d’Armor.", scdl, visitor)
    rows = list(csv.DictReader(io.StringIO(visitor.get(scdl).content.decode("utf-8-sig"))))
    found = [row for row in rows if row["URL"].endswith(name)]
    teller.claim(f"{len(rows)} datasets, the markets among them", len(found) == 1, rows)
    teller.step("The region’s page counts it on the map.", site.page("/territoire/fr:region:53"), visitor)


def change(teller: Teller, site: Place, name: str) -> None:
    """A proposal beside the published dataset, and its approval."""
    teller.chapter("A published dataset changes")
    editor, steward, visitor = site.api("editor"), site.api("steward"), site.api()
    anne, mai, page = site.who("editor"), site.who("steward"), site.page(f"/dataset/{name}")
    before = visitor.call("package_show", id=name)
    teller.step(f"{anne} proposes a change: a copy of the dataset that only she and the stewards see.", page, editor)
    copy = editor.call("regional_revision_create", id=name)
    editor.call("package_patch", id=copy["id"], notes=copy["notes"] + _ADDED)
    teller.claim("the public page is unchanged", visitor.call("package_show", id=name)["notes"] == before["notes"])
    teller.claim("nobody else finds the copy", visitor.refuses("package_show", id=copy["id"]) is not None)
    editor.call("regional_curation_submit", id=name)

    case = site.page(f"/regional/case/{name}")
    teller.step(f"{mai} sees what it changes, word by word, and approves.", case, steward)
    shown = steward.call("regional_curation_show", id=name)
    teller.claim("one field changes", [one["field"] for one in shown["changes"]] == ["notes"], shown["changes"])
    added = "".join(part["text"] for part in shown["changes"][0]["segments"] if part["kind"] == "added").strip()
    teller.quote(f"+ {added}")
    steward.call("regional_curation_approve", id=name, fingerprint=shown["fingerprint"])
    after = visitor.call("package_show", id=name)
    teller.claim("the public page says so now", after["notes"] == before["notes"] + _ADDED)
    same = [resource["url"] for resource in after["resources"]] == [resource["url"] for resource in before["resources"]]
    teller.claim("the file keeps its address", same)
    teller.claim("and nothing is left of the copy", editor.refuses("package_show", id=copy["id"]) is not None)
