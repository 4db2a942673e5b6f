"""How much one person may write to others."""

from __future__ import annotations

import logging

from ckan import model

from ckanext.regional import limiting
from ckanext.regional.curation import config
from ckanext.regional.exceptions import ServerDown

log = logging.getLogger(__name__)


def spend(user: model.User, *texts: str | None) -> None:
    """Count what somebody writes with one step of the review; nothing where they write nothing.

    Without Redis the review goes on uncounted: whoever writes here has an account, and is named in the history.

    :raises InvalidInput: with key ``comment``, when they wrote too often within a minute
    """
    if not any(text and text.strip() for text in texts):
        return
    try:
        limiting.count("comment", user.id, config.comments_per_minute(), "comment")
    except ServerDown as error:
        log.warning("Comments are not counted: %s", error)
