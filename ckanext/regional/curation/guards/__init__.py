"""Guards look at a dataset before a person does; those that block keep it from submission and from approval."""

from __future__ import annotations

import logging
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import plugins as p
from ckan.types import Context

from ckanext.regional.curation.guards.completeness import completeness, message
from ckanext.regional.interfaces import Guard, IRegional
from ckanext.regional.types import GuardResult

log = logging.getLogger(__name__)

_OURS: dict[str, Guard] = {"completeness": completeness}


def check(dataset: dict[str, Any], context: Context) -> list[GuardResult]:
    """Run every guard on a dataset dict; one that fails counts as blocking, so that nothing passes unseen."""
    results: list[GuardResult] = []
    for name, guard in _guards().items():
        try:
            results.extend(guard(dataset, context))
        except Exception:
            log.exception("The guard %s failed on dataset %s", name, dataset.get("id"))
            text = tk._("The check “{name}” could not be made. Tell your administrator.").format(name=name)
            results.append(GuardResult("block", f"{name}.failed", text))
    return results


def worded(code: str, field: str | None, dataset_type: str, stored: str) -> str:
    """A stored finding in the reader's language; another extension's guard is quoted as it spoke."""
    return message(code, field, dataset_type) or stored


def blocking(results: list[GuardResult]) -> list[GuardResult]:
    """Those that keep a dataset back."""
    return [result for result in results if result.level == "block"]


def as_errors(results: list[GuardResult]) -> dict[str, list[str]]:
    """Blocking results as CKAN's error dict: sentences by form field; ``checks`` where there is no field."""
    errors: dict[str, list[str]] = {}
    for result in blocking(results):
        errors.setdefault(result.field or "checks", []).append(result.message)
    return errors


def _guards() -> dict[str, Guard]:
    guards = dict(_OURS)
    for plugin in p.PluginImplementations(IRegional):
        guards.update(plugin.get_guards())
    return guards
