"""Actions on a record that was edited here while its origin went on."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import Context
from sqlalchemy.exc import SQLAlchemyError

from ckanext.regional import actor, logs
from ckanext.regional.exceptions import InvalidInput, RegionalError
from ckanext.regional.harvest import dictize
from ckanext.regional.harvest.conflicts import reading, resolving
from ckanext.regional.harvest.logic import schema
from ckanext.regional.logic.errors import with_toolkit_errors
from ckanext.regional.logic.text import is_storable

__all__ = ["MOST", "regional_record_resolve", "regional_record_resolve_many", "regional_record_show"]

log = logs.get_logger(__name__)

#: Records at once: each is a write, and the answer comes while somebody waits.
MOST = 100


@tk.side_effect_free
@tk.validate_action_data(schema.reference)
@with_toolkit_errors
def regional_record_show(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Show a record, and if it is in conflict, what stands against what.

    :param id: the record's id
    :returns: as in ``regional_record_list``, with ``source`` (its name), ``detached`` and ``conflict``: None or
        ``{fingerprint, whole, fields: [{field, label, base, local, remote, ours: [change], theirs: [change]}], kept,
        taken}``; ``whole`` is a sentence where the dataset is deleted, purged or hidden here, ``kept`` and ``taken``
        are labels of the fields that only one side changed
    """
    tk.check_access("regional_record_show", context, data_dict)
    return reading.shown(resolving.get(data_dict["id"]))


@tk.validate_action_data(schema.record_resolve)
@with_toolkit_errors
def regional_record_resolve(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Decide about a conflict.

    :param id: the record's id
    :param decision: ``keep_local`` or ``take_remote``, for the fields that both sides changed; ``detach`` makes the
        dataset this site's own: its origin stays known, and no source touches it again
    :param fields: ``{field: local|remote}``, where the decision about a field is another one
    :param fingerprint: as ``regional_record_show`` gave it; with it, nothing is done if something has changed since
    :returns: the record
    :raises ValidationError: ``state`` when there is nothing to decide, ``fingerprint`` when something has changed,
        ``fields`` for a field that is in no conflict, ``decision`` when this site's rules refuse the outcome
    """
    tk.check_access("regional_record_resolve", context, data_dict)
    record = resolving.resolve(
        data_dict["id"], data_dict["decision"], _who(context), _fields(data_dict.get("fields")),
        data_dict.get("fingerprint"),
    )  # fmt: skip
    return dictize.record(record)


@tk.validate_action_data(schema.record_resolve_many)
@with_toolkit_errors
def regional_record_resolve_many(context: Context, data_dict: dict[str, Any]) -> list[dict[str, Any]]:
    """Decide about several conflicts in the same way. Each is decided on its own; one that fails costs no other.

    :param decision: ``keep_local``, ``take_remote`` or ``detach``
    :param records: ``[{"id", "fingerprint"}]``, 100 at most; without ``fingerprint`` as they stand
    :returns: ``[{"id", "done", "state", "errors"}]`` in the order asked for; ``errors`` are by field as the single
        action would give them
    """
    tk.check_access("regional_record_resolve_many", context, data_dict)
    wanted, who = _records(data_dict["records"]), _who(context)
    return [_resolved(context, data_dict["decision"], who, one) for one in wanted]


def _who(context: Context) -> str:
    user = actor.of(context)
    return user.name if user is not None else tk._("the command line")


def _fields(given: Any) -> dict[str, Any]:
    for field, side in (given or {}).items():
        if side not in ("local", "remote"):
            text = tk._("{field}: “{side}” is neither local nor remote.").format(field=field, side=side)
            raise InvalidInput({"fields": [text]})
    return given or {}


def _records(given: Any) -> list[dict[str, Any]]:
    """Check the shape of the whole list before anything is decided."""
    if not isinstance(given, list) or not given:
        raise InvalidInput({"records": [tk._("Give a list of {id, fingerprint}.")]})
    if len(given) > MOST:
        text = tk._("Give {most} records at most; these are {count}.").format(most=MOST, count=len(given))
        raise InvalidInput({"records": [text]})
    for one in given:
        texts = [one.get("id"), one.get("fingerprint") or ""] if isinstance(one, dict) else [None]
        if not all(isinstance(text, str) and is_storable(text) for text in texts) or not texts[0]:
            raise InvalidInput({"records": [tk._("Give a list of {id, fingerprint}.")]})
    return given


def _resolved(context: Context, decision: Any, who: str, one: dict[str, Any]) -> dict[str, Any]:
    result: dict[str, Any] = {"id": one["id"], "done": False, "state": None, "errors": {}}
    try:
        tk.check_access("regional_record_resolve", tk.fresh_context(context), {"id": one["id"]})
        record = resolving.resolve(one["id"], decision, who, fingerprint=one.get("fingerprint"))
        result |= {"state": record.state, "done": True}
    except (InvalidInput, tk.ValidationError) as error:
        result["errors"] = error.errors if isinstance(error, InvalidInput) else error.error_dict
    except RegionalError as error:
        result["errors"] = {"id": [str(error)]}
    except tk.NotAuthorized:
        result["errors"] = {"id": [tk._("There is no such record, or it is none of yours.")]}
    except SQLAlchemyError:
        log.exception("The decision about a record could not be written", ids={"record": one["id"]})
        result["errors"] = {"id": [tk._("It could not be written; nothing was decided. Try again.")]}
    if not result["done"]:
        model.Session.rollback()
    return result
