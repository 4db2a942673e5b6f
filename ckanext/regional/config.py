"""Typed access to ``ckanext.regional.*``; the defaults are in ``config_declaration.yaml`` and nowhere else."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

import ckan.plugins.toolkit as tk

_SERVERS = {"Solr": "solr_url", "Redis": "ckan.redis.url", "PostgreSQL": "sqlalchemy.url"}


def strict() -> bool:
    """Whether a dataset that is no draft must lack nothing, where nobody reviews."""
    return tk.config["ckanext.regional.strict"]


def territory() -> str:
    """Code of the territory that this site is for."""
    return tk.config["ckanext.regional.territory"]


def sectors() -> str:
    """File with this site's own sectors, or an empty text."""
    return tk.config["ckanext.regional.sectors"]


def translations() -> str:
    """Folder with this site's own translations of our pages, or an empty text."""
    return tk.config["ckanext.regional.translations"]


def server_address(server: str) -> str:
    """Address of one of this site's servers (``Solr``, ``Redis``, ``PostgreSQL``), without user and password."""
    parts = urlsplit(tk.config[_SERVERS[server]])
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
