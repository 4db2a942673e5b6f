"""Who may call each action of ours besides those about a dataset, which ``tests/curation/doors/matrix`` walks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from tests.access.world import ROLES, World
from tests.conftest import BRETAGNE

ALL = " ".join(ROLES)
LOGGED_IN = ALL.removeprefix("anonymous ")
#: Who administers the source's organisation, and beside them who answers for what comes from it.
ADMINS = "org_admin sysadmin"
READERS = f"editor {ADMINS}"
#: Who moderates what inhabitants of the region need.
MODERATORS = "steward sysadmin"


class Way(NamedTuple):
    """A call of an action: who may, with which data."""

    may: str
    data: Callable[[World], dict[str, Any]] = lambda _it: {}
    #: It comes out of order, so that who may is told so.
    late: bool = False


_NEED = {"title": "Connaître les vents", "text": "Pour aller en mer.", "territory": [BRETAGNE]}

#: ``action: ways``.
WAYS: dict[str, tuple[Way, ...]] = {
    "regional_territory_search": (Way(ALL, lambda _it: {"q": "Brest"}),),
    "regional_territory_show": (Way(ALL, lambda _it: {"code": BRETAGNE}),),
    "regional_observatory_show": (Way(ALL),),
    "regional_changes": (Way(ALL),),
    "regional_federation": (Way(ALL),),
    "regional_status": (Way(ALL),),
    # The review's lists, each with what concerns the reader.
    "regional_curation_queue": (Way(LOGGED_IN),),
    "regional_curation_decide_many": (
        Way(LOGGED_IN, lambda it: {"decision": "approve", "cases": [{"id": it.unsubmitted, "fingerprint": "x"}]}),
    ),
    "regional_notice_list": (Way(LOGGED_IN),),
    "regional_notice_read": (Way(LOGGED_IN),),
    "regional_notice_settings_show": (Way(LOGGED_IN),),
    "regional_notice_settings_update": (Way(LOGGED_IN, lambda _it: {"mail": False}),),
    "regional_steward_list": (Way(LOGGED_IN),),
    "regional_steward_create": (Way("sysadmin", lambda it: {"user": it.people.outsider, "territory": BRETAGNE}),),
    "regional_steward_delete": (Way("sysadmin", lambda it: {"id": it.appointment}),),
    "regional_resource_feed_revoke": (
        Way("steward", lambda it: {"resource_id": it.fed, "user": it.people.outsider}),
    ),
    # Sources.
    "regional_source_create": (
        Way(ADMINS, lambda it: {**it.source, "name": "autre"}),
        Way("sysadmin", lambda it: {**it.source, "name": "autre", "trust": "publish"}),
        Way("sysadmin", lambda it: {**it.source, "name": "autre", "token": "hush"}),
        Way("sysadmin", lambda it: {**it.source, "name": "autre", "organizations": {"mode": "mirror"}}),
    ),
    "regional_source_show": (Way(READERS, lambda _it: {"id": "voisin"}),),
    "regional_source_list": (Way(READERS),),
    "regional_source_patch": (
        Way(ADMINS, lambda _it: {"id": "voisin", "title": "Autre"}),
        Way("sysadmin", lambda _it: {"id": "voisin", "url": "https://example.org"}),
    ),
    "regional_source_preview": (
        Way(ADMINS, lambda it: {key: value for key, value in it.source.items() if key != "name"}),
        Way(ADMINS, lambda _it: {"id": "voisin"}),
    ),
    "regional_source_delete": (
        Way(ADMINS, lambda _it: {"id": "voisin", "datasets": "keep"}, late=True),
    ),
    "regional_harvest_run": (Way(ADMINS, lambda _it: {"source": "voisin"}),),
    "regional_run_show": (Way(READERS, lambda it: {"id": it.run}),),
    "regional_run_list": (Way(READERS, lambda _it: {"source": "voisin"}), Way(READERS)),
    "regional_run_abort": (Way(ADMINS, lambda it: {"id": it.queued}),),
    "regional_run_confirm": (Way(ADMINS, lambda it: {"id": it.run}, late=True),),
    "regional_run_resume": (Way(ADMINS, lambda it: {"id": it.run}, late=True),),
    "regional_record_list": (Way(READERS, lambda _it: {"source": "voisin"}),),
    "regional_record_show": (Way(ADMINS, lambda it: {"id": it.record}),),
    "regional_record_resolve": (
        Way(ADMINS, lambda it: {"id": it.record, "decision": "detach", "fingerprint": it.conflict}),
    ),
    "regional_record_resolve_many": (
        Way(ADMINS, lambda _it: {"decision": "detach", "records": [{"id": "x", "fingerprint": "x"}]}),
    ),
    # Needs.
    # Somebody without an account is asked for an address, and then for a click.
    "regional_need_create": (Way(ALL, lambda _it: {**_NEED, "email": "habitant@example.org"}),),
    "regional_need_show": (
        Way(ALL, lambda it: {"id": it.number}), Way(f"outsider {MODERATORS}", lambda it: {"id": it.waiting}),
    ),
    "regional_need_list": (Way(ALL), Way(f"elsewhere {MODERATORS}", lambda _it: {"visibility": "waiting"})),
    "regional_need_similar": (Way(ALL, lambda _it: {"title": "marées"}),),
    "regional_need_support": (Way(ALL, lambda it: {"id": it.number, "email": "habitant@example.org"}),),
    "regional_need_confirm": (Way(ALL, lambda it: {"token": it.link}),),
    "regional_need_stop": (Way(ALL, lambda it: {"token": it.stop}),),
    "regional_need_update": (Way(MODERATORS, lambda it: {"id": it.waiting, "state": "new"}),),
    "regional_need_reject": (Way(MODERATORS, lambda it: {"id": it.waiting, "reason": "Non."}),),
    "regional_need_merge": (Way(MODERATORS, lambda it: {"id": it.waiting, "into": it.number}),),
}  # fmt: skip
