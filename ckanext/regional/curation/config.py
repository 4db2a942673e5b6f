"""Typed access to ``ckanext.regional.curation.*``; the defaults are in ``config_declaration.yaml`` and nowhere else."""

from __future__ import annotations

import datetime

import ckan.plugins.toolkit as tk


def due_after(kind: str = "publication") -> datetime.timedelta:
    """How long a steward has for a case of this kind."""
    suffix = "" if kind == "publication" else f"_{kind}"
    return datetime.timedelta(days=tk.config[f"ckanext.regional.curation.due_days{suffix}"])


def allow_override() -> bool:
    """Whether a sysadmin may decide a case alone."""
    return tk.config["ckanext.regional.curation.allow_override"]


def comments_per_minute() -> int:
    """How many comments one person may write in a minute."""
    return tk.config["ckanext.regional.curation.comments_per_minute"]


LEVELS = ("info", "warn", "block", "off")


def guard_levels() -> dict[str, str]:
    """The level that this site gives to guards and codes, by name.

    :raises ValueError: an entry is none
    """
    return _pairs("levels", LEVELS)


def guard_seconds(name: str) -> float:
    """How long a guard may take.

    :raises ValueError: an entry is none
    """
    own = _pairs("timeouts").get(name)
    return float(own) if own else float(tk.config["ckanext.regional.curation.guards.timeout"])


def sample_rows() -> int:
    """Rows of a table that guards look at."""
    return tk.config["ckanext.regional.curation.guards.sample_rows"]


def sample_bytes() -> int:
    """Bytes of a file that guards read."""
    return tk.config["ckanext.regional.curation.guards.sample_bytes"]


def check_guards() -> None:
    """Look whether the settings of the guards can be read, so that a mistake keeps the site from starting.

    :raises ValueError: with the setting and the entry.
    """
    guard_levels()
    for name, seconds in _pairs("timeouts").items():
        if not seconds.replace(".", "", 1).isdigit() or not float(seconds):
            raise ValueError(f"ckanext.regional.curation.guards.timeouts: “{name}={seconds}” is no number of seconds.")


def _pairs(key: str, allowed: tuple[str, ...] = ()) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for entry in tk.config[f"ckanext.regional.curation.guards.{key}"]:
        name, _equals, value = entry.partition("=")
        if not name or not value or (allowed and value not in allowed):
            wanted = f"NAME={'|'.join(allowed)}" if allowed else "NAME=SECONDS"
            raise ValueError(f"ckanext.regional.curation.guards.{key}: “{entry}” is not {wanted}.")
        pairs[name] = value
    return pairs


def mails() -> bool:
    """Whether notices go out by e-mail too."""
    return tk.config["ckanext.regional.curation.notices.mail"]


def notice_queue() -> str:
    """Name of the queue of the jobs that send notices."""
    return tk.config["ckanext.regional.curation.notices.queue"]


def digest_hour() -> int:
    """The hour of the day, on the site's clock, at which lists of what came from other sites are sent."""
    return tk.config["ckanext.regional.curation.notices.digest_hour"]


def notices_kept_days() -> int:
    """How many days notices are kept."""
    return tk.config["ckanext.regional.curation.notices.keep_days"]


def reminded_every() -> datetime.timedelta:
    """How long somebody is left alone after a reminder."""
    return datetime.timedelta(days=tk.config["ckanext.regional.curation.notices.remind_days"])
