"""High-value datasets: the regulation that applies to them, on the dataset and on each of its resources.

Commission Implementing Regulation (EU) 2023/138; DCAT-AP HVD 3.0.0 wants it on both.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

REGULATION = "http://data.europa.eu/eli/reg_impl/2023/138/oj"


def add_regulation(dataset: dict[str, Any], resources_here: list[dict[str, Any]] | None = None) -> None:
    """Add the regulation to a dataset with an HVD category and to its resources, in place, once.

    :param dataset: a dataset dict as it is written; where it has no ``resources`` (an update that leaves them alone),
    :param resources_here: those that the dataset has
    """
    if not _values(dataset.get("hvd_category")):
        return
    _add(dataset)
    here = resources_here or []
    if "resources" not in dataset and not all(map(_has, here)):
        dataset["resources"] = here
    if dataset.get("resources"):
        # Copies: CKAN compares with the dicts that it has read, and skips a resource that looks unchanged.
        dataset["resources"] = [dict(resource) for resource in dataset["resources"]]
        for resource in dataset["resources"]:
            _add(resource)


def _add(target: dict[str, Any]) -> None:
    if not _has(target):
        target["applicable_legislation"] = [*_values(target.get("applicable_legislation")), REGULATION]


def _has(target: Mapping[str, Any]) -> bool:
    return REGULATION in _values(target.get("applicable_legislation"))


def _values(value: Any) -> list[str]:
    if isinstance(value, str):
        try:
            value = json.loads(value) if value.lstrip().startswith("[") else value.replace("\n", ",").split(",")
        except (ValueError, RecursionError):
            value = [value]
    return [item.strip() for item in value if isinstance(item, str) and item.strip()] if isinstance(value, list) else []
