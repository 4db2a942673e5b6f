"""A CKAN plugin of a house that had it before ours: public datasets that only its own people may read."""

from __future__ import annotations

from typing import Any

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan import model
from ckan.lib.plugins import DefaultPermissionLabels

#: In the index of what is for the house's people, and among the labels of each of them.
STAFF = "house-staff"


class HousePlugin(DefaultPermissionLabels, p.SingletonPlugin):
    """A dataset whose ``audience`` is ``staff`` is for the members of any organisation."""

    p.implements(p.IPermissionLabels)

    def get_dataset_labels(self, dataset_obj: model.Package) -> list[str]:
        labels = super().get_dataset_labels(dataset_obj)
        if dataset_obj.extras.get("audience") != "staff":
            return labels
        return [STAFF if label == "public" else label for label in labels]

    def get_user_dataset_labels(self, user_obj: model.User | None) -> list[str]:
        labels = super().get_user_dataset_labels(user_obj)  # pyright: ignore[reportArgumentType]
        if not user_obj or user_obj.is_anonymous:
            return labels
        context: Any = {"user": user_obj.id}
        belongs = tk.get_action("organization_list_for_user")(context, {"permission": "read"})
        return [*labels, STAFF] if belongs else labels
