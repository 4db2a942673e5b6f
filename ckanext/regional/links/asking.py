"""One request, by the guarded way out."""

from __future__ import annotations

from http.cookiejar import DefaultCookiePolicy

import requests

from ckanext.regional.links.verdict import Look, Seen
from ckanext.regional.outgoing.errors import Refused, RequestFailed
from ckanext.regional.outgoing.patience import seconds_until
from ckanext.regional.outgoing.session import GuardedSession, Limits


def open_session(limits: Limits, site_url: str) -> GuardedSession:
    """A session for many hosts, which remembers nothing of any."""
    session = GuardedSession(limits, f"ckanext-regional link check (+{site_url})")
    session.headers["Accept"] = "*/*"
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    return session


def ask(session: GuardedSession, look: Look) -> Seen:
    """Send one request and say what came; nothing that another site does raises."""
    try:
        response = session.request(look.method, look.url, allow_redirects=False)
    except Refused:
        return Seen(problem="address")
    except RequestFailed as error:
        return Seen(problem="invalid" if isinstance(error.__cause__, ValueError) else error.kind)
    except (requests.RequestException, ValueError):
        # An address that no request can be made of.
        return Seen(problem="invalid")
    head = response.headers
    return Seen(response.status_code, head.get("Location"), seconds_until(head.get("Retry-After")))
