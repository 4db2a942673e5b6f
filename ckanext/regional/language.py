"""In which language we speak now: the reader's, else the site's (jobs and the command line have no reader)."""

from __future__ import annotations

from typing import Any

import babel.numbers
import ckan.plugins.toolkit as tk
import flask_babel
from ckan.lib.helpers import lang
from flask import has_request_context


def current() -> str:
    """A language tag such as ``fr``."""
    spoken = lang() if has_request_context() else None
    return spoken or tk.config["ckan.locale_default"]


def text(value: Any) -> str:
    """The text of a scheming label, which is a text or one by language."""
    if not isinstance(value, dict):
        return str(value)
    return value.get(current()) or value.get("en") or next(iter(value.values()), "")


def number(value: float) -> str:
    """A number as people write it, also where no request is answered: “12 345,5” in French, “12,345.5” in English."""
    return babel.numbers.format_decimal(value, locale=flask_babel.get_locale() or "en")
