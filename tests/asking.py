"""Asks the application as everybody, each with a session of their own or a token, and keeps nothing of it.

Who may do something gets as far as the commit, which is kept from happening, so that nothing has to be put back.
"""

from __future__ import annotations

import datetime
import re
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from ckan import model
from ckan.tests import factories
from ckan.tests.helpers import CKANTestApp
from sqlalchemy import event

#: The test client's session is for this host.
HERE = "http://localhost"


class Reached(BaseException):
    """A way got as far as the commit. No code catches it."""


@dataclass
class Asker:
    """Asks the API as everybody, each with a session of their own and with a token."""

    app: CKANTestApp
    people: dict[str, str | None]
    clients: dict[str, tuple[Any, dict[str, str]]] = field(default_factory=dict)

    def ask(self, role: str, by: str, action: str, data: dict[str, Any]) -> tuple[int, str]:
        """Status and text of the answer; status 0 where the way got to the commit."""
        client, headers = self.client(role, by)
        given: dict[str, Any] = (
            {"data": data} if any(isinstance(one, tuple) for one in data.values()) else {"json": data}
        )
        try:
            with nothing_kept():
                answer = client.post(f"/api/action/{action}", base_url=HERE, headers=headers, **given)
        except Reached:
            return 0, ""
        finally:
            model.Session.rollback()
            model.Session.remove()
        return answer.status_code, answer.get_data(as_text=True)

    def open(
        self, role: str, method: str, path: str, data: dict[str, Any] | None = None, *, forged: bool = False
    ) -> tuple[int, str, str]:
        """Status, address that it leads to, and text of a page's answer; status 0 where it got to the commit.

        :param forged: as from a page elsewhere, which knows nothing of the form's token
        """
        client, headers = self.client(role, "session")
        headers = {} if forged or method == "GET" else headers
        try:
            with nothing_kept(_stop_page):
                answer = client.open(
                    path, method=method, data=data, base_url=HERE, headers=headers, follow_redirects=False
                )
                text = answer.get_data(as_text=True)
        except Reached:
            return 0, "", ""
        finally:
            model.Session.rollback()
            model.Session.remove()
        return answer.status_code, answer.headers.get("Location", ""), text

    def client(self, role: str, by: str) -> tuple[Any, dict[str, str]]:
        key = f"{role} by {by}"
        if key not in self.clients:
            self.clients[key] = self._made(self.people[role], by)
        return self.clients[key]

    def _made(self, name: str | None, by: str) -> tuple[Any, dict[str, str]]:
        if by == "token" and name:
            return self.app.test_client(), {"Authorization": factories.APIToken(user=name)["token"]}
        client = self.app.test_client(user=model.User.get(name) if name else None)
        page = client.get("/about", base_url=HERE).get_data(as_text=True)
        token = re.search(r'name="_csrf_token" content="([^"]+)"', page)
        assert token is not None
        return client, {"X-CSRFToken": token[1]}


def be_busy() -> None:
    """Let everybody have been here just now, so that CKAN writes nothing about that when they open a page."""
    later = datetime.datetime.now(datetime.UTC).replace(tzinfo=None) + datetime.timedelta(days=1)
    model.Session.query(model.User).update({"last_active": later})
    model.Session.commit()


def _stop(session: Any) -> None:
    # CKAN commits before it comes to the action, too: that a token was used.
    if hasattr(session, "_context"):
        raise Reached


def _stop_page(_session: Any) -> None:
    # CKAN ends a transaction whenever it has read its own settings.
    if not any(frame.f_code.co_name == "get_system_info" for frame, _line in traceback.walk_stack(None)):
        raise Reached


@contextmanager
def nothing_kept(stop: Callable[[Any], None] = _stop) -> Iterator[None]:
    """Stop an action or a page at its first commit, before Solr and the database have heard of it."""
    from ckanext.datastore.backend.postgres import get_write_engine  # pyright: ignore[reportMissingImports]

    tables = get_write_engine()
    event.listen(model.Session, "before_commit", stop, insert=True)
    event.listen(tables, "commit", _stop_tables)
    try:
        yield
    finally:
        event.remove(model.Session, "before_commit", stop)
        event.remove(tables, "commit", _stop_tables)


def _stop_tables(connection: Any) -> None:
    # SQLAlchemy takes the transaction for ended.
    connection.connection.dbapi_connection.rollback()
    raise Reached
