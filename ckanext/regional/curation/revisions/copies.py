"""Working copies: how a change of a published dataset is prepared, looked at and taken over."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.regional import admission, signals
from ckanext.regional.curation import cases, config
from ckanext.regional.curation.applying import content, files, journal, publishing
from ckanext.regional.curation.cases import Subject
from ckanext.regional.curation.fingerprint import RESOURCE, digests, moved
from ckanext.regional.curation.history import events
from ckanext.regional.curation.model import OPEN_STATES, Case, Contributor, FeedGrant
from ckanext.regional.curation.people import stewards
from ckanext.regional.curation.revisions import takeover
from ckanext.regional.curation.revisions.rebase import merged
from ckanext.regional.curation.states import UNDECIDED
from ckanext.regional.database import new_id, now
from ckanext.regional.exceptions import InvalidInput, NotAllowed, WrongState
from ckanext.regional.helpers import regional_field_label
from ckanext.regional.types import Admission

resources_of = takeover.resources_of

#: Key of a resource of a working copy: the id of the published resource that it stands for, None for a new one.
LIVE_ID = "live_id"

#: What a copy does not have from the published dataset.
_NOT_COPIED = (
    "id", "name", "creator_user_id", "metadata_created", "metadata_modified", "organization", "num_resources",
    "num_tags", "origin", "regional_status", "relationships_as_object", "relationships_as_subject", "tracking_summary",
)  # fmt: skip


def pair(case: Case) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """What is published and what a case proposes instead, as ``package_show`` gives them from the database.

    Of a first publication the first is None; of a removal the second is. Every resource of a working copy has the key
    :data:`LIVE_ID`, so that the two can be compared resource by resource.
    """
    if case.kind == "publication":
        return None, content.current(case.dataset_id)
    live = content.current(case.dataset_id)
    if case.kind == "retirement" or not case.copy_id or model.Package.get(case.copy_id) is None:
        return live, None
    return live, with_live_ids(content.current(case.copy_id), case)


def with_live_ids(copy: dict[str, Any], case: Case) -> dict[str, Any]:
    """A working copy whose resources say which published one they stand for."""
    stands_for = {copied: live for live, copied in takeover.resources_of(case).items()}
    resources = [resource | {LIVE_ID: stands_for.get(resource["id"])} for resource in copy.get("resources") or []]
    return copy | {"resources": resources}


def create(package_id: str, actor: model.User) -> str:
    """Make the working copy of a published dataset, or find the one that there is; commits.

    :returns: its id
    :raises WrongState: the dataset is not published, or is about to be removed
    :raises NotAllowed: the actor does not edit the dataset
    """
    finish(package_id)
    subject = cases.lock(package_id)
    if subject.package.state == "deleted":
        raise WrongState(tk._("The dataset has been deleted."))
    if not stewards.edits(actor, subject.package):
        raise NotAllowed(tk._("Only those who edit the dataset may propose a change."))
    if subject.position.status != "published":
        raise WrongState(tk._("The dataset is not published: edit it directly."))
    if subject.copy is not None:
        found = subject.copy.id
        model.Session.commit()
        return found
    if subject.position.state in OPEN_STATES:
        raise WrongState(tk._("Its removal waits for a decision: no change can be proposed until then."))
    if cases.holding_copy(subject.package.id) is not None:
        raise WrongState(tk._("The last proposal is still being put away. Try again in a moment."))
    live = content.current(subject.package.id)
    return _make(subject.package, live, live, actor)


def proposable(package: model.Package, user_id: str | None) -> str | None:
    """Why a harvester cannot propose a change of a published dataset now; None where it can."""
    subject = cases.locate(package.id)
    if subject.position.kind == "retirement":
        return tk._("Its removal waits for a decision: no change can be proposed until then.")
    if journal.waiting(package.id):
        return tk._("The last proposal is still being put away. Try again in a moment.")
    others = sa.select(Contributor.user_id).where(Contributor.dataset_id == package.id)
    if subject.copy is not None and set(model.Session.scalars(others)) - {user_id}:
        return tk._("Somebody here prepares a change of this dataset: decide about that first.")
    return None


def propose(package: model.Package, dataset: dict[str, Any], actor: model.User | None, reason: str) -> None:
    """Put what a harvester brings for a published dataset into its working copy, and submit that.

    The commit is that of the one write to the copy, so that it carries all that the harvester noted.

    :param dataset: what would be written to the published dataset
    """
    subject = cases.lock(package.id)
    live = content.current(package.id)
    if subject.copy is None or subject.case is None:
        _make(subject.package, {**live, **dataset}, live, actor, received=reason)
        return
    case = subject.case
    resources = {**{one["id"]: new_id() for one in dataset["resources"]}, **takeover.resources_of(case)}
    case.copy_map = {**(case.copy_map or {}), "resources": resources}
    case.base = digests(live, fed(live))
    _submitted_anew(case, actor)
    events.record(package.id, "received", actor, case=case, to_state=case.state, comment=reason or None)
    copied = _copied({**live, **dataset}, subject.copy.id, subject.copy.name, resources)
    model.Session.flush()
    with publishing.our_own_write():
        tk.get_action("package_update")(_context(actor), copied)
    model.Session.commit()


def check_base(subject: Subject) -> None:
    """Refuse to take over a copy of what is not what is published any more.

    :raises InvalidInput: key ``base`` with a sentence, ``moved`` with the fields
    """
    fields = moved_fields(subject)
    if not fields:
        return
    kind = subject.package.type
    labels = ", ".join(label(field, kind) for field in fields)
    text = tk._(
        "The published dataset has changed since this proposal was made: {fields}. "
        "Its author saves the proposal again, which takes the changes over; then decide."
    ).format(fields=labels)
    raise InvalidInput({"base": [text], "moved": fields})


def moved_fields(subject: Subject) -> list[str]:
    """The fields of the published dataset that have changed since its working copy was made or saved."""
    case = subject.case
    if case is None or case.base is None or subject.copy is None:
        return []
    live = content.current(subject.package.id)
    return moved(case.base, digests(live, fed(live)))


def on_new_base(case: Case, copy: model.Package, incoming: dict[str, Any]) -> None:
    """Take what has changed in the published dataset into what an author is about to save; in that transaction."""
    live = content.current(case.dataset_id)
    feeds = fed(live)
    current = digests(live, feeds)
    if not moved(case.base or {}, current):
        return
    before = content.current(copy.id)
    result, resources = merged(incoming, before, live, case.base or {}, takeover.resources_of(case), new_id)
    incoming.clear()
    incoming.update(result)
    case.base, case.copy_map = current, {**(case.copy_map or {}), "resources": resources}
    model.Session.flush()


def take_over(subject: Subject, actor: model.User, fingerprint: str) -> None:
    """Write the approved copy's content into the published dataset, and commit everything that the session holds.

    :raises InvalidInput: CKAN's own validators refuse it, or Solr does not answer; nothing was changed then
    """
    assert subject.case is not None
    package_id, case_id = subject.package.id, subject.case.id
    contributors = list(
        model.Session.scalars(sa.select(Contributor.user_id).where(Contributor.dataset_id == package_id))
    )
    publishing.mark_behind(package_id)
    try:
        dataset = takeover.prepared(subject, fed(content.current(package_id)))
        publishing.let_out(package_id, actor, fingerprint)
        publishing.write_public(package_id, actor, dataset)
    except Exception:
        model.Session.rollback()
        # Solr may have heard of what was not committed.
        publishing.sweep()
        raise
    publishing.sweep()
    journal.run_or_leave(package_id)
    signals.published.send(package_id, case_id=case_id, contributors=contributors)


def discard(package_id: str, actor: model.User, *, purge: bool = True) -> None:
    """Throw a working copy away; commits.

    :param purge: at once; else it is left to a worker
    :raises WrongState: there is none
    :raises NotAllowed: the actor neither edits the dataset nor, while it waits for a steward, submitted it
    """
    subject = cases.lock(package_id)
    case = cases.holding_copy(subject.package.id)
    if subject.copy is None or case is None:
        raise WrongState(tk._("There is no proposal to change this dataset."))
    if not stewards.edits(actor, subject.package):
        raise NotAllowed(tk._("Only those who edit the dataset may discard the proposal."))
    if case.state in UNDECIDED and case.submitted_by != actor.id and not stewards.administers(actor, subject.package):
        raise NotAllowed(tk._("It waits for a steward: only who submitted it, or an administrator, may discard it."))
    before = case.state
    _close(case)
    dataset_id = subject.package.id
    events.record(dataset_id, "discarded", actor, case=case, from_state=before, to_state=case.state)
    takeover.spend(case)
    model.Session.execute(sa.delete(Contributor).where(Contributor.dataset_id == dataset_id))
    model.Session.commit()
    if purge:
        journal.run_or_leave(dataset_id)
    else:
        journal.ask_worker()


def drop_copy(dataset_id: str) -> None:
    """Put the working copy of a dataset away, because that went offline; commits."""
    if let_go(dataset_id):
        model.Session.commit()
        journal.run_or_leave(dataset_id)


def let_go(dataset_id: str) -> bool:
    """Close the case of a dataset's working copy and have the copy purged, in the running transaction.

    :returns: whether there was one
    """
    case = cases.holding_copy(dataset_id)
    if case is None:
        return False
    _close(case)
    takeover.spend(case)
    return True


def finish(package_id: str) -> None:
    """Do what earlier decisions about a dataset, or about what a copy stands for, have left to do; commits."""
    case = cases.of_copy(package_id)
    dataset_id = case.dataset_id if case else package_id
    if journal.waiting(dataset_id):
        journal.run(dataset_id)


def created(package: model.Package, case: Case) -> None:
    """Finish a new working copy in the transaction that makes it: nobody's dataset, edited by whom the live one is."""
    package.creator_user_id = None  # pyright: ignore[reportAttributeAccessIssue]
    collaborators = sa.select(model.PackageMember).where(
        model.PackageMember.package_id == case.dataset_id, model.PackageMember.capacity.in_(("admin", "editor"))
    )
    for one in model.Session.scalars(collaborators).all():
        model.Session.add(
            model.PackageMember(
                package_id=package.id, user_id=one.user_id, capacity=one.capacity, modified=one.modified
            )
        )
    model.Session.flush()


