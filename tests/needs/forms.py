"""Sending a page's form as a browser does: with its cookie and its token."""

from __future__ import annotations

import re
from typing import Any

from ckan.tests.helpers import CKANTestApp


def send(app: CKANTestApp, page: str, action: str, user: str | None = None, **data: Any) -> Any:
    """Open a page and send a form that stands on it.

    :param user: user name of somebody who is logged in
    """
    from ckan.tests import factories

    headers = {"Authorization": factories.APIToken(user=user)["token"]} if user else {}
    client = app.test_client(use_cookies=True)
    shown = client.get(page, headers=headers)
    token = re.search(r'name="_csrf_token"[^>]*value="([^"]+)"', shown.get_data(as_text=True))
    assert token is not None
    return client.post(action, data={**data, "_csrf_token": token[1]}, headers=headers, follow_redirects=False)
