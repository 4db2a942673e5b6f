"""The scores of this site's datasets: what the pure functions of :mod:`ckanext.regional.score` ask of the database.

Scores are computed when somebody looks. What Solr has of them, for sorting and counting, is from the last time that
the dataset was indexed (:func:`index_fields`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan import plugins as p
from ckan.lib.search import commit, rebuild

from ckanext.regional import links, score, solr
from ckanext.regional.database import now
from ckanext.regional.interfaces import IRegional
from ckanext.regional.score import Links, Scores, Situation, reading

Dataset = Mapping[str, Any]


#: Made once: every index of a dataset asks it. Users named, with those of some organisations that they belong to.
_STEWARDS = (
    sa.select(model.User.name, model.User.sysadmin, model.Member.group_id)
    .outerjoin(
        model.Member,
        sa.and_(
            model.Member.table_id == model.User.id,
            model.Member.table_name == "user",
            model.Member.state == "active",
            model.Member.group_id.in_(sa.bindparam("owners", expanding=True)),
        ),
    )
    .where(model.User.name.in_(sa.bindparam("names", expanding=True)), model.User.state == "active")
)


def of_dataset(dataset: Dataset) -> Scores:
    """Score a dataset as it is now.

    :param dataset: as ``package_show`` gives it to who may see the steward
    """
    (found,) = of_many([dataset])
    return found


def of_many(datasets: Sequence[Dataset]) -> list[Scores]:
    """Score datasets, with three queries however many they are."""
    if not datasets:
        return []
    asked = {address for dataset in datasets for address in score.addresses(dataset)}
    known: Links = {address: result.ok for address, result in links.results(asked).items()}
    ids = [str(dataset.get("id") or "") for dataset in datasets]
    active, reviewed, answering = _active_stewards(datasets), _reviewed(ids), _answering(ids)
    moment = now()
    return [
        score.scores(dataset, known, Situation(_steward(dataset) in active, id_ in reviewed, id_ in answering), moment)
        for id_, dataset in zip(ids, datasets, strict=True)
    ]


def index_fields(document: Mapping[str, Any]) -> dict[str, str]:
    """Give what Solr keeps of a dataset's scores.

    :param document: as CKAN hands it to ``before_dataset_index``
    """
    try:
        dataset = json.loads(document.get("validated_data_dict") or "")
    except ValueError:
        return {}
    return score.indexed(of_dataset(dataset)) if isinstance(dataset, dict) else {}


def refresh(found: Mapping[str, Scores]) -> int:
    """Index those datasets again whose scores are others in Solr, as lateness and links change without an edit.

    :param found: scores by id
    :returns: how many that were
    """
    if not found:
        return 0
    fields = ["id", *solr.as_functions(score.INDEX_FIELDS.values())]
    in_solr = {one.pop("id"): one for one in solr.ask(solr.one_of(found), rows=len(found), fl=",".join(fields))}
    behind = [id_ for id_, one in found.items() if not _is_in(in_solr.get(id_, {}), score.indexed(one))]
    if behind:
        rebuild(package_ids=behind, quiet=True)
        commit()
    return len(behind)


def _is_in(kept: Mapping[str, Any], wanted: Mapping[str, str]) -> bool:
    return all(kept.get(field) == wanted[field] for field in score.INDEX_FIELDS.values())


def _steward(dataset: Dataset) -> tuple[str, str]:
    return reading.text(dataset, "steward"), reading.text(dataset, "owner_org")


def _active_stewards(datasets: Iterable[Dataset]) -> set[tuple[str, str]]:
    """Of the stewards named, with the organisation, those who are active and belong to it, or administer the site."""
    pairs = {pair for pair in map(_steward, datasets) if pair[0]}
    if not pairs:
        return set()
    owners = {owner for _name, owner in pairs}
    names = {name for name, _owner in pairs}
    rows = model.Session.execute(_STEWARDS, {"names": list(names), "owners": list(owners)}).tuples()
    found = {(name, owner) for name, sysadmin, group in rows for owner in (owners if sysadmin else [group]) if owner}
    return found & pairs


def _reviewed(ids: Sequence[str]) -> set[str]:
    return {one for plugin in p.PluginImplementations(IRegional) for one in plugin.reviewed(ids)}


def _answering(ids: Sequence[str]) -> set[str]:
    return {one for plugin in p.PluginImplementations(IRegional) for one in plugin.answering_needs(ids)}
