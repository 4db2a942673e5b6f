"""The contexts of a JSON-LD document, put in place before rdflib sees it: rdflib would fetch them by itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urljoin

#: Fetches a context by its address: the JSON document that is there.
Fetch = Callable[[str], Any]

_CONTEXT = "@context"
_IMPORT = "@import"
_MOST = 10
_DEEPEST = 100


class ContextError(ValueError):
    """A document's contexts cannot be put in place; the text says why."""


def inline(document: Any, base: str, fetch: Fetch) -> Any:
    """Return a JSON-LD document in which every context stands where it is named.

    :param base: the document's address, against which relative ones are read
    :raises ContextError: when contexts name each other in circles, are too many, or are none.
    :raises NeighbourError: what ``fetch`` raises.
    """
    return _Inliner(base, fetch).document(document, 0)


class _Inliner:
    def __init__(self, base: str, fetch: Fetch) -> None:
        self.base = base
        self.fetch = fetch
        self.known: dict[str, Any] = {}
        self.open: list[str] = []

    def document(self, value: Any, depth: int) -> Any:
        if depth > _DEEPEST:
            raise ContextError(f"it is nested more than {_DEEPEST} deep")
        if isinstance(value, list):
            return [self.document(item, depth + 1) for item in value]
        if not isinstance(value, dict):
            return value
        return {
            key: self.context(item, self.base, depth + 1) if key == _CONTEXT else self.document(item, depth + 1)
            for key, item in value.items()
        }

    def context(self, value: Any, base: str, depth: int) -> Any:
        """A context with everything that it names; within it, terms may have contexts of their own."""
        if depth > _DEEPEST:
            raise ContextError(f"its context is nested more than {_DEEPEST} deep")
        if isinstance(value, str):
            return self.remote(urljoin(base, value), depth)
        if isinstance(value, list):
            return _flat(self.context(item, base, depth + 1) for item in value)
        if not isinstance(value, dict):
            return value
        found: dict[str, Any] = {}
        imported = value.get(_IMPORT)
        if isinstance(imported, str):
            brought = self.remote(urljoin(base, imported), depth)
            if not isinstance(brought, dict):
                raise ContextError(f"the context {imported} cannot be imported")
            found |= brought
        for key, item in value.items():
            if key == _IMPORT:
                continue
            scoped = isinstance(item, dict) and _CONTEXT in item
            found[key] = {**item, _CONTEXT: self.context(item[_CONTEXT], base, depth + 1)} if scoped else item
        return found

    def remote(self, url: str, depth: int) -> Any:
        if url in self.known:
            return self.known[url]
        if url in self.open:
            raise ContextError(f"the context {url} names itself")
        if len(self.known) + len(self.open) >= _MOST:
            raise ContextError(f"it names more than {_MOST} contexts")
        self.open.append(url)
        fetched = self.fetch(url)
        if not isinstance(fetched, dict) or _CONTEXT not in fetched:
            raise ContextError(f"what is at {url} is no JSON-LD context")
        self.known[url] = self.context(fetched[_CONTEXT], url, depth + 1)
        self.open.pop()
        return self.known[url]


def _flat(contexts: Any) -> list[Any]:
    """A context may be a list; a list in a list is none."""
    found: list[Any] = []
    for one in contexts:
        found.extend(one) if isinstance(one, list) else found.append(one)
    return found
