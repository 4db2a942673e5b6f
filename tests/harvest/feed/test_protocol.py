"""The protocol as its page tells it: its examples have the shape of what comes, and its client keeps a copy."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from ckan import model
from werkzeug.serving import make_server

from ckanext.regional.harvest.feed import feed
from ckanext.regional.site import renew_epoch
from dev.paths import ROOT
from tests.conftest import People, act

PAGE = (ROOT / "docs" / "protocol.md").read_text(encoding="utf-8")
EXAMPLES = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)]
REQUESTS = re.findall(r"^    GET (/api/action/\S+)$", PAGE, re.MULTILINE)


@pytest.fixture
def served(app: Any) -> Iterator[str]:
    """The site over real HTTP, within this process."""
    server = make_server("127.0.0.1", 0, app.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@pytest.fixture
def client() -> dict[str, Any]:
    """What the page's client defines."""
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert len([line for line in code.splitlines() if line.strip()]) <= 60
    names: dict[str, Any] = {"__name__": "mirror"}
    exec(compile(code, "docs/protocol.md", "exec"), names)
    return names


def _hide(dataset: dict[str, Any]) -> None:
    package = model.Package.get(dataset["id"])
    assert package is not None
    package.private = True
    feed.note(dataset["id"])
    model.Session.commit()


def test_the_examples_are_what_comes(served: str, people: People, published: dict[str, Any]) -> None:
    federation, page, _origin = EXAMPLES
    first = act("regional_changes", None)
    answers = []
    for request in REQUESTS:
        request = request.replace("since=1893", f"since={first['next']}").replace(page["epoch"], first["epoch"])
        with urlopen(f"{served}{request}", timeout=60) as answer:
            answers.append(json.load(answer)["result"])
    assert [answer.keys() for answer in answers] == [federation.keys(), page.keys(), page.keys()]
    (upsert,) = answers[1]["changes"]
    assert upsert.keys() == page["changes"][0].keys()
    assert page["changes"][0]["dataset"].keys() <= upsert["dataset"].keys()
    _hide(published)
    (withdrawn,) = act("regional_changes", None, since=first["next"])["changes"]
    assert withdrawn.keys() == page["changes"][1].keys()
    assert page["changes"][2].keys() - withdrawn.keys() == {"erase"}


def test_the_client_keeps_a_copy(
    served: str, client: dict[str, Any], tmp_path: Path, people: People, published: dict[str, Any]
) -> None:
    folder = tmp_path / "copy"

    def mirror() -> tuple[int, int]:
        return client["mirror"](served, folder)

    assert mirror() == (1, 0)
    kept = folder / f"{published['id']}.json"
    assert json.loads(kept.read_text())["title"] == published["title"]
    assert mirror() == (0, 0)
    renew_epoch()
    assert mirror() == (1, 0)
    (folder / "gone.json").write_text("{}")
    renew_epoch()
    assert mirror() == (1, 1)
    _hide(published)
    assert mirror() == (0, 1)
    assert not kept.exists()
