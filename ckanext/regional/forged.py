"""Forms that were not sent from a page of ours.

CKAN 2.12 takes a view out of its own check, for as long as the process lives, as soon as one request without a session
has come to it (``ckan_before_request``); from then on a page elsewhere could send that view's forms for whoever is
logged in. So our views check by themselves.
"""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from flask import Blueprint, request
from flask_wtf.csrf import validate_csrf
from wtforms import ValidationError


def guard(blueprint: Blueprint) -> None:
    """Have every form of a blueprint checked."""
    blueprint.before_request(refuse)


def refuse() -> None:
    """Refuse a form that did not come from one of our pages.

    A request with an API token is none that a browser sends by itself, and needs no other proof.
    """
    if request.method != "POST" or not tk.config["WTF_CSRF_ENABLED"]:
        return
    if request.headers.get(tk.config["apitoken_header_name"]):
        return
    token = request.form.get(tk.config["WTF_CSRF_FIELD_NAME"]) or request.headers.get("X-CSRFToken")
    try:
        validate_csrf(token)
    except ValidationError:
        tk.abort(400, tk._("This form is too old, or came from elsewhere. Open its page again and send it once more."))
