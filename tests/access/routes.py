"""Who may open each page of ours and send its forms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from tests.access.actions import ADMINS, ALL, LOGGED_IN, MODERATORS, READERS
from tests.access.world import World
from tests.conftest import BRETAGNE

#: Whom a hidden dataset concerns, and who edits it.
EDITORS = "editor org_admin steward sysadmin"
CONCERNED = f"member {EDITORS}"
ADMINISTRATORS = f"steward {ADMINS}"


class Page(NamedTuple):
    """A request: who may make it."""

    may: str
    path: str
    #: Of a form.
    data: Callable[[World], dict[str, Any]] | None = None
    #: The form comes out of order, so that who may is told so.
    late: bool = False


def _empty(_it: World) -> dict[str, Any]:
    return {}


#: ``endpoint: requests``; ``{…}`` in a path stands for what the world knows.
PAGES: dict[str, tuple[Page, ...]] = {
    "regional.territory_autocomplete": (Page(ALL, "/regional/territory/autocomplete?q=brest"),),
    "regional_form.steward": (Page(EDITORS, "/regional/form/steward?organisation=region-bretagne&q=e"),),
    "regional_form.of_organisation": (Page(EDITORS, "/regional/form/defaults?organisation=region-bretagne"),),
    "regional_scdl.catalogue": (Page(ALL, "/catalogue-scdl.csv"),),
    "regional_vocabulary.read": (Page(ALL, "/regional/vocabulary/sector.json"),),
    "regional_territory.index": (Page(ALL, "/territoire"),),
    "regional_territory.read": (Page(ALL, f"/territoire/{BRETAGNE}"),),
    "regional_sector.index": (Page(ALL, "/secteur"),),
    "regional_sector.read": (Page(ALL, "/secteur/tourist"),),
    # The review.
    "regional_curation.queue": (Page(LOGGED_IN, "/regional/queue"),),
    "regional_curation.case": (
        Page(CONCERNED, "/regional/case/{submitted}"),
        Page(
            "steward", "/regional/case/{submitted}",
            lambda it: {"decision": "approve", "fingerprint": it.fingerprint},
        ),
    ),
    "regional_curation.waive": (
        Page(
            "steward", "/regional/case/{submitted}/waive", late=True,
            data=lambda it: {"code": "format.encoding", "fingerprint": it.fingerprint, "comment": "Lu."},
        ),
    ),
    "regional_curation.submit": (
        Page(CONCERNED, "/regional/dataset/{unsubmitted}/submit"),
        Page(EDITORS, "/regional/dataset/{unsubmitted}/submit", _empty),
    ),
    "regional_curation.mine": (Page(LOGGED_IN, "/regional/mine"),),
    "regional_curation.appointments": (
        Page(LOGGED_IN, "/regional/stewards"),
        Page("sysadmin", "/regional/stewards", lambda it: {"user": it.people.outsider, "role": "steward"}),
    ),
    "regional_curation.dismiss": (Page("sysadmin", "/regional/stewards/{appointment}/remove", _empty),),
    # Each case is decided on its own: of those that are not theirs nobody decides any.
    "regional_curation.together": (
        Page(LOGGED_IN, "/regional/queue/together?id={submitted}"),
        Page("steward", "/regional/queue/together", lambda it: {"decision": "claim", "id": it.submitted}),
    ),
    "regional_curation.propose": (Page(EDITORS, "/regional/dataset/{published}/propose", _empty),),
    "regional_curation.discard": (Page(EDITORS, "/regional/dataset/{copied}/discard", _empty),),
    "regional_curation.remove": (
        Page(ADMINISTRATORS, "/regional/dataset/{published}/remove?how=retire"),
        Page(
            ADMINISTRATORS, "/regional/dataset/{published}/remove", lambda _it: {"how": "suspend", "comment": "Fuite."}
        ),
    ),
    "regional_notices.index": (
        Page(LOGGED_IN, "/regional/notices"), Page(LOGGED_IN, "/regional/notices", lambda _it: {"language": "fr"}),
    ),
    # Sources.
    "regional_harvest.source_list": (Page(READERS, "/regional/sources"),),
    "regional_harvest.source_new": (
        Page(ADMINS, "/regional/sources/new"),
        Page(ADMINS, "/regional/sources/new", lambda it: {"name": "autre", "owner_org": it.people.organization}),
    ),
    "regional_harvest.source_edit": (
        Page(ADMINS, "/regional/sources/voisin/edit"), Page("sysadmin", "/regional/sources/voisin/edit", _empty),
    ),
    "regional_harvest.source_next_time": (Page(ADMINS, "/regional/sources/next-time"),),
    "regional_harvest.source_show": (Page(READERS, "/regional/sources/voisin"),),
    "regional_harvest.source_records": (Page(READERS, "/regional/sources/voisin/records.csv"),),
    "regional_harvest.source_run": (Page(ADMINS, "/regional/sources/voisin/run", _empty),),
    "regional_harvest.source_delete": (
        Page(ADMINS, "/regional/sources/voisin/delete"), Page(ADMINS, "/regional/sources/voisin/delete", _empty),
    ),
    "regional_harvest.run_show": (Page(READERS, "/regional/runs/{run}"),),
    "regional_harvest.run_records": (Page(READERS, "/regional/runs/{run}/records.csv"),),
    "regional_harvest.run_decide": (
        Page(ADMINS, "/regional/runs/{queued}/abort", _empty), Page(ADMINS, "/regional/runs/{run}/confirm", _empty),
        Page(ADMINS, "/regional/runs/{run}/resume", _empty),
    ),
    "regional_conflicts.record": (
        Page(ADMINS, "/regional/records/{record}"),
        Page(
            ADMINS, "/regional/records/{record}", lambda it: {"decision": "take_remote", "fingerprint": it.conflict}
        ),
    ),
    "regional_conflicts.listed": (
        Page(ADMINS, "/regional/sources/voisin/conflicts"),
        Page(
            ADMINS, "/regional/sources/voisin/conflicts",
            lambda it: {"decision": "detach", "record": f"{it.record} {it.conflict}"},
        ),
    ),
    "regional_neighbours.index": (Page(ALL, "/interconnexion"),),
    # Needs.
    "regional_needs.index": (Page(ALL, "/besoin"),),
    "regional_needs.new": (Page(ALL, "/besoin/nouveau"), Page(ALL, "/besoin/nouveau", _empty, late=True)),
    "regional_needs.thanks": (Page(ALL, "/besoin/merci"),),
    "regional_needs.similar": (Page(ALL, "/besoin/semblables?title=marées"),),
    "regional_needs.read": (Page(ALL, "/besoin/{number}"), Page(f"outsider {MODERATORS}", "/besoin/{waiting}")),
    "regional_needs.support": (
        Page(ALL, "/besoin/{number}/soutien", lambda _it: {"email": "habitant@example.org"}),
    ),
    "regional_needs.confirm": (Page(ALL, "/besoin/confirmer/{link}"), Page(ALL, "/besoin/confirmer/{link}", _empty)),
    "regional_needs.send_again": (Page(ALL, "/besoin/confirmer/nothing/encore", _empty),),
    "regional_needs.stop": (Page(ALL, "/besoin/stop/{stop}"), Page(ALL, "/besoin/stop/{stop}", _empty)),
    "regional_needs.feed": (Page(ALL, "/besoin.atom"),),
    "regional_needs.as_csv": (Page(ALL, "/besoin.csv"),),
    "regional_needs.waiting": (Page(f"elsewhere {MODERATORS}", "/regional/needs"),),
    "regional_needs.decide": (
        Page(MODERATORS, "/besoin/{waiting}/decision", lambda _it: {"form": "state", "state": "new"}),
    ),
    "regional_observatory.index": (Page(ALL, "/observatoire"),),
    "regional_observatory.as_csv": (Page(ALL, "/observatoire.csv"),),
    "regional_observatory.listed": (Page(ALL, "/observatoire/liste?of=views"),),
}  # fmt: skip
