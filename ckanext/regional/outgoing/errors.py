"""What can go wrong with a request to another site, as sentences that say what was asked and what came."""

from __future__ import annotations

from typing import Literal

from ckanext.regional.exceptions import RegionalError

#: What went wrong, for programs: no address for the name, no connection, none in time, no proof of who answers, an
#: answer that was too slow, too big or broke off, redirects without end, or anything else.
Kind = Literal["name", "connection", "connect_timeout", "certificate", "timeout", "size", "cut", "redirects", "other"]


class RequestFailed(RegionalError):
    """The other site does not answer, or not as it should."""

    def __init__(self, asked: str, came: str, kind: Kind = "other") -> None:
        super().__init__(f"Asked {asked}: {came}.")
        self.asked = asked
        self.came = came
        self.kind: Kind = kind


class AskedTooMuch(RequestFailed):
    """The other site broke down over this request; a smaller one may pass."""


class Refused(RequestFailed):
    """This site's own rules forbid the request: a private address, a token for another host."""
