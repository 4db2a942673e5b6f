"""What one version of a dataset changes of another: a list of changes, down to the words. No CKAN import."""

from __future__ import annotations

import dataclasses
import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal

from ckanext.regional.volatile import RESOURCE_VOLATILE, VOLATILE, canonical

Kind = Literal["added", "removed", "changed"]
#: What people read instead of a stored value: ``(field, value) → text``.
Label = Callable[[str, Any], str]
#: What tells one version of a resource's data from another, whatever it is.
Stamp = Callable[[Mapping[str, Any]], Any]

#: Key of a resource of a working copy: the id of the published resource that it stands for, None for a new one.
LIVE_ID = "live_id"
#: Prefix of the ``field`` of a change to a file.
RESOURCES = "resources/"
#: Of these CKAN keeps objects; people know them by one of their keys.
_NAMED = {"tags": ("display_name", "name"), "groups": ("title", "display_name", "name")}
_IGNORED = VOLATILE | {"resources", "extras", "name", LIVE_ID}
_IGNORED_OF_RESOURCE = RESOURCE_VOLATILE | {"id", "resource_id", "datastore_url", LIVE_ID}

#: Beyond this, comparing word by word takes longer than a person waits, and is read by nobody.
_MOST_WORDS = 6_000
#: Below this likeness a text is not edited but written anew, and words that agree by chance only confuse.
_ALIKE = 0.35
#: Words kept around a change; what lies further off is left out.
_AROUND = 12


@dataclasses.dataclass(frozen=True, slots=True)
class Segment:
    """A piece of text: ``same``, ``added``, ``removed``, or ``skipped`` where a long unchanged part was left out."""

    kind: Literal["same", "added", "removed", "skipped"]
    text: str


@dataclasses.dataclass(frozen=True, slots=True)
class Change:
    """What happened to one field, or to one file (then ``parts`` are the changes of its own fields, and ``replaced``
    says whether its data are others).

    ``segments`` are the words of a text, in their order; ``items`` what came into a list and what went.
    """

    field: str
    kind: Kind
    before: Any = None
    after: Any = None
    segments: list[Segment] = dataclasses.field(default_factory=list)
    items: list[Segment] = dataclasses.field(default_factory=list)
    parts: list[Change] = dataclasses.field(default_factory=list)
    replaced: bool = False


def changes(
    before: Mapping[str, Any], after: Mapping[str, Any], label: Label | None = None, stamp: Stamp | None = None
) -> list[Change]:
    """Everything of the content that differs, fields first in their order, then files.

    :param before: as ``package_show`` returns what is published; empty for what never was
    :param after: the same of the proposal; a resource may say by :data:`LIVE_ID` which published one it stands for
    :param label: what a stored value is called, so that people read names and not codes
    :param stamp: tells whether a resource's data are others; without it, the hash that its dict has
    """
    shown, data = label or _plain, stamp or (lambda resource: resource.get("hash"))
    return [
        *_fields(before, after, _IGNORED, shown),
        *_extras(before, after),
        *_resources(before, after, shown, data),
    ]


def of_field(name: str, before: Any, after: Any, label: Label | None = None) -> list[Change]:
    """The same for one field; none where it says the same, several where it is an object."""
    return _field(name, before, after, label or _plain)


def words(before: str, after: str) -> list[Segment]:
    """Two texts as one, with what went and what came, word by word.

    Texts that have little in common are shown as one removed and one added.
    """
    old, new = _split(before), _split(after)
    if len(old) + len(new) > _MOST_WORDS:
        return _by_lines(before, after)
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    if matcher.ratio() < _ALIKE:
        return _replaced(before, after)
    return _joined(_operations(matcher, old, new))


def shortened(segments: list[Segment]) -> list[Segment]:
    """The same with long unchanged parts left out, a few words kept around each change."""
    result: list[Segment] = []
    for number, segment in enumerate(segments):
        tokens = _split(segment.text)
        if segment.kind != "same" or len(tokens) <= 4 * _AROUND:
            result.append(segment)
            continue
        first, last = number == 0, number == len(segments) - 1
        head = "" if first else "".join(tokens[: 2 * _AROUND])
        tail = "" if last else "".join(tokens[-2 * _AROUND :])
        parts = (("same", head), ("skipped", "…"), ("same", tail))
        result += [Segment(kind, text) for kind, text in parts if text]  # pyright: ignore[reportArgumentType]
    return result


def _fields(before: Mapping[str, Any], after: Mapping[str, Any], ignored: Iterable[str], label: Label) -> list[Change]:
    keys = [key for key in dict.fromkeys([*after, *before]) if key not in ignored]
    found = (_field(key, before.get(key), after.get(key), label) for key in keys)
    return [change for one in found for change in one]


def _field(name: str, before: Any, after: Any, label: Label) -> list[Change]:
    if canonical(_value(name, before)) == canonical(_value(name, after)):
        return []
    if isinstance(before, dict) or isinstance(after, dict):
        old, new = (value if isinstance(value, dict) else {} for value in (before, after))
        inner = [_field(f"{name}.{key}", old.get(key), new.get(key), label) for key in dict.fromkeys([*new, *old])]
        return [change for one in inner for change in one]
    kind = _kind(before, after)
    if isinstance(before, list) or isinstance(after, list):
        return [Change(name, kind, before, after, items=_items(name, before, after, label))]
    old, new = ("" if _empty(value) else label(name, value) for value in (before, after))
    return [Change(name, kind, before, after, segments=words(old, new) if kind == "changed" else _replaced(old, new))]


