"""Guards that hang, fail or meddle."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.types import Context

from ckanext.regional.curation import config, guards
from ckanext.regional.curation.guards import running
from ckanext.regional.types import GuardResult

pytestmark = pytest.mark.usefixtures("our_plugins")

Guard = Callable[[dict[str, Any], Context], Iterator[GuardResult]]


def run(seconds: float = 30, **named: Any) -> list[tuple[str, str]]:
    results = running.run(named, {"id": "d", "tags": []}, {"user": ""}, dict.fromkeys(named, seconds))
    return [(result.level, result.code) for result in results]


def fine(_dataset: dict[str, Any], _context: Context) -> Iterator[GuardResult]:
    yield GuardResult("info", "fine", "Fine.")


def broken(_dataset: dict[str, Any], _context: Context) -> Iterator[GuardResult]:
    yield GuardResult("info", "broken.first", "Lost.")
    raise KeyError("x")


def test_one_that_fails_blocks_and_the_others_are_asked() -> None:
    assert run(a=fine, broken=broken, b=fine) == [("info", "fine"), ("block", "broken.failed"), ("info", "fine")]


def test_one_that_hangs_blocks_and_the_others_are_asked() -> None:
    comes_back = threading.Event()

    def hangs(_dataset: dict[str, Any], _context: Context) -> Iterator[GuardResult]:
        comes_back.wait(60)
        yield GuardResult("info", "late", "Too late.")

    def begun() -> int:
        return running._hanging["hangs"]

    assert run(0.2, a=fine, hangs=hangs, b=fine) == [("info", "fine"), ("block", "hangs.late"), ("info", "fine")]
    for _ in range(3):
        run(0.05, hangs=hangs)
    assert begun() == 4
    # It hangs too often to be begun again, which costs no more time.
    assert run(60, hangs=hangs) == [("block", "hangs.failed")]
    comes_back.set()
    for _ in range(100):
        if not begun():
            break
        threading.Event().wait(0.05)
    assert run(hangs=hangs) == [("info", "late")]


def test_one_that_changes_the_dataset_changes_nothing() -> None:
    def meddles(dataset: dict[str, Any], _context: Context) -> Iterator[GuardResult]:
        dataset["tags"].append("mine")
        yield GuardResult("info", f"tags.{len(dataset['tags'])}", "")

    assert run(a=meddles, b=meddles) == [("info", "tags.1"), ("info", "tags.1")]


def test_one_that_breaks_its_transaction_breaks_no_other() -> None:
    def breaks(_dataset: dict[str, Any], _context: Context) -> Iterator[GuardResult]:
        model.Session.execute(sa.text("SELECT * FROM nowhere"))
        yield GuardResult("info", "never", "")

    def asks(_dataset: dict[str, Any], _context: Context) -> Iterator[GuardResult]:
        yield GuardResult("info", f"answer.{model.Session.scalar(sa.text('SELECT 1'))}", "")

    assert run(breaks=breaks, asks=asks) == [("block", "breaks.failed"), ("info", "answer.1")]
    assert model.Session.scalar(sa.text("SELECT 1")) == 1


def test_one_learns_how_long_it_has() -> None:
    def looks(_dataset: dict[str, Any], context: Context) -> Iterator[GuardResult]:
        yield GuardResult("info", str("regional_deadline" in context), "")

    assert run(looks=looks) == [("info", "True")]


class TestSettings:
    @pytest.fixture
    def missing(self) -> dict[str, Any]:
        """A dataset that lacks everything."""
        return {"id": "d", "type": "dataset", "resources": []}

    def codes(self, dataset: dict[str, Any]) -> dict[str, str]:
        return {result.code: result.level for result in guards.check(dataset, {"user": ""})}

    def test_levels(self, missing: dict[str, Any], ckan_config: dict[str, Any]) -> None:
        before = self.codes(missing)
        assert before["licence.missing"] == before["completeness.missing"] == "block"
        assert before["completeness.no_resources"] == "warn"
        ckan_config["ckanext.regional.curation.guards.levels"] = [
            "licence=off", "completeness=warn", "completeness.no_resources=block", "contact.missing=off",
        ]  # fmt: skip
        after = self.codes(missing)
        assert not {"licence.missing", "contact.missing"} & set(after)
        assert (after["completeness.missing"], after["completeness.no_resources"]) == ("warn", "block")

    def test_the_worst_comes_first(self, missing: dict[str, Any]) -> None:
        levels = [result.level for result in guards.check(missing, {"user": ""})]
        assert levels == sorted(levels, key=["block", "warn", "info"].index)

    @pytest.mark.parametrize(
        ("key", "entry"),
        [("levels", "links"), ("levels", "links=fatal"), ("levels", "=block"), ("timeouts", "links=soon"),
         ("timeouts", "links=0")],
    )  # fmt: skip
    def test_a_mistake_is_named(self, key: str, entry: str, ckan_config: dict[str, Any]) -> None:
        ckan_config[f"ckanext.regional.curation.guards.{key}"] = [entry]
        with pytest.raises(ValueError, match=entry):
            config.check_guards()

    def test_seconds(self, ckan_config: dict[str, Any]) -> None:
        ckan_config["ckanext.regional.curation.guards.timeouts"] = ["links=2.5"]
        config.check_guards()
        assert (config.guard_seconds("links"), config.guard_seconds("files")) == (2.5, 10)
