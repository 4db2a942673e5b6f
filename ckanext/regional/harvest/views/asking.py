"""What all pages of sources and runs do: ask an action, tell its refusal, lead to the pages before and after."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk

#: Rows of one page.
ROWS = 20


def ask(action: str, data: dict[str, Any] | None = None) -> Any:
    """Call an action for the reader; what is not theirs or not there becomes CKAN's page for it."""
    try:
        return tk.get_action(action)({}, data or {})
    except tk.NotAuthorized as error:
        tk.abort(403, str(error.message or tk._("Not authorized")))
    except tk.ObjectNotFound as error:
        tk.abort(404, str(error.message or tk._("Not found")))


def check(action: str) -> None:
    try:
        tk.check_access(action, {"user": tk.current_user.name})
    except tk.NotAuthorized as error:
        tk.abort(403, str(error.message or tk._("Not authorized")))


def pager(count: int, page: int, endpoint: str, **parameters: Any) -> dict[str, Any]:
    """Addresses of the pages before and after."""
    kept = {key: value for key, value in parameters.items() if value}
    return {
        "count": count,
        "page": page,
        "pages": max(1, -(-count // ROWS)),
        "before": tk.url_for(endpoint, page=page - 1, **kept) if page > 1 else None,
        "after": tk.url_for(endpoint, page=page + 1, **kept) if page * ROWS < count else None,
    }


def flash(error: tk.ValidationError) -> None:
    for texts in error.error_dict.values():
        tk.h.flash_error(" ".join(map(str, texts)) if isinstance(texts, list) else str(texts))
