"""Plain values that the plugins exchange; no CKAN import, so that pure modules can use them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["info", "warn", "block"]
Trust = Literal["review", "publish"]
Verdict = Literal["publish", "review", "refuse", "withdraw"]


@dataclass(frozen=True, slots=True)
class GuardResult:
    """What one guard says of a dataset.

    ``level`` tells how much it matters, ``code`` names the finding for programs (``completeness.territory``),
    ``message`` says in the reader's language what is wrong and what to do, ``field`` is the form field where it is
    mended, if there is one.
    """

    level: Level
    code: str
    message: str
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Admission:
    """What a site decides about a dataset that a machine hands over, and why.

    ``publish``: written and public; ``review``: written, hidden, with a case that waits for a steward;
    ``refuse``: not written; ``withdraw``: the origin took it back, so it is hidden.
    """

    verdict: Verdict
    reason: str = ""
