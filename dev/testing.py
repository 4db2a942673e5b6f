"""For tests that need more than functions: real sites on the test stack, and servers that a test may break.

In a session fixture::

    with running_site("bretagne", settings={"ckanext.regional.territory": "fr:region:53"}) as site:
        token = site.add_administrator("a-password")
        requests.get(site.url)
        site.stack.solr.stop()      # and .start(), the same for .valkey and .postgres
        site.start_worker(2)        # a second RQ worker; site.stop_worker(2), site.kill_worker(2)
        site.stop_web()             # site.start_web()
"""

from __future__ import annotations

import configparser
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from dev.errors import DevError
from dev.paths import ROOT
from dev.site import PLUGINS, Site
from dev.stack import STACK_VARIABLE, Stack

# The site whose database, core and Redis database the tests of a single CKAN use.
UNIT_SITE = "test"
#: In the environment of the tests: the folder that the browser test puts the guides' pictures into, if it shall.
PICTURES_VARIABLE = "REGIONAL_PICTURES"
# In the environment of the tests: for each worker the variables of a stack of its own, so that a test may stop servers.
_WORKERS_VARIABLE = "REGIONAL_TEST_WORKERS"
# The name that pytest-xdist gives to a worker's process: gw0, gw1, …
_WORKER_VARIABLE = "PYTEST_XDIST_WORKER"


def current_stack() -> Stack:
    """The stack that the tests run on.

    :raises DevError: when they run outside ``./test`` and ``python3 -m dev pytest``.
    """
    name = os.environ.get(STACK_VARIABLE)
    if not name:
        raise DevError(f"{STACK_VARIABLE} is not set: run the tests by ./test")
    return Stack(name)


@contextmanager
def running_site(
    name: str,
    *,
    plugins: Sequence[str] = PLUGINS,
    settings: Mapping[str, str] | None = None,
    workers: int = 1,
) -> Iterator[Site]:
    """A site of its own on the running stack: empty, migrated, served on a free port, with workers; gone afterwards."""
    # The workers of a test ask no strangers, unless the test is about that.
    site = Site(
        current_stack(),
        name,
        plugins=plugins,
        settings={"ckanext.regional.links.enabled": "false"} | dict(settings or {}),
    )
    try:
        site.reset()
        site.start(workers)
        yield site
    finally:
        site.drop()


def hand_out(stacks: Sequence[Stack]) -> dict[str, str]:
    """Empty the resources of the tests on each stack; the environment from which each worker takes one of them."""
    prepared = [prepare(stack) for stack in stacks]
    return {**prepared[0], _WORKERS_VARIABLE: json.dumps(prepared)}


def take_own_stack() -> None:
    """In a worker of pytest-xdist: use the stack that was made ready for it. To be called before CKAN is configured."""
    worker = os.environ.get(_WORKER_VARIABLE)
    if worker:
        os.environ.update(json.loads(os.environ[_WORKERS_VARIABLE])[int(worker.removeprefix("gw"))])


def prepare(stack: Stack) -> dict[str, str]:
    """Empty the resources of the tests of a single CKAN; the environment that points pytest at them."""
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(ROOT / "test.ini")
    plugins = parser.get("app:main", "ckan.plugins", fallback="").split()
    site = Site(stack, UNIT_SITE, plugins=plugins or PLUGINS)
    site.reset()
    return site.variables()
