"""What must hold after any run, however it went: database, Solr, records, counters and feed say the same."""

from __future__ import annotations

from contextlib import closing
from typing import Any, Protocol

import psycopg2
import requests

#: The counters that together are ``seen``.
PARTS = ("created", "updated", "unchanged", "skipped", "conflict", "failed")


class Site(Protocol):
    """What is looked at: a real site, or this process."""

    @property
    def database_url(self) -> str: ...

    @property
    def solr_url(self) -> str: ...

    def act(self, action: str, *, anonymous: bool = False, **data: Any) -> Any: ...


class Truth:
    """Looks at a site where nothing else looks: in its tables, its index, and its feed, read on as a neighbour does."""

    def __init__(self, here: Site) -> None:
        self.here = here
        self._since: int | None = None
        #: What a neighbour has that follows the feed.
        self._mirror: set[str] = set()

    def check(self, run: dict[str, Any] | None = None) -> None:
        """Compare everything with everything; with a run, its counters with the records."""
        packages = self.packages()
        records = self.rows(
            "SELECT source_id, remote_id, dataset_id, state, outcome, pending, site, origin_id, harvested_at, run_id"
            " FROM regional_record"
        )
        self._check_records(packages, records)
        self._check_index(packages)
        self._check_feed(packages)
        if run is not None:
            self._check_counters(run, records)

    def packages(self) -> dict[str, dict[str, Any]]:
        """Datasets by id as the database has them."""
        rows = self.rows(
            "SELECT package.id, package.name, package.title, package.state, package.private, maker.name AS maker"
            ' FROM package LEFT JOIN "user" maker ON maker.id = package.creator_user_id'
            " WHERE package.type = 'dataset'"
        )
        return {row["id"]: row for row in rows}

    def rows(self, query: str) -> list[dict[str, Any]]:
        """What a query finds in the site's database."""
        with closing(psycopg2.connect(self.here.database_url)) as link, link.cursor() as cursor:
            cursor.execute(query)
            names = [column[0] for column in cursor.description or ()]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def execute(self, statements: str) -> None:
        """Run statements in the site's database."""
        with closing(psycopg2.connect(self.here.database_url)) as link, link, link.cursor() as cursor:
            cursor.execute(statements)

    def documents(self) -> dict[str, dict[str, Any]]:
        """Datasets by id as Solr has them."""
        question = {"q": "*:*", "fq": "dataset_type:dataset", "fl": "id,name,title,capacity,state", "rows": 100000}
        answer = requests.get(f"{self.here.solr_url}/select", params=question, timeout=30)
        return {one["id"]: one for one in answer.json()["response"]["docs"]}

    def _check_records(self, packages: dict[str, dict[str, Any]], records: list[dict[str, Any]]) -> None:
        held = [record for record in records if record["dataset_id"] and record["harvested_at"]]
        origins = [(record["site"], record["origin_id"]) for record in held]
        assert len(origins) == len(set(origins)), "an origin is here twice"
        brought = {one["id"] for one in packages.values() if one["maker"] == "regional-harvest"}
        assert brought <= {record["dataset_id"] for record in held}, "a dataset came whose record is lost"
        for record in held:
            package = packages.get(record["dataset_id"])
            if record["state"] == "withdrawn":
                hidden = package is None or package["private"] or package["state"] != "active"
                assert hidden, f"{record['remote_id']} was withdrawn and is public"
            elif record["state"] == "current":
                assert package is not None, f"{record['remote_id']} has a record and no dataset"
                assert package["private"] == record["pending"], f"{record['remote_id']} is not what its record says"

    def _check_index(self, packages: dict[str, dict[str, Any]]) -> None:
        active = {key: one for key, one in packages.items() if one["state"] == "active"}
        documents = {key: one for key, one in self.documents().items() if one["state"] == "active"}
        assert documents.keys() == active.keys(), "database and index have other datasets"
        for key, document in documents.items():
            assert document["capacity"] == ("private" if active[key]["private"] else "public"), document
            assert (document["name"], document["title"]) == (active[key]["name"], active[key]["title"]), document

    def _check_feed(self, packages: dict[str, dict[str, Any]]) -> None:
        more = True
        while more:
            told = self.here.act("regional_changes", anonymous=True, limit=200, **self._cursor())
            for change in told["changes"]:
                (self._mirror.add if change["kind"] == "upsert" else self._mirror.discard)(change["id"])
            self._since, more = told["next"], told["more"]
        public = {key for key, one in packages.items() if one["state"] == "active" and not one["private"]}
        assert self._mirror == public, "a neighbour that follows the feed has other datasets"

    def _cursor(self) -> dict[str, int]:
        return {} if self._since is None else {"since": self._since}

    def _check_counters(self, run: dict[str, Any], records: list[dict[str, Any]]) -> None:
        of_run = [record for record in records if record["run_id"] == run["id"]]
        counts = run["counts"]
        for part in (*PARTS, "withdrawn"):
            number = sum(record["outcome"] == part for record in of_run)
            assert counts[part] == number, f"{part}: {counts[part]} counted, {number} in the records"
        assert counts["seen"] == sum(counts[part] for part in PARTS)
