"""The same site, with hostile strings in every field of ours that people and neighbours fill."""

from __future__ import annotations

import itertools
import re
import uuid
from collections.abc import Iterator
from typing import Any

import requests

from tests.e2e.everywhere.site import BREST, COMPLETE, ORGANIZATION, Everything, harvest
from tests.faults.hostile import HostileServer
from tests.harvest.pretending import Pretended
from tests.hostile_strings import CORPUS, SCRIPTS, TEMPLATES

#: One word that no hyphen and no space breaks.
WIDE = "W" * 100


def _lines() -> Iterator[str]:
    """Hostile texts without end, on one line each, which ends with a word that is wider than a telephone."""
    texts = [text for text in CORPUS.values() if not re.search(r"[\x00-\x1f\u2066-\u2069]", text)]
    return itertools.cycle(f"{text} {WIDE}" for text in texts)


#: All that runs, one after the other, for the fields that take a long text.
MUCH = "\n\n".join([*SCRIPTS.values(), *TEMPLATES.values(), CORPUS["long word"], CORPUS["right to left"]])


def attack(it: Everything, server: HostileServer) -> None:
    """Put them in: datasets, their review, needs, people, a source, and what comes from a neighbour."""
    texts = _lines()
    _people(it, texts)
    for name in ("phares", "balises", "brouillon", it.refs["proposal"]):
        _into_dataset(it, name, texts)
    # What is hostile may be incomplete, too: then it goes nowhere.
    if shown := taken(it, "anne", "regional_curation_submit", id="balises", comment=MUCH):
        remarks = {"notes": MUCH, "title": next(texts), "<b>": MUCH}
        sent = {"comment": MUCH, "fingerprint": shown["fingerprint"], "fields": remarks}
        taken(it, "mai", "regional_curation_request_changes", id="balises", **sent)
    assert taken(it, "yann", "regional_curation_retire", id="quais", comment=MUCH)
    for key in ("answered", "planned"):
        words = {"title": next(texts)[:150], "text": MUCH[:4000], "reason": MUCH[:2000]}
        assert taken(it, "mai", "regional_need_update", id=it.refs[key], **words)
    for text in SCRIPTS.values():
        said = {"title": f"{text[:140]} besoin", "text": f"{text} pour voir", "territory": [BREST]}
        assert taken(it, "zoe", "regional_need_create", **said)
    _neighbour(it, server, texts)


def _people(it: Everything, texts: Iterator[str]) -> None:
    for name in ("anne", "mai", "yann", "zoe"):
        taken(it, "admin", "user_patch", id=name, fullname=f"{next(texts)[:90]} {name}", about=MUCH)
    taken(it, "admin", "organization_patch", id=ORGANIZATION, title=SCRIPTS["end of an attribute"], description=MUCH)


def _into_dataset(it: Everything, name: str, texts: Iterator[str]) -> None:
    """Every text of a dataset; what the form of a field refuses, it refuses by name."""
    agent = {"name": next(texts)}
    fields: dict[str, Any] = {
        "title": next(texts), "notes": MUCH, "title_translated": {"en": next(texts), "br": next(texts)},
        "notes_translated": {"en": MUCH}, "provenance": MUCH, "access_rights_reason": next(texts),
        "legal_basis": [next(texts), next(texts)], "creator": [agent, {"name": next(texts)}], "custodian": [agent],
        "publisher": [{"name": next(texts)}], "contact": [{"name": next(texts), "email": "a@example.org"}],
        "resources": [{"url": f"https://example.org/{uuid.uuid4()}", "name": next(texts), "description": MUCH,
                       "format": next(texts)[:40]}],
    }  # fmt: skip
    for field, value in fields.items():
        taken(it, "anne", "package_patch", id=name, **{field: value})
    for field in ("conforms_to", "documentation", "applicable_legislation"):
        for address in ("javascript:window.hacked=1", 'https://example.org/"><script>window.hacked=1</script>'):
            taken(it, "anne", "package_patch", id=name, **{field: [address]})


def taken(it: Everything, by: str, action: str, /, **data: Any) -> dict[str, Any] | None:
    """What an action made of hostile data; None where it refused them, as it may, by the name of a field."""
    session = requests.Session()
    session.trust_env = False
    headers = {"Authorization": it.tokens[by]}
    answer = session.post(f"{it.url}/api/action/{action}", json=data, headers=headers, timeout=60)
    assert answer.status_code in (200, 409), (action, data, answer.text)
    if answer.status_code == 200:
        return answer.json()["result"]
    named = set(answer.json()["error"]) - {"__type"}
    assert named <= set(data), (action, data, answer.text)
    return None


def _neighbour(it: Everything, server: HostileServer, texts: Iterator[str]) -> None:
    """A neighbour all of whose texts are hostile, its name and its refusals, too."""
    neighbour = Pretended(server)
    introduction = server.actions["regional_federation"]
    body = introduction(None).body.replace(b"Voisin", b"<script>window.hacked=1</script>")  # pyright: ignore
    server.actions["regional_federation"] = lambda _request: type(introduction(_request))(
        body, headers={"Content-Type": "application/json"}
    )
    title = SCRIPTS["end of an attribute"]
    defaults = {key: COMPLETE[key] for key in ("steward", "license_id", "sector", "frequency", "access_rights")}
    defaults |= {"personal_data_class": "none", "publisher": [{"name": title}], "contact": COMPLETE["contact"]}
    it.act(
        "admin", "regional_source_create", name="hostile", title=title, url=neighbour.url, owner_org=ORGANIZATION,
        trust="publish", defaults=defaults,
    )  # fmt: skip
    for number in range(12):
        dataset = {
            "id": str(uuid.uuid4()), "name": f"hostile-{number}", "title": next(texts), "notes": MUCH,
            "tags": [{"name": next(texts)}], "author": next(texts), "license_id": next(texts),
            "resources": [{"id": str(uuid.uuid4()), "url": "javascript:window.hacked=1", "name": next(texts)}],
            "extras": [{"key": next(texts), "value": MUCH}],
            "organization": {"name": "x", "title": next(texts)},
        }  # fmt: skip
        neighbour.tells(dataset["id"], "upsert", dataset=dataset)
    neighbour.tells(SCRIPTS["script"], "upsert", dataset={"title": MUCH, "name": next(texts)})
    it.refs["hostile run"] = harvest(it, "hostile")
