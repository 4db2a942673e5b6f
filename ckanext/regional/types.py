"""Plain values that the plugins exchange; no CKAN import, so that pure modules can use them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Level = Literal["info", "warn", "block"]
Trust = Literal["review", "publish"]
Verdict = Literal["publish", "review", "refuse", "withdraw"]


@dataclass(frozen=True, slots=True)
class GuardResult:
    """What one guard says of a dataset.

    ``level`` tells how much it matters, ``code`` names the finding for programs (``completeness.territory``),
    ``message`` says in the reader's language what is wrong and what to do, ``field`` is the form field where it is
    mended, if there is one; ``resources/ID`` is a file. ``details`` are what the message is made of, plain values that
    are stored with it. ``waived`` tells who let it pass, on results that a guard returned as blocking.
    """

    level: Level
    code: str
    message: str
    field: str | None = None
    details: Mapping[str, Any] = dataclasses.field(default_factory=dict, compare=False)
    waived: Mapping[str, Any] | None = dataclasses.field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Admission:
    """What a site decides about a dataset that a machine hands over, and why.

    ``publish``: written and public; ``review``: written, hidden, with a case that waits for a steward;
    ``refuse``: not written; ``withdraw``: the origin took it back, so it is hidden.
    """

    verdict: Verdict
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Duty:
    """One person's charge over a part of the catalogue; an empty territory or sector means all.

    ``stands_in``: only where nobody else is left.
    """

    user_id: str
    territory: str | None = None
    sector: str | None = None
    stands_in: bool = False


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that waits for a steward: its territories with all that contains them, and its sectors."""

    territories: Sequence[str]
    sectors: Sequence[str]


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check of ``ckan regional doctor`` says of the site.

    ``level`` tells whether something does not work (``error``), works less well than it could (``warning``) or is as
    it should be (``ok``); ``code`` names the finding for programs (``solr.fields``); ``message`` says in one sentence
    what is so, ``remedy`` what to do about it. ``repair`` does what can be done without a question and says what it
    did.
    """

    level: Literal["ok", "warning", "error"]
    code: str
    message: str
    remedy: str = ""
    repair: Callable[[], str] | None = field(default=None, compare=False)
