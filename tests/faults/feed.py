"""A neighbour that runs this extension, and whose feed a test can twist."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

from tests.faults.hostile import Answer, HostileServer, Request, result


class Feed:
    """A neighbour that runs this extension: one row per dataset, the latest change."""

    def __init__(self, server: HostileServer) -> None:
        self.server = server
        self.site = str(uuid.uuid4())
        self.epoch: Callable[[], str] = lambda: "first"
        self.rows: dict[str, dict[str, Any]] = {}
        self.number = 0
        #: Changes an answer before it is sent.
        self.twist: Callable[[dict[str, Any], Request], Any] = lambda answer, _request: answer
        self.poison: set[str] = set()
        server.actions["regional_federation"] = lambda _request: result(self.introduction())
        server.actions["regional_changes"] = self._changes

    def introduction(self) -> dict[str, Any]:
        return {
            "protocol": 1, "site": self.site, "epoch": self.epoch(), "title": "Voisin", "url": self.server.url,
            "territory": None, "counts": {}, "cursor": self.number, "deletion": "persistent",
        }  # fmt: skip

    def tell(self, dataset: dict[str, Any], kind: str = "upsert", **more: Any) -> None:
        self.number += 1
        row = {"seq": self.number, "id": dataset["id"], "kind": kind, "hash": None, "modified": None}
        self.rows[dataset["id"]] = row | ({"dataset": dataset} if kind == "upsert" else {}) | more

    def _changes(self, request: Request) -> Answer:
        asked = request.parameters
        epoch = self.epoch()
        if asked.get("epoch", epoch) != epoch:
            error = {"__type": "Validation Error", "resync": ["numbered anew"]}
            return Answer(_encoded({"success": False, "error": error}), 409, {"Content-Type": "application/json"})
        since, limit = int(asked.get("since", 0)), int(asked.get("limit", 100))
        left = sorted((row for row in self.rows.values() if row["seq"] > since), key=lambda row: row["seq"])
        rows = left[:limit]
        if self.poison & {row["id"] for row in rows} and limit > 1:
            return Answer(b"oops", 500)
        after = rows[-1]["seq"] if rows else since
        answer = {"changes": rows, "next": after, "more": len(left) > limit, "epoch": epoch}
        return result(self.twist(answer, request))


def _encoded(value: Any) -> bytes:
    return json.dumps(value).encode()
