"""Two regions change the same dataset: the chapter after the exchange."""

from __future__ import annotations

from typing import Any

from dev.demo.api import Api
from dev.demo.telling import Place, Teller

_HERE = "Marchés de Saint-Brieuc, vus de la Loire"
_THERE = "Marchés de plein air de Saint-Brieuc (2026)"
_ADDED = " Le marché du mercredi se tient place du Guesclin."
_TAG = "circuits courts"


def conflict(teller: Teller, bretagne: Place, loire: Place, name: str, run: Any) -> None:
    """Edits on both sides of an exchange; nothing is overwritten, and a person decides.

    :param run: tells a run of a source as a step, and gives its counts
    """
    teller.chapter("Both regions edit the same dataset")
    page = loire.page(f"/dataset/{name}")
    editor, visitor, admin = loire.api("editor"), loire.api(), loire.api("sysadmin")
    who, reader = loire.who("editor"), loire.who("steward_elsewhere")
    tags = visitor.call("package_show", id=name)["tags"]
    text = f"{who}, in Pays de la Loire, changes title and tags of the copy there; {reader} approves."
    teller.step(text, page, editor)
    fields = {"title": _HERE, "tags": [*tags, {"name": _TAG}]}
    _change(editor, loire.api("steward_elsewhere"), name, **fields)
    teller.claim("the page says that something was edited here", "Modifié ici" in visitor.get(page).text)

    original = bretagne.page(f"/dataset/{name}")
    anne, mai = bretagne.who("editor"), bretagne.who("steward")
    notes = visitor.call("package_show", id=name)["notes"] + _ADDED
    text = f"In Bretagne {anne} changes title and description of the original; {mai} approves."
    teller.step(text, original, bretagne.api("editor"))
    _change(bretagne.api("editor"), bretagne.api("steward"), name, title=_THERE, notes=notes)
    teller.claim("it is public there", bretagne.api().call("package_show", id=name)["title"] == _THERE)

    listed = loire.page("/regional/sources/bretagne/conflicts")
    counts = run(teller, admin, "bretagne", "The source runs.", loire.page("/regional/sources/bretagne"))
    teller.claim(
        "one conflict, and nothing else was touched", (counts["conflict"], counts["updated"]) == (1, 0), counts
    )
    teller.claim("nothing was overwritten", visitor.call("package_show", id=name)["title"] == _HERE)

    text = f"{loire.who('sysadmin')} sees both titles beside the one that was handed over, and keeps that of here."
    teller.step(text, listed, admin)
    (record,) = admin.call("regional_record_list", source="bretagne", state="conflict")["results"]
    shown = admin.call("regional_record_show", id=record["id"])["conflict"]
    named = [field["field"] for field in shown["fields"]]
    teller.claim(
        "the title alone is to be decided: what only one side changed goes together", named == ["title"], named
    )
    teller.quote(f"here: {shown['fields'][0]['local']}")
    teller.quote(f"there: {shown['fields'][0]['remote']}")
    admin.call(
        "regional_record_resolve", id=record["id"], decision="keep_local", fingerprint=shown["fingerprint"]
    )  # fmt: skip
    dataset = visitor.call("package_show", id=name)
    teller.claim("the title of here stays", dataset["title"] == _HERE, dataset["title"])
    teller.claim("so does the tag that was added here", _TAG in [tag["name"] for tag in dataset["tags"]])
    teller.claim("the description is the new one of Bretagne", dataset["notes"] == notes)
    counts = run(teller, admin, "bretagne", "It runs again, in full.", listed, full=True)
    teller.claim("nobody is asked twice", (counts["conflict"], counts["updated"]) == (0, 0), counts)


def _change(editor: Api, steward: Api, name: str, **fields: Any) -> None:
    """Propose a change of a published dataset, and approve it."""
    copy = editor.call("regional_revision_create", id=name)
    editor.call("package_patch", id=copy["id"], **fields)
    editor.call("regional_curation_submit", id=name)
    seen = steward.call("regional_curation_show", id=name)["fingerprint"]
    steward.call("regional_curation_approve", id=name, fingerprint=seen)