def fed(dataset: dict[str, Any]) -> set[str]:
    """The resources of a dataset that a named account keeps up."""
    ids = [resource["id"] for resource in dataset.get("resources") or []]
    return set(model.Session.scalars(sa.select(FeedGrant.resource_id).where(FeedGrant.resource_id.in_(ids))))


def _make(
    package: model.Package,
    proposed: dict[str, Any],
    live: dict[str, Any],
    actor: model.User | None,
    received: str | None = None,
) -> str:
    """Make the working copy with its case and commit; then its tables and views, by the journal."""
    at, copy_id = now(), new_id()
    resources = {resource["id"]: new_id() for resource in proposed["resources"]}
    case = Case(
        dataset_id=package.id, kind="revision", state="draft", created=at, copy_id=copy_id,
        copy_map={"resources": resources}, base=digests(live, fed(live)),
    )  # fmt: skip
    model.Session.add(case)
    if received is not None:
        _submitted_anew(case, actor)
    model.Session.flush()
    name = "received" if received is not None else "proposed"
    events.record(package.id, name, actor, case=case, to_state=case.state, comment=received or None)
    if actor is not None:
        model.Session.merge(Contributor(dataset_id=package.id, user_id=actor.id))
    _plan_copies(package.id, copy_id, live, resources)
    dataset_id = package.id
    copied = _copied(proposed, copy_id, takeover.reserved_name(package), resources)
    context = _context(actor, admission.CONTEXT_KEY, Admission("review"))
    if received is None:
        publishing.write(lambda: tk.get_action("package_create")(context, copied))
    else:
        # A harvester tells a dead server from a bad record by the error itself.
        with publishing.our_own_write():
            tk.get_action("package_create")(context, copied)
    journal.run_or_leave(dataset_id)
    return copy_id


