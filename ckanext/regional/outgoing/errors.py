"""What can go wrong with a request to another site, as sentences that say what was asked and what came."""

from __future__ import annotations

from ckanext.regional.exceptions import RegionalError


class RequestFailed(RegionalError):
    """The other site does not answer, or not as it should."""

    def __init__(self, asked: str, came: str) -> None:
        super().__init__(f"Asked {asked}: {came}.")
        self.asked = asked
        self.came = came


class AskedTooMuch(RequestFailed):
    """The other site broke down over this request; a smaller one may pass."""


class Refused(RequestFailed):
    """This site's own rules forbid the request: a private address, a token for another host."""
