"""What pages do that show what actions answer: ask one for the reader, and tell its refusal."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk


def ask(action: str, data: dict[str, Any] | None = None) -> Any:
    """Call an action for the reader; what is not theirs or not there becomes CKAN's page for it."""
    try:
        return tk.get_action(action)({}, data or {})
    except tk.NotAuthorized as error:
        tk.abort(403, str(error.message or tk._("Not authorized")))
    except tk.ObjectNotFound as error:
        tk.abort(404, str(error.message or tk._("Not found")))


def check(action: str, data: dict[str, Any] | None = None) -> None:
    """Show CKAN's page for what is not the reader's."""
    try:
        tk.check_access(action, {"user": tk.current_user.name}, data)
    except tk.NotAuthorized as error:
        tk.abort(403, str(error.message or tk._("Not authorized")))


def may(action: str, data: dict[str, Any] | None = None) -> bool:
    """Whether a page shows the reader the way to do this."""
    try:
        return tk.check_access(action, {"user": tk.current_user.name}, data or {})
    except tk.NotAuthorized:
        return False


def sentence(errors: dict[str, Any]) -> str:
    """All that an action found wrong, in one line."""
    texts = [text for found in errors.values() for text in (found if isinstance(found, list) else [found])]
    return " ".join(map(str, texts))


def flash(error: tk.ValidationError) -> None:
    """Say above the next page what an action found wrong, a box for each field."""
    for field, texts in error.error_dict.items():
        tk.h.flash_error(sentence({field: texts}))