def _plan_copies(dataset_id: str, copy_id: str, live: dict[str, Any], resources: dict[str, str]) -> None:
    """Files are shared where they can be; tables and views are copied after the commit."""
    shared = files.are_shared()
    for resource in live["resources"]:
        copied = resources.get(resource["id"])
        if copied is None:
            continue
        if resource.get("url_type") == "upload" and shared:
            files.share(copied, files.key_of(resource["id"]))
        elif resource.get("url_type") == "upload":
            journal.add(dataset_id, "copy_file", source=resource["id"], target=copied)
        if resource.get("datastore_active"):
            journal.add(dataset_id, "copy_table", live=resource["id"], copy=copied)
    journal.add(dataset_id, "copy_views", copy=copy_id)


def _copied(dataset: dict[str, Any], copy_id: str, name: str, resources: dict[str, str]) -> dict[str, Any]:
    copied = {key: value for key, value in dataset.items() if key not in _NOT_COPIED}
    copied |= {"id": copy_id, "name": name, "private": True, "state": "active"}
    copied["resources"] = [
        {key: value for key, value in resource.items() if key not in ("package_id", "position")}
        | {"id": resources[resource["id"]]}
        for resource in dataset["resources"]
    ]
    return copied


def _submitted_anew(case: Case, actor: model.User | None) -> None:
    at = now()
    case.state = "submitted" if case.claimed_by is None else "in_review"
    case.closed = None
    case.submitted_by, case.submitted_at, case.due = actor.id if actor else None, at, at + config.due_after("revision")


def _context(actor: model.User | None, *more: Any) -> Any:
    context = {"user": actor.name if actor else "", "auth_user_obj": actor, "ignore_auth": True}
    return context | ({more[0]: more[1]} if more else {})


def _close(case: Case) -> None:
    if case.state in OPEN_STATES:
        case.state, case.closed = "withdrawn", now()


def label(field: str, dataset_type: str) -> str:
    """What a key of digests is called: a field's label, or a file's name."""
    if not field.startswith(RESOURCE):
        return regional_field_label(field, dataset_type)
    resource = model.Session.get(model.Resource, field.removeprefix(RESOURCE))
    return (resource.name or resource.url or field) if resource is not None else tk._("a file that is gone")
