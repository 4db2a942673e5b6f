"""The words for kinds, states and figures, in the reader's language."""

from __future__ import annotations

import ckan.plugins.toolkit as tk


def kind_label(kind: str) -> str:
    """What somebody wants."""
    return {
        "data": tk._("Data that are missing"),
        "correction": tk._("A correction of data that are there"),
        "use": tk._("Something to do with data"),
    }.get(kind, kind)


def state_label(state: str) -> str:
    """How far the answer is."""
    return {
        "new": tk._("New need"),
        "studied": tk._("Being looked into"),
        "planned": tk._("Planned"),
        "answered": tk._("Answered"),
        "declined": tk._("Declined"),
    }.get(state, state)


def visibility_label(visibility: str) -> str:
    """Whether everybody can read it."""
    return {
        "unconfirmed": tk._("Not confirmed yet"),
        "waiting": tk._("Waits for a steward"),
        "public": tk._("Public need"),
        "rejected": tk._("Not published"),
        "merged": tk._("Joined with another need"),
    }.get(visibility, visibility)


def state_sentence(state: str) -> str:
    """What is told to those who support a need; ``{title}`` stands in it."""
    return {
        "new": tk._("“{title}” is open again."),
        "studied": tk._("Somebody is looking into “{title}”."),
        "planned": tk._("It is planned: “{title}”."),
        "answered": tk._("“{title}” has an answer."),
        "declined": tk._("“{title}” was declined."),
    }[state]


def personal_label(kind: str) -> str:
    """What a text has that everybody must not read."""
    return {
        "nir": tk._("a social security number"),
        "iban": tk._("a bank account"),
        "email": tk._("somebody’s e-mail address"),
        "phone": tk._("a telephone number"),
    }.get(kind, kind)


def measure_label(measure: str) -> str:
    """The head of a column of figures."""
    return {
        "datasets": tk._("Datasets"),
        "late": tk._("Of these late"),
        "mqa": tk._("Mean European score (of 405)"),
        "governance": tk._("Mean governance score (of 100)"),
        "needs": tk._("Needs"),
        "open": tk._("Open needs"),
        "answered": tk._("Answered needs"),
        "supports": tk._("Supports"),
        "searches": tk._("Searches"),
        "empty": tk._("Searches in vain"),
        "views": tk._("Visits to datasets"),
        "downloads": tk._("Downloads"),
        "stewards": tk._("Stewards"),
        "cases": tk._("Reviews that wait"),
    }.get(measure, measure)
