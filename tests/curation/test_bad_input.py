"""Whatever is sent, the answer is a sentence about the field, and nothing has changed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
from ckan import model
from ckan.tests.helpers import CKANTestApp

from ckanext.regional.curation.states import TRANSITIONS
from tests.conftest import BRETAGNE, act, fingerprint
from tests.curation.conftest import Catalogue, rows_of

STEPS = [f"regional_curation_{action}" for action in TRANSITIONS]
WRITES = [*STEPS, "regional_steward_create", "regional_steward_delete"]
READS = ["regional_curation_show", "regional_curation_check", "regional_curation_history"]

NUL, SURROGATE = "a\x00b", "a\ud800b"
NO_TEXT: dict[str, Any] = {
    "list": ["a"], "dict": {"a": "b"}, "number": 12, "nul": NUL, "surrogate": SURROGATE, "true": True,
}  # fmt: skip


class Api:
    """CKAN's HTTP API, asked as one person after another."""

    def __init__(self, app: CKANTestApp) -> None:
        self.app = app
        self.tokens: dict[str, str] = {}

    def post(self, action: str, user: str | None, data: Any) -> tuple[int, dict[str, Any]]:
        """:returns: HTTP status, and the error or an empty dict"""
        headers = {"Content-Type": "application/json", **self._identity(user)}
        answer = self.app.post(f"/api/3/action/{action}", data=json.dumps(data), headers=headers, status=None)
        return answer.status_code, self._error(answer)

    def get(self, action: str, user: str | None, query: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """:returns: HTTP status, and the error or an empty dict"""
        answer = self.app.get(f"/api/3/action/{action}", query_string=query, headers=self._identity(user), status=None)
        return answer.status_code, self._error(answer)

    def _identity(self, user: str | None) -> dict[str, str]:
        if user is None:
            return {}
        if user not in self.tokens:
            data = {"user": user, "name": "test"}
            self.tokens[user] = tk.get_action("api_token_create")({"ignore_auth": True}, data)["token"]
        return {"Authorization": self.tokens[user]}

    @staticmethod
    def _error(answer: Any) -> dict[str, Any]:
        try:
            found = json.loads(answer.get_data(as_text=True))
        except ValueError:
            return {"": answer.get_data(as_text=True)[:200]}
        return found.get("error", {}) if isinstance(found, dict) else {"": found}


@pytest.fixture
def api(app: CKANTestApp) -> Iterator[Api]:
    yield Api(app)
    model.Session.remove()


@pytest.fixture
def waiting(catalogue: Catalogue) -> dict[str, Any]:
    """The hidden dataset, submitted."""
    shown = act("regional_curation_show", catalogue.people.editor, id="hidden")
    if shown["case"] is None:
        act("regional_curation_submit", catalogue.people.editor, id="hidden")
    return catalogue.hidden


def _by(catalogue: Catalogue, action: str) -> str:
    """Somebody who may take the step."""
    if action.startswith("regional_steward"):
        return catalogue.people.sysadmin
    who = TRANSITIONS[action.removeprefix("regional_curation_")].who if action in STEPS else "steward"
    return catalogue.people.steward if who == "steward" else catalogue.people.editor


def short(value: Any) -> str:
    return repr(value)[:16]


def failing(answers: dict[str, tuple[int, dict[str, Any]]]) -> dict[str, Any]:
    """The answers that are no refusal."""
    return {what: answer for what, answer in answers.items() if not 400 <= answer[0] < 500}


NO_ID = [*NO_TEXT.values(), "", " ", None, "x" * 1_000_000, "../x", "%", "'; --", "unknown"]


@pytest.mark.parametrize("value", NO_ID, ids=short)
def test_an_id_that_is_none_is_refused(api: Api, catalogue: Catalogue, waiting: dict[str, Any], value: Any) -> None:
    before = rows_of(waiting["id"])
    data = {"id": value, "fingerprint": "0", "comment": "Lu."}
    answers = {
        action: api.post(action, _by(catalogue, action), data) for action in [*STEPS, *READS, "regional_steward_delete"]
    }
    assert (failing(answers), rows_of(waiting["id"])) == ({}, before)


@pytest.mark.parametrize("value", ["", " ", NUL, "x" * 2_000, "unknown"], ids=short)
def test_an_id_in_the_address_that_is_none_is_refused(
    api: Api, catalogue: Catalogue, waiting: dict[str, Any], value: str
) -> None:
    assert failing({action: api.get(action, catalogue.people.steward, {"id": value}) for action in READS}) == {}


@pytest.mark.parametrize("data", [None, [], "text", 12, {}, {"id": None}], ids=short)
def test_a_body_that_is_no_dict_is_refused(api: Api, catalogue: Catalogue, waiting: dict[str, Any], data: Any) -> None:
    assert failing({action: api.post(action, _by(catalogue, action), data) for action in [*WRITES, *READS]}) == {}


@pytest.mark.parametrize("value", [*NO_TEXT.values(), "x" * 1_000_000], ids=short)
def test_a_comment_that_is_none_names_the_field(
    api: Api, catalogue: Catalogue, waiting: dict[str, Any], value: Any
) -> None:
    seen, before = fingerprint(catalogue.people, waiting), rows_of(waiting["id"])
    answers = {}
    for action in STEPS:
        # What cannot be done from here at all, or takes more than a comment.
        if action.endswith(("_submit", "_release", "_assign", "_retire", "_suspend", "_override")):
            continue
        data = {"id": waiting["id"], "fingerprint": seen, "comment": value}
        status, error = api.post(action, _by(catalogue, action), data)
        answers[action] = (status, "comment" in error)
    assert (set(answers.values()), rows_of(waiting["id"])) == ({(409, True)}, before)


@pytest.mark.parametrize("comment", [None, "", "  ", "\n\t", "\u200b\u00ad"], ids=repr)
@pytest.mark.parametrize("decision", ["request_changes", "reject"])
def test_no_words_where_words_are_needed(
    api: Api, catalogue: Catalogue, waiting: dict[str, Any], decision: str, comment: str | None
) -> None:
    data = {"id": waiting["id"], "fingerprint": fingerprint(catalogue.people, waiting), "comment": comment}
    status, error = api.post(f"regional_curation_{decision}", catalogue.people.steward, data)
    assert (status, [key for key in error if key != "__type"]) == (409, ["comment"])


NO_REMARKS = ["text", ["a"], 12, {"title": 1}, {"title": ["a"]}, {"title": NUL}, {"title": SURROGATE}, {NUL: "a"},
              {SURROGATE: "a"}, {"title": "x" * 1_000_000}, {"title": None}]  # fmt: skip


@pytest.mark.parametrize("value", NO_REMARKS, ids=short)
def test_remarks_that_are_none_name_the_field(
    api: Api, catalogue: Catalogue, waiting: dict[str, Any], value: Any
) -> None:
    seen, before = fingerprint(catalogue.people, waiting), rows_of(waiting["id"])
    data = {"id": waiting["id"], "fingerprint": seen, "comment": "Lu.", "fields": value}
    status, error = api.post("regional_curation_request_changes", catalogue.people.steward, data)
    assert (status, "fields" in error, rows_of(waiting["id"])) == (409, True, before)


NO_FINGERPRINT = [None, "", " ", "0" * 64, *NO_TEXT.values()]


@pytest.mark.parametrize("value", NO_FINGERPRINT, ids=short)
@pytest.mark.parametrize("decision", ["approve", "request_changes", "reject"])
def test_another_fingerprint_is_refused_with_409(
    api: Api, catalogue: Catalogue, waiting: dict[str, Any], decision: str, value: Any
) -> None:
    before = rows_of(waiting["id"])
    data = {"id": waiting["id"], "fingerprint": value, "comment": "Lu."}
    status, error = api.post(f"regional_curation_{decision}", catalogue.people.steward, data)
    assert (status, "fingerprint" in error, rows_of(waiting["id"])) == (409, True, before)


def test_the_fingerprint_of_another_dataset_is_refused(api: Api, catalogue: Catalogue, waiting: dict[str, Any]) -> None:
    other = fingerprint(catalogue.people, catalogue.published)
    data = {"id": waiting["id"], "fingerprint": other}
    assert api.post("regional_curation_approve", catalogue.people.steward, data)[0] == 409


@pytest.mark.parametrize("action", WRITES)
def test_what_writes_takes_no_get(api: Api, catalogue: Catalogue, waiting: dict[str, Any], action: str) -> None:
    before = rows_of(waiting["id"])
    query = {
        "id": waiting["id"], "fingerprint": fingerprint(catalogue.people, waiting), "comment": "Lu.",
        "user": catalogue.people.outsider,
    }  # fmt: skip
    status, _error = api.get(action, _by(catalogue, action), query)
    assert (400 <= status < 500, rows_of(waiting["id"])) == (True, before)


@pytest.mark.parametrize("action", [*WRITES, *READS, "regional_curation_queue", "regional_steward_list"])
def test_nobody_is_told_nothing(api: Api, catalogue: Catalogue, waiting: dict[str, Any], action: str) -> None:
    before = rows_of(waiting["id"])
    data = {"id": waiting["id"], "fingerprint": "0", "comment": "Lu.", "user": catalogue.people.outsider}
    status = api.post(action, None, data)[0]
    assert (status in (403, 404), rows_of(waiting["id"])) == (True, before), status


@pytest.mark.parametrize("action", [*STEPS, *READS])
@pytest.mark.parametrize("role", ["outsider", "steward_elsewhere"])
def test_strangers_are_told_nothing(
    api: Api, catalogue: Catalogue, waiting: dict[str, Any], role: str, action: str
) -> None:
    before = rows_of(waiting["id"])
    data = {"id": waiting["id"], "fingerprint": "0", "comment": "Lu.", "user": catalogue.people.steward}
    # As for what does not exist; the history outlives its dataset, so there that is a refusal, too.
    expected = 403 if action == "regional_curation_history" else 404
    assert (api.post(action, getattr(catalogue.people, role), data)[0], rows_of(waiting["id"])) == (expected, before)


def test_strangers_do_not_learn_that_it_exists(api: Api, catalogue: Catalogue, waiting: dict[str, Any]) -> None:
    asked = {
        (action, id_): api.post(action, catalogue.people.outsider, {"id": id_})
        for action in ("package_show", "regional_curation_show")
        for id_ in ("hidden", "unknown")
    }
    assert {status for status, _error in asked.values()} == {404}


NO_QUEUE = [
    {"state": "nonsense"}, {"state": ["submitted", 1]}, {"state": {"a": 1}}, {"sort": "nonsense"}, {"sort": NUL},
    {"rows": "many"}, {"rows": -1}, {"start": "-1"}, {"start": "1.5"}, {"rows": [1]},
]  # fmt: skip


@pytest.mark.parametrize("data", NO_QUEUE, ids=short)
def test_a_queue_that_is_none_names_the_field(api: Api, catalogue: Catalogue, data: dict[str, Any]) -> None:
    status, error = api.post("regional_curation_queue", catalogue.people.steward, data)
    assert (status, [key for key in error if key != "__type"]) == (409, list(data))


QUEUE = [
    {"q": NUL}, {"q": SURROGATE}, {"q": "%"}, {"q": "_\\'"}, {"q": "x" * 1_000_000}, {"q": ["a"]}, {"q": {"a": 1}},
    {"territory": NUL}, {"territory": ["a"]}, {"territory": "unknown"}, {"sector": {"a": 1}}, {"kind": NUL},
    {"kind": "unknown"}, {"rows": 10**30}, {"start": 10**30}, {"mine": "perhaps"}, {"overdue": ["x"]}, {"state": ""},
]  # fmt: skip


@pytest.mark.parametrize("data", QUEUE, ids=short)
def test_no_queue_ends_in_an_error_of_ours(api: Api, catalogue: Catalogue, data: dict[str, Any]) -> None:
    assert api.post("regional_curation_queue", catalogue.people.steward, data)[0] < 500


NO_STEWARD: list[dict[str, Any]] = [
    *({"user": value} for value in [*NO_TEXT.values(), "", None, "unknown", "x" * 1_000_000]),
    *({"territory": value} for value in [*NO_TEXT.values(), "fr:region:999", "x" * 1_000_000]),
    *({"sector": value} for value in [*NO_TEXT.values(), "unknown"]),
    *({"role": value} for value in [*NO_TEXT.values(), "king"]),
    *({"until": value} for value in [*NO_TEXT.values(), "tomorrow", "2027-02-30", "0000-00-00"]),
]


@pytest.mark.parametrize("data", NO_STEWARD, ids=short)
def test_an_appointment_that_is_none_names_the_field(api: Api, catalogue: Catalogue, data: dict[str, Any]) -> None:
    before = act("regional_steward_list", catalogue.people.sysadmin)
    appointment = {"user": catalogue.people.outsider, "territory": BRETAGNE, **data}
    status, error = api.post("regional_steward_create", catalogue.people.sysadmin, appointment)
    after = act("regional_steward_list", catalogue.people.sysadmin)
    assert (status, [key for key in error if key != "__type"], after) == (409, list(data), before)


def test_the_same_appointment_twice_is_refused(api: Api, catalogue: Catalogue) -> None:
    data = {"user": catalogue.people.steward, "territory": BRETAGNE}
    status, error = api.post("regional_steward_create", catalogue.people.sysadmin, data)
    assert (status, [key for key in error if key != "__type"]) == (409, ["user"])


@pytest.mark.parametrize("role", ["editor", "org_admin", "steward", "outsider"])
def test_only_sysadmins_and_coordinators_appoint(api: Api, catalogue: Catalogue, role: str) -> None:
    name = getattr(catalogue.people, role)
    assert api.post("regional_steward_create", name, {"user": name})[0] == 403


@pytest.mark.parametrize("user", [*NO_TEXT.values(), "unknown"], ids=short)
def test_no_list_of_stewards_ends_in_an_error_of_ours(api: Api, catalogue: Catalogue, user: Any) -> None:
    assert api.post("regional_steward_list", catalogue.people.steward, {"user": user})[0] < 500
