"""axe-core on an open page: what it finds wrong, in sentences that a failing test shows.

::

    assert violations(page) == []
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any

#: What CKAN itself draws on every page, where axe finds the same on a CKAN without us (:mod:`tests.e2e.test_form`).
CKANS_OWN: tuple[str, ...] = ()


@cache
def _script() -> str:
    return files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")


def violations(page: Any, *, inside: str | None = None, without: Iterable[str] = ()) -> list[str]:
    """Run axe-core, all its rules, on a Playwright page as it stands now.

    :param inside: only what this CSS selector finds; the whole page otherwise.
    :param without: CSS selectors of what is left out besides :data:`CKANS_OWN`; say why where you give one.
    :returns: a line for each element: rule, how bad, where, and its HTML. Empty if all is well.
    """
    if not page.evaluate("typeof window.axe === 'object'"):
        page.evaluate(_script())
    context: dict[str, Any] = {"exclude": [[selector] for selector in (*CKANS_OWN, *without)]}
    if inside:
        context["include"] = [[inside]]
    found = page.evaluate("context => axe.run(context, {resultTypes: ['violations']})", context)
    return [
        f"{violation['id']} ({violation['impact']}): {' '.join(map(str, node['target']))}: {node['html'][:200]}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]
