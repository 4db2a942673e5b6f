"""What a record that came means for the one that is here: pure decisions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Outcome = Literal["created", "updated", "unchanged", "skipped", "conflict", "failed", "withdrawn"]
State = Literal["current", "skipped", "conflict", "failed", "withdrawn"]
#: The outcomes that together are ``seen``.
SEEN: tuple[Outcome, ...] = ("created", "updated", "unchanged", "skipped", "conflict", "failed")
#: States that are tried again although nothing came anew.
PARKED: tuple[State, ...] = ("skipped", "conflict", "failed")


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of an origin: by the row that holds it, and of the source that brings it now."""

    hash: str | None
    state: State
    #: The source of that row; None when it is gone.
    source_id: str | None
    #: Whether that source is the site where the dataset was born.
    direct: bool
    #: Whether a dataset was ever written.
    written: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do with a record, and why."""

    action: Literal["create", "update", "unchanged", "skip"]
    reason: str = ""


def route(site: str, path: tuple[str, ...], here: str) -> str | None:
    """Why a dataset with this origin must not come in, if so: it is our own, or has been here on its way."""
    if site == here:
        return "it is a dataset of this site that came back"
    if here in path:
        return "it has been on this site on its way: " + " → ".join(path)
    return None


def decide(known: Known | None, new_hash: str, source_id: str, *, direct: bool) -> Decision:
    """Compare what came with what is here.

    :param known: the row that holds the origin, if there is one
    :param direct: whether the source is the site where the dataset was born
    """
    if known is None or not known.written:
        return Decision("create")
    if known.source_id not in (None, source_id) and (known.direct or not direct):
        return Decision("skip", "it already comes directly from its site" if known.direct else "it comes another way")
    if known.state == "current" and known.hash == new_hash and known.source_id == source_id:
        return Decision("unchanged")
    return Decision("update")


def must_hold(withdrawals: int, known: int, share: float) -> bool:
    """Whether so many withdrawals at once need a person.

    :param known: how many datasets of the source are here
    :param share: of these that may go, ``max_withdraw_share``; one may always go
    """
    return withdrawals > max(1, share * known)
