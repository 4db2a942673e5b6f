"""A neighbour's CKAN API, read only, by ckanapi with a session of ours."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

import requests
from ckanapi import RemoteCKAN
from ckanapi.errors import CKANAPIError, NotAuthorized, NotFound, ServerIncompatibleError, ValidationError

from ckanext.regional.harvest.clients.clean import clean
from ckanext.regional.harvest.clients.errors import AskedTooMuch, NeighbourError, UnknownAction, Unreadable
from ckanext.regional.outgoing.session import GuardedSession, Limits

USER_AGENT = "ckanext-regional (harvester of public data catalogues)"


@dataclass(frozen=True, slots=True)
class Found:
    """One page of a search: datasets as they came, and how many the whole search finds."""

    datasets: list[Any]
    count: int


class CkanClient:
    """Asks one neighbour; a token is sent to its host and nowhere else."""

    def __init__(self, url: str, limits: Limits, token: str | None = None) -> None:
        self.url = url.rstrip("/")
        self.session = GuardedSession(limits, USER_AGENT)
        # JSON is UTF-8 (RFC 8259), whatever the head says or leaves to guess; some write a byte order mark before it.
        self.session.hooks["response"] = [_is_utf8]
        self._remote = RemoteCKAN(
            self.url, apikey=token or None, user_agent=USER_AGENT, get_only=True, session=self.session
        )

    def call(self, action: str, **parameters: Any) -> Any:
        """Ask an action of the neighbour's.

        :raises NeighbourError: with what was asked and what came, unless a result came.
        :returns: its result, cleaned
        """
        self.session.last = None
        try:
            return clean(self._remote.call_action(action, parameters))
        except ValidationError as error:
            raise NeighbourError(
                self._asked(action), f"it refuses the question ({_short(error.error_dict)})"
            ) from error
        except NotFound:
            raise UnknownAction(self._asked(action), "it says that this is not found") from None
        except NotAuthorized as error:
            raise NeighbourError(self._asked(action), "it does not allow that; is the token right?") from error
        except (CKANAPIError, ServerIncompatibleError) as error:
            raise self._wrong_answer(action) from error
        except (RecursionError, ValueError) as error:
            raise Unreadable(self._asked(action), f"what came is no answer of a CKAN: {self._came()}") from error
        except (AttributeError, KeyError, TypeError) as error:
            raise NeighbourError(self._asked(action), f"what came is no answer of a CKAN: {self._came()}") from error

    def status(self) -> dict[str, Any]:
        """Ask the neighbour whether it is a CKAN.

        :raises NeighbourError: when it is not.
        """
        status = self.call("status_show")
        if not isinstance(status, dict) or not isinstance(status.get("ckan_version"), str):
            raise NeighbourError(self._asked("status_show"), f"what came is no answer of a CKAN: {self._came()}")
        return status

    def search(self, parameters: dict[str, Any]) -> Found:
        """Ask ``package_search`` for one page.

        :param parameters: ``fq``, ``sort``, ``rows`` and ``start``
        :raises AskedTooMuch: when a smaller page may pass.
        """
        found = self.call("package_search", facet="false", **parameters)
        if (
            not isinstance(found, dict)
            or not isinstance(found.get("results"), list)
            or not isinstance(found.get("count"), int)
            or isinstance(found["count"], bool)
        ):
            raise NeighbourError(self._asked("package_search"), f"no search result came: {self._came()}")
        return Found(found["results"], found["count"])

    def newest(self, fq: str) -> tuple[str | None, int]:
        """Ask when the index last got a dataset, and how many it finds.

        :param fq: the source's own filter
        :returns: the time as the index has it, None where the neighbour does not tell it; the number
        """
        asked = {"sort": "indexed_ts desc", "rows": 1, "fl": "id,indexed_ts"} | ({"fq": fq} if fq else {})
        found = self.search(asked)
        first = found.datasets[0] if found.datasets else None
        time = first.get("indexed_ts") if isinstance(first, dict) else None
        return (time if isinstance(time, str) else None), found.count

    def clock(self) -> datetime.datetime | None:
        """The neighbour's own clock, as its last answer told it."""
        told = self.session.last.headers.get("Date", "") if self.session.last is not None else ""
        try:
            return parsedate_to_datetime(told).astimezone(datetime.UTC)
        except (TypeError, ValueError):
            return None

    def close(self) -> None:
        """End the connections."""
        self.session.close()

    def _asked(self, action: str) -> str:
        if self.session.last is not None:
            return f"GET {self.session.last.url}"
        return f"GET {self.url}/api/action/{action}"

    def _wrong_answer(self, action: str) -> NeighbourError:
        """Tell a breakdown, a missing action and plain nonsense from each other."""
        asked, last = self._asked(action), self.session.last
        if last is not None and last.status_code >= 500 and last.status_code != 501:
            return AskedTooMuch(asked, self._came())
        if last is not None and last.status_code in (400, 404):
            return UnknownAction(asked, self._came())
        if last is not None and last.status_code == 200:
            return Unreadable(asked, f"what came is no answer of a CKAN: {self._came()}")
        return NeighbourError(asked, f"what came is no answer of a CKAN: {self._came()}")

    def _came(self) -> str:
        last = self.session.last
        if last is None:
            return "nothing"
        kind = last.headers.get("Content-Type", "no type").split(";")[0]
        begin = " ".join(last.text[:120].split())
        return f"HTTP {last.status_code} with {len(last.content)} bytes of {kind} that begin “{begin}”"


def _is_utf8(response: requests.Response, *_arguments: Any, **_options: Any) -> None:
    response.encoding = "utf-8-sig"


def _short(value: Any) -> str:
    text = str({key: item for key, item in value.items() if key != "__type"} if isinstance(value, dict) else value)
    return text[:200]
