"""What an action is about, found by its id or name."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan import model

from ckanext.regional.exceptions import NotHere


def package_of(name_or_id: str) -> model.Package:
    """Find a dataset.

    :raises NotHere: when there is none
    """
    package = model.Package.get(name_or_id)
    if package is None:
        raise NotHere(tk._("There is no dataset “{id}”.").format(id=name_or_id))
    return package
