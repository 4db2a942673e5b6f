"""What becomes of a need: two things that are told apart, whether the public sees it and how far its answer is.

No CKAN import.
"""

from __future__ import annotations

from typing import Literal

Kind = Literal["data", "correction", "use"]
State = Literal["new", "studied", "planned", "answered", "declined"]
#: ``unconfirmed``: its author has not followed the link in the e-mail; ``waiting``: for a steward's look;
#: ``rejected``: never shown; ``merged``: its address leads to another need.
Visibility = Literal["unconfirmed", "waiting", "public", "rejected", "merged"]

KINDS: tuple[Kind, ...] = ("data", "correction", "use")
STATES: tuple[State, ...] = ("new", "studied", "planned", "answered", "declined")
VISIBILITIES: tuple[Visibility, ...] = ("unconfirmed", "waiting", "public", "rejected", "merged")

#: States in which somebody still waits for an answer.
OPEN: tuple[State, ...] = ("new", "studied", "planned")
#: States that nobody understands without a sentence.
WITH_REASON: tuple[State, ...] = ("answered", "declined")


def needs_reason(state: str) -> bool:
    """Whether a need can come into this state only with words to its supporters."""
    return state in WITH_REASON


def refusal(before: str, after: str, *, has_datasets: bool) -> str | None:
    """Name what keeps a need from coming into a state.

    Every state may follow every other: an answer turns out to be none, a refusal is thought over.

    :returns: ``unchanged``, ``datasets`` (an answer names what answers it), or None where nothing stands against it
    """
    if after == "answered" and not has_datasets:
        return "datasets"
    if before == after:
        return "unchanged"
    return None
