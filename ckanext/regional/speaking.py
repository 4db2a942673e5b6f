"""Speaking somebody's language where there is no request: in jobs and on the command line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.config.middleware import make_app
from ckan.lib.helpers import _get_auto_flask_context  # pyright: ignore[reportPrivateUsage]
from flask import current_app, has_request_context


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Let everything in the block be said in ``language``, addresses included.

    :param language: a code that the site offers, such as ``fr``
    """
    default = tk.config["ckan.locale_default"]
    environment = {"CKAN_LANG": language, "CKAN_LANG_IS_DEFAULT": language == default}
    with _application().test_request_context(environ_overrides=environment):
        yield


def _application() -> Any:
    if has_request_context():
        return current_app
    made = _get_auto_flask_context()
    return made.app if made is not None else make_app(tk.config)._wsgi_app  # pyright: ignore
