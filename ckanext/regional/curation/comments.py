"""What somebody writes to another person with a step of the review."""

from __future__ import annotations

import ckan.plugins.toolkit as tk

from ckanext.regional.exceptions import InvalidInput

#: Characters: more is no message any more.
LONGEST = 10_000


def check(comment: str | None, why: str | None = None) -> None:
    """Refuse a comment that is too long, or missing where one is needed.

    :param why: what to say where it is needed and empty; None where it need not be given
    :raises InvalidInput: at ``comment``
    """
    words = (comment or "").strip()
    if why is not None and not words:
        raise InvalidInput({"comment": [why]})
    if len(words) > LONGEST:
        raise InvalidInput({"comment": [tk._("The comment is longer than {most} characters.").format(most=LONGEST)]})
