"""A dataset that was edited here while its origin went on: three versions in, one out. No CKAN import.

A version is *flat*: ``{"title": …, "tags/canteen": True, "extras/<key>": …, "resources/<id>/url": …, "resources":
[ids]}``, empty values left out. So tags are a set, extras are by key and files by the id that stays with them, and what
is left to do is the same for each path.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from ckanext.regional.harvest.writing import mapping

Flat = dict[str, Any]
Side = Literal["local", "remote"]

TAG, EXTRA, RESOURCE = "tags/", "extras/", "resources/"
#: The path of the order of the files.
ORDER = "resources"
_OF_RESOURCE = ("url", *mapping.RESOURCE_TEXTS, *mapping.RESOURCE_CONTENT)


@dataclass(frozen=True, slots=True)
class Base:
    """What was last handed over, as this site wrote it down and as it came; ``remote`` has only where they differ."""

    local: Flat
    remote: Flat

    def remote_at(self, path: str) -> Any:
        """What came at this path."""
        return self.remote[path] if path in self.remote else self.local.get(path)


@dataclass(frozen=True, slots=True)
class Clash:
    """A field, or a whole file (``resources/<id>``, its values being objects), that both sides changed differently."""

    field: str
    base: Any
    local: Any
    remote: Any


@dataclass(slots=True)
class Merge:
    """The outcome. ``content`` is what should stand here; at a clash that nobody decided it is what stands here.

    ``kept`` and ``taken`` are the paths that only this site, or only the origin, changed. ``behind`` holds, by path,
    what the next comparison starts from where that is not what is written: where this site has its own word.
    """

    content: Flat
    clashes: list[Clash] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)
    behind: Flat = field(default_factory=dict)


def flat(dataset: Mapping[str, Any], *, extras: bool = False) -> Flat:
    """What an import writes of a dataset, by path.

    :param extras: with them; an import that brings none leaves those of this site alone
    """
    found: Flat = {key: dataset[key] for key in mapping.WRITTEN if dataset.get(key)}
    found |= {TAG + tag["name"]: True for tag in dataset.get("tags") or []}
    if extras:
        found |= {EXTRA + one["key"]: one["value"] for one in dataset.get("extras") or []}
    resources = dataset.get("resources") or []
    for resource in resources:
        found |= {f"{RESOURCE}{resource['id']}/{key}": resource[key] for key in _OF_RESOURCE if resource.get(key)}
    if resources:
        found[ORDER] = [resource["id"] for resource in resources]
    return found


def nested(content: Flat) -> dict[str, Any]:
    """The dataset dict of a flat one, without what an import does not write."""
    resources: dict[str, dict[str, Any]] = {one: {"id": one} for one in content.get(ORDER, [])}
    dataset: dict[str, Any] = {"tags": [], "resources": []}
    for path, value in content.items():
        head, _slash, rest = path.partition("/")
        if path == ORDER:
            continue
        if path.startswith(TAG):
            dataset["tags"].append({"name": rest})
        elif path.startswith(EXTRA):
            dataset.setdefault("extras", []).append({"key": rest, "value": value})
        elif path.startswith(RESOURCE):
            one, _slash, key = rest.partition("/")
            resources.setdefault(one, {"id": one})[key] = value
        else:
            dataset[head] = value
    dataset["tags"].sort(key=lambda tag: tag["name"])
    dataset["resources"] = list(resources.values())
    return dataset


def merged(base: Base | None, local: Flat, remote: Flat, choices: Mapping[str, Side] | None = None) -> Merge:
    """Bring three versions together, path by path.

    :param base: what was last handed over; where that is not known, whatever differs is a clash
    :param choices: decisions by the ``field`` of a clash; ``*`` decides those that are not named
    """
    work = _Work(base, local, remote, choices or {})
    files = _files(local) | _files(remote)
    for path in dict.fromkeys([*remote, *local]):
        if path != ORDER and not path.startswith(RESOURCE):
            work.one(path)
    for file in files:
        work.file(file)
    work.order()
    return work.result


def differing(one: Flat, other: Flat) -> list[str]:
    """The paths at which two versions differ, in their order."""
    return [path for path in dict.fromkeys([*one, *other]) if not same(path, one.get(path), other.get(path))]


def same(path: str, one: Any, other: Any) -> bool:
    """Whether two values say the same; a list is a set, but for the order of the files."""
    if path == ORDER:
        return (one or []) == (other or [])
    return mapping.normal(one) == mapping.normal(other)


def after(merge: Merge, shown: Flat, remote: Flat) -> Base:
    """The base of the next comparison, once this one's outcome stands here.

    :param shown: the dataset as it is now
    :param remote: as it came
    """
    local = dict(shown)
    for path, value in merge.behind.items():
        if value is None:
            local.pop(path, None)
        else:
            local[path] = value
    with_files = {path.split("/")[1] for path in local if path.startswith(RESOURCE)}
    order = [one for one in dict.fromkeys([*local.pop(ORDER, []), *sorted(with_files)]) if one in with_files]
    if order:
        local[ORDER] = order
    return Base(local, {path: remote.get(path) for path in differing(local, remote)})


def of_proposal(written: Flat, shown: Flat) -> Flat:
    """What was handed over, where people edited the proposal before it was approved.

    :param written: what the harvester had put into the proposal
    :param shown: the dataset as it is now
    """
    return {path: shown[path] if same(path, shown.get(path), value) else value for path, value in written.items()}


class _Work:
    """One merge under way."""

    def __init__(self, base: Base | None, local: Flat, remote: Flat, choices: Mapping[str, Side]) -> None:
        self.base, self.local, self.remote, self.choices = base, local, remote, choices
        self.result = Merge({})

    def one(self, path: str) -> None:
        """Decide about one path."""
        ours, theirs = self.local.get(path), self.remote.get(path)
        if same(path, ours, theirs):
            self._put(path, theirs)
        elif not self._changed_here(path):
            self._put(path, theirs)
            self.result.taken.append(path)
        elif not self._changed_there(path):
            self._keep([path])
        else:
            self._clash(path, [path], self._known(path), ours, theirs)

    def file(self, file: str) -> None:
        """Decide about one file: as a whole where only one side has it, else field by field."""
        prefix = f"{RESOURCE}{file}/"
        here, there = file in _files(self.local), file in _files(self.remote)
        known = [path for path in (self.base.local if self.base else ()) if path.startswith(prefix)]
        paths = [path for path in dict.fromkeys([*self.remote, *self.local, *known]) if path.startswith(prefix)]
        if here and there:
            for path in paths:
                self.one(path)
            return
        if here:
            gone = bool(known) and not any(self._changed_here(path) for path in paths)
            if gone:
                self.result.taken.append(prefix.rstrip("/"))
            elif self.base is not None and not known:
                self._keep(paths)
            else:
                self._clash_of_file(prefix, paths, known)
        elif self.base is not None and not known:
            for path in paths:
                self._put(path, self.remote.get(path))
            self.result.taken.append(prefix.rstrip("/"))
        elif known and not any(self._changed_there(path) for path in paths):
            self._keep(paths)
        else:
            self._clash_of_file(prefix, paths, known)

    def order(self) -> None:
        """Decide about the order of the files that both sides have; those of one side follow."""
        here, there = self.local.get(ORDER, []), self.remote.get(ORDER, [])
        common = set(here) & set(there)
        ours, theirs = ([one for one in order if one in common] for order in (here, there))
        first, second = there, here
        if ours != theirs:
            known = [one for one in (self.base.local.get(ORDER, []) if self.base else []) if one in common]
            if known == theirs:
                first, second = here, there
                self.result.kept.append(ORDER)
                self.result.behind[ORDER] = self.base.local.get(ORDER) if self.base else None
            elif known != ours:
                self._clash(ORDER, [ORDER], known or None, ours, theirs)
                chosen = self.choices.get(ORDER, self.choices.get("*", "local"))
                first, second = (here, there) if chosen == "local" else (there, here)
        left = _files(self.result.content)
        order = [one for one in dict.fromkeys([*first, *second]) if one in left]
        self.result.content.pop(ORDER, None)
        if order:
            self.result.content[ORDER] = order

    def _known(self, path: str) -> Any:
        return self.base.local.get(path) if self.base else None

    def _changed_here(self, path: str) -> bool:
        return self.base is None or not same(path, self.base.local.get(path), self.local.get(path))

    def _changed_there(self, path: str) -> bool:
        return self.base is None or not same(path, self.base.remote_at(path), self.remote.get(path))

    def _put(self, path: str, value: Any) -> None:
        if value is not None:
            self.result.content[path] = value

    def _keep(self, paths: Iterable[str]) -> None:
        for path in paths:
            self._put(path, self.local.get(path))
            self.result.behind[path] = self._known(path)
            self.result.kept.append(path)

    def _clash(self, name: str, paths: list[str], base: Any, ours: Any, theirs: Any) -> None:
        chosen = self.choices.get(name, self.choices.get("*"))
        if chosen is None:
            self.result.clashes.append(Clash(name, base, ours, theirs))
        for path in paths:
            if chosen == "remote":
                self._put(path, self.remote.get(path))
            else:
                self._put(path, self.local.get(path))
                self.result.behind[path] = self.remote.get(path)
        if chosen is not None:
            (self.result.taken if chosen == "remote" else self.result.kept).append(name)

    def _clash_of_file(self, prefix: str, paths: list[str], known: list[str]) -> None:
        def whole(version: Mapping[str, Any]) -> dict[str, Any] | None:
            return {path.removeprefix(prefix): version[path] for path in paths if path in version} or None

        base = whole({path: self._known(path) for path in known})
        self._clash(prefix.rstrip("/"), paths, base, whole(self.local), whole(self.remote))


def _files(version: Flat) -> dict[str, None]:
    """Ids of the files of a version, in their order."""
    found = dict.fromkeys(version.get(ORDER, []))
    return found | {path.split("/")[1]: None for path in version if path.startswith(RESOURCE)}
