"""What people want to be told by e-mail, and in which language; kept with their account."""

from __future__ import annotations

from dataclasses import dataclass

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.lib.i18n import get_available_locales

_KEY = "regional_notices"


@dataclass(frozen=True, slots=True)
class Preferences:
    """``mail``: by e-mail too; ``language``: a code such as ``fr``, or None for the site's."""

    mail: bool = True
    language: str | None = None


def of(user: model.User) -> Preferences:
    """What somebody has chosen; by e-mail and in the site's language if nothing."""
    kept = (user.plugin_extras or {}).get(_KEY) or {}
    language = kept.get("language")
    return Preferences(bool(kept.get("mail", True)), language if language in offered() else None)


def save(user: model.User, chosen: Preferences) -> None:
    """Keep what somebody chose and commit."""
    user.plugin_extras = {**(user.plugin_extras or {}), _KEY: {"mail": chosen.mail, "language": chosen.language}}
    model.Session.add(user)
    model.Session.commit()


def language_of(user: model.User) -> str:
    """In which language to speak to somebody. CKAN keeps none of its own with an account."""
    return of(user).language or tk.config["ckan.locale_default"]


def offered() -> dict[str, str]:
    """The languages of the site by code, with their own names."""
    return {str(locale): locale.display_name or str(locale) for locale in get_available_locales()}
