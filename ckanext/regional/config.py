"""Typed access to ``ckanext.regional.*``; the defaults are in ``config_declaration.yaml`` and nowhere else."""

from __future__ import annotations

import ckan.plugins.toolkit as tk


def strict() -> bool:
    """Whether a dataset that is no draft must lack nothing, where nobody reviews."""
    return tk.config["ckanext.regional.strict"]


def territory() -> str:
    """Code of the territory that this site is for."""
    return tk.config["ckanext.regional.territory"]
