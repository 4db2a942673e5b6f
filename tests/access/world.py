"""A site with one of everything that an action or a page of ours can be asked about, in the test's own process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ckan import model

from ckanext.regional.needs.asking import links
from ckanext.regional.needs.asking import people as without_account
from tests.conftest import BRETAGNE, People, act, complete, fingerprint
from tests.curation.conftest import CSV, upload
from tests.harvest.local import DEFAULTS
from tests.harvest.pretending import Pretended, Story

#: Everybody who can ask. ``steward`` edits in the organisation, too; ``editor`` answers for what the source brings.
ROLES = ("anonymous", "outsider", "member", "editor", "org_admin", "steward", "elsewhere", "sysadmin")


@dataclass(frozen=True)
class World:
    """Names and ids of what there is."""

    people: People
    neighbour: str
    source: dict[str, Any]
    unsubmitted: str
    submitted: str
    fingerprint: str
    published: str
    copied: str
    fed: str
    appointment: str
    need: str
    number: str
    waiting: str
    link: str
    stop: str
    run: str
    queued: str
    record: str
    conflict: str

    def users(self) -> dict[str, str | None]:
        """User names by role."""
        people = self.people
        return {
            "anonymous": None, "outsider": people.outsider, "member": people.member, "editor": people.editor,
            "org_admin": people.org_admin, "steward": people.steward, "elsewhere": people.steward_elsewhere,
            "sysadmin": people.sysadmin,
        }  # fmt: skip


def build(people: People, neighbour: Pretended) -> World:
    """Make it."""
    source = {
        "name": "voisin", "url": neighbour.url, "owner_org": people.organization, "territory": BRETAGNE,
        "defaults": {**DEFAULTS, "steward": people.editor},
    }  # fmt: skip
    act("regional_source_create", people.sysadmin, **source, trust="publish")
    story = Story(people, neighbour)
    run = act("regional_run_list", people.sysadmin, source="voisin")["results"][0]["id"]
    story.here(title="Les ports d'ici")
    story.there(title="Les ports de là-bas")
    queued = act("regional_harvest_run", people.sysadmin, source="voisin")["id"]

    for name in ("brouillon", "phares", "quais", "marees"):
        act("package_create", people.editor, **complete(people, name=name, resources=[]))
    fed = act("resource_create", people.editor, package_id="quais", name="Quais", upload=upload(CSV))["id"]
    for name in ("quais", "marees"):
        seen = act("regional_curation_submit", people.editor, id=name)["fingerprint"]
        act("regional_curation_approve", people.steward, id=name, fingerprint=seen)
    act("regional_revision_create", people.editor, id="marees")
    act("regional_resource_feed_allow", people.steward, resource_id=fed, user=people.outsider)
    act("regional_curation_submit", people.editor, id="phares")
    appointment = act("regional_steward_list", people.sysadmin, user=people.steward)[0]["id"]

    said = {"text": "Pour aller en mer.", "territory": [BRETAGNE], "sector": ["tourist"]}
    need = act("regional_need_create", people.outsider, title="Connaître les marées", **said)
    act("regional_need_update", people.steward, id=need["id"], state="new")
    waiting = act("regional_need_create", people.outsider, title="Savoir où mouiller", **said)
    link, stop = _links(waiting["id"])
    return World(
        people=people, neighbour=neighbour.url, source=source, unsubmitted="brouillon", submitted="phares",
        fingerprint=fingerprint(people, {"id": "phares"}), published="quais", copied="marees", fed=fed,
        appointment=appointment, need=need["id"], number=str(need["number"]), waiting=str(waiting["number"]), link=link,
        stop=stop, run=run, queued=queued, record=story.record.id, conflict=story.conflict["fingerprint"],
    )  # fmt: skip


def _links(need: str) -> tuple[str, str]:
    """Links of somebody without an account who supports a need: to confirm that, and to hear no more of it."""
    person = without_account.with_address(need, "habitante@example.org", "supporter", notify=True)
    made, stop = links.make(model.Session(), person.id), without_account.stop_token(person)
    model.Session.commit()
    return made, stop
