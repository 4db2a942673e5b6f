"""``ckan regional doctor``: what an administrator has to do before all works."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import click

from ckanext.regional import diagnosis
from ckanext.regional.types import Finding

__all__ = ["doctor"]

_COLOURS = {"ok": "green", "warning": "yellow", "error": "red"}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the findings for programs.")
@click.option("--repair", is_flag=True, help="Also make the repairs that are offered.")
@click.option("--leaving", is_flag=True, help="Say what stays and what goes when the plugins are taken out.")
def doctor(as_json: bool, repair: bool, leaving: bool) -> None:
    """Look whether everything is in place, and say what to do where it is not.

    The exit code is 1 if something does not work, 0 if there are only warnings.
    """
    with _quiet():
        findings = diagnosis.examine(diagnosis.checks_of_leaving() if leaving else None)
        if repair:
            findings = diagnosis.repair(findings)
    if as_json:
        click.echo(json.dumps(_as_data(findings), ensure_ascii=False, indent=2))
    else:
        _tell(findings, leaving)
    if _count(findings, "error"):
        raise click.exceptions.Exit(1)


@contextmanager
def _quiet() -> Iterator[None]:
    """Let the libraries not log with a traceback what becomes a finding."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(before)


def _tell(findings: Sequence[Finding], leaving: bool) -> None:
    for finding in findings:
        click.echo(f"{click.style(finding.level.upper().ljust(8), _COLOURS[finding.level])} {finding.message}")
        if finding.remedy:
            click.echo(f"         {finding.remedy}")
        if finding.repair is not None and finding.level != "ok":
            click.echo(f"         Or run: ckan regional doctor {'--leaving ' if leaving else ''}--repair")
    errors, warnings = _count(findings, "error"), _count(findings, "warning")
    click.echo(f"\n{len(findings)} looked at: {errors} errors, {warnings} warnings.")


def _as_data(findings: Sequence[Finding]) -> dict[str, object]:
    return {
        "errors": _count(findings, "error"),
        "warnings": _count(findings, "warning"),
        "findings": [
            {
                "level": finding.level,
                "code": finding.code,
                "message": finding.message,
                "remedy": finding.remedy,
                "repairable": finding.repair is not None,
            }
            for finding in findings
        ],
    }


def _count(findings: Sequence[Finding], level: str) -> int:
    return sum(finding.level == level for finding in findings)
