"""What ``ckan regional doctor`` looks at: each check is a small function that yields findings and changes nothing.

A check may raise: the runner turns that into a finding, so that one server that is down costs one error and a word
from each check that needs it, never a traceback.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping

import redis.exceptions
import sqlalchemy.exc
from ckan import model
from ckan import plugins as p
from ckan.lib.search import SearchError, SearchIndexError
from pysolr import SolrError
from requests import RequestException

from ckanext.regional.diagnosis import before, catalogue, fields, leaving, links, servers, settings
from ckanext.regional.exceptions import RegionalError
from ckanext.regional.interfaces import Check, IRegional
from ckanext.regional.types import Finding

#: In the order of the report: what stands first explains what follows.
CHECKS: dict[str, Check] = {
    "postgresql": servers.postgresql,
    "migrations": servers.migrations,
    "solr": servers.solr,
    "redis": servers.redis,
    "scheming": fields.scheming,
    "presets": fields.presets,
    "fields": fields.datasets,
    "organisations": fields.organisations,
    "order": settings.order,
    "site": settings.site,
    "languages": settings.languages,
    "licences": settings.licences,
    "dcat": settings.dcat,
    "before": before.check,
    "index": catalogue.index,
    "datasets": catalogue.incomplete,
    "values": catalogue.unknown_values,
    "links": links.waiting,
}

#: Of ``doctor --leaving``: what becomes of our data when the plugins are taken out.
LEAVING: dict[str, Check] = {"leaving.fields": leaving.fields, "leaving.identity": leaving.identity}

#: What is said of an error, by its kind; the first that fits.
_REASONS: tuple[tuple[tuple[type[BaseException], ...], str], ...] = (
    ((sqlalchemy.exc.OperationalError, sqlalchemy.exc.InterfaceError), "PostgreSQL does not answer."),
    ((sqlalchemy.exc.ProgrammingError,), "a table is not there, or is of another version."),
    ((redis.exceptions.ConnectionError, redis.exceptions.TimeoutError), "Redis does not answer."),
    ((SearchError, SearchIndexError, SolrError, RequestException), "Solr does not answer, or does not understand."),
)


def checks() -> dict[str, Check]:
    """Every check by name: ours, then those of the enabled plugins (:meth:`IRegional.get_checks`)."""
    added = [plugin.get_checks() for plugin in p.PluginImplementations(IRegional)]
    return {**CHECKS, **{name: check for found in added for name, check in found.items() if name not in CHECKS}}


def checks_of_leaving() -> dict[str, Check]:
    """What to know before the plugins are taken out, by name; the plugins that stand on others come first."""
    found: dict[str, Check] = {}
    for plugin in p.PluginImplementations(IRegional):
        found |= plugin.get_leaving()
    return found | LEAVING


def examine(wanted: Mapping[str, Check] | None = None) -> list[Finding]:
    """Run the checks, all of them if none are named, in their order."""
    return [finding for name, check in (wanted or checks()).items() for finding in _run(name, check)]


def repair(findings: Iterable[Finding]) -> list[Finding]:
    """Repair what can be, and say what became of it.

    :returns: the same findings; of one that was repaired the message says what was done, and it is as it should be
    """
    return [_repaired(finding) for finding in findings]


def _run(name: str, check: Check) -> list[Finding]:
    try:
        return list(check())
    except Exception as error:  # noqa: BLE001 - whoever asks what is wrong must get an answer
        return [_not_made(name, error)]
    finally:
        _forget_transaction()


def _not_made(name: str, error: BaseException) -> Finding:
    reason = _known_reason(error)
    if reason is not None:
        remedy = "Mend what is said above of the servers and tables, then ask again."
        return Finding("warning", name, f"“{name}” was not looked at: {reason}", remedy)
    remedy = "This is a mistake in the check, or in the plugin that brings it: please report it."
    return Finding("warning", name, f"“{name}” could not be looked at: {_first_line(error)}", remedy)


def _repaired(finding: Finding) -> Finding:
    if finding.repair is None:
        return finding
    try:
        done = finding.repair()
    except Exception as error:  # noqa: BLE001 - as above
        return dataclasses.replace(
            finding, message=f"{finding.message} The repair failed: {_known_reason(error) or _said(error)}"
        )
    finally:
        _forget_transaction()
    return dataclasses.replace(finding, level="ok", message=done, remedy="")


def _forget_transaction() -> None:
    """After an error PostgreSQL answers nothing more in the same transaction."""
    try:
        model.Session.rollback()
    except sqlalchemy.exc.SQLAlchemyError:
        model.Session.remove()


def _known_reason(error: BaseException) -> str | None:
    return next((reason for kinds, reason in _REASONS if isinstance(error, kinds)), None)


def _said(error: BaseException) -> str:
    return str(error) if isinstance(error, RegionalError) else _first_line(error)


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0][:200]}" if lines else type(error).__name__