def _items(name: str, before: Any, after: Any, label: Label) -> list[Segment]:
    old, new = (
        [_text(name, item, label) for item in (value if isinstance(value, list) else [value])] if value else []
        for value in (before, after)
    )
    result = [Segment("removed", text) for text in old if text not in new]
    return result + [Segment("same" if text in old else "added", text) for text in new]


def _text(name: str, item: Any, label: Label) -> str:
    """One item of a list on one line: a name, or the parts of an object."""
    if not isinstance(item, Mapping):
        return label(name, item)
    for key in _NAMED.get(name, ()):
        if item.get(key):
            return str(item[key])
    return " · ".join(_parts(name, item, label))


def _parts(name: str, item: Mapping[str, Any], label: Label) -> list[str]:
    texts = []
    for key, value in item.items():
        if _empty(value):
            continue
        values = value if isinstance(value, list) else [value]
        texts += [_text(f"{name}.{key}", one, label) for one in values]
    return texts


def _extras(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    old, new = ({one["key"]: one["value"] for one in dataset.get("extras") or []} for dataset in (before, after))
    return _fields(old, new, (), _plain)


def _resources(before: Mapping[str, Any], after: Mapping[str, Any], label: Label, stamp: Stamp) -> list[Change]:
    old = {resource["id"]: resource for resource in before.get("resources") or []}
    result: list[Change] = []
    kept: set[str] = set()
    for resource in after.get("resources") or []:
        live = resource.get(LIVE_ID) or resource["id"]
        if live not in old:
            result.append(Change(f"{RESOURCES}{resource['id']}", "added", None, resource))
            continue
        kept.add(live)
        parts = _fields(_content(old[live]), _content(resource), _IGNORED_OF_RESOURCE, label)
        replaced = stamp(old[live]) != stamp(resource)
        if parts or replaced:
            one = Change(f"{RESOURCES}{resource['id']}", "changed", old[live], resource, parts=parts, replaced=replaced)
            result.append(one)
    gone = [Change(f"{RESOURCES}{key}", "removed", one, None) for key, one in old.items() if key not in kept]
    moved = _order(before, after, kept)
    return result + gone + moved


def _order(before: Mapping[str, Any], after: Mapping[str, Any], kept: set[str]) -> list[Change]:
    """Files that stayed and stand in another order: where nothing else changed, that is the change."""
    old = [one["id"] for one in before.get("resources") or [] if one["id"] in kept]
    new = [one.get(LIVE_ID) or one["id"] for one in after.get("resources") or []]
    new = [key for key in new if key in kept]
    if old == new:
        return []
    names = {one["id"]: one.get("name") or one["id"] for one in before.get("resources") or []}
    texts = [" → ".join(str(names[key]) for key in order) for order in (old, new)]
    return [Change("resources", "changed", old, new, segments=_replaced(*texts))]


def _content(resource: Mapping[str, Any]) -> dict[str, Any]:
    """A resource without the address of an uploaded file, which has the resource's id in it."""
    content = dict(resource)
    if content.get("url_type") == "upload" and isinstance(content.get("url"), str):
        content["url"] = content["url"].rsplit("/", 1)[-1]
    return content


def _kind(before: Any, after: Any) -> Kind:
    if _empty(before):
        return "added"
    return "removed" if _empty(after) else "changed"


def _value(name: str, value: Any) -> Any:
    if _empty(value):
        return None
    if name in _NAMED and isinstance(value, list):
        return sorted(_text(name, item, _plain) for item in value)
    return value


def _empty(value: Any) -> bool:
    return value in (None, "", [], {})


def _plain(_field: str, value: Any) -> str:
    return str(value)


def _split(text: str) -> list[str]:
    return re.findall(r"\s+|\w+|[^\w\s]", text)


def _replaced(before: str, after: str) -> list[Segment]:
    both = (Segment("removed", before), Segment("added", after))
    return [segment for segment in both if segment.text]


def _by_lines(before: str, after: str) -> list[Segment]:
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    if len(old) + len(new) > _MOST_WORDS:
        return _replaced(before, after)
    return _joined(_operations(difflib.SequenceMatcher(None, old, new, autojunk=False), old, new))


def _operations(matcher: difflib.SequenceMatcher[str], old: list[str], new: list[str]) -> Iterable[Segment]:
    for operation, start, end, new_start, new_end in matcher.get_opcodes():
        if operation == "equal":
            yield Segment("same", "".join(old[start:end]))
            continue
        if end > start:
            yield Segment("removed", "".join(old[start:end]))
        if new_end > new_start:
            yield Segment("added", "".join(new[new_start:new_end]))


def _joined(segments: Iterable[Segment]) -> list[Segment]:
    """Join changes between which only a space stayed: “~~the~~ _a_ ~~red~~ _blue_” reads worse than two phrases."""
    result: list[Segment] = []
    waiting = {"removed": "", "added": ""}

    def settle() -> None:
        for kind in ("removed", "added"):
            if waiting[kind]:
                result.append(Segment(kind, waiting[kind]))
                waiting[kind] = ""

    for segment in segments:
        if segment.kind in waiting:
            waiting[segment.kind] += segment.text
        elif not segment.text.strip() and any(waiting.values()):
            waiting["removed"] += segment.text
            waiting["added"] += segment.text
        else:
            settle()
            result.append(segment)
    settle()
    return result
