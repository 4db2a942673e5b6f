"""Whatever is sent into any field, by API or by form: refused at that field or kept clean, and never an error page."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
from ckan.tests.helpers import CKANTestApp

from ckanext.regional.characters import tidy
from tests.conftest import People, act, complete
from tests.logic.hostile import DATASET_FIELDS, RESOURCE_FIELDS, VALUES, objects

#: CKAN answers a bad tag at its name in the list, and asks whether one may write in an organisation before all else.
ANSWERED_AT = {"tags": "tag_string"}
#: What reaches the fields by way of CKAN's own merging, one of each kind.
FEW = ("null", "nothing", "number", "list of texts", "dict", "list of dicts", "NUL", "half a character", "deep list")
OBJECTS = objects()
TEXTS = ("wrong code", "10,000 characters", "NUL", "brackets", "deep JSON")
FORM_VALUES = (*TEXTS, "twice", "a dict by its name", "an object's key", "an unknown key", "a language", "both")
AT_ONCE = 6
#: Tried one at a time: a name or an organisation that is refused leaves nothing to look at.
ALONE = ("name", "owner_org")
TOGETHER = [field for field in DATASET_FIELDS if field not in ALONE]
FORM_FIELDS = [field for field in DATASET_FIELDS if field != "name"]


def test_every_field_of_a_new_dataset(people: People) -> None:
    for number, (name, value) in enumerate(VALUES.items()):
        dataset = complete(people, name=f"menus-{number}")
        _assert_refused_or_clean(
            name,
            dict.fromkeys(TOGETHER, value),
            lambda given, dataset=dataset: act("package_create", people.editor, **(dataset | given)),
        )


@pytest.mark.parametrize("field", ALONE)
def test_a_name_or_an_organisation(people: People, field: str) -> None:
    for number, (name, value) in enumerate(VALUES.items()):
        dataset = complete(people, name=f"menus-{number}") | {field: value}
        try:
            stored = act("package_create", people.editor, **dataset)
        except (tk.ValidationError, tk.NotAuthorized) as error:
            answered = set(error.error_dict) if isinstance(error, tk.ValidationError) else {"owner_org"}
        else:
            assert_clean(stored, field, name)
            answered = {field}
        assert answered == {field}, (name, answered)


def test_every_field_of_a_dataset_that_is_there(people: People, dataset: dict[str, Any]) -> None:
    for name in FEW:
        _assert_refused_or_clean(
            name,
            dict.fromkeys(TOGETHER, VALUES[name]),
            lambda given: act("package_patch", people.editor, id=dataset["id"], **given),
        )


def test_every_key_of_an_object(people: People, dataset: dict[str, Any]) -> None:
    for name, value in VALUES.items():
        _assert_refused_or_clean(
            name,
            {field: [{"name": "A", **dict.fromkeys(keys, value)}] for field, keys in OBJECTS.items()},
            lambda given: act("package_patch", people.editor, id=dataset["id"], **given),
        )


def test_every_field_of_a_resource(people: People, dataset: dict[str, Any]) -> None:
    resource = {"package_id": dataset["id"], "url": "https://example.org/a.csv"}
    for name, value in VALUES.items():
        _assert_refused_or_clean(
            name,
            dict.fromkeys(RESOURCE_FIELDS, value),
            lambda given: act("resource_create", people.editor, **(resource | given)),
        )


@pytest.mark.parametrize("first", range(0, len(FORM_FIELDS), AT_ONCE))
def test_fields_of_the_form(app: CKANTestApp, people: People, dataset: dict[str, Any], first: int) -> None:
    """A few at once: a form of them all would be larger than a request may be."""
    for name in FORM_VALUES:
        _post(app, people, dataset, FORM_FIELDS[first : first + AT_ONCE], name)


def test_each_field_of_the_form(app: CKANTestApp, people: People, dataset: dict[str, Any]) -> None:
    """One field wrong and the rest right: the kinds take turns, since a page takes its time."""
    for field, name in zip(FORM_FIELDS, itertools.cycle(FORM_VALUES), strict=False):
        _post(app, people, dataset, [field], name)


def _post(app: CKANTestApp, people: People, dataset: dict[str, Any], fields: list[str], name: str) -> None:
    """Answered on a page that shows again what was typed, in the user's language."""
    form = {key: value for key, value in _form(dataset).items() if key not in fields}
    for field in fields:
        form |= _typed(field)[name]
    answer = app.post(
        f"/fr/dataset/edit/{dataset['name']}", data=form, headers=signed_in(people.editor), follow_redirects=False
    )
    assert answer.status_code in (200, 302), (fields, name, answer.status_code)


def _typed(field: str) -> dict[str, dict[str, Any]]:
    """What a form can send: texts, the same name twice, and names that pretend to be structure."""
    return {name: {field: VALUES[name]} for name in TEXTS} | {
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


def _assert_refused_or_clean(
    name: str, given: dict[str, Any], write: Callable[[dict[str, Any]], dict[str, Any]]
) -> None:
    """Write, and again without what was refused at its own field or key, until the rest is stored."""
    left, answered = dict(given), {}
    for _attempt in range(len(given) + 1):
        try:
            stored = write(left)
        except tk.ValidationError as refused:
            json.dumps(refused.error_dict)
            answered = {ANSWERED_AT.get(field, field): why for field, why in refused.error_dict.items()}
            assert answered.keys() <= left.keys(), (name, answered)
            left |= {field: _without_refused(left[field], why) for field, why in answered.items()}
            left = {field: value for field, value in left.items() if field not in answered or value}
        else:
            for field in left:
                assert_clean(stored, field, name)
            return
    raise AssertionError(f"{name} was refused again and again: {answered}")


def _without_refused(value: Any, why: Any) -> Any:
    """An object without the keys that were refused; nothing where that does not help."""
    if not isinstance(value, list) or len(value) != 1 or not isinstance(value[0], dict) or not isinstance(why, list):
        return None
    refused = {key for item in why if isinstance(item, dict) for key in item} & value[0].keys()
    rest = {key: inner for key, inner in value[0].items() if key not in refused}
    return [rest] if refused and rest.keys() - {"name"} else None


def assert_clean(stored: dict[str, Any], field: str, name: str) -> None:
    """What is kept is text, or lists and dicts of text, that PostgreSQL and JSON can carry and a reader can read."""
    for text in _texts(stored.get(field)):
        assert "\x00" not in text, (field, name)
        assert tidy(text) == text, (field, name)
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
