"""What a request reads once: nothing outlives the transaction or the request."""

from __future__ import annotations

import itertools

import pytest
import sqlalchemy as sa
from ckan import model

from ckanext.regional.curation import remembered, status
from tests.conftest import act, complete
from tests.statements import asked

pytestmark = pytest.mark.usefixtures("with_plugins", "clean_regional")


@pytest.fixture
def read():
    """A reading that answers otherwise every time, and asks the database as real ones do."""
    numbers = itertools.count()

    def reading() -> int:
        model.Session.execute(sa.text("SELECT 1"))
        return next(numbers)

    return reading


def test_a_transaction_of_a_request_reads_once(app, read):
    with app.flask_app.test_request_context():
        assert [remembered.once("key", read) for _ in range(3)] == [0, 0, 0]
        assert remembered.once("another", read) == 1


@pytest.mark.parametrize("end", ["commit", "rollback", "remove"])
def test_the_end_of_the_transaction_forgets(app, read, end):
    with app.flask_app.test_request_context():
        remembered.once("key", read)
        getattr(model.Session, end)()
        assert remembered.once("key", read) == 1


def test_the_next_request_reads_anew(app, read):
    for expected in (0, 1):
        with app.flask_app.test_request_context():
            assert remembered.once("key", read) == expected


def test_what_the_transaction_changes_is_read_anew(app, read):
    with app.flask_app.test_request_context():
        remembered.once("key", read)
        remembered.forget("key")
        assert remembered.once("key", read) == 1


def test_outside_of_requests_everything_is_read(read):
    assert [remembered.once("key", read) for _ in range(2)] == [0, 1]


@pytest.mark.parametrize("key", ["id", "name"])
def test_a_dataset_and_its_status_are_read_together(app, people, published, key):
    with app.flask_app.test_request_context():
        package = status.read_ahead(published[key])
        assert package is not None
        with asked() as statements:
            assert model.Package.get(published["id"]) is package
            assert status.seen_status(package) == "published"
        assert statements == []


def test_an_id_comes_before_a_name(app, people, published):
    other = act("package_create", people.editor, **{**complete(people), "name": published["id"]})
    with app.flask_app.test_request_context():
        package = status.read_ahead(published["id"])
    assert package is not None
    assert (package.id, other["name"]) == (published["id"], published["id"])


def test_what_is_not_there_is_not_found(app):
    with app.flask_app.test_request_context():
        assert status.read_ahead("nothing-of-that-name") is None
