"""What can go wrong with a neighbour, as sentences that say what was asked and what came."""

from __future__ import annotations

from ckanext.regional.exceptions import RegionalError


class NeighbourError(RegionalError):
    """A neighbour does not answer, or not as it should."""

    def __init__(self, asked: str, came: str) -> None:
        super().__init__(f"Asked {asked}: {came}.")
        self.asked = asked
        self.came = came


class AskedTooMuch(NeighbourError):
    """The neighbour broke down over this request; a smaller one may pass."""


class Refused(NeighbourError):
    """This site's own rules forbid the request: a private address, a token for another host."""


class UnknownAction(NeighbourError):
    """The neighbour is reachable and has no such action."""


class Resync(NeighbourError):
    """The neighbour numbers its changes anew, so the cursor means nothing to it."""
