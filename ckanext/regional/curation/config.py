"""Typed access to ``ckanext.regional.curation.*``; the defaults are in ``config_declaration.yaml`` and nowhere else."""

from __future__ import annotations

import datetime

import ckan.plugins.toolkit as tk


def due_after() -> datetime.timedelta:
    """How long a steward has for a case."""
    return datetime.timedelta(days=tk.config["ckanext.regional.curation.due_days"])


def mails() -> bool:
    """Whether notices go out by e-mail too."""
    return tk.config["ckanext.regional.curation.notices.mail"]


def notice_queue() -> str:
    """Name of the queue of the jobs that send notices."""
    return tk.config["ckanext.regional.curation.notices.queue"]


def digest_hour() -> int:
    """The hour of the day, on the site's clock, at which lists of what came from other sites are sent."""
    return tk.config["ckanext.regional.curation.notices.digest_hour"]


def reminded_every() -> datetime.timedelta:
    """How long somebody is left alone after a reminder."""
    return datetime.timedelta(days=tk.config["ckanext.regional.curation.notices.remind_days"])
