"""What can go wrong with a neighbour, as sentences that say what was asked and what came."""

from __future__ import annotations

from ckanext.regional.outgoing.errors import AskedTooMuch, Refused, RequestFailed

#: The key under which a record says that it could not be read there; its value is the reason.
UNREADABLE = "regional:unreadable"

#: A neighbour does not answer, or not as it should.
NeighbourError = RequestFailed


class UnknownAction(NeighbourError):
    """The neighbour is reachable and has no such action."""


class Unreadable(AskedTooMuch):
    """What came cannot be read, perhaps because of one record in it."""


class Resync(NeighbourError):
    """The neighbour numbers its changes anew, so the cursor means nothing to it."""


__all__ = ["UNREADABLE", "AskedTooMuch", "NeighbourError", "Refused", "Resync", "UnknownAction", "Unreadable"]
