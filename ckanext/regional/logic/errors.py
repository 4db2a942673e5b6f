"""Our errors become CKAN's here, once."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

import ckan.plugins.toolkit as tk
from ckan import model

from ckanext.regional.exceptions import InvalidInput, NotAllowed, NotHere, ServerDown

P = ParamSpec("P")
R = TypeVar("R")


def with_toolkit_errors(action: Callable[P, R]) -> Callable[P, R]:
    """Let an action raise what CKAN's API and pages understand; whatever it began is rolled back."""

    @functools.wraps(action)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return action(*args, **kwargs)
        except InvalidInput as error:
            model.Session.rollback()
            raise tk.ValidationError(error.errors) from error
        except ServerDown as error:
            model.Session.rollback()
            raise tk.ValidationError({error.server.lower(): [str(error)]}) from error
        except NotAllowed as error:
            model.Session.rollback()
            raise tk.NotAuthorized(str(error)) from error
        except NotHere as error:
            model.Session.rollback()
            raise tk.ObjectNotFound(str(error)) from error

    return wrapped
