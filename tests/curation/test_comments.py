"""How often one person may write to others in the review."""

from __future__ import annotations

import re
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
from ckan import model
from ckan.lib.redis import connect_to_redis

from tests.conftest import People, act, complete, fingerprint


@pytest.fixture
def rate(ckan_config: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Two comments in a minute that does not end."""
    monkeypatch.setitem(ckan_config, "ckanext.regional.curation.comments_per_minute", 2)
    monkeypatch.setattr("ckanext.regional.limiting._number", lambda _window: 1)
    connection: Any = connect_to_redis()
    for key in connection.scan_iter(match="ckan:test.regional:regional:comment:*"):
        connection.delete(key)


def test_who_writes_too_often_is_asked_to_wait(people: People, rate: None) -> None:
    for name in ("menus", "repas"):
        act("package_create", people.editor, **complete(people, name=name))
        act("regional_curation_submit", people.editor, id=name, comment="Merci.")
    seen = {name: fingerprint(people, {"id": name}) for name in ("menus", "repas")}

    def send_back(fields: dict[str, str]) -> None:
        data = {"comment": "Encore.", "fields": fields, "fingerprint": seen["menus"]}
        act("regional_curation_request_changes", people.steward, id="menus", **data)

    # Several at once are one e-mail's worth of writing.
    cases = [{"id": "repas", "fingerprint": seen["repas"]}]
    act("regional_curation_decide_many", people.steward, decision="request_changes", cases=cases, comment="Revoir.")
    act("regional_curation_claim", people.steward, id="menus")
    act("regional_curation_release", people.steward, id="menus", comment="Pas moi.")
    for fields in ({}, {"title": "Trop court."}):
        with pytest.raises(tk.ValidationError) as refused:
            send_back(fields)
        assert re.search("2 times within a minute", str(refused.value.error_dict["comment"]))
    # Nothing was done; without words the review goes on, and others may write.
    assert act("regional_curation_show", people.steward, id="menus")["case"]["state"] == "submitted"
    act("regional_curation_approve", people.steward, id="menus", fingerprint=seen["menus"])
    act("regional_curation_retire", people.org_admin, id="menus", comment="Périmé.")
    model.Session.rollback()


def test_without_redis_the_review_goes_on(people: People, rate: None, ckan_config: dict[str, Any]) -> None:
    from ckan.lib import redis as ckans

    act("package_create", people.editor, **complete(people))
    before, pool = ckan_config["ckan.redis.url"], ckans._connection_pool
    ckan_config["ckan.redis.url"], ckans._connection_pool = "redis://127.0.0.1:1/0", None
    try:
        act("regional_curation_submit", people.editor, id="menus", comment="Merci.")
    finally:
        ckan_config["ckan.redis.url"], ckans._connection_pool = before, pool
    assert act("regional_curation_history", people.editor, id="menus")["results"][-1]["comment"] == "Merci."
