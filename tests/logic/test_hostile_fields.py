"""Whatever is sent into any field, by API or by form: refused at that field or kept clean, and never an error page."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
from ckan.tests.helpers import CKANTestApp

from tests.conftest import People, act, complete
from tests.logic.hostile import DATASET_FIELDS, RESOURCE_FIELDS, VALUES, objects

#: CKAN answers a bad tag at its name in the list.
ANSWERED_AT = {"tag_string": {"tag_string", "tags"}}
#: What reaches the fields by way of CKAN's own merging, one of each kind.
FEW = ("null", "nothing", "number", "list of texts", "dict", "list of dicts", "NUL", "half a character", "deep list")
OBJECTS = sorted({field for field, _value in objects()})


@pytest.mark.parametrize("field", DATASET_FIELDS)
def test_a_field_of_a_new_dataset(people: People, field: str) -> None:
    for number, (name, value) in enumerate(VALUES.items()):
        dataset = complete(people, name=f"menus-{number}") | {field: value}
        stored = _tried(field, name, lambda dataset=dataset: act("package_create", people.editor, **dataset))
        if stored:
            assert_clean(stored, field, name)


@pytest.mark.parametrize("field", DATASET_FIELDS)
def test_a_field_of_a_dataset_that_is_there(people: People, dataset: dict[str, Any], field: str) -> None:
    for name in FEW:
        change = {"id": dataset["id"], field: VALUES[name]}
        stored = _tried(field, name, lambda change=change: act("package_patch", people.editor, **change))
        if stored:
            assert_clean(stored, field, name)


@pytest.mark.parametrize("field", OBJECTS)
def test_a_key_of_an_object(people: People, dataset: dict[str, Any], field: str) -> None:
    for name, value in [pair for pair in objects() if pair[0] == field]:
        change = {"id": dataset["id"], field: value}
        stored = _tried(
            field, f"{name} {value!r:.80}", lambda change=change: act("package_patch", people.editor, **change)
        )
        if stored:
            assert_clean(stored, field, name)


@pytest.mark.parametrize("field", RESOURCE_FIELDS)
def test_a_field_of_a_resource(people: People, dataset: dict[str, Any], field: str) -> None:
    for name, value in VALUES.items():
        resource = {"package_id": dataset["id"], "url": "https://example.org/a.csv"} | {field: value}
        stored = _tried(field, name, lambda resource=resource: act("resource_create", people.editor, **resource))
        if stored:
            assert_clean(stored, field, name)
            act("resource_delete", people.editor, id=stored["id"])


@pytest.mark.parametrize("field", [field for field in DATASET_FIELDS if field != "name"])
def test_a_field_of_the_form(app: CKANTestApp, people: People, dataset: dict[str, Any], field: str) -> None:
    """Answered on a page that shows again what was typed, in the user's language."""
    headers = signed_in(people.editor)
    for name, typed in _typed(field).items():
        form = {key: value for key, value in _form(dataset).items() if key != field} | typed
        answer = app.post(f"/fr/dataset/edit/{dataset['name']}", data=form, headers=headers, follow_redirects=False)
        assert answer.status_code in (200, 302), (field, name, answer.status_code)


def _typed(field: str) -> dict[str, dict[str, Any]]:
    """What a form can send: texts, the same name twice, and names that pretend to be structure."""
    texts = {
        name: {field: VALUES[name]} for name in ("wrong code", "10,000 characters", "NUL", "brackets", "deep JSON")
    }
    return texts | {
        "twice": {field: ["a", "b"]},
        "a dict by its name": {f"{field}__0__name": "a"},
        "an object's key": {f"{field}-0-name": "a", f"{field}-0-identifier": "123"},
        "an unknown key": {f"{field}-0-nothing": "a"},
        "a language": {f"{field}-fr": "a", f"{field}-zz9": "b"},
        "both": {field: "a", f"{field}-0-name": "a"},
    }


def _form(dataset: dict[str, Any]) -> dict[str, Any]:
    plain = ("name", "title", "notes", "owner_org", "steward", "license_id", "frequency", "access_rights")
    return {field: dataset.get(field, "") for field in plain} | {"sector": "school", "territory": "fr:commune:29019"}


def signed_in(user: str) -> dict[str, str]:
    token = tk.get_action("api_token_create")({"user": user}, {"user": user, "name": "test"})["token"]
    return {"Authorization": token}


def _tried(field: str, name: str, write: Callable[[], dict[str, Any]]) -> dict[str, Any] | None:
    try:
        return write()
    except tk.ValidationError as refused:
        answered = refused.error_dict
    except tk.NotAuthorized:
        # CKAN asks whether one may write there before it asks whether there is such an organisation.
        answered = {"owner_org": []}
    assert set(answered) <= ANSWERED_AT.get(field, {field}), (field, name, answered)
    json.dumps(answered)
    return None


def assert_clean(stored: dict[str, Any], field: str, name: str) -> None:
    """What is kept is text, or lists and dicts of text, that PostgreSQL and JSON can carry."""
    for text in _texts(stored.get(field)):
        assert "\x00" not in text, (field, name)
        text.encode()


def _texts(value: Any) -> list[str]:
    match value:
        case dict():
            return [text for item in value.values() for text in _texts(item)]
        case list():
            return [text for item in value for text in _texts(item)]
        case str():
            return [value]
        case None | bool() | int():
            return []
        case _:
            raise AssertionError(f"a {type(value)} was stored")
