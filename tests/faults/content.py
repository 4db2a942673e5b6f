"""What a neighbour can put into a dataset: the table of cases, each with what a run must make of it."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.harvest.sites import dataset

#: A title that the plugin ``breaking_point`` makes Solr refuse.
REFUSED_BY_SOLR = "Solr refuses this"


@dataclass(frozen=True)
class Case:
    """A bad record, its outcome, words of its reason, and what must hold for the dataset that came of it."""

    record: str
    outcome: str = "created"
    says: str = ""
    holds: Callable[[Mapping[str, Any]], bool] = lambda _dataset: True


def remote(**changes: Any) -> dict[str, Any]:
    """A dataset as a plain CKAN shows it."""
    return {"id": str(uuid.uuid4()), **dataset(f"d{uuid.uuid4().hex}"), **changes}


def _with(outcome: str = "created", says: str = "", holds: Any = lambda _dataset: True, **changes: Any) -> Case:
    return Case(json.dumps(remote(**changes)), outcome, says, holds)


def _raw(text: str, holds: Any = lambda _dataset: True, **changes: Any) -> Case:
    """A record with JSON in the place of ``"RAW"``."""
    return Case(json.dumps(remote(**{"notes": "RAW", **changes})).replace('"RAW"', text), holds=holds)


def _tags(names: list[Any]) -> list[Any]:
    return [{"name": name} for name in names]


def _nested(depth: int) -> str:
    return "[" * depth + "]" * depth


CONTENT: dict[str, Case] = {
    # Characters and numbers
    "NUL": _with(title="a\0b", holds=lambda it: it["title"] == "ab"),
    "lone surrogates": _with(title="a\ud800b", notes="\udfff", holds=lambda it: it["title"] == "ab"),
    "a pair of surrogates": _raw('"\\ud83d\\ude00"', lambda it: it["notes"] == "\U0001f600"),
    "what XML forbids": _with(notes="a\x01\x08\x0b\x1f\ufffe\uffffb", holds=lambda it: it["notes"] == "ab"),
    "letters that overrule the direction": _with(title="a\u202egpj.exe", holds=lambda it: it["title"]),
    "not a number": _raw("NaN"),
    "infinity": _raw("[Infinity, -Infinity, 1e999]"),
    "a huge integer": _raw("9" * 4000),
    "a tiny float": _raw("1e-99999"),
    "a hundred brackets": _raw(_nested(100)),
    "keys twice": _raw('"first", "notes": "second"', lambda it: it["notes"] == "second"),
    "keys that are empty": _raw('"n", "": {"": ""}, "\\u0000": 1'),
    # Fields of another type
    "a list for a title": _with(title=["a"], notes={"b": "c"}, tags="d", resources="e", extras=1, groups=None),
    "numbers for texts": _with(name=7, title=True, license_id=3, url=1.5, author={}),
    "nothing": _with(name=None, title=None, notes=None, tags=None, resources=None),
    "no name and no title": _with(name="", title="", holds=lambda it: it["title"]),
    "lists in lists": _with(resources=[[{"url": "https://a.example"}]], tags=[[{"name": "a"}]], extras=[[]]),
    # Names and identities
    "a name of 2,000 letters": _with(name="n" * 2000, holds=lambda it: len(it["name"]) <= 100),
    "a name that is no name": _with(name="Été / à ;--", title="t", holds=lambda it: it["name"]),
    "a name that is a path": _with(name="../../etc/passwd", holds=lambda it: "/" not in it["name"]),
    "a name of ours": _with(name="new", holds=lambda it: it["name"] not in ("new", "")),
    "an id of 9,000 letters": _with("failed", "id", id="".join(uuid.uuid4().hex for _ in range(300))),
    "an id that is a question": _with(id='x" TO *] OR *:* OR id:{"'),
    "an id that is a path": _with(id="../../x"),
    "an id that is a number": Case(json.dumps(remote(id=12)), "failed", "it has no id"),
    "no id": Case('{"title": "nobody"}', "failed", "it has no id"),
    "an empty id": Case(json.dumps(remote(id="")), "failed", "it has no id"),
    "no dataset": Case('"nonsense"', "failed", "it has no id"),
    "null": Case("null", "failed", "it has no id"),
    "another type": _with(type="harvest", holds=lambda it: it["type"] == "dataset"),
    "a deleted one": _with(state="deleted", holds=lambda it: it["state"] == "active"),
    # Texts
    "script in notes": _with(notes="<script>alert(1)</script>", title="<img src=x onerror=alert(1)>"),
    "a template in notes": _with(notes="{{ 7 * 7 }} ${7*7} %(x)s {% raw %}", holds=lambda it: "7 * 7" in it["notes"]),
    "an enormous text": _with(title="t" * 5_000, notes="n" * 300_000, says="notes was cut"),
    "an enormous word": _with(author="a" * 40_000, maintainer="m" * 40_000, says="author was cut"),
    "a licence of its own": _with(license_id="my-own-licence"),
    "a licence of 40,000 letters": _with(license_id="l" * 40_000),
    "an address for mail that is none": _with(author_email="nobody", maintainer_email="a@b@c", says="no e-mail"),
    "a page that is a script": _with(url="javascript:alert(1)", holds=lambda it: not it.get("url")),
    # Tags and extras
    "illegal tags": _with(tags=_tags(["ok", "x", "a/b;c\"d", "t" * 300, "", None, 7, {}]), holds=lambda it: it["tags"]),
    "tags twice": _with(tags=_tags(["eau", "eau", " eau "]), holds=lambda it: len(it["tags"]) == 1),
    "500 tags": _with(tags=_tags([f"tag {number}" for number in range(500)])),
    "extras twice": _with(extras=[{"key": "a", "value": "1"}, {"key": "a", "value": "2"}], says="extras"),
    "extras named as fields": _with(
        extras=[{"key": key, "value": "x"} for key in ("steward", "private", "owner_org", "title", "origin")],
        title="kept", holds=lambda it: it["title"] == "kept" and not it["private"],
    ),
    # Governance
    "a place that is none": _with(territory=["fr:region:99", 7, None], says="territory"),
    "a sector that is none": _with(sector="nonsense", frequency=12, access_rights=["x"], says="sector"),
    "a steward of its own": _with(steward="admin2", private=True, holds=lambda it: it["steward"] == "admin"),
    "an organisation of its own": _with(owner_org="elsewhere", organization={"name": "x"}, groups=_tags(["none"])),
    "lists for one": _with(publisher=[{"name": "a"}] * 500, contact=[{"email": "x"}] * 500, theme=["x"] * 500),
    "json in texts": _with(publisher='[{"name": "a"}', contact="[" * 5000, title_translated='{"fr": {"a": 1}}'),
    # Times
    "a time to come": _with(metadata_modified="9999-12-31T23:59:59", issued="9999-12-31"),
    "a time that is none": _with(metadata_modified="yesterday", modified="00-00-00", issued=-1),
    # Resources
    "resources without an address": _with(
        resources=[{"url": "javascript:alert(1)"}, {"url": None}, {"url": "file:///etc/passwd"}, {}, "nonsense", None],
        says="without a usable address", holds=lambda it: it["resources"] == [],
    ),
    "resources twice": _with(
        resources=[{"id": "one", "url": "https://a.example/1"}] * 2, holds=lambda it: len(it["resources"]) == 1
    ),
    "resources of another dataset": _with(
        resources=[{"id": "11111111-1111-4111-8111-111111111111", "url": "https://a.example/1", "package_id": "x"}],
    ),
    "an upload": _with(
        resources=[{"url": "https://a.example/f.csv", "url_type": "upload", "upload": "x", "datastore_active": True}],
        holds=lambda it: it["resources"][0].get("url_type") != "upload" and not it["resources"][0]["datastore_active"],
    ),
    "a format of 40,000 letters": _with(resources=[{"url": "https://a.example/1", "format": "f" * 40_000}]),
    "a size that is none": _with(resources=[{"url": "https://a.example/1", "size": 10**30, "hash": "h" * 40_000}]),
    "an address of 40,000 letters": _with(resources=[{"url": "https://a.example/" + "a" * 40_000}]),
    "an address with a password": _with(resources=[{"url": "https://user:secret@a.example/1"}]),
    # The site's own servers
    "a document that Solr refuses": _with("failed", "Solr", title=REFUSED_BY_SOLR),
}  # fmt: skip

#: Records that make their whole page unreadable.
UNREADABLE: dict[str, bytes] = {
    "a hundred thousand brackets": _nested(100_000).encode(),
    "a number of 5,000 digits": b"9" * 5000,
    "no json": b"{nonsense",
    "more than the site takes": b'"' + b"x" * 2_500_000 + b'"',
}
