"""Days and times as people say them, in the reader's language and on the reader's clock."""

from __future__ import annotations

import datetime

import babel
import babel.dates
import ckan.plugins.toolkit as tk
import flask_babel


def day(when: str | None, short: bool = False) -> str:
    """A day without a year where it is this one: “18 November”; French short months end with a stop of their own.

    :param short: “18 Nov”, where no sentence ends with it
    """
    if not when:
        return ""
    at = local(when)
    this_year = at.year == today().year
    if short or this_year:
        said = babel.dates.format_skeleton(
            ("" if this_year else "y") + ("MMMd" if short else "MMMMd"), at, locale=_locale()
        )
    else:
        # With a year, CLDR has a skeleton for short months only.
        said = babel.dates.format_date(at, "long", locale=_locale())
    return first_of_month(said, at, _locale())


def moment(when: str | None) -> str:
    """A day and the time of day: “18 Nov, 16:40”."""
    if not when:
        return ""
    time = babel.dates.format_time(local(when), "short", tzinfo=flask_babel.get_timezone(), locale=_locale())
    return tk._("{day}, {time}").format(day=day(when, short=True), time=time)


def first_of_month(said: str, on: datetime.date, locale: babel.Locale | str) -> str:
    """A date in words; where CLDR writes “1 janvier”, French says “1er janvier”."""
    return said.replace("1", "1er", 1) if on.day == 1 and str(locale).startswith("fr") else said


def local(when: str) -> datetime.datetime:
    """A time in ISO 8601 on the reader's clock; one without a zone is in UTC, as CKAN stores it."""
    at = datetime.datetime.fromisoformat(when)
    if at.tzinfo is None:
        at = at.replace(tzinfo=datetime.UTC)
    return at.astimezone(flask_babel.get_timezone())


def today() -> datetime.date:
    """The day that it is for the reader."""
    return datetime.datetime.now(flask_babel.get_timezone()).date()


def _locale() -> babel.Locale:
    return flask_babel.get_locale() or babel.Locale("en")
