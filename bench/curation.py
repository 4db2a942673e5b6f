"""What a review costs those who read: search, show, the dataset page and ``package_create``, against plain CKAN.

Two sites on one stack, in one run, in turn: one with ``regional`` and ``regional_curation``, the other with
ckanext-scheming alone and a schema of the same fields (see :mod:`bench.metadata`), each with CKAN's ``activity``. Both
hold the same published datasets, every field filled; ours have gone through the review. Goals (issue 5): at most 1.10 ×
to read, 1.25 × to create.

    python3 -m dev up bench
    .dev/venv/bin/python -m bench.curation [--rounds 150] [--stack bench]
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bench import arguments
from bench.metadata import beside_plain, dataset
from bench.side_by_side import EDITOR, Process, Samples, ask_each, report

READ, CREATE = 1.10, 1.25
#: Published datasets on each site; a page of the search shows twenty.
PUBLISHED = 60
_STEWARD = "steward"
_WARM_UP = 8


def main() -> None:
    """Print medians and ratios."""
    parser = arguments.parser(__doc__)
    parser.add_argument("--rounds", type=int, default=150)
    options = parser.parse_args()
    stack = arguments.running_stack(options)
    plugins, both = "regional regional_curation", "scheming_datasets activity"
    with beside_plain(stack, "bench-curation", plugins, both) as (theirs, ours):
        fill(theirs, ours)
        samples = measure({"plain": theirs, "reviewed": ours}, options.rounds)
    goals = {label: CREATE if label == "package_create" else READ for label in samples}
    report(samples, goals, peer="plain", ours="reviewed")


def fill(theirs: Process, ours: Process) -> None:
    """Publish the same datasets on both sites: on ours by the review, with a steward of its own."""
    ours.person(_STEWARD)
    ours.do("regional_steward_create", {"user": _STEWARD})
    for number in range(PUBLISHED):
        given = dataset(number)
        theirs.call("package_create", given, user=EDITOR)
        ours.call("package_create", given, user=EDITOR)
        name = {"id": given["name"]}
        submitted = ours.call("regional_curation_submit", name, user=EDITOR)["result"]
        decision = name | {"fingerprint": submitted["fingerprint"]}
        approved = ours.call("regional_curation_approve", decision, user=_STEWARD)["result"]
        if approved["status"] != "published":
            raise SystemExit(f"{given['name']} was not published: {approved}")


def measure(sites: Mapping[str, Process], rounds: int) -> Samples:
    """Ask each site in turn, as a visitor and as somebody who edits."""
    samples: Samples = {}
    for number in range(-_WARM_UP, rounds):
        ask_each(sites, _tasks(number), number, samples)
    return samples


def _tasks(number: int) -> dict[str, dict[str, Any]]:
    name = f"menus-{number % PUBLISHED}"
    search = {"q": "cantines", "rows": 20, "facet.field": ["organization", "tags", "res_format", "license_id"]}
    tasks: dict[str, dict[str, Any]] = {
        "package_search": {"action": "package_search", "data": search},
        "package_show": {"action": "package_show", "data": {"id": name}},
        "dataset page": {"page": f"/dataset/{name}"},
    }
    tasks |= {f"{label}, editor": task | {"user": EDITOR} for label, task in tasks.items()}
    created = {"action": "package_create", "data": dataset(PUBLISHED + _WARM_UP + number), "user": EDITOR}
    return tasks | {"package_create": created}


if __name__ == "__main__":
    main()
