"""Why a link is not ok, in the reader's language."""

from __future__ import annotations

import ckan.plugins.toolkit as tk


def sentence(reason: str, status: int | None = None) -> str:
    """What a stored reason means.

    :param reason: a code of :mod:`ckanext.regional.links.verdict`, ``unchecked`` or ``kind``
    :param status: the HTTP status that came
    """
    text = _sentences().get(reason) or tk._("The request failed.")
    return text.format(status=status)


def _sentences() -> dict[str, str]:
    return {
        "unchecked": tk._("Nobody has looked yet."),
        "kind": tk._("Addresses of this kind are not checked."),
        "gone": tk._("The site answers that there is nothing at this address (HTTP {status})."),
        "forbidden": tk._("The site lets nobody in without an account (HTTP {status})."),
        "server": tk._("The site has a fault (HTTP {status})."),
        "status": tk._("The site does not hand it out (HTTP {status})."),
        "busy": tk._("The site asks for patience again and again (HTTP {status})."),
        "name": tk._("There is no site of this name."),
        "connection": tk._("Nothing answers there: the connection is refused."),
        "connect_timeout": tk._("Nothing answers there: no connection in time."),
        "timeout": tk._("The site does not answer in time."),
        "certificate": tk._("The site cannot prove who it is: its certificate is not valid."),
        "cut": tk._("The site breaks the connection off."),
        "redirects": tk._("The address redirects again and again."),
        "redirect_target": tk._("The address redirects to something that is no address of the web."),
        "address": tk._("The address leads into a private network, which this site does not enter."),
        "invalid": tk._("This is no address that can be asked."),
    }
