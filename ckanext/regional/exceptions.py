"""One tree of errors. ``logic`` turns them into CKAN's own at the edge; nothing else raises toolkit errors."""

from __future__ import annotations

from typing import Any

from ckan.logic import NotAuthorized


class RegionalError(Exception):
    """Anything that this extension refuses or cannot do; its text is a sentence for the user."""


class InvalidInput(RegionalError):
    """A value is wrong: ``errors`` maps the field's name to sentences."""

    def __init__(self, errors: dict[str, Any]) -> None:
        super().__init__("; ".join(f"{field}: {' '.join(map(str, texts))}" for field, texts in errors.items()))
        self.errors = errors


class NotHere(RegionalError):
    """The thing named does not exist, or not for this reader."""


class NotAllowed(RegionalError):
    """This person may not do this; the text says who may, ``rule`` names for programs what stands against it."""

    def __init__(self, message: str, rule: str = "role") -> None:
        super().__init__(message)
        self.rule = rule


class WrongState(InvalidInput):
    """The thing is in a state from which this cannot be done."""

    def __init__(self, message: str) -> None:
        super().__init__({"state": [message]})


class StaleFingerprint(InvalidInput):
    """The content has changed since the steward looked at it."""

    def __init__(self, message: str) -> None:
        super().__init__({"fingerprint": [message]})


class ServerDown(RegionalError):
    """A server that this site needs does not answer; ``server`` is its name."""

    def __init__(self, server: str, message: str) -> None:
        super().__init__(message)
        self.server = server


class RegionalRefused(NotAuthorized):
    """A write that the review does not let through; the text names the way to go.

    It is a ``NotAuthorized`` because CKAN's pages answer 500 to a ``ValidationError`` from delete, groups and Publish.
    ``dataset`` and ``kind`` name what cannot be changed, where a page can offer to propose a change.
    """

    def __init__(self, message: str, dataset: str | None = None, kind: str | None = None) -> None:
        super().__init__(message)
        self.dataset = dataset
        self.kind = kind
