"""Typed access to ``ckanext.regional.curation.*``; the defaults are in ``config_declaration.yaml`` and nowhere else."""

from __future__ import annotations

import datetime

import ckan.plugins.toolkit as tk


def due_after() -> datetime.timedelta:
    """How long a steward has for a case."""
    return datetime.timedelta(days=tk.config["ckanext.regional.curation.due_days"])


def allow_override() -> bool:
    """Whether a sysadmin may decide a case alone."""
    return tk.config["ckanext.regional.curation.allow_override"]
