"""The action that decides about several cases, each on its own: one that fails costs no other."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import Context
from sqlalchemy.exc import SQLAlchemyError

from ckanext.regional import actor, logs
from ckanext.regional.curation import service
from ckanext.regional.curation.logic import schema, writing
from ckanext.regional.curation.states import DECISIONS
from ckanext.regional.exceptions import InvalidInput, NotAllowed, RegionalError
from ckanext.regional.logic.errors import with_toolkit_errors
from ckanext.regional.logic.text import is_storable

__all__ = ["regional_curation_decide_many"]

log = logs.get_logger(__name__)

#: What can be done to several: each decision, and taking them on, which binds nobody and needs no fingerprint.
TOGETHER = (*DECISIONS, "claim")
#: Decisions at once: a person has looked at each, and the answer comes while they wait.
MOST = 100


@tk.validate_action_data(schema.decide_many)
@with_toolkit_errors
def regional_curation_decide_many(context: Context, data_dict: dict[str, Any]) -> list[dict[str, Any]]:
    """Decide about several datasets in the same way. Each is decided on its own; one that fails costs no other.

    :param decision: ``approve``, ``request_changes`` or ``reject``; or ``claim``, to take them on
    :param cases: ``[{"id", "fingerprint"}]``, 100 at most: id or name of each dataset, and what you saw of it
    :param comment: one message to every author (needed to send back or to reject)
    :returns: ``[{"id", "done", "state", "errors"}]`` in the order asked for; ``state`` is the case's new one,
        ``errors`` are by field as the single action would give them
    """
    tk.check_access("regional_curation_decide_many", context, data_dict)
    user = actor.of(context)
    if user is None:
        raise tk.NotAuthorized(tk._("Log in first."))
    decision, cases = data_dict["decision"], _cases(data_dict["cases"])
    if decision not in TOGETHER:
        raise InvalidInput({"decision": [f"“{decision}”: {', '.join(TOGETHER)}"]})
    writing.spend(user, data_dict.get("comment"))
    user_name = user.name
    return [_decided(context, user_name, decision, case, data_dict.get("comment")) for case in cases]


def _cases(given: Any) -> list[dict[str, str]]:
    """Check the shape of the whole list before anything is decided."""
    if not isinstance(given, list) or not given:
        raise InvalidInput({"cases": [tk._("Give a list of {id, fingerprint}.")]})
    if len(given) > MOST:
        text = tk._("Give {most} cases at most; these are {count}.").format(most=MOST, count=len(given))
        raise InvalidInput({"cases": [text]})
    for case in given:
        texts = [case.get("id"), case.get("fingerprint", "")] if isinstance(case, dict) else [None]
        if not all(isinstance(text, str) and is_storable(text) for text in texts) or not texts[0]:
            raise InvalidInput({"cases": [tk._("Give a list of {id, fingerprint}.")]})
    return given


def _decided(
    context: Context, user_name: str, decision: str, case: dict[str, str], comment: str | None
) -> dict[str, Any]:
    result: dict[str, Any] = {"id": case["id"], "done": False, "state": None, "errors": {}}
    # The decision before has ended its transaction, and with it what was read.
    user, package = model.User.get(user_name), model.Package.get(case["id"])
    try:
        if user is None or package is None:
            raise NotAllowed(_nothing())
        tk.check_access(f"regional_curation_{decision}", tk.fresh_context(context), {"id": package.id})
        step = service.Step(decision, user, package.id, fingerprint=case.get("fingerprint"), comment=comment)
        result |= {"state": service.take(step).state, "done": True}
    except InvalidInput as error:
        result["errors"] = error.errors
    except RegionalError as error:
        result["errors"] = {"id": [str(error)]}
    except tk.NotAuthorized:
        # As for one that does not exist: what is hidden is not told of.
        result["errors"] = {"id": [_nothing()]}
    except SQLAlchemyError:
        log.exception("The decision could not be written", ids={"case": case["id"]})
        result["errors"] = {"id": [tk._("It could not be written; nothing was decided. Try again.")]}
    if not result["done"]:
        model.Session.rollback()
    return result


def _nothing() -> str:
    return tk._("There is no such dataset, or it is none of yours to review.")
