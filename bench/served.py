"""A real site with a web server, an administrator, and ways in for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack

import requests

from dev.site import Site
from dev.stack import Stack

_PASSWORD = "a-long-password-of-the-benchmark"


def site(stack: Stack, name: str, plugins: Sequence[str], settings: Mapping[str, str], closing: ExitStack) -> Site:
    """Start an empty site with the administrator ``admin`` and without workers; it goes when ``closing`` ends."""
    made = Site(stack, name, plugins=plugins, settings=settings)
    made.reset()
    closing.callback(made.drop)
    made.start(workers=0)
    closing.callback(made.stop)
    person(made, "admin")
    made.ckan("sysadmin", "add", "admin")
    return made


def person(of: Site, name: str) -> None:
    """Add an account."""
    of.ckan("user", "add", name, f"email={name}@example.org", f"password={_PASSWORD}")


def session(of: Site, name: str) -> requests.Session:
    """Give a session that asks as somebody, whatever proxy the machine names."""
    made = requests.Session()
    made.trust_env = False
    made.headers["Authorization"] = of.ckan("user", "token", "add", name, "bench").stdout.split()[-1]
    return made
